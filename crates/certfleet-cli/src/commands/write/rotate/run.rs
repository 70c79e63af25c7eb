//! From the options of `certfleet rotate` to what it is to do.

use super::{super::context::WriteContext, begin, under_way};
use crate::{
    cli::{Global, rotate::Rotate},
    exit::Result,
};

pub(crate) async fn run(global: &Global, options: &Rotate) -> Result<()> {
    let context = WriteContext {
        global,
        consent: &options.consent,
        patience: options.patience,
        journal: &options.journal,
        output: options.output,
    };
    context.refuse_if_read_only(options.consent.dry_run && options.target.is_some())?;
    if let Some(which) = &options.resume {
        return under_way::resume(which, options, context).await;
    }
    if let Some(which) = &options.roll_back {
        return under_way::roll_back(which, context).await;
    }
    let target = options.target.as_deref().unwrap_or_default();
    begin::run(target, options, context).await
}
