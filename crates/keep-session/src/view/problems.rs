//! Problems, active first.

use super::visible_record::{VisibleRecord, valid};
use super::words;
use crate::dto::chart::problems::ProblemDto;
use keep_domain::UtcMillis;
use keep_fhir::lens::{ConditionLens, Moment, condition};

/// All problems and diagnoses: active ones first, then by onset, newest first.
pub(crate) fn problems(entries: &[VisibleRecord]) -> Vec<ProblemDto> {
    let mut found: Vec<(Option<UtcMillis>, ProblemDto)> = valid(entries, "Condition")
        .filter_map(|(e, raw)| Some((e, condition(raw).ok()?)))
        // A refuted condition is a statement that there is none.
        .filter(|(_, c)| c.verification.as_deref() != Some("refuted"))
        .map(|(e, c)| (began(&c), dto(e, &c)))
        .collect();
    found.sort_by(|(a, x), (b, y)| y.active.cmp(&x.active).then_with(|| b.cmp(a)).then_with(|| x.text.cmp(&y.text)));
    found.into_iter().map(|(_, p)| p).collect()
}

fn began(lens: &ConditionLens) -> Option<UtcMillis> {
    let onset = match &lens.onset {
        Some(Moment::At(at)) => words::instant(Some(at)),
        _ => None,
    };
    onset.or_else(|| words::instant(lens.recorded.as_ref()))
}

fn dto(entry: &VisibleRecord, lens: &ConditionLens) -> ProblemDto {
    let active = lens.is_active() && lens.abatement.is_none();
    let status = lens.clinical_status.clone();
    ProblemDto {
        id: entry.id(),
        text: words::label(lens.code.as_ref()),
        active,
        status: status.unwrap_or_else(|| String::from(if active { "active" } else { "resolved" })),
        since: words::moment(lens.onset.as_ref()).or_else(|| words::when(lens.recorded.as_ref())),
        until: words::moment(lens.abatement.as_ref()),
        record: entry.state(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::fixtures::{nurse_amara_sees, seen_by};
    use keep_domain::Role;

    fn problem(id: &str, text: &str, status: &str, since: &str, more: &str) -> String {
        format!(
            r#"{{"resourceType":"Condition","id":"{id}","clinicalStatus":{{"coding":[{{"code":"{status}"}}]}},"code":{{"text":"{text}"}},"subject":{{"reference":"Patient/maria"}},"onsetDateTime":"{since}"{more}}}"#
        )
    }

    #[test]
    fn active_problems_come_first_and_those_entered_in_error_are_left_out() {
        let texts = [
            problem("p1", "Pneumonia", "resolved", "2018-11-02", r#","abatementDateTime":"2018-12""#),
            problem("p2", "Essential hypertension", "active", "2014", ""),
            problem("p3", "Chronic kidney disease, stage 3a", "active", "2023-05", ""),
            problem(
                "p4",
                "Gout",
                "active",
                "2020",
                r#","verificationStatus":{"coding":[{"code":"entered-in-error"}]}"#,
            ),
            problem("p5", "Asthma", "active", "2020", r#","verificationStatus":{"coding":[{"code":"refuted"}]}"#),
        ];
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let found = problems(&nurse_amara_sees(&texts));
        let shown: Vec<_> =
            found.iter().map(|p| (p.text.as_deref(), p.active, p.since.as_deref(), p.until.as_deref())).collect();
        assert_eq!(
            shown,
            [
                (Some("Chronic kidney disease, stage 3a"), true, Some("2023-05"), None),
                (Some("Essential hypertension"), true, Some("2014"), None),
                (Some("Pneumonia"), false, Some("2018-11-02"), Some("2018-12")),
            ]
        );
        assert!(problems(&seen_by(Role::FrontDesk, &texts)).is_empty());
    }
}
