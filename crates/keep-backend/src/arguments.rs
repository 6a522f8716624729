//! The command line.

use crate::demo::{STAFF, StaffMember, Today};
use crate::upstream::Upstream;
use crate::{BackendError, serve};
use clap::{Args, Parser, Subcommand};
use keep_domain::{Clock, SystemClock};
use std::ffi::OsString;
use std::io::Write;
use std::net::SocketAddr;
use std::path::PathBuf;
use tracing_subscriber::EnvFilter;

#[derive(Debug, Parser)]
#[command(name = "keep-backend", version, about = "Embedded FHIR R4 and sign-in backend for demonstration and tests")]
struct Arguments {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Serve FHIR R4 and sign-in over TLS on a loopback address.
    Serve(ServeArguments),
    /// Print the current one-time code of an otpauth URI.
    Code {
        /// The URI, as `chartkeep enrol` writes it.
        #[arg(long)]
        otpauth: String,
        /// One JSON object with the seconds left.
        #[arg(long)]
        json: bool,
    },
    /// Write the demo clinic as NDJSON.
    Demo {
        /// The file to write.
        #[arg(long)]
        out: PathBuf,
        #[command(flatten)]
        demo: DemoArguments,
    },
    /// Print the demo clinic's staff with passwords and sign-in seeds.
    People {
        /// A JSON list.
        #[arg(long)]
        json: bool,
    },
}

/// `serve`.
#[derive(Debug, Args)]
pub(crate) struct ServeArguments {
    /// Loopback address; port 0 takes a free one.
    #[arg(long, default_value = "127.0.0.1:0")]
    pub(crate) listen: SocketAddr,
    /// Folder for database, certificate, keys and users; made when missing.
    #[arg(long)]
    pub(crate) data: PathBuf,
    /// NDJSON files (.ndjson or .ndjson.zst) to load once.
    #[arg(long)]
    pub(crate) load: Vec<PathBuf>,
    /// Load the demo clinic and its staff, once.
    #[arg(long)]
    pub(crate) demo: bool,
    /// The demo's staff may sign in, whatever records are loaded.
    #[arg(long)]
    pub(crate) demo_staff: bool,
    #[command(flatten)]
    pub(crate) clinic: DemoArguments,
    /// A users file instead of the demo's or the one kept.
    #[arg(long)]
    pub(crate) users: Option<PathBuf>,
    /// Where {fhir, issuer, ca, pid} is written once it listens.
    #[arg(long)]
    pub(crate) ready: Option<PathBuf>,
    /// Answer FHIR from another server, at http on a loopback address, behind this one's TLS and sign-in.
    #[arg(long, value_name = "URL", value_parser = Upstream::read, conflicts_with_all = ["load", "demo"])]
    pub(crate) upstream: Option<Upstream>,
    /// Offer POST /_test/fault.
    #[arg(long)]
    pub(crate) test_faults: bool,
}

/// How the demo clinic is made.
#[derive(Debug, Args)]
pub(crate) struct DemoArguments {
    /// Another seed makes another clinic with the same named patients.
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// The day that is "today" in the clinic, YYYY-MM-DD; the current one by default.
    #[arg(long)]
    pub(crate) today: Option<String>,
}

impl DemoArguments {
    /// The day and the time of day up to which the clinic has a past.
    pub(crate) fn today(&self, clock: &dyn Clock) -> Result<Today, BackendError> {
        match &self.today {
            Some(text) => Today::parse(text, clock.now()),
            None => Ok(Today::of(clock.now())),
        }
    }
}

/// Runs the program.
///
/// # Errors
/// What stopped it; clap's own messages are already written.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> Result<(), BackendError> {
    let filter = EnvFilter::try_from_env("KEEP_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(false).try_init().ok();
    let arguments = match Arguments::try_parse_from(arguments) {
        Ok(arguments) => arguments,
        Err(error) => {
            let told = error.print();
            return if error.use_stderr() || told.is_err() { Err(BackendError::Usage) } else { Ok(()) };
        }
    };
    match arguments.verb {
        Verb::Serve(arguments) => serve::serve(&arguments),
        Verb::Code { otpauth, json } => {
            let current = crate::code_at(&otpauth, SystemClock.now())?;
            let line = if json { serde_json::json!(current).to_string() } else { current.code };
            print_line(&line)
        }
        Verb::Demo { out, demo } => crate::write_clinic(&out, demo.seed, &demo.today(&SystemClock)?),
        Verb::People { json } => print_people(json),
    }
}

fn print_people(json: bool) -> Result<(), BackendError> {
    if json {
        let people: Vec<_> = STAFF.iter().map(StaffMember::credentials).collect();
        return print_line(&serde_json::json!(people).to_string());
    }
    for person in &STAFF {
        print_line(&format!(
            "{:<8} {:<18} {:<18} {:<22} {}",
            person.user,
            person.name(),
            person.role.name(),
            person.password,
            person.otpauth()
        ))?;
    }
    Ok(())
}

fn print_line(line: &str) -> Result<(), BackendError> {
    writeln!(std::io::stdout(), "{line}").map_err(BackendError::io("writing to standard output"))
}
