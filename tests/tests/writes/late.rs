//! Answers that come late, or ask to be left alone.

use crate::plain;
use certfleet::{
    Account, Connection, Effect, How, ProviderId,
    openai::{self, OpenAi},
};
use certfleet_changes::{Journal, Writer};
use certfleet_sandbox::Provider;
use certfleet_tests::{
    Reply, faults, sandbox,
    writes::{self, listed},
};
use std::{sync::Arc, time::Duration};

/// A vendor who is overloaded, and says how long to leave it alone.
fn busy(seconds: u64) -> faults::Step {
    let reply = Reply::json(503, "{}").header("retry-after", seconds.to_string());
    faults::Step::Answer(reply)
}

#[tokio::test(start_paused = true)]
async fn what_lands_late_is_found_where_nothing_may_be_sent_again() {
    let sandbox = sandbox();
    let network = faults::Faulty::before(&sandbox, &[busy(600)], false);
    let writer = writes::writer(&sandbox, ProviderId::OPENAI, Arc::new(network.clone()));
    let id = listed(writer.account()).await[0].id.clone();
    let lands = {
        let (writer, id) = (plain(&sandbox, ProviderId::OPENAI), id.clone());
        tokio::spawn(async move {
            tokio::time::sleep(Duration::from_secs(5)).await;
            writer.rename(id, "late").await
        })
    };
    let applied = writer.rename(id, "late").await.unwrap();
    assert_eq!(applied.how, How::Recovered);
    assert_eq!(network.attempts().len(), 1);
    lands.await.unwrap().unwrap();
}

#[tokio::test(start_paused = true)]
async fn the_hint_that_is_left_is_the_last_answers() {
    let sandbox = sandbox();
    let steps = [faults::Step::Lost, busy(30), busy(600)];
    let network = faults::Faulty::before(&sandbox, &steps, false);
    let writer = writes::writer(&sandbox, ProviderId::OPENAI, Arc::new(network.clone()));
    let id = listed(writer.account()).await[0].id.clone();
    let error = writer.rename(id, "never").await.unwrap_err();
    assert_eq!(error.effect(), Effect::Unknown);
    assert_eq!(error.retry_after(), Some(Duration::from_secs(600)));
    let attempts = network.attempts();
    assert_eq!(attempts.len(), 3);
    assert!(attempts[2].began - attempts[1].ended.unwrap() >= Duration::from_secs(30));
}

#[tokio::test(start_paused = true)]
async fn the_last_look_counts_where_the_time_ends_before_the_next() {
    let sandbox = sandbox();
    let network = faults::Faulty::before(&sandbox, &[busy(600)], false);
    let seeded = sandbox.accounts();
    let seeded = seeded
        .iter()
        .find(|one| one.provider == Provider::OpenAi)
        .unwrap();
    let connection = Connection::default()
        .base_url(format!("http://localhost{}", seeded.base_path))
        .transport(Arc::new(network))
        // After the third look, before the fourth.
        .deadline(Duration::from_secs(5));
    let key = seeded.token().expect("a token").into();
    let credentials = openai::Credentials::AdminKey(key);
    let opened = OpenAi::new("short", credentials, Vec::new(), connection).unwrap();
    let writer = Writer::new(Account::new(opened), Journal::memory());
    let id = listed(writer.account()).await[0].id.clone();
    let error = writer.rename(id, "never").await.unwrap_err();
    assert_eq!(error.effect(), Effect::Unknown);
    assert!(
        error.to_string().contains("It has not taken effect now"),
        "{error}"
    );
}
