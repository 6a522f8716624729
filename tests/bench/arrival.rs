//! The order in which records reach a workstation: type by type as the sync asks for them (and as a FHIR bulk export
//! has one file per type), and inside a type by time.
//!
//! A file that holds patient after patient would put each patient's rows next to each other in any database, which no
//! clinic's history does.

use crate::records::texts;
use serde::Deserialize;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

/// The order of a pull, `keep-sync/src/scope.rs`; what is not listed comes last.
const ORDER: [&str; 12] = [
    "Patient",
    "AllergyIntolerance",
    "Condition",
    "MedicationRequest",
    "Encounter",
    "Practitioner",
    "Organization",
    "Observation",
    "DiagnosticReport",
    "Immunization",
    "Procedure",
    "CarePlan",
];

/// Where a resource says when it was written down; texts of one zone sort as they are.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Times {
    resource_type: String,
    issued: Option<String>,
    effective_date_time: Option<String>,
    recorded_date: Option<String>,
    authored_on: Option<String>,
    occurrence_date_time: Option<String>,
    onset_date_time: Option<String>,
    started: Option<String>,
    created: Option<String>,
    period: Option<Period>,
    performed_period: Option<Period>,
}

#[derive(Deserialize)]
struct Period {
    start: Option<String>,
}

impl Times {
    fn place(self) -> (usize, String, String) {
        let kind = ORDER.iter().position(|t| *t == self.resource_type).unwrap_or(ORDER.len());
        let plain = self.issued.or(self.effective_date_time).or(self.recorded_date).or(self.authored_on);
        let plain = plain.or(self.occurrence_date_time).or(self.onset_date_time).or(self.started);
        let spans = [self.period, self.performed_period].into_iter().flatten().find_map(|p| p.start);
        (kind, self.resource_type, plain.or(spans).or(self.created).unwrap_or_default())
    }
}

/// Writes the records of `data` to `to` in their order of arrival.
pub(crate) fn write(data: &Path, to: &Path) {
    let place = |text: &String| serde_json::from_str::<Times>(text).expect("a resource").place();
    let mut all: Vec<_> = texts(data).map(|text| (place(&text), text)).collect();
    all.sort_by(|a, b| a.0.cmp(&b.0));
    let mut file = BufWriter::new(File::create(to).expect("file"));
    for (_, text) in all {
        writeln!(file, "{text}").expect("line");
    }
    // On the disk before anything is measured: what is still to be written would be waited for by the first fsync.
    file.into_inner().expect("written").sync_all().expect("synced");
}
