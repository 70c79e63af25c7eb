//! Every case of the matrix, met by every operation, in virtual time.

use crate::{TALLY, one};
use certfleet_http::Class;
use certfleet_tests::{
    contract::{Client, operations},
    faults::{Case, Verify, matrix::Layer, rows, run},
};
use libtest_mimic::Trial;

pub(crate) fn trials() -> Vec<Trial> {
    operations::TABLE
        .iter()
        .map(|client| one(format!("virtual::{client:?}"), move || every_case(client)))
        .collect()
}

fn every_case(client: &Client) -> Result<(), String> {
    let class = client.constants().class;
    let mut wrong = Vec::new();
    for case in rows::cases(client) {
        let mut ends = vec![(case.row, "called", run::called(client, &case))];
        if class != Class::Read {
            for (row, how, look) in looks(&case) {
                ends.push((row, how, run::recovered(client, &case, look)));
            }
        }
        for (row, how, end) in ends {
            TALLY.count(row, Layer::Virtual, class, 1);
            if let Err(why) = end {
                wrong.push(format!("row {} ({}), {how}: {why}", case.row, case.name));
            }
        }
    }
    if wrong.is_empty() {
        Ok(())
    } else {
        Err(wrong.join("\n"))
    }
}

/// What a look finds, and the row that it stands for. Looking is the same for every edge of a schema, and for
/// every deep body.
fn looks(case: &Case) -> Vec<(u8, &'static str, Result<bool, ()>)> {
    let mut looks = vec![
        (case.row, "recovered, not done", Ok(false)),
        (case.row, "recovered, done", Ok(true)),
        (56, "recovered, blind", Err(())),
    ];
    match (case.row, case.verify) {
        (37, _) => looks.clear(),
        (40..=44, _) => looks.truncate(1),
        (_, Verify::Never) => looks.truncate(2),
        (_, Verify::Looks | Verify::LooksAndSendsAgain) => {}
    }
    looks
}
