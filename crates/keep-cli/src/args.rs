//! The command line, as IT and auditors type it.

use clap::{Parser, Subcommand};
use std::ops::RangeInclusive;
use std::os::fd::RawFd;
use std::path::PathBuf;

/// The descriptors that a caller may hand over: above the standard streams, and few enough to look at them all.
pub const DESCRIPTORS: RangeInclusive<RawFd> = 3..=9;

fn descriptor() -> clap::builder::RangedI64ValueParser<RawFd> {
    clap::value_parser!(RawFd).range(i64::from(*DESCRIPTORS.start())..=i64::from(*DESCRIPTORS.end()))
}

/// Chartkeep for IT and auditors. Secrets are read from file descriptors only, 3 to 9, which the caller has opened.
#[derive(Debug, Parser)]
#[command(name = "chartkeep", version, about, arg_required_else_help = true)]
pub struct Args {
    /// The profile folder; the platform's local application data folder by default.
    #[arg(long, global = true, value_name = "DIR")]
    pub profile: Option<PathBuf>,
    /// Print one JSON object on standard output; logs go to standard error.
    #[arg(long, global = true)]
    pub json: bool,
    /// What to do.
    #[command(subcommand)]
    pub verb: Verb,
}

/// The verbs.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Show versions, the keychain, the segments and the ledger of this device. Needs no unlock.
    Doctor,
    /// Enrol a person on this workstation: sign-in in the browser, password, one-time code.
    Enrol(Enrol),
    /// Unlock, send what waits and fetch what is new.
    Sync(Sync),
    /// Work with the audit ledger.
    #[command(subcommand)]
    Audit(Audit),
    /// Unlock and import FHIR resources, one JSON object a line (.ndjson or .ndjson.zst).
    Import(Import),
    /// Unlock and grant the segment keys to colleagues who wait for them.
    Grant(Unlock),
    /// Unlock as IT administrator and trust another file of certificate authorities from now on.
    Trust(Trust),
}

/// `enrol`.
#[derive(Debug, clap::Args)]
pub struct Enrol {
    /// The FHIR base address; needed for the first person of a profile.
    #[arg(long, default_value = "")]
    pub server: String,
    /// A PEM file of certificate authorities to trust besides the system's.
    #[arg(long, value_name = "FILE")]
    pub ca: Option<PathBuf>,
    /// What people call this workstation; needed for the first person of a profile.
    #[arg(long, default_value = "")]
    pub workstation: String,
    /// Mark the profile as demo data for good.
    #[arg(long)]
    pub demo: bool,
    /// The file descriptor from which the new workstation password is read.
    #[arg(long, value_name = "FD", value_parser = descriptor())]
    pub password_fd: RawFd,
    /// The file descriptor to which the otpauth URI is written, once.
    #[arg(long, value_name = "FD", value_parser = descriptor())]
    pub otpauth_fd: RawFd,
    /// The file descriptor from which a code of the new seed is read after the URI was written.
    #[arg(long, value_name = "FD", value_parser = descriptor())]
    pub code_fd: RawFd,
    /// Date and time as the phone shows them, for example 2026-11-22T14:07:00+03:00: where this computer's clock is off.
    #[arg(long, value_name = "TIME")]
    pub phone_time: Option<String>,
}

/// How a person unlocks.
#[derive(Debug, clap::Args)]
pub struct Unlock {
    /// The person: display name or user id; may be left out where only one is enrolled.
    #[arg(long, default_value = "")]
    pub user: String,
    /// The file descriptor from which the workstation password is read.
    #[arg(long, value_name = "FD", value_parser = descriptor())]
    pub password_fd: RawFd,
    /// The file descriptor from which the six-digit code is read.
    #[arg(long, value_name = "FD", value_parser = descriptor())]
    pub code_fd: RawFd,
    /// Date and time as the phone shows them, for example 2026-11-22T14:07:00+03:00: where this computer's clock is off,
    /// or right factors are refused. Only the codes of that time are tried.
    #[arg(long, value_name = "TIME")]
    pub phone_time: Option<String>,
}

/// `sync`.
#[derive(Debug, clap::Args)]
pub struct Sync {
    /// First sign in at the clinic again, in the browser that `$BROWSER` names: after an ended lease, for a held
    /// slot, or where the server asks for it.
    #[arg(long)]
    pub sign_in: bool,
    /// Who syncs.
    #[command(flatten)]
    pub unlock: Unlock,
}

/// `import`.
#[derive(Debug, clap::Args)]
pub struct Import {
    /// The file.
    pub file: PathBuf,
    /// Who imports.
    #[command(flatten)]
    pub unlock: Unlock,
}

/// `trust`.
#[derive(Debug, clap::Args)]
pub struct Trust {
    /// The PEM file of certificate authorities to trust besides the system's. Its content is sealed with the settings:
    /// after a change of the file, run this again.
    #[arg(long, value_name = "FILE")]
    pub ca: PathBuf,
    /// The IT administrator.
    #[command(flatten)]
    pub unlock: Unlock,
}

/// `audit`.
#[derive(Debug, Subcommand)]
pub enum Audit {
    /// Check hashes, sequence, proofs, signatures and clock steps; exit 1 on a finding.
    Verify {
        /// A ledger file of this profile to check instead of the profile's own.
        #[arg(long, value_name = "FILE")]
        ledger: Option<PathBuf>,
    },
    /// Sign off alerts of the ledger that somebody has looked into. For the privacy officer and IT; needs an unlock.
    SignOff(SignOff),
}

/// `audit sign-off`.
#[derive(Debug, clap::Args)]
pub struct SignOff {
    /// The sequence of an alert, as `audit verify` lists it; may be given several times. All open alerts by default.
    #[arg(long = "sequence", value_name = "N")]
    pub sequences: Vec<u64>,
    /// What was found out.
    #[arg(long, value_name = "WORD", value_parser = EXPLANATIONS)]
    pub explanation: String,
    /// Who signs off.
    #[command(flatten)]
    pub unlock: Unlock,
}

/// What can be said about an alert.
const EXPLANATIONS: [&str; 5] = ["backup_restored", "hardware_fault", "maintenance", "incident", "unexplained"];
