//! Where a vendor's document comes from: a file, or an address.

use crate::Problem;
use certfleet_http::{
    AuthScheme, Authorization, Class, Expect, Method, Operation, SessionBuilder, Shapes,
};
use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

/// The largest document that is read.
const LARGEST: usize = 256 * 1024 * 1024;

/// A file or an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// A file, JSON or YAML.
    File(PathBuf),
    /// An address: `https`, or `http` to the loopback interface.
    Url(String),
}

/// One read, so that everything that holds for vendors' answers holds for documents: no redirect, a
/// deadline, a bounded body, nothing but `https` or loopback.
static READ: Operation = Operation {
    id: "fetch",
    vendor_id: None,
    method: Method::GET,
    path: "",
    class: Class::Read,
    expect: Expect::Bytes,
    success: &[200],
    statuses: &["200"],
    request_secrets: &[],
    response_secrets: &[],
    response_certificates: &[],
};

static NOTHING: AuthScheme = AuthScheme {
    name: "nothing",
    bindings: &[],
};

static API: certfleet_http::Api = certfleet_http::Api {
    provider: "fetch",
    title: "the vendor's document",
    version: "",
    default_base_url: None,
    operations: &[&READ],
    auth: &[],
    shapes: Shapes {
        code: &[],
        message: &[],
        failure: &[],
    },
    request_id_headers: &[],
    unauthenticated: &[],
    capabilities: &[],
};

impl Source {
    /// What was named: an address if it has a scheme, else a file.
    pub fn named(text: &str) -> Self {
        if text.contains("://") {
            Self::Url(text.to_owned())
        } else {
            Self::File(text.into())
        }
    }

    /// How problems name it.
    pub fn name(&self) -> String {
        match self {
            Self::File(path) => path.display().to_string(),
            Self::Url(url) => url.clone(),
        }
    }

    /// Its bytes.
    ///
    /// # Errors
    /// A file that cannot be read; an address that is not `https` or loopback, or that does not
    /// answer with the document itself.
    pub fn read(&self) -> Result<Vec<u8>, Problem> {
        match self {
            Self::File(path) => read_file(path),
            Self::Url(url) => read_url(url).map_err(|why| {
                Problem::new(
                    url,
                    "",
                    format!("cannot be fetched: {why}"),
                    "check the address (https, or http to the loopback interface; redirects are not followed), or fetch it by other means and give the file",
                )
            }),
        }
    }
}

fn read_file(path: &Path) -> Result<Vec<u8>, Problem> {
    let problem = |why: String| {
        Problem::new(
            path.display().to_string(),
            "",
            why,
            "check the path and its permissions",
        )
    };
    let length = fs::metadata(path)
        .map_err(|error| problem(format!("cannot be read: {error}")))?
        .len();
    if length > LARGEST as u64 {
        return Err(problem(format!(
            "is larger than {} MB",
            LARGEST / 1024 / 1024
        )));
    }
    fs::read(path).map_err(|error| problem(format!("cannot be read: {error}")))
}

fn read_url(url: &str) -> Result<Vec<u8>, String> {
    let session = SessionBuilder::new(&API, Authorization::new(&NOTHING, &[]))
        .base_url(url)
        .body_limit(LARGEST)
        .deadline(Duration::from_secs(300))
        .build()
        .map_err(|error| error.to_string())?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| error.to_string())?;
    runtime.block_on(async {
        let request = session
            .request(&READ)
            .build()
            .map_err(|error| error.to_string())?;
        let answer = session
            .bytes(request)
            .await
            .map_err(|error| error.to_string())?;
        Ok(answer.into_parts().1.into_body().to_vec())
    })
}
