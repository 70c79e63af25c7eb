//! Enums that survive values invented after they were written.

certfleet_http::open_enum! {
    /// A state.
    pub enum State {
        /// On.
        On => "on",
        /// Off.
        Off => "off",
    }
}

#[test]
fn known_and_unknown_values_round_trip() {
    for (json, value) in [
        ("\"on\"", State::On),
        ("\"off\"", State::Off),
        ("\"On\"", State::Unknown("On".into())),
        ("\"\"", State::Unknown(String::new())),
    ] {
        let read: State = serde_json::from_str(json).unwrap();
        assert_eq!(read, value);
        assert_eq!(serde_json::to_string(&read).unwrap(), json);
    }
    assert!(serde_json::from_str::<State>("1").is_err());
}
