//! Odd records, and what of an answer a listing does without.

use crate::*;

/// The native id of every row, and of those that could not be read what is said of them.
fn rows(inventory: &Inventory) -> Vec<(&str, Option<&str>)> {
    let said = |one: &Certificate| {
        let warning = one.warnings.first();
        assert_eq!(one.is_unreadable(), warning.is_some(), "{one:?}");
        assert!(!one.is_unreadable() || one.contents.len() == 1);
        assert!(!one.is_unreadable() || one.contents[0].sha256.is_none());
    };
    let rows = inventory.certificates.iter();
    rows.inspect(|one| said(one))
        .map(|one| {
            let warning = one.warnings.first();
            (&*one.id.native, warning.map(|warning| &*warning.message))
        })
        .collect()
}

/// Every odd record is a row or a warning of the account, is counted, and hides no other.
#[test]
fn an_odd_record_costs_itself() {
    let odd_openai = |change: fn(&mut Value)| {
        let mut odd = of_openai(&json!("cert_odd"));
        change(&mut odd);
        openai(
            &[],
            always(&page_of_openai(&[of_openai(&json!("cert_good")), odd])),
        )
    };
    let of_cloudflare =
        |odd: Value| cloudflare(always(&page_of_cloudflare(&json!([{"id": "good"}, odd]))));
    let of_apinizer = |odd: Value| {
        apinizer(always(
            &json!({"status": "SUCCESS", "resultList": [{"name": "good"}, odd], "resultCount": 2}),
        ))
    };
    let of_patchworks = |odd: Value| {
        patchworks(always(
            &json!({"data": [{"id": 1, "certificate": {"id": 11}}, odd], "meta": {"last_page": 1, "total": 2}}),
        ))
    };
    for (account, id, why) in [
        (
            odd_openai(|odd| odd["active"] = Value::Null),
            Some("cert_odd"),
            "active",
        ),
        (
            odd_openai(|odd| odd["certificate_details"] = Value::Null),
            Some("cert_odd"),
            "certificate_details",
        ),
        (
            odd_openai(|odd| odd["created_at"] = json!("soon")),
            Some("cert_odd"),
            "created_at",
        ),
        (
            odd_openai(|odd| odd["id"] = Value::Null),
            None,
            "page 1: data[1] could not be read: at id",
        ),
        (
            odd_openai(|odd| odd["id"] = json!("")),
            None,
            "its id is empty",
        ),
        (
            odd_openai(|odd| *odd = json!(17)),
            None,
            "page 1: data[1] could not be read",
        ),
        (
            of_cloudflare(json!({"id": "odd", "expires_on": 17})),
            Some("odd"),
            "result[1] could not be read: at expires_on",
        ),
        (
            of_cloudflare(json!({"id": "odd", "in_use": "yes"})),
            Some("odd"),
            "in_use",
        ),
        (
            of_cloudflare(json!({"id": null})),
            None,
            "result[1] could not be read: it has no id",
        ),
        (
            of_cloudflare(json!({"id": 17, "in_use": 17})),
            Some("17"),
            "at id",
        ),
        (
            of_cloudflare(Value::Null),
            None,
            "result[1] could not be read",
        ),
        (
            of_apinizer(json!({"name": "odd", "description": 7})),
            Some("odd"),
            "resultList[1] could not be read: at description",
        ),
        (
            of_apinizer(json!({"description": "d"})),
            None,
            "it has no name",
        ),
        (
            of_patchworks(json!({"id": 2, "certificate": {"id": 12, "created_at": 5}})),
            Some("12"),
            "data[1].certificate could not be read: at created_at",
        ),
        (
            of_patchworks(json!({"id": 2, "certificate": {"name": "x"}})),
            None,
            "data[1].certificate could not be read: it has no id",
        ),
        (
            of_patchworks(json!({"id": 2, "certificate": "x"})),
            None,
            "data[1].certificate could not be read",
        ),
        (
            of_patchworks(json!({"name": "x"})),
            None,
            "page 1: data[1] could not be read: the connector has no id",
        ),
    ] {
        let inventory = inventory(account);
        let report = &inventory.accounts[0];
        assert_eq!(report.error, None);
        assert!(!report.complete && report.unreadable == 1, "{report:?}");
        assert_eq!(report.certificates, 1 + usize::from(id.is_some()), "{why}");
        let rows = rows(&inventory);
        assert_eq!(
            rows.iter().filter(|(_, said)| said.is_none()).count(),
            1,
            "{why}"
        );
        let said = match id {
            Some(id) => rows.iter().find(|(native, _)| *native == id).unwrap().1,
            None => {
                assert_eq!(report.warnings[0].kind, WarningKind::UnreadableRecord);
                Some(&*report.warnings[0].message)
            }
        };
        assert!(said.unwrap().contains(why), "{said:?} {why}");
    }
}

/// A connector's own members are not what a listing is about.
#[test]
fn what_a_listing_does_not_need_costs_nothing() {
    let whole = |account| {
        let inventory = inventory(account);
        assert!(inventory.is_complete(), "{:?}", inventory.accounts);
        inventory.certificates.len()
    };
    let records = json!([{"id": "good"}]);
    for envelope in [
        json!({"success": true, "errors": null, "messages": null, "result": records}),
        json!({"success": true, "result": records}),
        json!({"success": true, "errors": "none", "messages": {}, "result": records, "result_info": "x"}),
    ] {
        assert_eq!(whole(cloudflare(always(&envelope))), 1, "{envelope}");
    }
    for (envelope, certificates) in [
        (page_of_cloudflare(&Value::Null), 0),
        (json!({"success": true, "result": null}), 0),
    ] {
        assert_eq!(whole(cloudflare(always(&envelope))), certificates);
    }
    let empty = json!({"status": "SUCCESS", "resultList": null});
    assert_eq!(whole(apinizer(always(&empty))), 0);
    let mut page = page_of_openai(&[of_openai(&json!("cert_good"))]);
    page["object"] = Value::Null;
    page["last_id"] = json!(17);
    assert_eq!(whole(openai(&[], always(&page))), 1);
    let connectors = json!({"data": [{"id": 1, "name": 17, "certificate": {"id": 11}}, {"id": 2, "name": 17}],
        "meta": {"last_page": 1, "total": "x"}});
    assert_eq!(whole(patchworks(always(&connectors))), 1);
}

/// What a listing cannot do without, a failure within a success, and what is not a listing stay errors.
#[test]
fn what_is_not_the_listing_is_an_error() {
    let of_openai = |change: fn(&mut Value)| {
        let mut page = page_of_openai(&[of_openai(&json!("cert_a"))]);
        change(&mut page);
        openai(&[], always(&page))
    };
    let failed =
        json!({"success": false, "errors": [{"code": 1004, "message": "Failed"}], "result": null});
    let twice = r#"{"success":false,"success":true,"errors":null,"messages":[],"result":[]}"#;
    for (account, word) in [
        (cloudflare(always(&failed)), "Failed (code 1004)"),
        (
            cloudflare(connection(move |_, _| (200, twice.to_owned()))),
            "duplicate field success",
        ),
        (
            cloudflare(always(
                &json!({"errors": [], "messages": [], "result": null}),
            )),
            "success",
        ),
        (
            cloudflare(always(&json!({"errors": [], "messages": [], "result": []}))),
            "success",
        ),
        (
            cloudflare(always(
                &json!({"success": true, "errors": null, "result": {}}),
            )),
            "its result is not a list",
        ),
        (
            cloudflare(always(&json!({"success": true, "errors": null}))),
            "the list has no result",
        ),
        (cloudflare(always(&json!([]))), "top level"),
        (
            apinizer(always(&json!({"resultList": null}))),
            "no resultList",
        ),
        (
            apinizer(always(
                &json!({"status": "FAILURE", "resultList": null, "resultMessage": "no"}),
            )),
            "no",
        ),
        (of_openai(|page| page["has_more"] = json!("no")), "has_more"),
        (
            of_openai(|page| page["data"] = Value::Null),
            "the list has no data",
        ),
        (patchworks(always(&json!({"data": null}))), "no data"),
        (
            patchworks(always(&json!({"data": [], "meta": {"last_page": "3"}}))),
            "meta.last_page",
        ),
    ] {
        let inventory = inventory(account);
        let error = inventory.accounts[0].error.as_ref().expect(word);
        assert!(error.to_string().contains(word), "{error} {word}");
        assert!(inventory.certificates.is_empty());
    }
}

#[test]
fn a_list_is_short_by_what_came_not_by_what_could_be_read() {
    let short = |connection| inventory(cloudflare(connection)).accounts[0].error.clone();
    let mut page = page_of_cloudflare(&json!([{"id": "a"}, {"in_use": 1}]));
    page["result_info"] = json!({"total_count": 2});
    assert_eq!(short(always(&page)), None);
    page["result_info"] = json!({"total_count": 3});
    let error = short(always(&page)).unwrap().to_string();
    assert!(error.contains("3 were announced and 2 came"), "{error}");
}
