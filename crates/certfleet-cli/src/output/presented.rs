//! What `inspect` says of a server.

use serde::Serialize;

/// A server that presented certificates.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Presented {
    /// The server as `host:port`; its certificates have the same source.
    pub(crate) source: String,
    /// The address that was connected to.
    pub(crate) address: String,
    /// The name that the server was asked for, and that its certificate has to be for.
    pub(crate) server_name: String,
    /// How many certificates it presented, shown or not.
    pub(crate) certificates: usize,
    /// What its chain was verified against.
    pub(crate) roots: &'static str,
    /// Whether the chain verifies, for the name, and the server showed that it has the key.
    pub(crate) verified: bool,
    /// Everything that is wrong; empty where it verifies.
    pub(crate) problems: Vec<String>,
    /// What went wrong after the certificates were presented, such as a client certificate that the server asks for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) note: Option<String>,
}

impl Presented {
    /// The verdict, and what else there is to say.
    pub(crate) fn texts(&self) -> Vec<String> {
        let Self {
            source,
            address,
            server_name,
            roots,
            ..
        } = self;
        let mut texts = vec![if self.verified {
            format!("{source} ({address}) verifies for {server_name} against {roots}")
        } else {
            format!(
                "{source} ({address}) does NOT verify for {server_name}: {}",
                self.problems.join("; ")
            )
        }];
        texts.extend(self.note.as_ref().map(|note| format!("{source}: {note}")));
        texts
    }

    /// What of it is not as it should be.
    pub(crate) fn warnings(&self) -> Vec<String> {
        self.texts()
            .into_iter()
            .skip(usize::from(self.verified))
            .collect()
    }
}
