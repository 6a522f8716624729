//! `chartkeep doctor --server`.

use crate::args::Doctor;
use crate::messages::server_check::{change, consequence, table};
use crate::report::Report;
use keep_domain::ErrorCode;
use keep_session::SiteFile;
use keep_session::cases::server_check::{self, CheckResult, ServerCheckInput, ServerFinding, Writes};
use serde_json::{Value, json};
use std::path::Path;
use tokio::runtime::Handle;

/// Tries a server. Opens no profile.
pub(crate) fn run(asked: Doctor, runtime: &Handle) -> Result<Report, Report> {
    let mut site = match (&asked.site, &asked.server) {
        (Some(file), _) => keep_session::cases::site::check(file)?.0,
        (None, server) => SiteFile::for_server(server.as_deref().unwrap_or_default(), None),
    };
    if let Some(issuer) = asked.issuer {
        site.sign_in.issuer = Some(issuer);
    }
    let server = site.server.clone();
    let input = ServerCheckInput {
        site,
        ca_pem: asked.ca.as_deref().map(read).transpose()?,
        sign_in: asked.sign_in,
        writes: if asked.write_test { Writes::Allowed } else { Writes::None },
    };
    let findings = server_check::run(input, runtime)?;
    Ok(report(&server, &findings))
}

fn read(path: &Path) -> Result<String, Report> {
    std::fs::read_to_string(path).map_err(|_| Report::failed(ErrorCode::Io, json!({"file": path})))
}

/// A finding where something stops the work.
fn report(server: &str, findings: &[ServerFinding]) -> Report {
    let body = json!({"server": server, "checks": findings.iter().map(row).collect::<Vec<_>>()});
    let stops = findings.iter().any(|finding| finding.result == CheckResult::Blocks);
    let mut report = if stops { Report::finding(body) } else { Report::ok(body) };
    report.text = Some(table(findings));
    report
}

fn row(finding: &ServerFinding) -> Value {
    let mut row = json!(finding);
    let is_missing = matches!(finding.result, CheckResult::Without | CheckResult::Blocks);
    if let Some(members) = row.as_object_mut().filter(|_| is_missing) {
        members.insert(String::from("consequence"), consequence(finding.check).into());
        members.insert(String::from("change"), change(finding.check).into());
    }
    row
}
