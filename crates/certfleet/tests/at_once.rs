//! Projects and accounts are read at the same time, and what comes of it does not depend on which is quicker. Gates and
//! virtual time: nothing here waits for a clock.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

use certfleet::{
    Account, Connection, ErrorKind, Fleet, Inventory, ListOptions, Scope,
    http::{BoxFuture, Bytes, HeaderMap, RawResponse, Request, SendError, StatusCode, Transport},
    openai::{Credentials, OpenAi},
};
use serde_json::{Value, json};
use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};
use tokio::{sync::oneshot, time::Instant};

/// A page of a list that holds these records.
fn page(ids: &[String]) -> String {
    let record = |id: &String| {
        json!({
            "object": "organization.project.certificate", "id": id, "name": id, "created_at": 1, "active": true,
            "certificate_details": {"valid_at": 1, "expires_at": 2}
        })
    };
    let data: Vec<Value> = ids.iter().map(record).collect();
    json!({"object": "list", "data": data, "has_more": false, "first_id": null, "last_id": null})
        .to_string()
}

fn answer(status: u16, body: String) -> RawResponse {
    let mut headers = HeaderMap::new();
    headers.insert("content-type", "application/json".parse().unwrap());
    RawResponse {
        status: StatusCode::from_u16(status).unwrap(),
        headers,
        body: Bytes::from(body),
    }
}

/// The project of a request; `None` for the organization's list.
fn project_of(request: &Request) -> Option<usize> {
    let path = request.url().path();
    let (_, rest) = path.split_once("/projects/proj_")?;
    rest.split('/').next()?.parse().ok()
}

fn account(name: &str, projects: usize, transport: Arc<dyn Transport>) -> Account {
    let projects = (0..projects).map(|number| format!("proj_{number}"));
    let connection = Connection::default()
        .base_url("http://localhost")
        .transport(transport);
    let key = Credentials::AdminKey("k".into());
    Account::new(OpenAi::new(name, key, projects.collect(), connection).unwrap())
}

/// Holds the answers for all projects until each has been asked for one, and gives them in an order.
#[derive(Debug)]
struct Gates {
    order: Vec<usize>,
    closed: Mutex<Vec<(usize, oneshot::Sender<()>)>>,
    answer: fn(usize) -> (u16, String),
}

impl Gates {
    /// Opens the gate of the project at a place of the order.
    fn open(&self, place: usize) {
        let mut closed = self.closed.lock().unwrap();
        let next = self.order.get(place);
        let next = next.and_then(|next| closed.iter().position(|(number, _)| number == next));
        if let Some(next) = next {
            let _ = closed.swap_remove(next).1.send(());
        }
    }
}

impl Transport for Gates {
    fn send<'a>(
        &'a self,
        request: &'a Request,
        _: usize,
        _: Duration,
    ) -> BoxFuture<'a, Result<RawResponse, SendError>> {
        Box::pin(async move {
            let Some(number) = project_of(request) else {
                let ids: Vec<_> = (0..2).map(|number| format!("cert_{number}")).collect();
                return Ok(answer(200, page(&ids)));
            };
            let (gate, opened) = oneshot::channel();
            let all = {
                let mut closed = self.closed.lock().unwrap();
                closed.push((number, gate));
                closed.len() == self.order.len()
            };
            if all {
                self.open(0);
            }
            opened.await.expect("every gate is opened");
            let place = self.order.iter().position(|one| *one == number).unwrap();
            self.open(place + 1);
            let (status, body) = (self.answer)(number);
            Ok(answer(status, body))
        })
    }
}

async fn listed(order: &[usize], of_project: fn(usize) -> (u16, String)) -> Inventory {
    let gates = Gates {
        order: order.to_vec(),
        closed: Mutex::default(),
        answer: of_project,
    };
    let account = account("a", order.len(), Arc::new(gates));
    let fleet = Fleet::new([account]).unwrap();
    fleet.inventory(ListOptions::default()).await
}

const ORDERS: [[usize; 4]; 4] = [[0, 1, 2, 3], [3, 2, 1, 0], [2, 0, 3, 1], [1, 3, 0, 2]];

/// Were the projects read one after another, no gate would ever open, and the deadline would pass.
#[tokio::test(start_paused = true)]
async fn projects_are_read_at_once_and_in_their_own_order() {
    let of_project = |number: usize| match number {
        // Each fails for itself, and says so.
        1 | 3 => (
            404,
            json!({"error": {"message": format!("no project {number}"), "type": "x"}}).to_string(),
        ),
        _ => (
            200,
            page(&["cert_1".to_owned(), format!("only_in_{number}")]),
        ),
    };
    let mut first: Option<Inventory> = None;
    for order in ORDERS {
        let mut inventory = listed(&order, of_project).await;
        let report = &inventory.accounts[0];
        assert!(report.error.is_none(), "{order:?}: {report:?}");
        let project = |id: &str| Scope::Project { id: id.to_owned() };
        assert_eq!(report.unread_scopes, [project("proj_1"), project("proj_3")]);
        let one = &inventory.certificates[1];
        let scopes: Vec<_> = one.placements.iter().map(|at| at.scope.clone()).collect();
        assert_eq!(
            scopes,
            [Scope::Organization, project("proj_0"), project("proj_2")]
        );
        let first = first.get_or_insert_with(|| inventory.clone());
        inventory.taken_at = first.taken_at;
        assert_eq!(*first, inventory, "{order:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_account_fails_with_the_first_project_whichever_answers_first() {
    let of_project = |number: usize| {
        let message = format!("key refused for {number}");
        (
            if number == 0 { 200 } else { 401 },
            if number == 0 {
                page(&[])
            } else {
                json!({"error": {"message": message, "type": "x"}}).to_string()
            },
        )
    };
    for order in ORDERS {
        let inventory = listed(&order, of_project).await;
        let error = inventory.accounts[0].error.as_ref().unwrap();
        assert_eq!(error.kind, ErrorKind::Unauthenticated, "{order:?}");
        assert!(
            error.message.contains("refused for 1"),
            "{order:?}: {error}"
        );
    }
}

/// Takes 20 milliseconds for every answer, and counts how many it has at hand.
#[derive(Debug, Default)]
struct Slow {
    under_way: AtomicUsize,
    most: AtomicUsize,
}

const SLOW: Duration = Duration::from_millis(20);

impl Transport for Slow {
    fn send<'a>(
        &'a self,
        _: &'a Request,
        _: usize,
        _: Duration,
    ) -> BoxFuture<'a, Result<RawResponse, SendError>> {
        Box::pin(async move {
            let now = self.under_way.fetch_add(1, Ordering::SeqCst) + 1;
            self.most.fetch_max(now, Ordering::SeqCst);
            tokio::time::sleep(SLOW).await;
            self.under_way.fetch_sub(1, Ordering::SeqCst);
            Ok(answer(200, page(&["cert_1".to_owned()])))
        })
    }
}

#[tokio::test(start_paused = true)]
async fn many_projects_and_many_accounts_take_little_longer_than_one() {
    let time = async |accounts: usize, projects: usize| {
        let slow = Arc::new(Slow::default());
        let shared: Arc<dyn Transport> = Arc::<Slow>::clone(&slow);
        let named = |number| account(&format!("a{number}"), projects, Arc::clone(&shared));
        let fleet = Fleet::new((0..accounts).map(named)).unwrap();
        let begun = Instant::now();
        let inventory = fleet.inventory(ListOptions::default()).await;
        assert!(inventory.is_complete(), "{:?}", inventory.accounts);
        (begun.elapsed(), slow.most.load(Ordering::SeqCst))
    };
    let (one, _) = time(1, 1).await;
    let (fifty, at_once) = time(1, 50).await;
    assert!(fifty < 3 * one, "{fifty:?} {one:?}");
    assert_eq!(at_once, 16, "one account's bound");
    let (one, _) = time(1, 0).await;
    let (fifty, _) = time(50, 0).await;
    assert!(fifty < 2 * one, "{fifty:?} {one:?}");
}
