//! `certfleet accounts`.

use crate::{
    accounts::{self, Selection, Source},
    cli::{Form, Global, setup::Accounts},
    exit::{Code, Result, print_error},
    output::{
        self,
        accounts::{AccountsReport, SourceReport},
        json,
    },
    terminal::Terminal,
};

pub(crate) async fn run(global: &Global, options: &Accounts) -> Result<()> {
    let selection = Selection {
        providers: &options.provider,
        accounts: &options.account,
    };
    let examined = accounts::examined(global, selection).await?;
    let source = if global.sandbox {
        SourceReport::Sandbox
    } else {
        SourceReport::new(&Source::new(global))
    };
    let is_well = examined.iter().all(|one| one.is_readable());
    let code = if is_well { Code::Done } else { Code::Account };
    let report = AccountsReport {
        exit_code: code.number(),
        source,
        accounts: examined,
    };
    let terminal = Terminal::stdout(global.color);
    let printed = output::print(|out| match options.output {
        Form::Json => json::document(out, &report),
        Form::Table => Ok(output::accounts::text(out, &report, terminal)?),
    });
    for complaint in report.complaints() {
        print_error(&complaint);
    }
    printed.ended(code)
}
