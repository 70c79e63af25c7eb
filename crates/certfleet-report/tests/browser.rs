//! The page in a real browser: filters, sorting, details, hostile names, many certificates.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

mod support;

use certfleet::Inventory;
use certfleet_report::{Report, html};
use support::{
    HOSTILE,
    browser::{self, Browser, Shown},
    hostile, large, small,
};

fn page(inventory: Inventory) -> String {
    let inventories = [inventory];
    html::page(&Report::new(&inventories).unwrap())
}

#[test]
fn the_address_filters_and_sorts() {
    let Some(browser) = Browser::find() else {
        return;
    };
    let page = page(small());
    let all = [
        "payments",
        "Billing",
        "alpha-10",
        "alpha-9",
        "nothing known",
    ];
    for (fragment, names) in [
        ("", &all[..]),
        ("q=ALPHA", &["alpha-10", "alpha-9"]),
        ("q=alpha+cert_4", &["alpha-9"]),
        ("q=no+such+name", &[]),
        // Of the details.
        ("q=something+odd", &["Billing"]),
        ("q=client_ca", &all),
        ("expiry=expired", &["payments"]),
        ("expiry=month", &["Billing"]),
        ("expiry=unknown", &["nothing known"]),
        ("from=2026-12-01&until=2026-12-31", &["Billing"]),
        ("until=2026-12-02", &["payments", "Billing"]),
        ("warnings=1", &["Billing"]),
        ("state=active", &all),
        ("state=no-such-state", &all),
        ("account=openai%2Fproduction&q=pay", &["payments"]),
        (
            "sort=name",
            &[
                "alpha-9",
                "alpha-10",
                "Billing",
                "nothing known",
                "payments",
            ],
        ),
        (
            "order=descending",
            &[
                "alpha-9",
                "alpha-10",
                "Billing",
                "payments",
                "nothing known",
            ],
        ),
        ("sort=onerror&nothing=1", &all),
    ] {
        let shown = browser.show(&page, fragment);
        assert_eq!(shown.names(), names, "{fragment}");
        assert_eq!(
            shown.count(),
            format!("{} of 5 certificates match", names.len()),
            "{fragment}"
        );
        assert_eq!(shown.complaints(), [""; 0], "{fragment}");
    }
}

#[test]
fn sorting_is_told_and_details_open() {
    let Some(browser) = Browser::find() else {
        return;
    };
    let page = page(small());
    let shown = browser.show(
        &page,
        "sort=name&order=descending&open=openai/production/cert_2",
    );
    assert_eq!(shown.between("aria-sort=\"", "\""), ["descending"]);
    assert!(
        shown
            .dom
            .contains("data-sort=\"name\" aria-sort=\"descending\"")
    );
    assert_eq!(
        shown
            .between("aria-expanded=\"", "\"")
            .iter()
            .filter(|one| **one == "true")
            .count(),
        1
    );
    let details = shown.between("<tr class=\"details\"", "</tr>");
    assert_eq!(details.len(), 1);
    for part in [
        "<dt>Address</dt><dd>openai/production/cert_2</dd>",
        "Warning: the vendor says something odd",
        "2026-12-02T12:00:00Z",
        // Whoever else has the same.
        "<dt>SHA-256</dt><dd><a href=\"#q=",
    ] {
        assert!(details[0].contains(part), "{part}: {}", details[0]);
    }
}

/// Runs a script in the page, which its policy would not allow, and shows what becomes of it in two seconds of the
/// page's own time.
fn after(browser: &Browser, page: &str, script: &str) -> Shown {
    let page = page
        .replace("http-equiv=\"Content-Security-Policy\"", "name=\"none\"")
        .replace("</body>", &format!("<script>{{{script}}}</script></body>"));
    let file = browser.path("page.html");
    std::fs::write(&file, page).unwrap();
    let address = format!("file://{}", file.display());
    browser.run(&["--virtual-time-budget=2000", "--dump-dom", &address])
}

#[test]
fn controls_do_what_the_address_does_and_are_kept_in_it() {
    let Some(browser) = Browser::find() else {
        return;
    };
    let click = "const click = (what) => document.querySelector(what).click();
        const type = (text) => { const q = document.getElementById('q'); q.value = text;
            q.dispatchEvent(new Event('input', { bubbles: true })); };
        setTimeout(() => { document.documentElement.dataset.hash = location.hash; }, 1000);";
    let small = page(small());
    let shown = after(
        &browser,
        &small,
        &format!(
            "{click} type('alpha'); click('th[data-sort=name] button'); click('th[data-sort=name] button');
            click('tbody th button');"
        ),
    );
    assert_eq!(shown.names(), ["alpha-10", "alpha-9"]);
    assert_eq!(shown.between("aria-expanded=\"", "\""), ["true", "false"]);
    assert_eq!(shown.between("<tr class=\"details\"", "</tr>").len(), 1);
    assert_eq!(
        shown.between("data-hash=\"", "\""),
        ["#q=alpha&amp;sort=name&amp;order=descending&amp;open=openai%2Fproduction%2Fcert_3"]
    );
    let closed = format!(
        "{click} click('tbody th button'); click('tbody th button'); type('x'); click('#clear');"
    );
    let shown = after(&browser, &small, &closed);
    assert_eq!(shown.names().len(), 5);
    assert_eq!(shown.between("<tr class=\"details\"", "</tr>").len(), 0);
    // Nothing is chosen any more.
    assert_eq!(shown.between("data-hash=\"", "\""), [""]);
    // A tile and a mark of the timeline are such addresses.
    let shown = after(
        &browser,
        &small,
        &format!("{click} click('.tiles [data-ends=month] a');"),
    );
    assert_eq!(shown.names(), ["Billing"]);
    let mark = "document.querySelector('svg a').dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true }));";
    let shown = after(&browser, &small, mark);
    assert_eq!(shown.names(), ["payments"]);
    // A place in the page changes nothing.
    let shown = after(
        &browser,
        &small,
        &format!("{click} type('alpha'); click('.skip');"),
    );
    assert_eq!(shown.names(), ["alpha-10", "alpha-9"]);
}

#[test]
fn more_is_shown_on_demand_and_everything_is_printed() {
    let Some(browser) = Browser::find() else {
        return;
    };
    let page = page(large(500));
    for (script, rows) in [
        ("document.querySelector('#more button').click();", 400),
        ("dispatchEvent(new Event('beforeprint'));", 500),
        (
            "dispatchEvent(new Event('beforeprint')); dispatchEvent(new Event('afterprint'));",
            200,
        ),
        (
            "document.querySelector('#more button').click(); dispatchEvent(new Event('beforeprint')); \
             dispatchEvent(new Event('beforeprint')); dispatchEvent(new Event('afterprint'));",
            400,
        ),
    ] {
        assert_eq!(
            after(&browser, &page, script).names().len(),
            rows,
            "{script}"
        );
    }
}

#[test]
fn hostile_texts_stay_texts() {
    let Some(browser) = Browser::find() else {
        return;
    };
    let inventory = hostile();
    let open = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(inventory.certificates.iter().map(|one| {
            let address = one.id.to_string();
            (
                "open",
                certfleet_report::text::sanitize(&address).into_owned(),
            )
        }))
        .finish();
    let shown = browser.show(&page(inventory), &open);
    assert_eq!(shown.names().len(), HOSTILE.len());
    assert_eq!(
        shown.between("<tr class=\"details\"", "</tr>").len(),
        HOSTILE.len()
    );
    assert!(!shown.dom.contains("data-hit"), "a text was run");
    // The parser and the script made only elements that the page has.
    for element in ["<img", "<svg onload", "<b>bold"] {
        assert!(!shown.dom.contains(element), "{element}");
    }
    assert!(shown.dom.contains("&lt;img src=x onerror="));
    assert_eq!(shown.complaints(), [""; 0]);
}

/// The test above would not notice if nothing were ever run.
#[test]
fn the_policy_stops_what_gets_in() {
    let Some(browser) = Browser::find() else {
        return;
    };
    let hit = "<script>document.documentElement.dataset.hit=1</script><p style='color:red' onclick='x()'></p>";
    let with = |page: &str| page.replace("</footer>", &format!("</footer>{hit}"));
    let page = page(small());
    let shown = browser.show(&with(&page), "");
    assert!(!shown.dom.contains("data-hit"));
    assert!(!shown.complaints().is_empty());
    let open = page.replace("http-equiv=\"Content-Security-Policy\"", "name=\"none\"");
    let shown = browser.show(&with(&open), "");
    assert!(shown.dom.contains("data-hit=\"1\""));
}

#[test]
fn of_many_certificates_a_part_is_shown_and_all_are_searched() {
    let Some(browser) = Browser::find() else {
        return;
    };
    let page = page(large(10_000));
    let shown = browser.show(&page, "");
    assert_eq!(shown.names().len(), 200);
    assert_eq!(
        shown.count(),
        "10000 of 10000 certificates match; the first 200 are shown"
    );
    assert!(shown.dom.contains("Show 200 more"));
    let shown = browser.show(&page, "q=service-9999");
    assert_eq!(shown.names(), ["service-9999"]);
    let shown = browser.show(
        &page,
        "sort=name&order=descending&account=openai%2Faccount-7",
    );
    assert_eq!(shown.names()[..2], ["service-9997", "service-9987"]);
    assert_eq!(
        shown.count(),
        "1000 of 10000 certificates match; the first 200 are shown"
    );
}

#[test]
fn without_a_script_the_whole_table_is_there() {
    let Some(browser) = Browser::find() else {
        return;
    };
    // As a browser that runs none: the policy allows nothing.
    let page = page(large(500)).replace("script-src 'sha256-", "script-src 'sha256-x");
    let shown = browser.show(&page, "q=service-1");
    assert_eq!(shown.between("<td class=\"state\">", "<").len(), 500);
    assert!(shown.dom.contains("aria-label=\"Filters\" hidden"));
}

#[test]
fn no_width_needs_scrolling_sideways() {
    let Some(browser) = Browser::find() else {
        return;
    };
    let probe = "<script>addEventListener('load', () => { const root = document.documentElement; \
        root.dataset.over = root.scrollWidth - root.clientWidth; })</script>";
    for inventory in [small(), hostile()] {
        let open = page(inventory)
            .replace("http-equiv=\"Content-Security-Policy\"", "name=\"none\"")
            .replace("</footer>", &format!("</footer>{probe}"));
        let file = browser.path("inner.html");
        std::fs::write(&file, open).unwrap();
        for width in [390, 700, 1280] {
            // A window of chromium is never as narrow as a phone; a frame is.
            let frame = format!(
                "<iframe id=frame width={width} height=800 src='inner.html#open=openai/production/cert_2'></iframe><script>\
                 addEventListener('load', () => {{ document.body.dataset.over = \
                 frame.contentDocument.documentElement.dataset.over; }})</script>"
            );
            let file = browser.path("frame.html");
            std::fs::write(&file, frame).unwrap();
            let address = format!("file://{}", file.display());
            let shown = browser.run(&["--allow-file-access-from-files", "--dump-dom", &address]);
            assert_eq!(shown.between("<body data-over=\"", "\""), ["0"], "{width}");
        }
    }
}

#[test]
fn it_can_be_printed() {
    let Some(browser) = Browser::find() else {
        return;
    };
    let (html, pdf) = (browser.path("page.html"), browser.path("page.pdf"));
    std::fs::write(&html, page(large(500))).unwrap();
    browser.run(&[
        "--no-pdf-header-footer",
        &format!("--print-to-pdf={}", pdf.display()),
        &format!("file://{}", html.display()),
    ]);
    assert!(browser::is_pdf(&pdf));
}
