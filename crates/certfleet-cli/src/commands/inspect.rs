//! `certfleet inspect`.

mod input;
mod servers;
mod walk;

use self::input::{Input, how_to_dial, is_stdin};
use crate::{
    cli::{Global, Inspect, Output},
    dial,
    exit::{Code, Failure, Result, print_error, print_warning},
    output::{
        self,
        inspection::{self, Beside, Found, Inspection, Line, Unread},
        json,
    },
    terminal::Terminal,
};
use certfleet::x509::{self, ReadError, ReadErrorKind, Survey};
use std::{
    fs::File,
    io::{self, Read, Write},
    path::Path,
};

pub(crate) async fn run(global: &Global, options: &Inspect) -> Result<()> {
    let form = options.jq.form(options.output)?;
    if form != Output::Table && !options.columns.is_empty() {
        return Err(Failure::usage(output::COLUMNS_OF_A_TABLE));
    }
    let now = global.sandbox_time.unwrap_or_else(chrono::Utc::now);
    let inputs: Vec<_> = options.inputs.iter().map(|path| Input::new(path)).collect();
    let mut dialled = servers::dial(&inputs, options, now).await?.into_iter();
    let mut inspection = Inspection::default();
    for (path, input) in options.inputs.iter().zip(&inputs) {
        match input {
            Input::Folder(path) => inspect_folder(path, &mut inspection),
            Input::File(path) => inspect_file(path, &mut inspection),
            Input::Server(target) => {
                if let Some(dialled) = dialled.next() {
                    servers::add(target.to_string(), dialled, &mut inspection);
                }
            }
            Input::Wrong(why) => inspection.failures.push(Unread {
                source: dial::without_secrets(&path.display().to_string()),
                position: None,
                message: why.clone(),
                is_unreachable: false,
            }),
        }
    }
    let code = options.expires_within.map_or(Code::Done, |within| {
        inspection::keep_ending(&mut inspection, within, now)
    });
    let code = ending(&inspection, code, options.verify);
    let mut terminal = Terminal::stdout(global.color);
    terminal.width = terminal.width.filter(|_| !options.wide);
    let printed = output::print(|out| match form {
        Output::Table if options.details => {
            Ok(inspection::details(out, &inspection, now, terminal)?)
        }
        Output::Table => {
            let columns = &options.columns;
            Ok(inspection::table(out, &inspection, columns, now, terminal)?)
        }
        Output::Json => options.jq.document(out, &inspection),
        Output::Ndjson => lines(out, &inspection),
        Output::Csv => inspection::csv(out, &inspection),
    });
    if form == Output::Csv {
        // CSV has no row for it.
        for text in inspection::warnings(&inspection) {
            print_warning(&text);
        }
    }
    for unread in &inspection.failures {
        print_error(&format!("{}: {}", unread.source, unread.message));
    }
    printed.ended(code)
}

/// The most severe of all that was found. `code` is what the certificates' ends amount to.
fn ending(inspection: &Inspection, code: Code, verify: bool) -> Code {
    let failures = &inspection.failures;
    if failures.iter().any(|unread| !unread.is_unreachable) {
        Code::Usage
    } else if !failures.is_empty() {
        Code::Unreachable
    } else if verify && inspection.servers.iter().any(|server| !server.verified) {
        Code::Expired
    } else {
        code
    }
}

/// Writes one line for everything that was found.
fn lines(out: &mut impl Write, inspection: &Inspection) -> Result<()> {
    for found in &inspection.certificates {
        json::line(out, &Line::Certificate(found))?;
    }
    for beside in &inspection.others {
        json::line(out, &Line::Other(beside))?;
    }
    for server in &inspection.servers {
        json::line(out, &Line::Server(server))?;
    }
    for unread in &inspection.failures {
        json::line(out, &Line::Failure(unread))?;
    }
    Ok(())
}

/// Adds everything that is in a file the caller named.
fn inspect_file(file: &Path, into: &mut Inspection) {
    let source = if is_stdin(file) {
        "stdin".to_owned()
    } else {
        file.display().to_string()
    };
    let survey = match read(file) {
        Ok(bytes) => x509::survey(&bytes).map_err(|error| error.to_string()),
        Err(error) => Err(format!(
            "cannot be read: {error}{}",
            how_to_dial(file, &error)
        )),
    };
    match survey {
        Ok(survey) => add(source, survey, into),
        Err(message) => into.failures.push(Unread {
            source,
            position: None,
            message,
            is_unreachable: false,
        }),
    }
}

/// Adds what every file below a folder holds. What a file is, its content says and not its name.
fn inspect_folder(folder: &Path, into: &mut Inspection) {
    let certificates_before = into.certificates.len();
    let failures_before = into.failures.len();
    let mut unread = Vec::new();
    for file in walk::files(folder, &mut unread) {
        let source = file.display().to_string();
        let survey = read(&file).and_then(|bytes| {
            if bytes.len() > x509::MAX_INPUT {
                return Err(io::ErrorKind::FileTooLarge.into());
            }
            Ok(match x509::survey(&bytes) {
                Ok(survey) if is_something_else(&survey) => None,
                Err(error) if holds_no_certificate(&error) => None,
                survey => Some(survey),
            })
        });
        match survey {
            Ok(None) => into.files_without += 1,
            Ok(Some(Ok(survey))) => add(source, survey, into),
            Ok(Some(Err(error))) => match beside(&error) {
                Some(what) => into.others.push(Beside {
                    source,
                    line: error.line(),
                    what: what.to_owned(),
                    has_certificate: false,
                }),
                None => into.failures.push(Unread {
                    source,
                    position: None,
                    message: error.to_string(),
                    is_unreachable: false,
                }),
            },
            Err(error) => unread.push((file, error)),
        }
    }
    for (path, error) in unread {
        into.failures.push(Unread {
            source: path.display().to_string(),
            position: None,
            message: match error.kind() {
                io::ErrorKind::FileTooLarge => "larger than 16 MiB, not read".to_owned(),
                _ => format!("cannot be read: {error}"),
            },
            is_unreachable: false,
        });
    }
    if (into.certificates.len(), into.failures.len()) == (certificates_before, failures_before) {
        into.failures.push(Unread {
            source: folder.display().to_string(),
            position: None,
            message: "no file in this folder holds a certificate; name another folder, or a file"
                .to_owned(),
            is_unreachable: false,
        });
    }
}

/// Whether a file in a folder is simply something else.
fn holds_no_certificate(error: &ReadError) -> bool {
    matches!(
        error.kind(),
        ReadErrorKind::Empty | ReadErrorKind::NoCertificate | ReadErrorKind::NotACertificate
    )
}

/// Whether all of a binary file is DER that is not a certificate's, or only looks like DER.
fn is_something_else(survey: &Survey) -> bool {
    survey.others.is_empty()
        && survey.entries.iter().all(|entry| {
            entry.certificate.as_ref().is_err_and(|error| {
                error.line().is_none()
                    && matches!(
                        error.kind(),
                        ReadErrorKind::Malformed | ReadErrorKind::NotACertificate
                    )
            })
        })
}

/// What a file in a folder is that stands there beside certificates.
fn beside(error: &ReadError) -> Option<&'static str> {
    match error.kind() {
        ReadErrorKind::PrivateKey => Some(x509::OtherKind::PrivateKey.as_str()),
        ReadErrorKind::Pkcs12 => Some(x509::OtherKind::Pkcs12.as_str()),
        _ => None,
    }
}

fn add(source: String, survey: Survey, into: &mut Inspection) {
    let has_certificate = survey.entries.iter().any(|entry| entry.certificate.is_ok());
    for entry in survey.entries {
        match entry.certificate {
            Ok(x509) => into.certificates.push(Found {
                source: source.clone(),
                position: entry.position,
                x509,
            }),
            Err(error) => into.failures.push(Unread {
                source: source.clone(),
                position: Some(entry.position),
                message: error.to_string(),
                is_unreachable: false,
            }),
        }
    }
    for other in survey.others {
        into.others.push(Beside {
            source: source.clone(),
            line: other.line,
            what: other.to_string(),
            has_certificate,
        });
    }
}

/// A file's bytes, and one more than is read, so that the reader sees that it is too large.
fn read(file: &Path) -> io::Result<Vec<u8>> {
    let limit = x509::MAX_INPUT as u64 + 1;
    let mut bytes = Vec::new();
    if is_stdin(file) {
        io::stdin().lock().take(limit).read_to_end(&mut bytes)?;
    } else {
        File::open(file)?.take(limit).read_to_end(&mut bytes)?;
    }
    Ok(bytes)
}
