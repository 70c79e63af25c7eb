//! The adapter: Lantern's records and calls, mapped to certfleet's model, and nothing else. Retries, lost
//! responses, plans, the journal and rotations are certfleet's and work for any adapter.

use crate::api::{API, BEARER, DELETE, GET, LIST, PAGE, UPLOAD};
use certfleet::{
    Applied, Capabilities, Certificate, CertificateContent, CertificateId, Change, Connection,
    ContentFetch, Error, How, ListOptions, Listing, Name, Native, Placement, ProviderId, Result,
    Role, Scope, Secret, State, Upload,
    adapter::{
        Field, ListingNotes, NativePage, PageOf, Profile, Provider, RecordList, Records, Rules,
        ScopeRules, UploadScopes, pages, records,
    },
    http::{Authorization, BoxFuture, InBandFailure, Request, Session, SessionBuilder},
    model::{OtherScope, Reported},
};
use futures_util::{TryStreamExt, stream};
use serde::Deserialize;
use serde_json::json;
use std::sync::Arc;

/// The vendor's name in addresses (`lantern/<account>/<id>`), outputs and the journal.
pub const LANTERN: ProviderId = ProviderId::new(Name::new("lantern").unwrap());

/// A kind of scope and a role that certfleet has no variants for. It keeps both through JSON.
const LISTENER: Name = Name::new("listener").unwrap();
const SERVER_TLS: Role = Role::Other(Name::new("server_tls").unwrap());

/// The vendor's facts. Plans, checks and rotations conclude from them: nothing above the adapter knows
/// Lantern.
static RULES: Rules = Rules {
    // Name, alias, description: an upload has to have a name.
    fields: [Field::Required, Field::None, Field::None],
    upload_scopes: UploadScopes::Optional("listener"),
    scopes: &[ScopeRules {
        // What is uploaded to a listener is live at once, and deleting it takes it away from there.
        deploys: true,
        delete_undeploys: true,
        ..ScopeRules::new("listener")
    }],
    ..Rules::NONE
};

/// Returns the scope of a listener.
pub fn listener(name: &str) -> Scope {
    Scope::Other(OtherScope::new(LISTENER, name.to_owned()))
}

/// One account at Lantern.
#[derive(Clone, Debug)]
pub struct Lantern {
    profile: Profile,
    session: Session,
}

/// A record as the vendor sends it.
#[derive(Deserialize)]
struct Record {
    id: String,
    name: Option<String>,
    pem: Option<String>,
    listener: Option<String>,
    status: Option<String>,
}

/// A page of records.
#[derive(Deserialize)]
struct Page {
    data: Vec<Record>,
    /// Where the next page begins, unless this is the last.
    next: Option<String>,
}

/// What a listing needs of a page besides its records.
#[derive(Deserialize)]
struct Rest {
    next: Option<String>,
}

/// Where a record is not as documented, each record of its page is read by itself, and the others are listed.
impl RecordList for Page {
    type Record = Record;
    type Rest = Rest;
    const AT: &'static [&'static str] = &["data"];

    fn into_parts(self) -> (Rest, Option<Vec<Record>>) {
        (Rest { next: self.next }, Some(self.data))
    }
}

/// Where a vendor's successes can say that they failed, this is where the adapter looks.
impl InBandFailure for Record {
    fn refused(&self) -> bool {
        false
    }
}

impl InBandFailure for Page {
    fn refused(&self) -> bool {
        false
    }
}

impl Lantern {
    /// Returns an account.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](certfleet::ErrorKind::Config): an unusable address or token.
    pub fn new(
        account: impl Into<Arc<str>>,
        token: &Secret,
        connection: Connection,
    ) -> Result<Self> {
        let authorization = Authorization::new(&BEARER, &[token]);
        Ok(Self {
            profile: Profile {
                provider: LANTERN,
                account: account.into(),
                capabilities: Capabilities::from_api(&API),
                rules: &RULES,
            },
            // The connection has the caller's transport, deadlines and retries.
            session: connection.session(SessionBuilder::new(&API, authorization))?,
        })
    }

    /// Reads one page; `after` is where it begins.
    async fn page(
        &self,
        session: Session,
        after: Option<String>,
        content: ContentFetch,
    ) -> Result<PageOf<Certificate>> {
        let request = session
            .request(&LIST)
            .query("limit", &PAGE)
            .query("after", &after)
            .build()
            .map_err(error)?;
        let Records {
            rest,
            entries,
            received,
        } = records(session.json::<Page>(request).await).map_err(error)?;
        let (mut items, mut unidentified) = (Vec::new(), Vec::new());
        for entry in entries {
            match entry {
                Ok((record, native)) => items.push(self.certificate(record, content, native)),
                // A row that says what is wrong, where the record says which it is.
                Err(unread) => match unread.text("id") {
                    Some(id) => {
                        let id = self.profile.certificate_id(id);
                        items.push(unread.certificate(id, SERVER_TLS));
                    }
                    None => unidentified.push(unread),
                },
            }
        }
        Ok(PageOf {
            items,
            unidentified,
            next: rest.next.map(Some),
            total: None,
            received,
        })
    }

    /// Sends a request whose success is one record.
    async fn record(&self, request: certfleet::http::Result<Request>) -> Result<Certificate> {
        let request = request.map_err(error)?;
        let answer = self.session.json::<Record>(request).await;
        let (record, received) = answer.map_err(error)?.into_parts();
        let native = NativePage::new(received.body().clone(), &[]).record(0);
        Ok(self.certificate(record, ContentFetch::Included, native))
    }

    fn certificate(&self, record: Record, content: ContentFetch, native: Native) -> Certificate {
        let id = self.profile.certificate_id(record.id);
        let mut certificate = Certificate::new(id, SERVER_TLS);
        certificate.name = record.name;
        let pem = record.pem.filter(|_| content != ContentFetch::Skip);
        certificate.contents = vec![CertificateContent::read(
            Reported::default(),
            pem.as_deref(),
            "the certificate",
            &mut certificate.warnings,
        )];
        // Words that certfleet does not know stay as they are; what is not a word is not known.
        let state = match record.status.as_deref() {
            Some("live") => State::Active,
            Some(other) => other.parse().unwrap_or_default(),
            None => State::Unknown,
        };
        let placements = record.listener.into_iter();
        certificate.placements = placements
            .map(|name| Placement::new(listener(&name), state))
            .collect();
        certificate.native = native;
        // State and validity follow from placements and contents.
        certificate.summarise()
    }

    async fn upload(&self, upload: &Upload) -> Result<Applied> {
        let request = self.session.request(&UPLOAD).json(&json!({
            "name": upload.name,
            "pem": upload.certificate,
            "listener": upload.scopes.first().and_then(Scope::name),
        }));
        let made = self.record(request.build()).await?;
        Ok(Applied::new(How::Confirmed, vec![made]))
    }

    async fn delete(&self, id: &CertificateId) -> Result<Applied> {
        let request = self.session.request(&DELETE).path("id", &id.native);
        let request = request.build().map_err(error)?;
        self.session.nothing(request).await.map_err(error)?;
        Ok(Applied::new(How::Confirmed, Vec::new()))
    }
}

impl Provider for Lantern {
    fn profile(&self) -> &Profile {
        &self.profile
    }

    fn session(&self) -> &Session {
        &self.session
    }

    fn with_session(&self, session: Session) -> Arc<dyn Provider> {
        Arc::new(Self {
            session,
            ..self.clone()
        })
    }

    fn list(&self, options: ListOptions) -> Listing<'_> {
        let notes = ListingNotes::new(&self.session);
        // One deadline for all pages together.
        let session = self.session.until(self.session.deadline());
        let page = move |after| self.page(session.clone(), after, options.content);
        // `pages` follows the cursor, drops what comes twice, and never ends short or endlessly.
        let certificates = pages(LANTERN, notes.clone(), page)
            .map_ok(|page| stream::iter(page.into_iter().map(Ok)))
            .try_flatten();
        Listing::new(certificates, notes)
    }

    fn get<'a>(&'a self, id: &'a CertificateId) -> BoxFuture<'a, Result<Certificate>> {
        let request = self.session.request(&GET).path("id", &id.native);
        Box::pin(self.record(request.build()))
    }

    fn send<'a>(&'a self, change: &'a Change) -> BoxFuture<'a, Result<Applied>> {
        Box::pin(async move {
            match change {
                Change::Upload(upload) => self.upload(upload).await,
                Change::Delete(delete) => self.delete(&delete.id).await,
                _ => Err(Error::cannot(LANTERN, change.verb())),
            }
        })
    }
}

/// A vendor whose error codes say more than its statuses maps them to kinds here.
fn error(error: certfleet::http::Error) -> Error {
    Error::from_call(LANTERN, error, |_| None)
}
