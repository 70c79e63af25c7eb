//! A home whose configuration and files hold secrets.

use crate::support::{Place, canary::Canary};
use std::fs;

/// The secrets of a run.
#[derive(Clone)]
pub struct Secrets {
    pub openai: Canary,
    cloudflare: Canary,
    patchworks: Canary,
    pub apinizer: Canary,
    /// What a vendor gives out with its records, and must not.
    pub passphrase: Canary,
    pub private_key: Canary,
}

impl Secrets {
    pub fn new() -> Self {
        let new = Canary::new;
        Self {
            openai: new(),
            cloudflare: new(),
            patchworks: new(),
            apinizer: new(),
            passphrase: new(),
            private_key: new(),
        }
    }

    pub fn all(&self) -> [(&'static str, &Canary); 6] {
        [
            ("the OpenAI admin key", &self.openai),
            ("the Cloudflare token", &self.cloudflare),
            ("the Patchworks key", &self.patchworks),
            ("the Apinizer token", &self.apinizer),
            ("the passphrase", &self.passphrase),
            ("the private key", &self.private_key),
        ]
    }

    /// Fails if one of them is in a text.
    pub fn assert_absent(&self, text: &str, from: &str) {
        for (name, canary) in self.all() {
            if let Some(form) = canary.found_in(text) {
                panic!("{from} shows {name} ({form}):\n{text}");
            }
        }
    }
}

/// A home with a configuration whose accounts are all at one server, and secrets of every kind.
pub fn home(secrets: &Secrets, base: impl Fn(&str) -> String) -> Place {
    let place = Place::new();
    fs::create_dir(place.0.path().join("secrets")).unwrap();
    place.write_private("secrets/token", &format!("{}\n", secrets.cloudflare.value));
    place.write_private("secrets/printed", &secrets.patchworks.value);
    let key = format!(
        "-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n",
        secrets.private_key.value
    );
    place.write_private("key.pem", &key);
    place.write_private("secrets/passphrase", &secrets.passphrase.value);
    let authority = rcgen::KeyPair::generate().unwrap();
    let mut parameters = rcgen::CertificateParams::new(Vec::new()).unwrap();
    parameters.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    parameters.key_usages = vec![
        rcgen::KeyUsagePurpose::KeyCertSign,
        rcgen::KeyUsagePurpose::CrlSign,
    ];
    parameters.use_authority_key_identifier_extension = true;
    let new = parameters.self_signed(&authority).unwrap().pem();
    place.write("new.pem", &new);
    place.write_private("pair.pem", &format!("{new}{key}"));
    place.write_private("broken.pem", &key.replace("PRIVATE KEY", "CERTIFICATE"));
    let config = format!(
        "[[account]]\nprovider = \"openai\"\nbase_url = \"{}\"\nadmin_key = \"env:THE_KEY\"\nprojects = [\"proj_sandboxcheckout\"]\n\
         [[account]]\nprovider = \"cloudflare\"\nbase_url = \"{}\"\naccount_id = \"{}\"\napi_token = \"file:secrets/token\"\n\
         [[account]]\nprovider = \"patchworks\"\nbase_url = \"{}\"\napi_key = \"cmd:cat secrets/printed\"\n\
         [[account]]\nprovider = \"apinizer\"\nbase_url = \"{}\"\nproject = \"{}\"\naccess_token = \"env:THE_TOKEN\"\n",
        base("openai"),
        base("cloudflare"),
        certfleet_sandbox::CLOUDFLARE_CORP,
        base("patchworks"),
        base("apinizer"),
        certfleet_sandbox::APINIZER_PROJECTS[0],
    );
    place.write("config.toml", &config);
    place
}
