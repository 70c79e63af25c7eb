//! Every write of every vendor through the facade, over the sandbox.

use certfleet::{Account, Certificate, Content, How, ListOptions};
use certfleet_tests::{
    sandbox,
    writes::{self, Fault, Faulty, Write},
};
use futures_util::TryStreamExt;
use std::sync::Arc;

async fn listed(account: &Account) -> Vec<Certificate> {
    account
        .list(ListOptions::content(Content::Fetch))
        .try_collect()
        .await
        .expect("a listing")
}

fn name(write: &Write) -> String {
    format!("{} {}", write.kind, write.name)
}

#[tokio::test(start_paused = true)]
async fn every_write_is_sent_once_and_confirmed_and_not_sent_again() {
    for write in writes::all() {
        let name = name(&write);
        let sandbox = sandbox();
        let transport = Faulty::new(&sandbox, &[]);
        let account = writes::account(&sandbox, write.kind, Arc::new(transport.clone()));
        let change = (write.change)(&sandbox, &account, &listed(&account).await);
        assert!(
            !(write.is_done)(&sandbox, &change),
            "{name} is done already"
        );

        let plan = account.plan(change.clone()).await.expect(&name);
        assert_eq!(transport.writes(), 0, "planning {name} wrote");
        assert_eq!(plan.steps.len(), 1, "{name}");

        let applied = account.apply(change.clone()).await.expect(&name);
        assert_eq!(applied.how, How::Confirmed, "{name}");
        assert!(applied.is_complete(), "{name}: {applied:?}");
        assert!((write.is_done)(&sandbox, &change), "{name} is not done");
        assert_eq!(transport.writes(), 1, "{name}");
        let last = sandbox
            .requests()
            .into_iter()
            .rfind(|seen| seen.method != "GET")
            .unwrap();
        assert_eq!(last.operation, Some(write.operation), "{name}");
        assert!(account.journal().open().unwrap().is_empty(), "{name}");
    }
}

#[tokio::test(start_paused = true)]
async fn lost_answers() {
    for write in writes::all() {
        let name = name(&write);
        let sandbox = sandbox();
        let transport = Faulty::new(&sandbox, &[Fault::LostAnswer]);
        let account = writes::account(&sandbox, write.kind, Arc::new(transport.clone()));
        let change = (write.change)(&sandbox, &account, &listed(&account).await);
        let applied = account.apply(change.clone()).await;
        println!("{name}: {applied:?} {}", transport.writes());
        assert!((write.is_done)(&sandbox, &change), "{name} is not done");
    }
}
