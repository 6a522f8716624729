//! `chartkeep import`.

use super::unlocked::with_unlocked;
use crate::args::Import;
use crate::report::Report;
use crate::secret_fd::SecretFds;
use keep_domain::ErrorCode;
use keep_session::Workstation;
use keep_session::cases::import::{self, ListedRecord, Place};
use serde_json::{Value, json};

/// Imports the readable records of a file, and says where they went and which lines could not be read.
pub(crate) fn run(workstation: &Workstation, args: &Import, secrets: SecretFds) -> Result<Report, Report> {
    with_unlocked(workstation, &args.unlock, secrets, |workstation, _| {
        let report = import::import_file(workstation, &args.file, args.list)?;
        let no_chart = report
            .places
            .no_chart
            .iter()
            .map(|(kind, why, count)| json!({ "type": kind, "reason": why.name(), "count": count }));
        let refused = report.places.refused.iter().map(|(why, count)| json!({ "reason": why, "count": count }));
        let mut body = json!({
            "read": report.read, "imported": report.imported, "unchanged": report.unchanged,
            "kept_unreadable": report.kept_unreadable, "broken_lines": report.broken_lines,
            "bundles": report.bundles, "in_charts": report.places.in_charts,
            "no_chart": no_chart.collect::<Vec<_>>(), "refused": refused.collect::<Vec<_>>(),
        });
        if let (true, Some(members)) = (args.list, body.as_object_mut()) {
            members.insert(String::from("records"), report.places.records.iter().map(listed).collect());
        }
        let complete = report.broken_lines.is_empty();
        if complete { Ok(Report::ok(body)) } else { Err(Report::failed(ErrorCode::ImportBroken, body)) }
    })
}

fn listed(record: &ListedRecord) -> Value {
    let (place, detail) = match &record.place {
        Place::Chart(patient) => ("chart", patient.to_string()),
        Place::None(why) => ("no_chart", why.name().to_owned()),
        Place::Refused(why) => ("refused", (*why).to_owned()),
    };
    let detail_name = if place == "chart" { "patient" } else { "reason" };
    json!({ "line": record.line, "record": record.key, "place": place, detail_name: detail })
}
