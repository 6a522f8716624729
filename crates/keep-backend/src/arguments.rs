//! The command-line arguments.

use crate::behaviour::Behaviour;
use crate::demo::Today;
use crate::error::BackendError;
use crate::upstream::Upstream;
use clap::{Args, Parser, Subcommand};
use keep_domain::Clock;
use std::net::SocketAddr;
use std::path::PathBuf;

#[derive(Debug, Parser)]
#[command(name = "keep-backend", version, about = "Embedded FHIR R4 and sign-in backend for demonstration and tests")]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) verb: Verb,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Serve FHIR R4 and sign-in over TLS on a loopback address.
    Serve(Box<ServeArguments>),
    /// Print the current one-time code of an otpauth URI.
    Code {
        /// The URI, as written by `chartkeep enrol`.
        #[arg(long)]
        otpauth: String,
        /// Print a JSON object that also has the seconds left.
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
    /// Print the demo clinic's staff with passwords and one-time code seeds.
    People {
        /// Print a JSON list.
        #[arg(long)]
        json: bool,
    },
}

/// Arguments of `serve`.
#[derive(Debug, Args)]
pub(crate) struct ServeArguments {
    /// Loopback address to listen on; port 0 selects a free port.
    #[arg(long, default_value = "127.0.0.1:0")]
    pub(crate) listen: SocketAddr,
    /// Folder for database, certificates, keys and users; created if missing.
    #[arg(long)]
    pub(crate) data: PathBuf,
    /// NDJSON file (.ndjson or .ndjson.zst) to load once; may be repeated.
    #[arg(long)]
    pub(crate) load: Vec<PathBuf>,
    /// Load the demo clinic and its staff, once.
    #[arg(long)]
    pub(crate) demo: bool,
    /// Let the demo staff sign in, whichever records are loaded.
    #[arg(long)]
    pub(crate) demo_staff: bool,
    #[command(flatten)]
    pub(crate) clinic: DemoArguments,
    /// Users file that replaces the stored users and the demo staff.
    #[arg(long)]
    pub(crate) users: Option<PathBuf>,
    /// File to which {fhir, issuer, ca, pid} is written once the server listens.
    #[arg(long)]
    pub(crate) ready: Option<PathBuf>,
    /// Forward FHIR requests to another server, at http on a loopback address; TLS and sign-in stay here.
    #[arg(long, value_name = "URL", value_parser = Upstream::parse, conflicts_with_all = ["load", "demo"])]
    pub(crate) upstream: Option<Upstream>,
    /// Offer POST /_test/fault and POST /_test/behaviour.
    #[arg(long)]
    pub(crate) test_faults: bool,
    #[command(flatten)]
    pub(crate) behaviour: Behaviour,
}

/// Parameters of the demo clinic.
#[derive(Debug, Args)]
pub(crate) struct DemoArguments {
    /// Seed of the generated patients; the named patients are always the same.
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// Current day in the clinic, YYYY-MM-DD; today by default.
    #[arg(long)]
    pub(crate) today: Option<String>,
}

impl DemoArguments {
    /// The current day and time of the demo clinic.
    pub(crate) fn today(&self, clock: &dyn Clock) -> Result<Today, BackendError> {
        match &self.today {
            Some(text) => Today::parse(text, clock.now()),
            None => Ok(Today::of(clock.now())),
        }
    }
}
