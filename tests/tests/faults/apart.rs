//! Rows that are about more than one call, or about a caller that goes away. Virtual time.

use crate::{TALLY, one};
use certfleet_http::{Class, Effect, Error, ErrorKind, Reason};
use certfleet_tests::{
    Clients, Reply,
    contract::{Client, generate, operations},
    faults::{
        Case, Expected, Faulty, Step,
        matrix::Layer,
        rows,
        run::{self, keys},
    },
};
use libtest_mimic::Trial;
use std::{sync::Arc, time::Duration};
use tokio::time::timeout;

pub(crate) fn trials() -> Vec<Trial> {
    let each = |name: &str, check: fn(&Client) -> Result<(), String>| {
        one(format!("virtual::{name}"), move || {
            operations::TABLE
                .iter()
                .try_for_each(|client| check(client).map_err(|why| format!("{client:?}: {why}")))
        })
    };
    vec![
        each("deleted_twice", deleted_twice),
        each("batches", batches),
        each("callers_that_go_away", callers_that_go_away),
        each("a_hundred_calls", a_hundred_calls),
    ]
}

fn clients(network: &Faulty) -> Clients {
    Clients::set_up(
        "http://localhost",
        |_| "",
        &keys(),
        |builder| builder.transport(Arc::new(network.clone())).seed(3),
    )
}

/// Row 29: what is gone after a lost answer is gone; what is not there the first time is an error.
fn deleted_twice(client: &Client) -> Result<(), String> {
    if client.constants().method != "DELETE" {
        return Ok(());
    }
    // Apinizer says it so.
    let gone = match client.provider {
        "apinizer" => Reply::json(
            400,
            r#"{"status":"FAILURE","resultMessage":"Certificate (name: x) is not found!"}"#,
        ),
        _ => Reply::json(404, r#"{"message":"not found"}"#),
    };
    let status = gone.status;
    let first = Case::new(
        29,
        "",
        vec![Step::Answer(gone.clone())],
        Expected::status(status),
    );
    run::called(client, &first)?;
    TALLY.count(29, Layer::Virtual, Class::Idempotent, 1);

    // The delete is carried out and its answer lost; the first look is too early, the second is not.
    let network = Faulty::new(&[Step::Lost, Step::Answer(gone)], rows::done(client));
    let clients = clients(&network);
    let looks = std::sync::Mutex::new(0);
    let arguments = generate::plain(client.documented());
    let recovered = run::virtually(clients.session(client.provider).recover(
        |session| {
            let (clients, arguments) = (clients.through(client.provider, session), &arguments);
            async move { client.call(&clients, arguments).await.map(Some) }
        },
        |_| async {
            let mut looks = looks.lock().expect("no panic while held");
            *looks += 1;
            Ok((*looks > 1).then_some(None))
        },
    ));
    TALLY.count(29, Layer::Virtual, Class::Idempotent, 1);
    match recovered {
        Ok(recovered) if recovered.verified && network.attempts().len() == 2 => Ok(()),
        other => Err(format!(
            "{other:?} after {} sends",
            network.attempts().len()
        )),
    }
}

/// Rows 57 and 58: of three batches the second is refused, or lost. What was done is told apart from what was
/// not, and what was not is not sent. That a caller stops there is the caller's; the client's part is to say so.
fn batches(client: &Client) -> Result<(), String> {
    if !client.id.contains("activate") || client.provider != "openai" {
        return Ok(());
    }
    for (row, second, effect) in [
        (57, Step::Answer(Reply::json(400, "")), Effect::None),
        (58, Step::Lost, Effect::Unknown),
    ] {
        let network = Faulty::new(&[Step::Done, second, Step::Done], rows::done(client));
        let clients = clients(&network);
        let arguments = generate::plain(client.documented());
        let ends = run::virtually(async {
            let mut ends = Vec::new();
            for _ in 0..3 {
                let end = client.call(&clients, &arguments).await;
                let failed = end.is_err();
                ends.push(end.map(|_| ()));
                if failed {
                    break;
                }
            }
            ends
        });
        TALLY.count(row, Layer::Virtual, Class::Idempotent, 1);
        match ends.as_slice() {
            [Ok(()), Err(error)] if error.effect() == effect && error.attempts() == 1 => {}
            other => return Err(format!("row {row}: {other:?}")),
        }
    }
    Ok(())
}

/// Row 59: whenever the caller goes away, nothing goes on, and nothing is left.
fn callers_that_go_away(client: &Client) -> Result<(), String> {
    for after in [0, 1, 100, 29_999, 30_000, 30_200] {
        for steps in [
            vec![Step::Hangs],
            vec![Step::Unsent(Reason::Connect, Duration::from_secs(10))],
        ] {
            let network = Faulty::new(&steps, rows::done(client));
            let clients = clients(&network);
            let arguments = generate::plain(client.documented());
            let (ended, attempts) = run::virtually(async {
                let call = client.call(&clients, &arguments);
                let ended = timeout(Duration::from_millis(after), call).await.is_ok();
                let attempts = network.attempts().len();
                tokio::time::sleep(Duration::from_secs(300)).await;
                (ended, attempts)
            });
            TALLY.count(59, Layer::Virtual, client.constants().class, 1);
            if !ended && network.attempts().len() != attempts {
                return Err(format!("it went on after {after} ms"));
            }
        }
    }
    Ok(())
}

/// Row 61: a hundred calls against a vendor that only fails.
fn a_hundred_calls(client: &Client) -> Result<(), String> {
    let class = client.constants().class;
    let failing = Step::Answer(Reply::json(500, ""));
    let network = Faulty::new(std::slice::from_ref(&failing), rows::done(client));
    let clients = clients(&network);
    let arguments = generate::plain(client.documented());
    let errors: Vec<Error> = run::virtually(async {
        let mut errors = Vec::new();
        for _ in 0..100 {
            errors.extend(client.call(&clients, &arguments).await.err());
        }
        errors
    });
    TALLY.count(61, Layer::Virtual, class, 1);
    let further = network.attempts().len() - 100;
    let most = if class == Class::Read { 10 } else { 0 };
    if errors.len() != 100 || further != most {
        return Err(format!(
            "{} failed, with {further} further requests",
            errors.len()
        ));
    }
    let last = errors.last().ok_or("no error")?;
    if class == Class::Read
        && !last
            .to_string()
            .contains("too many calls have failed lately")
    {
        return Err(last.to_string());
    }
    if class != Class::Idempotent {
        return Ok(());
    }
    // The same when each is looked at and sent again.
    let network = Faulty::new(&[failing], rows::done(client));
    let clients = self::clients(&network);
    run::virtually(async {
        for _ in 0..100 {
            let recovered = clients
                .session(client.provider)
                .recover(
                    |session| {
                        let (clients, arguments) =
                            (clients.through(client.provider, session), &arguments);
                        async move { client.call(&clients, arguments).await.map(|_| ()) }
                    },
                    |_| async { Ok(None) },
                )
                .await;
            match recovered {
                Err(error)
                    if (error.kind(), error.effect()) == (ErrorKind::Status, Effect::Unknown) => {}
                other => return Err(format!("{other:?}")),
            }
        }
        Ok(())
    })?;
    TALLY.count(61, Layer::Virtual, class, 1);
    match network.attempts().len() - 100 {
        10 => Ok(()),
        further => Err(format!("recovered with {further} further requests")),
    }
}
