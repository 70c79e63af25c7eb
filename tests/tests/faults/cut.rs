//! Every write against the sandbox, its connection broken before it is read, after it is read, after it is
//! done, and after every byte of its answer. What the client says must be what the sandbox holds.

use crate::{TALLY, one};
use certfleet_http::{Class, Effect};
use certfleet_sandbox::{Fault, FaultPoint, Sandbox};
use certfleet_tests::faults::{
    matrix::Layer,
    run,
    writes::{WRITES, World, Write},
};
use libtest_mimic::Trial;
use std::sync::Arc;

pub(crate) fn trials() -> Vec<Trial> {
    WRITES
        .iter()
        .map(|write| {
            one(format!("cut::{}.{}", write.vendor, write.id), || {
                sweep(write)
            })
        })
        .chain([complete()])
        .collect()
}

/// Each so many cut points the write is recovered too.
const SETTLED: usize = 8;

/// Breaks it everywhere.
fn sweep(write: &'static Write) -> Result<(), String> {
    let mut points = vec![
        FaultPoint::BeforeRead,
        FaultPoint::AfterRead,
        FaultPoint::AfterCommit,
    ];
    let mut cuts = 0;
    let mut prepared = None;
    for bytes in 0.. {
        points.push(FaultPoint::AfterBytes(bytes));
        for point in points.drain(..) {
            let end =
                called(write, point, &mut prepared).map_err(|why| format!("{point:?}: {why}"))?;
            if end == End::Whole {
                TALLY.count(55, Layer::Cut, write.class, cuts);
                return if cuts > 100 {
                    Ok(())
                } else {
                    Err(format!("only {cuts} cut points"))
                };
            }
            // What follows a cut depends on little more than whether the head came whole.
            if cuts < 10 || cuts % SETTLED == 0 {
                recovered(write, point, &mut prepared)
                    .map_err(|why| format!("{point:?}, recovered: {why}"))?;
            }
            cuts += 1;
        }
    }
    Ok(())
}

#[derive(PartialEq, Eq)]
enum End {
    Cut,
    /// The answer came whole.
    Whole,
}

/// Clients of a sandbox without a port.
fn in_process(sandbox: Sandbox) -> World {
    World::over("http://localhost", sandbox.clone(), Arc::new(sandbox))
}

/// A prepared sandbox, to be used again where what is done to it can be undone.
type Prepared = Option<(Sandbox, String)>;

/// A prepared sandbox whose next request breaks here.
async fn broken(write: &Write, point: FaultPoint, prepared: &mut Prepared) -> (World, String) {
    let (world, id) = match (write.undo, prepared.take()) {
        (Some(undo), Some((sandbox, id))) => {
            // New clients: the budget of one session would not last.
            let world = in_process(sandbox);
            undo(world.clients.clone(), id.clone())
                .await
                .expect("undone");
            (world, id)
        }
        _ => {
            let world = in_process(World::empty());
            let id = (write.prepare)(world.clients.clone()).await;
            (world, id)
        }
    };
    *prepared = Some((world.sandbox.clone(), id.clone()));
    world.sandbox.inject(Fault::at(point));
    (world, id)
}

/// Sends it once: what the error says must be what the sandbox holds.
fn called(write: &Write, point: FaultPoint, prepared: &mut Prepared) -> Result<End, String> {
    run::virtually(async {
        let (world, id) = broken(write, point, prepared).await;
        world.sandbox.forget_requests();
        let result = (write.send)(world.clients.clone(), id.clone()).await;
        let done = (write.done)(&world.sandbox.snapshot(), &id);
        if !world.sandbox.faults().is_empty() {
            return Err("the fault did not happen".to_owned());
        }
        if done > 1 || world.sandbox.requests().len() > 1 {
            return Err(format!(
                "done {done} times, {} requests",
                world.sandbox.requests().len()
            ));
        }
        let unread = matches!(point, FaultPoint::BeforeRead | FaultPoint::AfterRead);
        match &result {
            Ok(()) if done == 1 => Ok(End::Whole),
            Err(error) if error.effect() == Effect::Unknown && done == usize::from(!unread) => {
                Ok(End::Cut)
            }
            Err(error) if error.effect() == Effect::Applied && done == 1 => Ok(End::Cut),
            _ => Err(format!("done {done} times, and the client says {result:?}")),
        }
    })
}

/// Sends it until it is recovered, looking at what the sandbox holds: done in the end, and once.
fn recovered(write: &Write, point: FaultPoint, prepared: &mut Prepared) -> Result<(), String> {
    run::virtually(async {
        let (world, id) = broken(write, point, prepared).await;
        let before = world.sandbox.requests().len();
        let session = write.session(&world.clients);
        let result = session
            .recover(
                |session| (write.send)(write.through(&world.clients, session), id.clone()),
                |_| async { Ok(((write.done)(&world.sandbox.snapshot(), &id) == 1).then_some(())) },
            )
            .await;
        let done = (write.done)(&world.sandbox.snapshot(), &id);
        let requests = world.sandbox.requests().len() - before;
        let unread = matches!(point, FaultPoint::BeforeRead | FaultPoint::AfterRead);
        let truthful = match (&result, write.class) {
            // A create that was never read is not sent again, and nobody claims that it is there.
            (Err(error), Class::Create) => unread && done == 0 && error.effect() == Effect::Unknown,
            (Ok(recovered), Class::Create) => !unread && done == 1 && recovered.verified,
            (Ok(recovered), _) => done == 1 && recovered.verified != unread,
            (Err(_), _) => false,
        };
        if truthful && requests <= 1 {
            Ok(())
        } else {
            Err(format!(
                "done {done} times in {requests} requests, and the client says {result:?}"
            ))
        }
    })
}

/// Every write of every client is in the table.
fn complete() -> Trial {
    one("cut::every_write", || {
        let missing: Vec<String> = certfleet_tests::contract::operations::TABLE
            .iter()
            .filter(|client| client.constants().class != Class::Read)
            .filter(|client| {
                !WRITES.iter().any(|write| {
                    (write.vendor.prefix(), write.id, write.class)
                        == (client.provider, client.id, client.constants().class)
                })
            })
            .map(|client| format!("{client:?}"))
            .collect();
        if missing.is_empty() {
            Ok(())
        } else {
            Err(missing.join(", "))
        }
    })
}
