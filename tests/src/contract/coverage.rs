//! Counts what was proven of every operation, and says what was not.

use super::{Contract, Operation, check_table, generate};
use std::{collections::BTreeMap, fmt::Write, sync::Mutex};

/// Bodies that have to be decoded of every documented JSON answer.
pub const BODIES: u32 = 200;

/// Something that was proven of an operation.
#[derive(Debug, Clone, Copy)]
pub enum Kind {
    /// A request of the client is as documented.
    Request,
    /// The client made of an answer with this status what it should.
    Body(u16),
    /// The facade made of a success what it should.
    Facade,
    /// The sandbox answered as documented, with this status.
    Sandbox(u16),
}

#[derive(Debug, Default)]
struct Row {
    requests: usize,
    bodies: BTreeMap<String, usize>,
    statuses: BTreeMap<u16, usize>,
    facade: usize,
    sandbox: BTreeMap<u16, usize>,
}

/// What was proven of every operation.
#[derive(Debug, Default)]
pub struct Coverage(Mutex<BTreeMap<String, Row>>);

impl Coverage {
    /// Counts one thing.
    ///
    /// # Panics
    /// A test panicked while it counted.
    pub fn count(&self, operation: &Operation, kind: Kind) {
        let mut rows = self.0.lock().expect("no panic while held");
        let row = rows.entry(operation.key()).or_default();
        match kind {
            Kind::Request => row.requests += 1,
            Kind::Facade => row.facade += 1,
            Kind::Sandbox(status) => *row.sandbox.entry(status).or_default() += 1,
            Kind::Body(status) => {
                *row.statuses.entry(status).or_default() += 1;
                if let Some(documented) = operation.response(status) {
                    *row.bodies.entry(documented.status.clone()).or_default() += 1;
                }
            }
        }
    }

    /// The table, the line that sums it up, and whether nothing is missing.
    ///
    /// # Panics
    /// A test panicked while it counted.
    pub fn report(&self) -> (String, bool) {
        let rows = self.0.lock().expect("no panic while held");
        let nothing = Row::default();
        let mut table = String::new();
        let mut missing = Vec::new();
        let (mut operations, mut whole, mut responses, mut exercised) = (0, 0, 0, 0);
        let _ = writeln!(
            table,
            "{:<82} {:>8} {:>9} {:>7} {:>7} {:>8}  statuses exercised (and those of the sandbox)",
            "operation", "requests", "responses", "bodies", "facade", "sandbox"
        );
        for operation in Contract::get().operations() {
            let row = rows.get(&operation.key()).unwrap_or(&nothing);
            operations += 1;
            let before = missing.len();
            let done = row.missing(operation, &mut missing);
            responses += operation.responses.len();
            exercised += done;
            whole += usize::from(missing.len() == before);
            let _ = writeln!(
                table,
                "{:<82} {:>8} {:>9} {:>7} {:>7} {:>8}  {} ({})",
                operation.key(),
                row.requests,
                format!("{done}/{}", operation.responses.len()),
                row.statuses.values().sum::<usize>(),
                row.facade,
                row.sandbox.values().sum::<usize>(),
                list(&row.statuses),
                list(&row.sandbox),
            );
        }
        let known: Vec<String> = Contract::get().operations().map(Operation::key).collect();
        missing.extend(
            rows.keys()
                .filter(|key| !known.contains(key))
                .map(|key| format!("{key} is not documented")),
        );
        missing.extend(check_table().err().into_iter().flatten());
        for line in &missing {
            let _ = writeln!(table, "missing: {line}");
        }
        let _ = writeln!(
            table,
            "contract: {whole}/{operations} operations, {exercised}/{responses} documented responses"
        );
        let _ = write!(
            table,
            "(the same values in every run; {} sets another seed)",
            generate::SEED
        );
        (table, missing.is_empty())
    }
}

impl Row {
    /// Adds what is missing for an operation, and counts the answers for which nothing is.
    fn missing(&self, operation: &Operation, missing: &mut Vec<String>) -> usize {
        if self.requests == 0 {
            missing.push(format!("{}: no request was validated", operation.key()));
        }
        if !self
            .sandbox
            .keys()
            .any(|status| (200..300).contains(status))
        {
            missing.push(format!(
                "{}: the sandbox answered no success",
                operation.key()
            ));
        }
        let mut done = 0;
        for response in &operation.responses {
            let bodies = self
                .bodies
                .get(&response.status)
                .copied()
                .unwrap_or_default();
            let wanted = if response.schema.is_some() {
                BODIES as usize
            } else {
                1
            };
            if bodies < wanted {
                missing.push(format!(
                    "{}: {bodies} of {wanted} bodies of {} were decoded",
                    operation.key(),
                    response.status
                ));
            } else {
                done += 1;
            }
        }
        done
    }
}

fn list(statuses: &BTreeMap<u16, usize>) -> String {
    statuses
        .keys()
        .map(u16::to_string)
        .collect::<Vec<_>>()
        .join(" ")
}
