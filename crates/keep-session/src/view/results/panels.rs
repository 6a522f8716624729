//! Which records have a row of their own, so that a panel, its parts and its members are shown once.

use crate::view::judge::StatusClass;
use crate::view::members::Observations;
use crate::view::sign::is_vital;
use crate::view::visible_record::VisibleRecord;
use crate::view::words;
use keep_domain::UtcMillis;
use keep_fhir::lens::{Component, Measured, ObservationLens, ReportLens, report};
use std::collections::{BTreeMap, BTreeSet};

/// Statuses of a report that needs no row for its status.
const REPORT_ORDINARY: [&str; 4] = ["final", "amended", "corrected", "appended"];
/// Elements of a report that say more than its results.
const REPORT_SAYS: [&str; 4] = ["conclusion", "conclusionCode", "presentedForm", "media"];

/// The panels and reports among the records of a chart.
pub(crate) struct Panels {
    /// The name of the report or panel that an Observation belongs to, by the Observation's id.
    names: BTreeMap<String, String>,
    /// Ids of Observations that are shown with another record.
    hidden: BTreeSet<String>,
    /// Ids of those that are the same measurement as a part of a panel, by the panel's id.
    same: BTreeMap<String, Vec<String>>,
    /// Ids of reports that have a row.
    reports: BTreeSet<String>,
}

/// What makes two values of one moment the same measurement: code, time, digits and unit.
type Measurement = (String, i64, String, Option<String>);

impl Panels {
    /// Of all records; every panel has a row.
    pub(crate) fn of(entries: &[VisibleRecord]) -> Self {
        Self::read(entries, None)
    }

    /// Of reports of a time, and of all panels; one that is nothing but the list of its members has no row.
    pub(crate) fn since(entries: &[VisibleRecord], since: UtcMillis) -> Self {
        Self::read(entries, Some(since))
    }

    fn read(entries: &[VisibleRecord], since: Option<UtcMillis>) -> Self {
        let mut found =
            Self { names: BTreeMap::new(), hidden: BTreeSet::new(), same: BTreeMap::new(), reports: BTreeSet::new() };
        let panels: Vec<&VisibleRecord> = entries.iter().filter(|e| has_parts(e) && !is_vital(e)).collect();
        let known = Observations::of(entries);
        if since.is_some() {
            found.hide_lists(&panels, &known);
        }
        if !panels.is_empty() {
            found.hide_repeated(entries, &panels);
        }
        for entry in entries.iter().filter(|e| e.kind() == "DiagnosticReport" && !e.masked) {
            // The name of an older report is not worth reading it for the summary.
            if since.is_some_and(|since| entry.at().is_none_or(|at| at < since)) {
                continue;
            }
            let Some(lens) = entry.raw.as_ref().and_then(|raw| report(raw).ok()) else { continue };
            let all_here = lens.results.iter().all(|r| known.has(r));
            if !all_here || says_more(entry, &lens) {
                found.reports.insert(entry.id());
            }
            let Some(name) = words::label(lens.code.as_ref()).filter(|_| !entry.is_entered_in_error()) else {
                continue;
            };
            for key in lens.results.iter().filter_map(|l| l.key.as_ref()) {
                found.names.insert(key.id.to_string(), name.clone());
            }
        }
        found
    }

    /// Hides the panels that are nothing but the list of their members, where these are here.
    fn hide_lists(&mut self, panels: &[&VisibleRecord], known: &Observations<'_>) {
        for (entry, lens) in panels.iter().filter_map(|e| Some((e, e.observation()?))) {
            let all_here = !lens.members.is_empty() && lens.members.iter().all(|m| known.has(m));
            if all_here && is_only_a_list(entry, lens) {
                self.hidden.insert(entry.id());
            }
        }
    }

    /// Names the members of panels, and hides the single Observations that say a part of a panel again.
    fn hide_repeated(&mut self, entries: &[VisibleRecord], panels: &[&VisibleRecord]) {
        let mut parts: BTreeMap<Measurement, String> = BTreeMap::new();
        for (entry, lens) in panels.iter().filter_map(|e| Some((e, e.observation()?))) {
            if let Some(name) = words::label(lens.code.as_ref()) {
                let ids = lens.members.iter().filter_map(|m| Some(m.key.as_ref()?.id.to_string()));
                self.names.extend(ids.map(|id| (id, name.clone())));
            }
            // The value of a panel that does not count is no reason to hide one that does.
            if StatusClass::of(lens.status.as_deref()) != StatusClass::Final {
                continue;
            }
            let Some(at) = entry.at() else { continue };
            let measured = |c: &Component| measurement(&c.code.as_ref()?.codings.first()?.code, at, c.value.as_ref()?);
            parts.extend(lens.components.iter().filter_map(measured).map(|part| (part, entry.id())));
        }
        let times: BTreeSet<i64> = parts.keys().map(|(_, at, ..)| *at).collect();
        let singles = entries.iter().filter(|e| e.kind() == "Observation" && !e.masked);
        for entry in singles.filter(|e| e.at().is_some_and(|at| times.contains(&at.0))) {
            let panel = || {
                let lens = entry.observation().filter(|l| l.components.is_empty() && is_plain(entry, l))?;
                let single =
                    measurement(&lens.code.as_ref()?.codings.first()?.code, entry.at()?, lens.value.as_ref()?)?;
                parts.get(&single)
            };
            if let Some(panel) = panel() {
                self.hidden.insert(entry.id());
                self.same.entry(panel.clone()).or_default().push(entry.id());
            }
        }
    }

    /// Whether a record is a row of the results.
    pub(crate) fn has_row(&self, entry: &VisibleRecord) -> bool {
        if entry.masked || entry.raw.is_none() {
            return false;
        }
        match entry.kind() {
            "Observation" => !is_vital(entry) && !self.is_hidden(entry),
            "DiagnosticReport" => self.reports.contains(&entry.id()),
            _ => false,
        }
    }

    /// Whether an Observation is shown with another record.
    pub(crate) fn is_hidden(&self, entry: &VisibleRecord) -> bool {
        !self.hidden.is_empty() && self.hidden.contains(&entry.id())
    }

    /// The Observations without a row that are the same measurement as a part of this panel.
    pub(crate) fn same_as(&self, panel: &str) -> Vec<String> {
        self.same.get(panel).cloned().unwrap_or_default()
    }

    /// The report or panel that an Observation belongs to.
    pub(crate) fn name_of(&self, id: &str) -> Option<&String> {
        self.names.get(id)
    }
}

/// Whether an Observation has components or members; its text is searched only where its values were not read.
fn has_parts(entry: &VisibleRecord) -> bool {
    if entry.kind() != "Observation" || entry.masked {
        return false;
    }
    match entry.read_observation() {
        Some(lens) => lens.is_some_and(|l| !l.components.is_empty() || !l.members.is_empty()),
        None => entry.raw.as_ref().is_some_and(|raw| {
            let text = raw.as_str();
            text.contains("\"component\"") || text.contains("\"hasMember\"")
        }),
    }
}

fn measurement(code: &str, at: UtcMillis, value: &Measured) -> Option<Measurement> {
    let Measured::Quantity(q) = value else { return None };
    let unit = q.code.clone().or_else(|| q.unit.clone());
    let number = words::joined([q.comparator.as_deref().unwrap_or_default(), q.value.as_ref()?.as_str()], "");
    Some((code.to_owned(), at.0, number, unit))
}

/// Whether a record says nothing but its value.
fn is_plain(entry: &VisibleRecord, lens: &ObservationLens) -> bool {
    let Some(raw) = &entry.raw else { return false };
    let says = |name: &str| raw.node().member(name).is_some();
    lens.status.as_deref() == Some("final")
        && lens.focus.is_empty()
        && lens.interpretation.is_empty()
        && !["note", "dataAbsentReason", "modifierExtension", "bodySite", "method"].iter().any(|name| says(name))
}

/// Whether a panel is nothing but the list of its members.
fn is_only_a_list(entry: &VisibleRecord, lens: &ObservationLens) -> bool {
    lens.value.is_none() && lens.components.is_empty() && is_plain(entry, lens)
}

/// Whether a report says something that its results do not.
fn says_more(entry: &VisibleRecord, lens: &ReportLens) -> bool {
    let Some(raw) = &entry.raw else { return false };
    let has = |name: &str| raw.node().member(name).is_some();
    let ordinary = lens.status.as_deref().is_some_and(|s| REPORT_ORDINARY.contains(&s));
    let additional =
        || raw.node().at(&["text", "status"]).and_then(keep_fhir::Node::text).as_deref() == Some("additional");
    lens.results.is_empty()
        || !ordinary
        || has("modifierExtension")
        || REPORT_SAYS.iter().any(|name| has(name))
        || additional()
}
