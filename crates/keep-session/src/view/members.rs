//! The records that a panel lists.

use super::visible_record::VisibleRecord;
use super::words;
use keep_fhir::lens::{ObservationLens, Reference};
use std::cell::OnceCell;
use std::collections::BTreeMap;

type Found<'e> = BTreeMap<&'e str, &'e VisibleRecord>;

/// The readable Observations of a chart by their ids, collected only where there is a panel or a report.
pub(crate) struct Observations<'e> {
    entries: &'e [VisibleRecord],
    by_id: OnceCell<Found<'e>>,
}

impl<'e> Observations<'e> {
    pub(crate) const fn of(entries: &'e [VisibleRecord]) -> Self {
        Self { entries, by_id: OnceCell::new() }
    }

    fn by_id(&self) -> &Found<'e> {
        self.by_id.get_or_init(|| {
            let readable = self.entries.iter().filter(|e| e.kind() == "Observation" && !e.masked);
            readable.map(|e| (e.record.key.id.as_str(), e)).collect()
        })
    }

    /// Whether the target of a reference is here.
    pub(crate) fn has(&self, reference: &Reference) -> bool {
        reference.key.as_ref().is_some_and(|key| self.by_id().contains_key(key.id.as_str()))
    }

    /// The names of a panel's members: the words of the reference, else those of the record, else its type and id.
    pub(crate) fn names(&self, panel: &ObservationLens) -> Vec<String> {
        let name = |member: &Reference| {
            // EXPOSE: the name of a member is what is shown.
            let display = member.display.as_ref().and_then(|d| words::some(d.expose().trim()));
            let own =
                || words::observed(self.by_id().get(member.key.as_ref()?.id.as_str())?.observation()?.code.as_ref());
            display.or_else(own).or_else(|| member.key.as_ref().map(ToString::to_string))
        };
        panel.members.iter().filter_map(name).collect()
    }
}
