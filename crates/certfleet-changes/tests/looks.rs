//! When what was read stands for what is there, and when it is read again. Virtual time.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

use certfleet::{
    Account, Change, Connection, How, Scope, State,
    change::SetActive,
    openai::{Credentials, OpenAi},
};
use certfleet_changes::{
    ConsequenceKind, Journal, LOOK_STANDS_FOR, LookStart, WaitOptions, Writer,
};
use certfleet_sandbox::{OPENAI_ADMIN_KEY, OPENAI_PROJECTS, Provider, Sandbox};
use std::{sync::Arc, time::Duration};

struct World {
    sandbox: Sandbox,
    journal: Journal,
}

impl World {
    fn new() -> Self {
        Self {
            sandbox: Sandbox::new(),
            journal: Journal::memory(),
        }
    }

    fn writer(&self) -> Writer {
        let accounts = self.sandbox.accounts();
        let mut accounts = accounts.iter();
        let own = accounts.find(|one| one.provider == Provider::OpenAi);
        let connection = Connection::default()
            .base_url(format!("https://sandbox{}", own.unwrap().base_path))
            .transport(Arc::new(self.sandbox.clone()));
        let key = Credentials::AdminKey(OPENAI_ADMIN_KEY.into());
        let projects = OPENAI_PROJECTS.iter().map(|(id, _)| (*id).to_owned());
        let account = OpenAi::new("openai", key, projects.collect(), connection).unwrap();
        Writer::new(Account::new(account), self.journal.clone())
            .acknowledging(ConsequenceKind::ALL.iter().copied())
    }

    fn switch(&self, name: &str) -> SetActive {
        let snapshot = self.sandbox.snapshot();
        let mut records = snapshot.of(Provider::OpenAi);
        let record = records.find(|one| one.name.as_deref() == Some(name));
        let account = self.writer().account().clone();
        let id = certfleet::CertificateId::new(
            account.provider(),
            account.name(),
            record.unwrap().id.clone(),
        );
        SetActive::new([id], Scope::Organization)
    }

    /// How often the organization was listed since this was asked last.
    fn looks(&self) -> usize {
        let seen = self.sandbox.requests();
        self.sandbox.forget_requests();
        let list = Some("listOrganizationCertificates");
        seen.iter().filter(|one| one.operation == list).count()
    }
}

#[tokio::test(start_paused = true)]
async fn a_plan_and_its_check_share_a_look_only_where_that_is_asked_for() {
    for (shares, looks) in [(true, 1), (false, 2)] {
        let world = World::new();
        let writer = world.writer();
        let writer = if shares {
            writer.sharing_looks()
        } else {
            writer
        };
        let change = Change::Activate(world.switch("device-fleet-root"));
        let plan = writer.plan(change.clone()).await.unwrap();
        let applied = writer.apply_plan(plan).await.unwrap();
        assert_eq!((applied.how, world.looks()), (How::Confirmed, looks));
        // What it left is known from its answer.
        let applied = writer.apply(change).await.unwrap();
        assert_eq!(applied.how, How::Unchanged, "{shares}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_look_stands_for_a_short_time() {
    for (after, looks) in [
        (LOOK_STANDS_FOR, 1),
        (LOOK_STANDS_FOR + Duration::from_millis(1), 2),
    ] {
        let world = World::new();
        let writer = world.writer().sharing_looks();
        let change = Change::Activate(world.switch("device-fleet-root"));
        let plan = writer.plan(change).await.unwrap();
        tokio::time::advance(after).await;
        writer.apply_plan(plan).await.unwrap();
        assert_eq!(world.looks(), looks, "{after:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_change_of_another_writer_ends_a_look() {
    let world = World::new();
    let writer = world.writer().sharing_looks();
    let change = Change::Activate(world.switch("device-fleet-root"));
    let plan = writer.plan(change.clone()).await.unwrap();
    let other = world.writer();
    other.apply(change).await.unwrap();
    world.looks();
    let applied = writer.apply_plan(plan).await.unwrap();
    assert_eq!(applied.how, How::Unchanged);
    assert!(world.looks() >= 1);
}

/// What is switched off in one project is still in force in another, and what says so is the result itself.
#[tokio::test(start_paused = true)]
async fn a_switch_reports_the_states_of_other_scopes() {
    for shares in [true, false] {
        let world = World::new();
        let writer = world.writer();
        let writer = if shares {
            writer.sharing_looks()
        } else {
            writer
        };
        let mut set = world.switch("research-notebooks-ca");
        set.scope = Scope::Project {
            id: "proj_sandboxresearch".to_owned(),
        };
        let (ids, scope) = (set.ids.clone(), set.scope.clone());
        let applied = writer.apply(Change::Deactivate(set)).await.unwrap();
        assert_eq!(applied.how, How::Confirmed);
        let waited = writer
            .wait(
                &ids,
                &scope,
                State::Inactive,
                WaitOptions::default(),
                |_| (),
            )
            .await
            .unwrap();
        for one in applied.certificates.iter().chain(&waited) {
            let staging = Scope::Project {
                id: "proj_sandboxstaging".to_owned(),
            };
            let at = |scope: &Scope| one.placements.iter().find(|at| at.scope == *scope);
            assert_eq!(at(&scope).unwrap().state, State::Inactive, "{shares}");
            assert_eq!(at(&staging).unwrap().state, State::Active, "{shares}");
            assert_eq!(one.state, State::Active, "{shares}");
        }
    }
}

/// A listing that a caller has taken is one look less, as long as nothing was changed since before it.
#[tokio::test(start_paused = true)]
async fn a_listing_that_was_taken_is_not_taken_again() {
    for (is_changed, looks) in [(false, 0), (true, 1)] {
        let world = World::new();
        let writer = world.writer().sharing_looks();
        let start = LookStart::now(&world.journal).await.unwrap();
        let fleet = certfleet::Fleet::new([writer.account().clone()]).unwrap();
        let inventory = fleet.inventory(certfleet::ListOptions::default()).await;
        if is_changed {
            let other = Change::Activate(world.switch("staging-clients-ca"));
            world.writer().apply(other).await.unwrap();
        }
        writer.remember(start, &inventory);
        world.looks();
        let change = Change::Activate(world.switch("device-fleet-root"));
        writer.plan(change).await.unwrap();
        assert_eq!(world.looks(), looks, "{is_changed}");
    }
}
