//! Lists an account of the vendor, uploads a certificate to a listener once its plan was shown, and deletes
//! it again.

use certfleet::{
    Account, Change, Connection, ContentFetch, ListOptions, Result, Upload,
    change::{Delete, ReferencePolicy},
};
use certfleet_changes::{Journal, Plan, Writer};
use futures_util::TryStreamExt;
use outside_provider::{Lantern, Server, listener};
use std::sync::Arc;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    // A live account leaves the transport out: certfleet's own network is the default.
    let connection = Connection::default().transport(Arc::new(Server::new()));
    let account = Account::new(Lantern::new("demo", &Server::token(), connection)?);
    list(&account).await?;

    // `Journal::user()` keeps what happened on the disk; this one ends with the process.
    let writer = Writer::new(account.clone(), Journal::memory());
    let pem = include_bytes!("../certificates/next.pem");
    let upload = Upload::new(pem)?.name("next").at(listener("public"));
    let plan = writer.plan(Change::Upload(upload)).await?;
    show(&plan);
    // A program asks its operator here. What is not acknowledged is not sent.
    let applied = writer.acknowledging(plan.kinds()).apply_plan(plan).await?;
    println!("uploaded: {}", applied.how.as_str());
    list(&account).await?;

    for made in applied.certificates {
        let delete = Delete {
            id: made.id,
            references: ReferencePolicy::Keep,
        };
        let plan = writer.plan(Change::Delete(delete)).await?;
        show(&plan);
        let applied = writer.acknowledging(plan.kinds()).apply_plan(plan).await?;
        println!("deleted: {}", applied.how.as_str());
    }
    list(&account).await
}

async fn list(account: &Account) -> Result<()> {
    println!("{}:", account.full_name());
    let mut certificates = account.list(ListOptions::content(ContentFetch::Included));
    while let Some(one) = certificates.try_next().await? {
        let name = one.name.as_deref().unwrap_or("-");
        print!("  {} {name}, {}", one.id, one.role);
        for placement in &one.placements {
            print!(", {} at {}", placement.state, placement.scope);
        }
        println!();
    }
    Ok(())
}

fn show(plan: &Plan) {
    for step in &plan.steps {
        println!("plan: {}", step.message);
    }
    for consequence in &plan.consequences {
        println!("  {}: {}", consequence.kind, consequence.message);
    }
}
