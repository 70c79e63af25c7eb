//! Every write of the facade meets the matrix (`Account::apply`), in virtual time over the sandbox.

use crate::{TALLY, one};
use certfleet_sandbox::FaultPoint;
use certfleet_tests::{
    faults::{
        facade::{self, End, Ready},
        matrix::Layer,
        rows,
    },
    writes,
};
use libtest_mimic::Trial;

pub(crate) fn trials() -> Vec<Trial> {
    writes::all()
        .into_iter()
        .map(|write| {
            let name = format!("facade::{} {}", write.kind, write.name).replace(' ', "_");
            one(name, move || {
                let mut ready = facade::Ready::new(write);
                every_row(&mut ready)?;
                every_cut(&mut ready)
            })
        })
        .collect()
}

fn every_row(ready: &mut Ready) -> Result<(), String> {
    let class = facade::client(ready.write()).constants().class;
    let mut wrong = Vec::new();
    for (case, fate) in facade::cases(ready.write()) {
        let row = if fate.blind { 56 } else { case.row };
        TALLY.count(row, Layer::Facade, class, 1);
        if let Err(why) = facade::met(ready, &case, fate) {
            wrong.push(format!("row {} ({}), {fate:?}: {why}", case.row, case.name));
        }
    }
    if wrong.is_empty() {
        Ok(())
    } else {
        Err(wrong.join("\n"))
    }
}

/// Bytes between two cut points: that every byte ends alike is the client's sweep, and the facade sees only what
/// the client made of it.
const STRIDE: usize = 16;

/// Row 55: done, and the answer lost.
fn every_cut(ready: &mut Ready) -> Result<(), String> {
    let client = facade::client(ready.write());
    let class = client.constants().class;
    let unanswered = [
        FaultPoint::BeforeRead,
        FaultPoint::AfterRead,
        FaultPoint::AfterCommit,
    ];
    let cut = (0..).step_by(STRIDE).map(FaultPoint::AfterBytes);
    let mut cuts = 0;
    for point in unanswered.into_iter().chain(cut) {
        let end = facade::broken(ready, point).map_err(|why| format!("{point:?}: {why}"))?;
        if end == End::Whole {
            break;
        }
        cuts += 1;
    }
    TALLY.count(55, Layer::Facade, class, cuts);
    // The head alone is shorter than that with a body.
    let least = if rows::has_body(client) { 12 } else { 8 };
    if cuts > least {
        Ok(())
    } else {
        Err(format!("only {cuts} cut points"))
    }
}
