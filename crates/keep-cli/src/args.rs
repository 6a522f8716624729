//! The arguments of the command line; the comments are its help texts.

use clap::{Parser, Subcommand};
use keep_session::{RoleName, RolesFrom};
use std::ops::RangeInclusive;
use std::os::fd::RawFd;
use std::path::PathBuf;

/// The descriptors on which secrets may be passed: above the standard streams, and few enough to check them all.
pub const DESCRIPTORS: RangeInclusive<RawFd> = 3..=9;

fn descriptor() -> clap::builder::RangedI64ValueParser<RawFd> {
    clap::value_parser!(RawFd).range(i64::from(*DESCRIPTORS.start())..=i64::from(*DESCRIPTORS.end()))
}

/// Chartkeep for IT and auditors. Secrets are read only from file descriptors 3 to 9, which the caller must open.
#[derive(Debug, Parser)]
#[command(name = "chartkeep", version, about, arg_required_else_help = true)]
pub struct Args {
    /// The profile folder; by default the user's local application data folder.
    #[arg(long, global = true, value_name = "DIR")]
    pub profile: Option<PathBuf>,
    /// Print one JSON object on standard output; logs go to standard error.
    #[arg(long, global = true)]
    pub json: bool,
    /// The verb.
    #[command(subcommand)]
    pub verb: Verb,
}

/// The verbs.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Show the versions, keychain, segments and audit log of this workstation. Needs no unlock. With --server or --site:
    /// try a server and its identity provider, before any workstation is set up.
    Doctor(Doctor),
    /// Enrol a user on this workstation: sign-in in the browser, password, one-time code.
    Enrol(Box<Enrol>),
    /// Unlock, send pending changes and fetch new records.
    Sync(Sync),
    /// Verify the audit log and sign off its alerts.
    #[command(subcommand)]
    Audit(Audit),
    /// Unlock and import FHIR resources, one JSON object per line (.ndjson) or one JSON document (.json), also with .zst.
    Import(Import),
    /// Unlock and write a change that the server does not accept to a file, with the server's words. The file is not
    /// encrypted and holds health information.
    Export(Export),
    /// Unlock and give access to records to colleagues who are waiting for it.
    Grant(Unlock),
    /// Unlock as an IT administrator and trust a new file of certificate authorities.
    Trust(Trust),
    /// Write, sign and check the site file, which tells workstations their server and how to sign in.
    #[command(subcommand)]
    Site(Site),
}

/// `doctor`.
#[derive(Debug, Default, clap::Args)]
pub struct Doctor {
    /// The base URL of a FHIR server to try. Nothing is written there.
    #[arg(long)]
    pub server: Option<String>,
    /// Its signed site file, in place of --server.
    #[arg(long, value_name = "FILE", conflicts_with = "server")]
    pub site: Option<PathBuf>,
    /// The OpenID Connect issuer to try, for a server without SMART configuration.
    #[arg(long)]
    pub issuer: Option<String>,
    /// A PEM file of certificate authorities to trust in addition to the system's.
    #[arg(long, value_name = "FILE")]
    pub ca: Option<PathBuf>,
    /// Sign in, in the browser that `$BROWSER` names, and try what needs a sign-in.
    #[arg(long)]
    pub sign_in: bool,
    /// Also try what can only be tried by writing: a Basic resource is made, changed and deleted.
    #[arg(long)]
    pub write_test: bool,
}

impl Doctor {
    /// Whether it is about a server, and not about this workstation.
    #[must_use]
    pub const fn is_about_server(&self) -> bool {
        self.server.is_some() || self.site.is_some()
    }
}

/// `site`.
#[derive(Debug, Subcommand)]
pub enum Site {
    /// Write a new site file, to be completed, and a new signing key. Keep the key off the workstations.
    Init {
        /// The base URL of the FHIR server.
        #[arg(long)]
        server: String,
        /// The OpenID Connect issuer, for a server without SMART configuration.
        #[arg(long)]
        issuer: Option<String>,
        /// The new site file.
        #[arg(long, value_name = "FILE", default_value = "site.json")]
        out: PathBuf,
        /// The new signing key.
        #[arg(long, value_name = "FILE", default_value = "site-key")]
        key: PathBuf,
    },
    /// Sign a site file. Print the fingerprint of the key, which is confirmed at the first enrolment.
    Sign {
        /// The site file.
        file: PathBuf,
        /// The signing key that `site init` wrote.
        #[arg(long, value_name = "FILE", default_value = "site-key")]
        key: PathBuf,
        /// The new signed site file.
        #[arg(long, value_name = "FILE", default_value = "site.signed.json")]
        out: PathBuf,
    },
    /// Check a signed site file, and print its content and the fingerprint of its key.
    Check {
        /// The signed site file.
        file: PathBuf,
    },
}

/// `enrol`.
#[derive(Debug, clap::Args)]
pub struct Enrol {
    /// The base URL of the FHIR server; required for the first user of a profile.
    #[arg(long, default_value = "")]
    pub server: String,
    /// A PEM file of certificate authorities to trust in addition to the system's.
    #[arg(long, value_name = "FILE")]
    pub ca: Option<PathBuf>,
    /// The name of this workstation; required for the first user of a profile.
    #[arg(long, default_value = "")]
    pub workstation: String,
    /// Mark the profile permanently as demo data.
    #[arg(long)]
    pub demo: bool,
    /// The signed site file, in place of the other settings of the server and the sign-in.
    #[arg(long, value_name = "FILE")]
    pub site: Option<PathBuf>,
    /// The fingerprint of the site file's key, as IT gave it; not needed where IT has installed it.
    #[arg(long, value_name = "TEXT")]
    pub site_fingerprint: Option<String>,
    /// How to sign in, where no site file says it.
    #[command(flatten)]
    pub sign_in: SignIn,
    /// The file descriptor from which the new workstation password is read.
    #[arg(long, value_name = "FD", value_parser = descriptor())]
    pub password_fd: RawFd,
    /// The file descriptor to which the otpauth URI is written, once.
    #[arg(long, value_name = "FD", value_parser = descriptor())]
    pub otpauth_fd: RawFd,
    /// The file descriptor from which the first one-time code is read, after the URI was written.
    #[arg(long, value_name = "FD", value_parser = descriptor())]
    pub code_fd: RawFd,
    /// Date and time on the phone, for example 2026-11-22T14:07:00+03:00, if this computer's clock is wrong.
    #[arg(long, value_name = "TIME")]
    pub phone_time: Option<String>,
}

/// The settings of the sign-in; for the first user of a profile.
#[derive(Debug, Default, clap::Args)]
pub struct SignIn {
    /// The OpenID Connect issuer, for a server without SMART configuration.
    #[arg(long, conflicts_with = "site")]
    pub issuer: Option<String>,
    /// The OAuth client id registered for Chartkeep.
    #[arg(long, conflicts_with = "site")]
    pub client_id: Option<String>,
    /// The claim that lists roles, for example realm_access.roles.
    #[arg(long, value_name = "CLAIM", conflicts_with = "site")]
    pub roles_claim: Option<String>,
    /// The token that has this claim.
    #[arg(long, value_name = "id_token|access_token|userinfo", value_parser = roles_from, conflicts_with = "site")]
    pub roles_from: Option<RolesFrom>,
    /// What the provider calls a role, for example ward-nurse=nurse; may be repeated. Then no other name counts.
    #[arg(long = "role", value_name = "NAME=ROLE", value_parser = role_name, conflicts_with = "site")]
    pub roles: Vec<(String, RoleName)>,
    /// An authentication context (acr) of the provider that means a second factor; may be repeated.
    #[arg(long, conflicts_with = "site")]
    pub acr: Vec<String>,
    /// A scope to request; may be repeated. By default profile and offline_access.
    #[arg(long = "scope", value_name = "SCOPE", conflicts_with = "site")]
    pub scopes: Vec<String>,
    /// The audience to request, where the provider does not accept the base URL of the server.
    #[arg(long, conflicts_with = "site")]
    pub audience: Option<String>,
    /// Accept a provider that does not say whether it asked for a second factor.
    #[arg(long, conflicts_with = "site")]
    pub without_second_factor: bool,
}

/// Parses the name of a token as the site file has it.
fn roles_from(text: &str) -> Result<RolesFrom, String> {
    serde_json::from_value(text.into()).map_err(|_| String::from("expected id_token, access_token or userinfo"))
}

fn role_name(text: &str) -> Result<(String, RoleName), String> {
    let (name, role) = text.split_once('=').ok_or("NAME=ROLE is expected")?;
    Ok((name.to_owned(), RoleName::try_from(role.to_owned())?))
}

/// How a user unlocks.
#[derive(Debug, clap::Args)]
pub struct Unlock {
    /// The display name or user id; may be omitted if only one user is enrolled.
    #[arg(long, default_value = "")]
    pub user: String,
    /// The file descriptor from which the workstation password is read.
    #[arg(long, value_name = "FD", value_parser = descriptor())]
    pub password_fd: RawFd,
    /// The file descriptor from which the one-time code is read.
    #[arg(long, value_name = "FD", value_parser = descriptor())]
    pub code_fd: RawFd,
    /// Date and time on the phone, for example 2026-11-22T14:07:00+03:00, if this computer's clock is wrong or a correct
    /// password and code are refused. Only the codes of that time are tried.
    #[arg(long, value_name = "TIME")]
    pub phone_time: Option<String>,
}

/// `sync`.
#[derive(Debug, clap::Args)]
pub struct Sync {
    /// First sign in online again, in the browser that `$BROWSER` names: needed when the time allowed without a clinic
    /// sign-in is over, when the user is blocked, or when the server requires it.
    #[arg(long)]
    pub sign_in: bool,
    /// The user.
    #[command(flatten)]
    pub unlock: Unlock,
}

/// `import`.
#[derive(Debug, clap::Args)]
pub struct Import {
    /// The file to import.
    pub file: PathBuf,
    /// List every record with the place where it went.
    #[arg(long)]
    pub list: bool,
    /// The user.
    #[command(flatten)]
    pub unlock: Unlock,
}

/// `export`.
#[derive(Debug, clap::Args)]
pub struct Export {
    /// The change set, as `sync` lists it.
    #[arg(long, value_name = "NUMBER")]
    pub change_set: u64,
    /// The folder for the new file.
    #[arg(long, value_name = "FOLDER")]
    pub to: PathBuf,
    /// The user.
    #[command(flatten)]
    pub unlock: Unlock,
}

/// `trust`.
#[derive(Debug, clap::Args)]
pub struct Trust {
    /// The PEM file of certificate authorities to trust in addition to the system's. The settings store its checksum, so
    /// run this again after the file has changed.
    #[arg(long, value_name = "FILE")]
    pub ca: PathBuf,
    /// The IT administrator.
    #[command(flatten)]
    pub unlock: Unlock,
}

/// `audit`.
#[derive(Debug, Subcommand)]
pub enum Audit {
    /// Check hashes, sequence, proofs, signatures and clock steps; exit code 1 if there are findings.
    Verify {
        /// An audit log of this profile to check instead of the current one.
        #[arg(long, value_name = "FILE")]
        ledger: Option<PathBuf>,
    },
    /// Sign off alerts of the audit log that have been investigated. For the privacy officer and IT; needs an unlock.
    SignOff(SignOff),
}

/// `audit sign-off`.
#[derive(Debug, clap::Args)]
pub struct SignOff {
    /// The sequence number of an alert, as `audit verify` lists it; may be repeated. By default all open alerts.
    #[arg(long = "sequence", value_name = "N")]
    pub sequences: Vec<u64>,
    /// The cause that was found.
    #[arg(long, value_name = "WORD", value_parser = EXPLANATIONS)]
    pub explanation: String,
    /// The user.
    #[command(flatten)]
    pub unlock: Unlock,
}

/// The values of `--explanation`.
const EXPLANATIONS: [&str; 5] = ["backup_restored", "hardware_fault", "maintenance", "incident", "unexplained"];
