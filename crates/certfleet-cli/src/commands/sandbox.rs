//! `certfleet sandbox`.

use crate::{
    cli::{Global, Sandbox as Options},
    commands::write::write_private,
    exit::{Code, Failure, Result},
    sandbox_accounts::Configuration,
};
use certfleet_sandbox::{Account, Clock, Provider, Sample, Sandbox};
use std::{
    io::Write as _,
    net::{Ipv4Addr, SocketAddr},
    time::Duration,
};

pub(crate) async fn run(global: &Global, options: &Options) -> Result<()> {
    let clock = global.sandbox_time.map_or_else(Clock::real, Clock::fixed);
    let sandbox = Sandbox::builder()
        .clock(clock)
        .seed(options.seed)
        .more_certificates(options.certificates as usize)
        .build();
    for fault in &options.fail {
        sandbox.inject(*fault);
    }
    sandbox.change_behaviour(|behaviour| {
        let failing = options.failing_environment.iter().cloned();
        behaviour.apinizer.failing_environments.extend(failing);
        behaviour.latency = Duration::from_millis(options.latency);
    });
    if let Some(folder) = &options.samples {
        for (file, days) in [("old.pem", 30), ("new.pem", 400)] {
            let name = format!("Northwind Shared CA ({days} days)");
            let pem = sandbox.sample(Sample::Authority, &name, days);
            write_private(&folder.join(file), pem.as_bytes(), true)?;
        }
    }
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, options.port));
    let server = sandbox.serve(address).await.map_err(|error| {
        Failure::failed(format!(
            "the sandbox cannot listen on {address}: {error}; name another port, or 0 for any free one"
        ))
    })?;
    let text = configuration(&sandbox.accounts(), |vendor| server.base_url(vendor))?;
    crate::output::print(|out| Ok(out.write_all(text.as_bytes())?)).ended(Code::Done)?;
    tokio::signal::ctrl_c()
        .await
        .map_err(|error| Failure::failed(format!("Ctrl-C cannot be waited for: {error}")))
}

/// A configuration for the served sandbox, and in its comments what else one needs.
fn configuration(accounts: &[Account], base_url: impl Fn(Provider) -> String) -> Result<String> {
    let Configuration { text, variables } = Configuration::new(accounts, base_url)?;
    let exports: String = variables
        .0
        .iter()
        .map(|(name, value)| format!("#   export {name}={value}\n"))
        .collect();
    Ok(format!(
        "# The sandbox runs until it is interrupted. Everything here is made up and public.\n\
         # Save this as sandbox.toml, set the variables, then: certfleet --config sandbox.toml list\n\
         #\n{exports}\n{text}"
    ))
}
