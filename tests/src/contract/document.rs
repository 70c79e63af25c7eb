//! What an effective document says, ready to be held against.

use super::schema::Schema;
use serde_json::Value;

/// One provider's effective document.
#[derive(Debug)]
pub struct Document {
    /// The provider's name.
    pub provider: String,
    /// Where tests put it: `/provider` and the path of the vendor's own server.
    pub base_path: String,
    /// Its operations.
    pub operations: Vec<Operation>,
}

/// One operation of a document.
#[derive(Debug)]
pub struct Operation {
    /// The provider.
    pub provider: String,
    /// The method, upper case.
    pub method: String,
    /// The path template below the base path.
    pub path: String,
    /// The vendor's `operationId`, where there is one.
    pub vendor_id: Option<String>,
    /// Its parameters.
    pub parameters: Vec<Parameter>,
    /// Its body, where it has one.
    pub body: Option<Body>,
    /// The ways to authenticate, of which one has to be met whole.
    pub security: Vec<Vec<Requirement>>,
    /// Its answers, by the document's status: `200`, `4XX`.
    pub responses: Vec<Responses>,
}

/// Where a parameter stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Location {
    /// A segment of the path.
    Path,
    /// The query.
    Query,
    /// A header.
    Header,
}

/// One parameter of an operation.
#[derive(Debug)]
pub struct Parameter {
    /// The name on the wire.
    pub name: String,
    /// Where it stands.
    pub location: Location,
    /// Whether it must be there.
    pub required: bool,
    /// What it may be.
    pub schema: Schema,
}

/// A request's body.
#[derive(Debug)]
pub struct Body {
    /// Whether it must be there.
    pub required: bool,
    /// The one media type it is documented in.
    pub media_type: String,
    /// What it may be. Of a form: an object of its parts.
    pub schema: Schema,
    /// The document's examples.
    pub examples: Vec<Value>,
}

/// A header that authenticates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Requirement {
    /// The header, lower case.
    pub header: String,
    /// Whether `Bearer ` stands before the secret. Without, nothing that looks like a scheme may.
    pub bearer: bool,
}

/// A documented answer.
#[derive(Debug)]
pub struct Responses {
    /// The status as the document writes it.
    pub status: String,
    /// The body's media type; `None` where the document describes no body.
    pub media_type: Option<String>,
    /// What a JSON body may be.
    pub schema: Option<Schema>,
    /// The document's examples.
    pub examples: Vec<Value>,
    /// Documented headers: name, required, schema.
    pub headers: Vec<(String, bool, Schema)>,
}

impl Responses {
    /// Whether a status is one that this answer describes.
    pub fn covers(&self, status: u16) -> bool {
        match self.status.strip_suffix("XX") {
            Some(class) => class.parse() == Ok(status / 100),
            None => self.status.parse() == Ok(status),
        }
    }

    /// A concrete status of this answer that no narrower answer of the operation describes.
    ///
    /// # Panics
    /// The document's status is none.
    pub fn concrete(&self) -> u16 {
        match self.status.as_str() {
            "4XX" => 403,
            "5XX" => 503,
            other => other
                .parse()
                .unwrap_or_else(|_| panic!("no way to exercise {other}")),
        }
    }

    /// Whether it is a success.
    pub fn is_success(&self) -> bool {
        self.status.starts_with('2')
    }

    /// Whether its body is bytes that nobody decodes.
    pub fn is_binary(&self) -> bool {
        self.media_type.as_deref() == Some("application/octet-stream")
    }
}

impl Document {
    /// The operation that a request is, by method and path on the wire (below nothing, still
    /// encoded), with its path parameters decoded.
    pub fn find(&self, method: &str, path: &str) -> Option<(&Operation, Vec<(String, String)>)> {
        let path = path.strip_prefix(&self.base_path)?;
        self.operations
            .iter()
            .filter(|operation| operation.method == method)
            .filter_map(|operation| Some((operation, operation.parameters_of(path)?)))
            // Literal segments count before parameters.
            .min_by_key(|(_, parameters)| parameters.len())
    }
}

impl Operation {
    /// A name that is unique over all documents.
    pub fn key(&self) -> String {
        format!("{} {} {}", self.provider, self.method, self.path)
    }

    /// The documented answer for a status: the exact one, or its range.
    pub fn response(&self, status: u16) -> Option<&Responses> {
        let covering = || {
            self.responses
                .iter()
                .filter(|response| response.covers(status))
        };
        covering()
            .find(|response| !response.status.ends_with("XX"))
            .or_else(|| covering().next())
    }

    /// The one documented success.
    ///
    /// # Panics
    /// There is none or more than one.
    pub fn success(&self) -> &Responses {
        let mut successes = self
            .responses
            .iter()
            .filter(|response| response.is_success());
        match (successes.next(), successes.next()) {
            (Some(success), None) => success,
            _ => panic!("{}: not exactly one documented success", self.key()),
        }
    }

    /// The decoded path parameters, if the path is one of this operation's. Slashes at the end
    /// count.
    fn parameters_of(&self, path: &str) -> Option<Vec<(String, String)>> {
        let (template, segments): (Vec<_>, Vec<_>) =
            (self.path.split('/').collect(), path.split('/').collect());
        if template.len() != segments.len() {
            return None;
        }
        let mut parameters = Vec::new();
        for (expected, segment) in template.iter().zip(segments) {
            match expected
                .strip_prefix('{')
                .and_then(|name| name.strip_suffix('}'))
            {
                // An empty segment names nothing.
                Some(_) if segment.is_empty() => return None,
                Some(name) => {
                    let text = percent_encoding::percent_decode_str(segment)
                        .decode_utf8()
                        .ok()?;
                    parameters.push((name.to_owned(), text.into_owned()));
                }
                None if *expected == segment => {}
                None => return None,
            }
        }
        Some(parameters)
    }
}

#[cfg(test)]
mod tests {
    use crate::contract::Contract;

    #[test]
    fn statuses() {
        let contract = Contract::get();
        let list = contract
            .document("openai")
            .operations
            .iter()
            .find(|operation| {
                operation.vendor_id.as_deref() == Some("listOrganizationCertificates")
            })
            .unwrap();
        let documented = |status| {
            list.response(status)
                .map(|response| response.status.as_str())
        };
        assert_eq!(documented(429), Some("429"));
        assert_eq!(documented(404), Some("4XX"));
        assert_eq!(documented(599), Some("5XX"));
        assert_eq!(documented(302), None);
    }

    #[test]
    fn paths() {
        let document = Contract::get().document("apinizer");
        let found = |path: &str| {
            document
                .find("GET", path)
                .map(|(operation, parameters)| (operation.vendor_id.clone().unwrap(), parameters))
        };
        let (id, parameters) = found("/apinizer/apiops/projects/a%2Fb/certificates/c%3F/").unwrap();
        assert_eq!(id, "getCertificate");
        assert_eq!(parameters[0], ("projectName".to_owned(), "a/b".to_owned()));
        assert_eq!(
            parameters[1],
            ("certificateName".to_owned(), "c?".to_owned())
        );
        assert_eq!(found("/apinizer/apiops/projects/a/certificates/c"), None);
        assert_eq!(found("/apiops/projects/a/certificates/c/"), None);
    }
}
