//! `cargo xtask`: see `--help`.

use clap::{Parser, Subcommand};
use std::{
    io::{self, Write},
    path::PathBuf,
    process::ExitCode,
};
use xtask::{
    Workspace,
    commands::{self, Failure},
    source::Source,
};

/// Maintainer's commands: generate the clients from the vendors' descriptions, check, explain.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Generate the client crates, specs/*/lowered.json, the README's table, and the files that crates have copies of
    /// (licences, a page); or, with --from, a crate of any document.
    ///
    /// Exit codes: 0 done, or fresh with --check; 1 a problem, or with --keep-going an operation
    /// that was refused; 4 stale with --check.
    Generate {
        /// Only these providers.
        #[arg(conflicts_with = "from")]
        providers: Vec<String>,
        /// Write nothing; say what is stale, show the difference, exit with 4.
        #[arg(long, conflicts_with = "from")]
        check: bool,
        /// Any OpenAPI document, JSON or YAML.
        #[arg(long, value_name = "FILE", requires = "out")]
        from: Option<PathBuf>,
        /// The operations: operationIds, or calls such as "GET /certificates", separated by commas.
        /// All if none is given.
        #[arg(long, value_delimiter = ',', requires = "from")]
        operations: Vec<String>,
        /// The folder of the crate, which takes its name from it.
        #[arg(long, value_name = "DIR", requires = "from")]
        out: Option<PathBuf>,
        /// Corrections of the document: an OpenAPI Overlay.
        #[arg(long, value_name = "FILE", requires = "from")]
        overlay: Option<PathBuf>,
        /// Read the files that the document refers to, in its folder and below it.
        #[arg(long, requires = "from")]
        resolve: bool,
        /// Generate what can be generated and list the rest.
        #[arg(long, requires = "from")]
        keep_going: bool,
    },
    /// Take a vendor's document, cut out the operations that provider.toml names, write it and its
    /// provenance. Like `drift` and `new-provider`, it uses a network for an address and for nothing else.
    Fetch {
        /// The provider.
        provider: String,
        /// A file, or an address (https, or http to the loopback interface). The upstream of
        /// provenance.toml if not given.
        #[arg(long, value_name = "FILE|URL")]
        from: Option<String>,
        /// Leave out descriptions, summaries, examples and extensions.
        #[arg(long)]
        without_prose: bool,
    },
    /// Compare the vendored document with a newer one, limited to what is used.
    ///
    /// Exit codes: 0 nothing that matters, 3 compatible, 4 breaking, 1 a problem.
    Drift {
        /// The provider.
        provider: String,
        /// The newer document: a file, or an address.
        #[arg(long, value_name = "FILE|URL")]
        against: String,
        /// How to write the differences.
        #[arg(long, value_enum, default_value_t)]
        format: commands::drift::Format,
    },
    /// Add a provider: vendor its document first; then, when nothing is wrong with that, generate its
    /// client and enter it everywhere, with skeletons of what has to be written.
    ///
    /// docs/add-a-provider.md leads through it. Exit codes: 0 done, 3 a maintainer
    /// has to correct something first, 1 a problem.
    NewProvider {
        /// Its name: lower-case letters.
        name: String,
        /// The vendor's document: a file, or an address. For the first run.
        #[arg(long, value_name = "FILE|URL")]
        from: Option<String>,
        /// The operations: operationIds, or calls such as "GET /certificates", separated by commas.
        /// All if none is given.
        #[arg(long, value_delimiter = ',', requires = "from")]
        operations: Vec<String>,
    },
    /// Say what keeps the crates from being published; or, with --notes, what a version changed.
    ///
    /// Prints the crates in the order in which they are published. docs/releasing.md leads through a release. Exit
    /// codes: 0 nothing, 1 a problem, 3 only the repository's address is not filled in.
    Release {
        /// Print the section of this version in CHANGELOG.md instead.
        #[arg(long, value_name = "VERSION")]
        notes: Option<String>,
    },
    /// Find what is wrong with a vendored document, or any other.
    ///
    /// Exit codes: 0 nothing that needs an overlay action, 1 something does.
    Lint {
        /// Providers, or paths of JSON or YAML documents. All providers if none is given.
        targets: Vec<String>,
        /// Any document, the same as its path without this.
        #[arg(long, value_name = "FILE")]
        from: Vec<String>,
        /// Read the files that the document refers to, in its folder and below it.
        #[arg(long)]
        resolve: bool,
    },
    /// Tell which overlay action and which pass changed what in an operation.
    Explain {
        /// The generated method's name, or the vendor's operationId; with --from also the call.
        operation: String,
        /// Any document instead of the providers'.
        #[arg(long, value_name = "FILE")]
        from: Option<PathBuf>,
        /// Corrections of that document: an OpenAPI Overlay.
        #[arg(long, value_name = "FILE", requires = "from")]
        overlay: Option<PathBuf>,
    },
    /// Write the effective document of a provider (vendored plus overlay), or of all, to standard
    /// output.
    Effective {
        /// The provider; all of them if none is given.
        #[arg(conflicts_with = "from")]
        provider: Option<String>,
        /// Any document instead of a provider's.
        #[arg(long, value_name = "FILE")]
        from: Option<PathBuf>,
        /// Corrections of that document: an OpenAPI Overlay.
        #[arg(long, value_name = "FILE", requires = "from")]
        overlay: Option<PathBuf>,
        /// How to write it.
        #[arg(long, value_enum, default_value_t)]
        format: commands::effective::Format,
    },
}

fn main() -> ExitCode {
    // progenitor's panics are reported as problems; their default message would stand before them.
    std::panic::set_hook(Box::new(|_| {}));
    let arguments = Arguments::parse();
    let workspace = match std::env::var_os("CERTFLEET_WORKSPACE") {
        Some(folder) => Workspace::at(folder),
        // Without one, what needs it says so.
        None => std::env::current_dir()
            .ok()
            .and_then(|folder| Workspace::around(&folder))
            .unwrap_or_else(|| Workspace::at("")),
    };
    match run(arguments.command, &workspace, &mut io::stdout().lock()) {
        Ok(code) => ExitCode::from(code),
        Err(Failure::Output(error)) if error.kind() == io::ErrorKind::BrokenPipe => {
            ExitCode::SUCCESS
        }
        Err(failure) => {
            let _ = writeln!(io::stderr(), "{failure}");
            ExitCode::from(1)
        }
    }
}

/// Runs a command. Returns its exit code.
fn run(command: Command, workspace: &Workspace, out: &mut dyn Write) -> Result<u8, Failure> {
    match command {
        Command::Generate {
            from: Some(from),
            operations,
            out: Some(folder),
            overlay,
            resolve,
            keep_going,
            ..
        } => commands::generate_from::run(
            &commands::generate_from::Request {
                from,
                operations,
                overlay,
                folder,
                http: workspace.path("crates/certfleet-http"),
                resolve,
                keep_going,
            },
            out,
        ),
        Command::Generate {
            providers, check, ..
        } => commands::generate::run(workspace, &providers, check, out),
        Command::Fetch {
            provider,
            from,
            without_prose,
        } => commands::fetch::run(
            workspace,
            &commands::fetch::Request {
                provider,
                from: from.as_deref().map(Source::named),
                without_prose,
            },
            out,
        ),
        Command::Drift {
            provider,
            against,
            format,
        } => commands::drift::run(workspace, &provider, &Source::named(&against), format, out),
        Command::NewProvider {
            name,
            from,
            operations,
        } => commands::new_provider::run(
            workspace,
            &commands::new_provider::Request {
                name,
                from: from.as_deref().map(Source::named),
                operations,
            },
            out,
        ),
        Command::Release { notes } => commands::release::run(workspace, notes.as_deref(), out),
        Command::Lint {
            targets,
            from,
            resolve,
        } => commands::lint::run(workspace, &[targets, from].concat(), resolve, out),
        Command::Explain {
            operation,
            from: Some(from),
            overlay,
        } => commands::explain::run_from(&from, overlay.as_deref(), &operation, out),
        Command::Explain { operation, .. } => commands::explain::run(workspace, &operation, out),
        Command::Effective {
            from: Some(from),
            overlay,
            format,
            ..
        } => commands::effective::run_from(&from, overlay.as_deref(), format, out),
        Command::Effective {
            provider, format, ..
        } => commands::effective::run(workspace, provider.as_deref(), format, out),
    }
}
