//! Listings in pages that do not end as they should.

use crate::{TALLY, one};
use certfleet::{
    Connection, ErrorKind, ListOptions,
    adapter::Provider,
    openai::{self, OpenAi},
    patchworks::{self, Patchworks},
};
use certfleet_http::{Class, Request};
use certfleet_tests::{
    Reply, Scripted,
    faults::{matrix::Layer, run},
};
use futures_util::TryStreamExt;
use libtest_mimic::Trial;
use serde_json::{Value, json};
use std::sync::Arc;

pub(crate) fn trials() -> Vec<Trial> {
    vec![one("virtual::listings", listings)]
}

/// A page: what it holds, whether more follow, and how the vendor says so.
struct Page {
    ids: Vec<u64>,
    /// What the vendor names as the next page, if it says that there is one.
    next: Option<Option<u64>>,
    total: Option<u64>,
}

fn page(ids: impl Into<Vec<u64>>, next: Option<Option<u64>>) -> Page {
    Page {
        ids: ids.into(),
        next,
        total: None,
    }
}

/// A listing of one of the vendors that page.
#[derive(Clone, Copy, Debug)]
enum Listing {
    Organization,
    Project,
    Connectors,
}

impl Listing {
    const ALL: [Self; 3] = [Self::Organization, Self::Project, Self::Connectors];

    fn body(self, page: &Page) -> Value {
        match self {
            Self::Organization | Self::Project => {
                let record = |id: &u64| {
                    json!({"object": "organization.certificate", "id": format!("cert_{id}"), "name": null,
                           "active": true, "created_at": 1, "certificate_details": {}})
                };
                // Where no last id is given, the client takes the last item's.
                json!({"object": "list", "data": page.ids.iter().map(record).collect::<Vec<_>>(),
                       "has_more": page.next.is_some(), "first_id": null,
                       "last_id": page.next.flatten().map(|id| format!("cert_{id}"))})
            }
            Self::Connectors => {
                let record = |id: &u64| json!({"id": id, "certificate": {"id": id, "name": "n"}});
                let last = if page.next.is_some() { 9_999 } else { 1 };
                json!({"data": page.ids.iter().map(record).collect::<Vec<_>>(),
                       "meta": {"last_page": last, "total": page.total}})
            }
        }
    }

    /// The ids that come, and how many items were repeated.
    fn list(self, script: &Scripted) -> Result<(Vec<String>, usize), certfleet::Error> {
        let connection = Connection::default()
            .base_url("http://localhost")
            .transport(Arc::new(script.clone()));
        let listed = |provider: Box<dyn Provider>| {
            run::virtually(async move {
                let mut listing = provider.list(ListOptions::default());
                let mut ids = Vec::new();
                while let Some(one) = listing.try_next().await? {
                    ids.push(one.id.native.to_string());
                }
                // A project that fails costs its own states, and is told of beside the certificates.
                match listing.notes().take_failed_scope() {
                    Some((_, error)) => Err(error),
                    None => Ok((ids, listing.repeated())),
                }
            })
        };
        match self {
            Self::Organization | Self::Project => {
                let projects = match self {
                    Self::Project => vec!["proj_1".to_owned()],
                    _ => vec![],
                };
                let key = openai::Credentials::AdminKey("k".into());
                listed(Box::new(
                    OpenAi::new("a", key, projects, connection).expect("an account"),
                ))
            }
            Self::Connectors => {
                let key = patchworks::Credentials::ApiKey("k".into());
                listed(Box::new(
                    Patchworks::new("a", key, connection).expect("an account"),
                ))
            }
        }
    }

    /// Plays the pages to the listing; everything else that the account lists is empty.
    fn script(self, pages: impl Fn(usize) -> Option<Page> + Send + Sync + 'static) -> Scripted {
        let played = Arc::new(std::sync::Mutex::new(0));
        Scripted::replying(move |_, request: &Request| {
            let is_project = request.url().path().contains("/projects/");
            if matches!(self, Self::Project) != is_project && !matches!(self, Self::Connectors) {
                return Reply::json(200, self.body(&page([], None)).to_string());
            }
            let mut played = played.lock().expect("no panic while held");
            *played += 1;
            match pages(*played - 1) {
                Some(page) => Reply::json(200, self.body(&page).to_string()),
                None => Reply::json(404, r#"{"error":{"message":"no such page","code":null}}"#),
            }
        })
    }
}

fn listings() -> Result<(), String> {
    for listing in Listing::ALL {
        let cursors = !matches!(listing, Listing::Connectors);
        let list = |pages: Box<dyn Fn(usize) -> Option<Page> + Send + Sync>| {
            let script = listing.script(pages);
            let asked = script.clone();
            (listing.list(&script), asked.asked().len())
        };
        let fails = |row: u8,
                     word: &str,
                     asked: usize,
                     pages: Box<dyn Fn(usize) -> Option<Page> + Send + Sync>| {
            let (result, times) = list(pages);
            TALLY.count(row, Layer::Virtual, Class::Read, 1);
            match result {
                Err(error) if error.to_string().contains(word) && times <= asked => Ok(()),
                other => Err(format!(
                    "{listing:?}: row {row}: {other:?} after {times} requests, expected {word:?} after {asked}"
                )),
            }
        };
        let comes = |row: u8,
                     mut expected: Vec<u64>,
                     repeats: usize,
                     pages: Box<dyn Fn(usize) -> Option<Page> + Send + Sync>| {
            let (result, _) = list(pages);
            TALLY.count(row, Layer::Virtual, Class::Read, 1);
            let (ids, repeated) =
                result.map_err(|error| format!("{listing:?}: row {row}: {error}"))?;
            let mut ids: Vec<u64> = ids
                .iter()
                .map(|id| id.trim_start_matches("cert_").parse().expect("an id"))
                .collect();
            ids.sort_unstable();
            expected.sort_unstable();
            if ids == expected && repeated == repeats {
                Ok(())
            } else {
                Err(format!(
                    "{listing:?}: row {row}: {ids:?}, {repeated} repeated"
                ))
            }
        };
        let more = |id: u64| Some(Some(id));
        // Two listings of an account with a project: the other one asks once.
        let own = |requests: usize| requests + 1;
        if cursors {
            fails(
                48,
                "leads back",
                own(2),
                Box::new(move |n| Some(page([n as u64], more(7)))),
            )?;
            for cycle in 2..6_usize {
                let pages = move |n: usize| Some(page([n as u64], more((n % cycle) as u64 + 100)));
                fails(48, "leads back", own(cycle + 1), Box::new(pages))?;
            }
        }
        fails(
            49,
            "says that more follow",
            own(1),
            Box::new(move |_| Some(page([], more(7)))),
        )?;
        fails(
            49,
            "says that more follow",
            own(1),
            Box::new(|_| Some(page([], Some(None)))),
        )?;
        fails(
            50,
            "is the last that is read",
            own(1_000),
            Box::new(move |n| Some(page([n as u64 + 1], more(n as u64 + 1)))),
        )?;
        comes(
            51,
            vec![1, 2, 3],
            1,
            Box::new(move |n| {
                Some(if n == 0 {
                    page([1, 2], more(2))
                } else {
                    page([2, 3], None)
                })
            }),
        )?;
        comes(
            51,
            vec![1, 2, 3, 4],
            4,
            Box::new(move |n| {
                Some(match n {
                    0 => page([1, 2, 2], more(2)),
                    1 => page([1, 2, 3], more(3)),
                    _ => page([3, 4], None),
                })
            }),
        )?;
        if !cursors {
            let short = |_| {
                Some(Page {
                    ids: vec![1, 2],
                    next: None,
                    total: Some(3),
                })
            };
            fails(52, "3 were announced and 2 came", own(1), Box::new(short))?;
        }
        comes(
            53,
            vec![1, 2, 3],
            // What comes again after a new beginning is no repetition.
            0,
            Box::new(move |n| match n {
                0 => Some(page([1, 2], more(2))),
                1 => None,
                2 => Some(page([1], more(1))),
                _ => Some(page([3], None)),
            }),
        )?;
        let twice = move |n: usize| n.is_multiple_of(2).then(|| page([1, 2], more(2)));
        let script = listing.script(twice);
        let error = listing.list(&script).err().ok_or("it came to an end")?;
        TALLY.count(53, Layer::Virtual, Class::Read, 1);
        if error.kind() != ErrorKind::NotFound || script.asked().len() > own(4) {
            return Err(format!(
                "{listing:?}: row 53: {error} after {}",
                script.asked().len()
            ));
        }
    }
    Ok(())
}
