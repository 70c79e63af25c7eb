//! A crate's `README.md`, which is also its front page on docs.rs.

use crate::{
    lowered::Lowered,
    path_template,
    provider::{Auth, Class},
    rust_name, schema, security, server,
    source::Dependencies,
    text,
};

pub(crate) fn text(lowered: &Lowered) -> String {
    let provider = &lowered.provider;
    let name = &lowered.package.name;
    let ident = name.replace('-', "_");
    let kept_in = lowered
        .package
        .kept_in
        .as_ref()
        .map(|folder| format!(", see `{folder}` in the\nrepository"))
        .unwrap_or_default();
    let facade = match lowered.package.dependencies {
        Dependencies::Workspace => {
            " The crate\n[certfleet](https://crates.io/crates/certfleet) has one model over several vendors."
        }
        Dependencies::Path(_) => "",
    };
    let operations = operations(lowered);
    let auth: String = provider
        .auth
        .iter()
        .map(|(variant, auth)| format!("* `Credentials::{variant}`: {}\n", auth.about))
        .collect();
    let remarks = remarks(lowered);
    let credentials = provider
        .auth
        .iter()
        .min_by_key(|(_, auth)| match auth.schemes.len() {
            0 => usize::MAX,
            several => several,
        })
        .map(|(variant, auth)| credentials(variant, auth))
        .unwrap_or_default();
    let new = if provider.shared_server {
        "Client::new(&credentials)?"
    } else {
        "Client::new(\"https://gateway.example.com\", &credentials)?"
    };
    let call = example(lowered);
    format!(
        "# {name}\n\
         \n\
         {about}\n\
         \n\
         Generated from {title}'s OpenAPI description (version {version}{kept_in}) on the guarantees of `certfleet-http`.{facade}\n\
         \n\
         ```rust\n\
         use {ident}::{{Client, Credentials, http}};\n\
         \n\
         async fn example() -> Result<(), http::Error> {{\n    \
             let credentials = Credentials::{credentials};\n    \
             let client = {new};\n    \
             let answer = client{call}.send().await?;\n    \
             println!(\"{{}} {{:?}}\", answer.status(), answer.request_id());\n    \
             Ok(())\n\
         }}\n\
         ```\n\
         \n\
         {auth}{remarks}\
         \n\
         | operation | call | repeated |\n\
         |---|---|---|\n\
         {operations}",
        about = provider.about,
        title = provider.title,
        version = text::line(
            lowered.effective["info"]["version"]
                .as_str()
                .unwrap_or_default()
        ),
    )
}

/// A row for each operation: its call, and whether it may be repeated.
fn operations(lowered: &Lowered) -> String {
    schema::operations(&lowered.document)
        .map(|at| {
            let id = at.name();
            let class = match lowered
                .provider
                .operations
                .get(&id)
                .map(|choice| choice.class)
            {
                Some(Class::Read) => "changes nothing",
                Some(Class::Idempotent) => "may be repeated",
                Some(Class::Create) | None => "not to be repeated",
            };
            format!("| `{id}` | `{}` | {class} |\n", text::line(&at.call()))
        })
        .collect()
}

/// What cannot be authenticated with, and where else operations are.
fn remarks(lowered: &Lowered) -> String {
    let ungivable: String = security::ungivable(&lowered.effective)
        .into_iter()
        .map(|(_, name, why)| {
            format!(
                "* {}\n",
                text::line(&format!("{name} cannot be given: {why}"))
            )
        })
        .collect();
    let servers: String = server::others(&lowered.effective, &lowered.document)
        .iter()
        .map(|server| {
            format!(
                "* Some operations are at `{}`: the module `servers` has its constant; `SessionBuilder::server_url` sets another address.\n",
                text::line(server["url"].as_str().unwrap_or_default())
            )
        })
        .collect();
    ungivable + &servers
}

/// The credentials of a variant, as Rust.
fn credentials(variant: &str, auth: &Auth) -> String {
    let fields: Vec<String> = auth
        .schemes
        .iter()
        .map(|field| format!("{}: \"…\".into()", field.field))
        .collect();
    match fields.len() {
        0 => variant.to_owned(),
        1 => format!("{variant}(\"…\".into())"),
        _ => format!("{variant} {{ {} }}", fields.join(", ")),
    }
}

/// The first read of the crate, as a call.
fn example(lowered: &Lowered) -> String {
    let read = schema::operations(&lowered.document).find(|at| {
        lowered
            .provider
            .operations
            .get(&at.name())
            .is_some_and(|choice| choice.class == Class::Read)
    });
    let Some(at) = read else {
        return String::new();
    };
    let parameters: String = path_template::names(at.path)
        .iter()
        .map(|name| format!(".{}(\"…\")", rust_name::snake(name)))
        .collect();
    format!(".{}(){parameters}", at.name())
}
