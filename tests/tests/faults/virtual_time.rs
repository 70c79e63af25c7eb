//! Every case of the matrix, met by every operation, in virtual time.

use crate::{TALLY, one};
use certfleet_http::Class;
use certfleet_tests::{
    contract::operations,
    faults::{Verify, matrix::Layer, rows, run},
};
use libtest_mimic::Trial;

pub(crate) fn trials() -> Vec<Trial> {
    operations::TABLE
        .iter()
        .map(|client| {
            one(format!("virtual::{client:?}"), move || {
                let mut wrong = Vec::new();
                for case in rows::cases(client) {
                    let class = client.constants().class;
                    let mut ends = vec![("called", run::called(client, &case))];
                    if class != Class::Read {
                        ends.push(("settled, done", run::settled(client, &case, Ok(true))));
                        ends.push(("settled, not done", run::settled(client, &case, Ok(false))));
                        if case.verify != Verify::Never {
                            ends.push(("settled, blind", run::settled(client, &case, Err(()))));
                            TALLY.count(56, Layer::Virtual, class, 1);
                            TALLY.count(case.row, Layer::Virtual, class, ends.len() - 1);
                        } else {
                            TALLY.count(case.row, Layer::Virtual, class, ends.len());
                        }
                    } else {
                        TALLY.count(case.row, Layer::Virtual, class, 1);
                    }
                    for (how, end) in ends {
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
            })
        })
        .collect()
}
