//! A long run of reads and writes over sockets, a tenth of them with a connection that breaks.
//!
//! `cargo run --release -p certfleet-tests --bin soak -- --minutes 60` prints how many operations there were,
//! what became of them, and whether memory or open files grew. It ends with 1 where something was done twice,
//! where a client claimed what is not so, or where a listing was not whole.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test program: a panic is how it reports, and its output is what it is for"
)]

use certfleet_http::{Class, Effect, Error, Network, Retry, Transport};
use certfleet_sandbox::{Fault, FaultPoint, Sandbox, Server};
use certfleet_tests::faults::writes::{WRITES, World, Write};
use std::{
    fs,
    process::ExitCode,
    sync::Arc,
    time::{Duration, Instant},
};

/// How often a connection breaks.
const BREAKS: f64 = 0.1;

/// The longest part of an answer after which one breaks, in bytes.
const LONGEST: usize = 900;

/// Samples of memory before this part of the run are left out of the slope: pools and tables fill up.
const SETTLING: f64 = 0.2;

#[derive(Default)]
struct Counts {
    reads: u64,
    writes: u64,
    faults: u64,
    failed: u64,
    verified: u64,
    unknown: u64,
    duplicates: u64,
    losses: u64,
    short: u64,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let Some((minutes, seed)) = arguments() else {
        eprintln!("usage: soak [--minutes N] [--seed N]");
        return ExitCode::from(2);
    };
    let mut random = fastrand::Rng::with_seed(seed);
    let network: Arc<dyn Transport> = Arc::new(Network::new());
    let fleet = Sandbox::builder().seed(seed).build();
    let served = serve(&fleet).await;
    let readers = world(&served, fleet, &network);
    let mut counts = Counts::default();
    let mut memory: Vec<(f64, f64)> = Vec::new();
    let began = Instant::now();
    let end = Duration::from_secs_f64(minutes * 60.0);
    let (mut next, mut files) = (Duration::ZERO, 0);
    while began.elapsed() < end {
        read(&readers, &mut random, &mut counts).await;
        let write = WRITES[random.usize(0..WRITES.len())];
        self::write(write, &network, &mut random, &mut counts).await;
        if began.elapsed() >= next {
            next = began.elapsed() + Duration::from_secs(1);
            readers.sandbox.forget_requests();
            memory.push((began.elapsed().as_secs_f64(), resident()));
            if files == 0 && began.elapsed().as_secs_f64() > end.as_secs_f64() * SETTLING {
                files = open_files();
            }
        }
    }
    report(&counts, &memory, began.elapsed(), (files, open_files()))
}

fn arguments() -> Option<(f64, u64)> {
    let (mut minutes, mut seed) = (1.0, 2_026);
    let mut arguments = std::env::args().skip(1);
    while let Some(name) = arguments.next() {
        let value = arguments.next()?;
        match name.as_str() {
            "--minutes" => minutes = value.parse().ok()?,
            "--seed" => seed = value.parse().ok()?,
            _ => return None,
        }
    }
    (minutes > 0.0).then_some((minutes, seed))
}

async fn serve(sandbox: &Sandbox) -> Server {
    let address = ([127, 0, 0, 1], 0).into();
    sandbox.serve(address).await.expect("a free port")
}

/// Clients of a server, with waits that do not hold the run up and a budget that lasts for a tenth of faults.
fn world(server: &Server, sandbox: Sandbox, network: &Arc<dyn Transport>) -> World {
    let mut retry = Retry::default();
    retry.base = Duration::from_millis(1);
    retry.cap = Duration::from_millis(8);
    retry.budget = 1_000_000;
    let origin = format!("http://{}", server.address());
    World::set_up(&origin, sandbox, |builder| {
        builder.transport(network.clone()).retry(retry)
    })
}

/// Perhaps breaks the connection of the next request.
fn perhaps(sandbox: &Sandbox, random: &mut fastrand::Rng, counts: &mut Counts) {
    if random.f64() < BREAKS {
        counts.faults += 1;
        sandbox.inject(Fault::at(match random.u8(0..4) {
            0 => FaultPoint::BeforeRead,
            1 => FaultPoint::AfterRead,
            2 => FaultPoint::AfterCommit,
            _ => FaultPoint::AfterBytes(random.usize(0..LONGEST)),
        }));
    }
}

/// Lists the certificates of one vendor: all of them, or an error.
async fn read(world: &World, random: &mut fastrand::Rng, counts: &mut Counts) {
    use certfleet_sandbox::{APINIZER_PROJECTS, CLOUDFLARE_CORP, OPENAI_ORGANIZATION};
    perhaps(&world.sandbox, random, counts);
    let clients = &world.clients;
    let (account, listed) = match random.u8(0..3) {
        0 => (
            OPENAI_ORGANIZATION,
            clients
                .openai
                .list_organization_certificates()
                .send()
                .await
                .map(|page| page.data.len()),
        ),
        1 => (
            CLOUDFLARE_CORP,
            clients
                .cloudflare
                .list_certificates()
                .account_id(CLOUDFLARE_CORP)
                .send()
                .await
                .map(|page| page.result.as_ref().map_or(0, Vec::len)),
        ),
        _ => (
            APINIZER_PROJECTS[0],
            clients
                .apinizer
                .list_certificates()
                .project_name(APINIZER_PROJECTS[0])
                .send()
                .await
                .map(|page| page.result_list.as_ref().map_or(0, Vec::len)),
        ),
    };
    counts.reads += 1;
    let snapshot = world.sandbox.snapshot();
    let held = snapshot
        .records
        .iter()
        .filter(|record| record.account == account)
        .count();
    match listed {
        Ok(listed) if listed == held => {}
        Ok(_) => counts.short += 1,
        Err(_) => counts.failed += 1,
    }
}

/// One write to a sandbox of its own: recovered where it can be looked at, sent once otherwise.
async fn write(
    write: &Write,
    network: &Arc<dyn Transport>,
    random: &mut fastrand::Rng,
    counts: &mut Counts,
) {
    let sandbox = World::empty();
    let server = serve(&sandbox).await;
    let world = world(&server, sandbox, network);
    let id = (write.prepare)(world.clients.clone()).await;
    perhaps(&world.sandbox, random, counts);
    let recovers = random.bool();
    let result: Result<bool, Error> = if recovers {
        let look = || (write.done)(&world.sandbox.snapshot(), &id) == 1;
        write
            .session(&world.clients)
            .recover(
                |session| (write.send)(write.through(&world.clients, session), id.clone()),
                |_| async { Ok(look().then_some(())) },
            )
            .await
            .map(|recovered| recovered.verified)
    } else {
        (write.send)(world.clients.clone(), id.clone())
            .await
            .map(|()| false)
    };
    counts.writes += 1;
    let done = (write.done)(&world.sandbox.snapshot(), &id);
    counts.duplicates += u64::from(done > 1);
    match &result {
        Ok(verified) => {
            counts.verified += u64::from(*verified);
            counts.losses += u64::from(done == 0);
        }
        Err(error) => {
            counts.failed += 1;
            let untrue = match error.effect() {
                Effect::None => done > 0,
                Effect::Applied => done == 0,
                Effect::Unknown => false,
            };
            counts.losses += u64::from(untrue);
            counts.unknown += u64::from(error.effect() == Effect::Unknown);
            // What can be recovered and sent again is.
            let left = recovers && write.class == Class::Idempotent;
            counts.losses += u64::from(left);
        }
    }
    server.stop().await;
}

/// The memory in use, in kB.
fn resident() -> f64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))
        .and_then(|rest| rest.split_whitespace().next()?.parse().ok())
        .unwrap_or(0.0)
}

fn open_files() -> usize {
    fs::read_dir("/proc/self/fd").map_or(0, Iterator::count)
}

/// The slope of a line through the samples, in kB a minute.
fn slope(samples: &[(f64, f64)]) -> f64 {
    let count = samples.len() as f64;
    let mean = |pick: fn(&(f64, f64)) -> f64| samples.iter().map(pick).sum::<f64>() / count;
    let (time, memory) = (mean(|sample| sample.0), mean(|sample| sample.1));
    let together: f64 = samples
        .iter()
        .map(|sample| (sample.0 - time) * (sample.1 - memory))
        .sum();
    let spread: f64 = samples.iter().map(|sample| (sample.0 - time).powi(2)).sum();
    if spread > 0.0 {
        60.0 * together / spread
    } else {
        0.0
    }
}

fn report(
    counts: &Counts,
    memory: &[(f64, f64)],
    took: Duration,
    (files, files_after): (usize, usize),
) -> ExitCode {
    let settled = (memory.len() as f64 * SETTLING) as usize;
    let samples = &memory[settled.min(memory.len())..];
    println!("time           {:.0} s", took.as_secs_f64());
    println!(
        "operations     {} ({} reads, {} writes)",
        counts.reads + counts.writes,
        counts.reads,
        counts.writes
    );
    println!("faults         {}", counts.faults);
    println!(
        "failed         {} ({} of unknown effect)",
        counts.failed, counts.unknown
    );
    println!("found by looks {}", counts.verified);
    println!("duplicates     {}", counts.duplicates);
    println!("losses         {}", counts.losses);
    println!("short lists    {}", counts.short);
    println!(
        "memory         {:.0} kB, {:+.0} kB a minute",
        memory.last().map_or(0.0, |sample| sample.1),
        slope(samples)
    );
    println!("open files     {files}, {files_after} at the end");
    if counts.duplicates + counts.losses + counts.short == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
