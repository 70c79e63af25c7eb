//! Pages, scopes, the sum of a listing, and what follows from what could not be read.

use crate::*;

/// A page of nothing but odd records goes on; the same page again does not.
#[test]
fn odd_records_are_pages_too() {
    let account = openai(
        &[],
        connection(|_, _| {
            let mut page = page_of_openai(&[json!({"id": "a"}), json!({})]);
            page["has_more"] = json!(true);
            page["last_id"] = json!("x");
            (200, page.to_string())
        }),
    );
    let inventory = inventory(account);
    let error = inventory.accounts[0].error.as_ref().unwrap();
    assert!(error.message.contains("leads back"), "{error}");
    assert_eq!(inventory.accounts[0].unreadable, 3);
}

fn of_projects(answer: fn(&str) -> (u16, String)) -> Account {
    openai(
        &["proj_a", "proj_b"],
        connection(move |operation, path| {
            if operation == "list_organization_certificates" {
                return (
                    200,
                    page_of_openai(&[of_openai(&json!("cert_1"))]).to_string(),
                );
            }
            answer(path)
        }),
    )
}

#[test]
fn a_scope_that_fails_costs_its_own_states() {
    let account = of_projects(|path| {
        if path.contains("proj_a") {
            return (
                404,
                r#"{"error":{"message":"No such project","type":"x"}}"#.to_owned(),
            );
        }
        (
            200,
            page_of_openai(&[of_openai(&json!("cert_1"))]).to_string(),
        )
    });
    let failing = inventory(account);
    let report = &failing.accounts[0];
    let project = |id: &str| Scope::Project { id: id.to_owned() };
    assert_eq!(report.unread_scopes, [project("proj_a")]);
    assert!(!report.complete && report.error.is_none() && report.unreadable == 0);
    assert_eq!(report.warnings[0].kind, WarningKind::UnreadableScope);
    let message = &report.warnings[0].message;
    assert!(
        message.contains("project proj_a") && message.contains("No such project"),
        "{message}"
    );
    let scopes: Vec<_> = failing.certificates[0]
        .placements
        .iter()
        .map(|one| one.scope.clone())
        .collect();
    assert_eq!(scopes, [Scope::Organization, project("proj_b")]);
    // What was not read has not changed.
    let account = of_projects(|_| {
        (
            200,
            page_of_openai(&[of_openai(&json!("cert_1"))]).to_string(),
        )
    });
    let diff = inventory(account).diff(&failing);
    assert!(diff.changed.is_empty() && diff.unchanged == 1, "{diff:?}");
    assert_eq!(diff.incomplete.len(), 1);
}

#[test]
fn an_odd_record_of_a_scope_costs_that_state() {
    let account = of_projects(|path| {
        let mut record = of_openai(&json!("cert_1"));
        if path.contains("proj_a") {
            record["active"] = Value::Null;
        }
        (200, page_of_openai(&[record]).to_string())
    });
    let inventory = inventory(account);
    let (one, report) = (&inventory.certificates[0], &inventory.accounts[0]);
    let states: Vec<_> = one
        .placements
        .iter()
        .map(|placement| placement.state)
        .collect();
    assert_eq!(states, [State::Active, State::Unknown, State::Active]);
    assert!(!one.is_unreadable() && one.name.as_deref() == Some("n"));
    assert_eq!(one.warnings[0].kind, WarningKind::UnreadableScope);
    assert!(!report.complete && report.unreadable == 1, "{report:?}");
}

/// An odd record has not changed, and is not gone.
#[test]
fn an_odd_record_is_not_a_difference() {
    let list = |record: Value| inventory(cloudflare(always(&page_of_cloudflare(&json!([record])))));
    let before = list(json!({"id": "a", "binding_status": "available"}));
    for odd in [json!({"id": "a", "in_use": 1}), json!({"in_use": 1})] {
        let after = list(odd);
        for diff in [before.diff(&after), after.diff(&before)] {
            assert!(
                diff.changed.is_empty() && diff.removed.is_empty() && diff.added.is_empty(),
                "{diff:?}"
            );
            assert_eq!(diff.incomplete.len(), 1);
        }
    }
}

#[test]
fn get_says_what_is_wrong() {
    let get = |account: Account, native: &str| -> Result<Certificate, Error> {
        let id = format!("{}/a/{native}", account.provider());
        wait(account.get(&id.parse().unwrap()))
    };
    for (account, word) in [
        (
            cloudflare(always(&page_of_cloudflare(
                &json!({"id": "x", "expires_on": 17}),
            ))),
            "result.expires_on",
        ),
        (
            cloudflare(always(&page_of_cloudflare(&json!({"in_use": true})))),
            "it has no id",
        ),
        (
            apinizer(always(
                &json!({"status": "SUCCESS", "resultList": [{"name": "x", "description": 7}]}),
            )),
            "at description",
        ),
        (openai(&[], always(&json!({"id": "x"}))), "missing field"),
    ] {
        let error = get(account, "x").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidResponse, "{error}");
        assert!(error.to_string().contains(word), "{error} {word}");
    }
    // What is odd beside the record costs nothing.
    let odd = json!({"success": true, "errors": null, "result": {"id": "x", "binding_status": "available"}});
    let one = get(cloudflare(always(&odd)), "x").unwrap();
    assert_eq!(
        (one.state, one.native.to_value()),
        (State::Active, odd["result"].clone())
    );
    let odd = json!({"status": "SUCCESS", "resultList": [{"name": 5}, {"name": "x"}]});
    assert_eq!(
        get(apinizer(always(&odd)), "x").unwrap().name.as_deref(),
        Some("x")
    );
}

/// The sum of all pages is bounded, whatever each of them is.
#[test]
fn a_listing_has_a_sum() {
    let endless = || {
        connection(|_, path| {
            assert!(path.contains("certificates"));
            static NEXT: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(0);
            let next = NEXT.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            let mut page = page_of_openai(&[of_openai(&json!(format!("cert_{next}")))]);
            page["has_more"] = json!(true);
            (200, page.to_string())
        })
    };
    let rows = [
        (
            endless().listing_limits(None, Some(5)),
            "more than 5 records in all",
            "listing_records",
            5,
        ),
        (
            endless().listing_limits(Some(1_000), None),
            "more than 1000 bytes in all",
            "listing_bytes",
            4,
        ),
    ];
    for (connection, message, advice, came) in rows {
        let inventory = inventory(openai(&[], connection));
        let report = &inventory.accounts[0];
        let error = report.error.as_ref().unwrap();
        assert!(error.message.contains(message), "{error}");
        assert!(error.advice.as_deref().unwrap().contains(advice), "{error}");
        assert!(
            !report.complete && report.certificates <= came,
            "{report:?}"
        );
    }
    let one_answer = page_of_cloudflare(&json!([{"id": "a"}, {"id": "b"}]));
    for (bytes, records, word) in [(Some(10), None, "bytes"), (None, Some(1), "records")] {
        let connection = always(&one_answer).listing_limits(bytes, records);
        let error = inventory(cloudflare(connection)).accounts[0]
            .error
            .clone()
            .unwrap();
        assert!(error.message.contains(word), "{error}");
    }
}
