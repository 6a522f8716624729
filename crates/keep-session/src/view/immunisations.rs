//! Immunisations, newest first.

use super::visible_record::{VisibleRecord, readable};
use super::words;
use crate::dto::chart::immunisations::ImmunisationDto;
use keep_fhir::lens::immunization;

/// All immunisations; those not done or entered in error are shown as such.
pub(crate) fn immunisations(entries: &[VisibleRecord]) -> Vec<ImmunisationDto> {
    let mut found: Vec<_> = readable(entries, "Immunization").collect();
    found.sort_by_key(|(e, _)| std::cmp::Reverse(e.at()));
    let rows = found.into_iter().filter_map(|(entry, raw)| {
        let lens = immunization(raw).ok()?;
        Some(ImmunisationDto {
            id: entry.id(),
            vaccine: words::label(lens.vaccine.as_ref()),
            given: words::when(lens.given.as_ref()),
            status: lens.status,
            record: entry.state(),
        })
    });
    rows.collect()
}

#[cfg(test)]
mod tests {
    use super::immunisations;
    use crate::view::fixtures::nurse_amara_sees;

    #[test]
    fn what_was_not_given_or_entered_in_error_says_so() {
        let dose = |id: &str, at: &str, status: &str| {
            format!(
                r#"{{"resourceType":"Immunization","id":"{id}","status":"{status}","vaccineCode":{{"text":"BCG"}},"patient":{{"reference":"Patient/baraka"}},"occurrenceDateTime":"{at}"}}"#
            )
        };
        let texts = [
            dose("i1", "2025-08-14", "completed"),
            dose("i2", "2026-08-14", "not-done"),
            dose("i3", "2026-01-01", "entered-in-error"),
        ];
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let found = immunisations(&nurse_amara_sees(&texts));
        let shown: Vec<_> = found.iter().map(|i| (i.given.as_deref(), i.status.as_deref())).collect();
        let expected = [("2026-08-14", "not-done"), ("2026-01-01", "entered-in-error"), ("2025-08-14", "completed")];
        assert_eq!(shown, expected.map(|(given, status)| (Some(given), Some(status))));
    }
}
