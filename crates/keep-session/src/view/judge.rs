//! Whether a value is out of the ordinary; judged only where status, unit, range and patient permit it.

use super::clinic_clock::ClinicClock;
use super::marks::{in_future, marks};
use super::value::unit_of;
use super::visible_record::VisibleRecord;
use super::words;
use crate::dto::chart::mark::MarkDto;
use keep_clinical::{AbnormalFlag, Age, RecordedUnit, Zone, age_at, flag_by_range};
use keep_domain::UtcMillis;
use keep_fhir::lens::{Concept, Measured, ObservationLens, Quantity, ReferenceRange};

/// Statuses of an Observation whose value counts and may be judged.
const FINAL: [&str; 3] = ["final", "amended", "corrected"];
/// Statuses of an Observation that has no value, whatever else it says.
const NO_VALUE: [&str; 3] = ["registered", "cancelled", "entered-in-error"];
/// Other statuses of R4.
const OTHER: [&str; 2] = ["preliminary", "unknown"];

/// What the status of an Observation permits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StatusClass {
    /// The value counts.
    Final,
    /// There is a value; it is not judged.
    NotFinal,
    /// There is no value.
    NoValue,
    /// A status that R4 does not have.
    Unknown,
}

impl StatusClass {
    /// By the recorded status.
    pub(crate) fn of(status: Option<&str>) -> Self {
        let among = |codes: &[&str]| status.is_some_and(|s| codes.contains(&s));
        match status {
            _ if among(&FINAL) => Self::Final,
            _ if among(&NO_VALUE) => Self::NoValue,
            None => Self::NotFinal,
            _ if among(&OTHER) => Self::NotFinal,
            Some(_) => Self::Unknown,
        }
    }
}

/// The marks of an Observation. Most have none, which is seen without reading them.
pub(crate) fn marks_of(entry: &VisibleRecord, lens: &ObservationLens, clinic_clock: &ClinicClock) -> Vec<MarkDto> {
    let is_plain = lens.status.as_deref() == Some("final") && lens.focus.is_empty() && !lens.is_modified;
    let mut found = if is_plain { Vec::new() } else { marks(entry) };
    // The patient as the focus is nobody else.
    found.retain(|mark| !matches!(mark, MarkDto::Focus { .. }) || !lens.focus.is_empty());
    found.extend(in_future(entry, clinic_clock));
    found
}

/// The patient as reference ranges see them.
#[derive(Default)]
pub(crate) struct Population {
    birth_date: Option<String>,
    sex: Option<String>,
    zone: Option<Zone>,
}

/// Whether a range is one of this patient's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fit {
    Yes,
    No,
    Unknown,
}

/// Codes and words of populations that a recorded sex decides: SNOMED CT, HL7 and plain.
const FEMALE: [&str; 8] = ["248152002", "female", "f", "females", "woman", "women", "girl", "girls"];
const MALE: [&str; 8] = ["248153007", "male", "m", "males", "man", "men", "boy", "boys"];
/// Pregnancy, which is known only to exclude men.
const PREGNANT: [&str; 5] = ["77386006", "pregnant", "pregnancy", "255246003", "255247007"];

impl Population {
    /// Of the Patient among these records.
    pub(crate) fn of(entries: &[VisibleRecord], zone: &Zone) -> Self {
        let person = entries.iter().find(|e| e.kind() == "Patient").and_then(VisibleRecord::person);
        let sex = person.and_then(|p| p.gender.clone());
        let birth_date = person.and_then(super::person::born);
        Self { birth_date, sex, zone: Some(zone.clone()) }
    }

    /// The age at an instant, where the birth date is recorded.
    pub(crate) fn age_at(&self, at: UtcMillis) -> Option<Age> {
        age_at(self.birth_date.as_deref()?, at, self.zone.as_ref()?)
    }

    fn fit(&self, range: &ReferenceRange, at: Option<UtcMillis>) -> Fit {
        let normal = range.kind.as_ref().is_none_or(|k| {
            k.has_code("normal") || words::label(Some(k)).is_some_and(|l| l.to_lowercase().starts_with("normal"))
        });
        if !normal {
            return Fit::No;
        }
        let groups = range.applies.iter().map(|group| self.fit_of_group(group));
        let age = range.age.as_ref().map(|(from, to)| self.fit_of_age(from.as_ref(), to.as_ref(), at));
        groups.chain(age).fold(Fit::Yes, |all, one| match (all, one) {
            (Fit::No, _) | (_, Fit::No) => Fit::No,
            (Fit::Yes, Fit::Yes) => Fit::Yes,
            _ => Fit::Unknown,
        })
    }

    fn fit_of_group(&self, group: &Concept) -> Fit {
        let text = group.text.iter().chain(group.codings.iter().filter_map(|c| c.display.as_ref()));
        let names: Vec<String> =
            text.chain(group.codings.iter().map(|c| &c.code)).map(|t| t.trim().to_lowercase()).collect();
        let among = |list: &[&str]| names.iter().any(|n| list.contains(&n.as_str()));
        let is = |sex: &str| match self.sex.as_deref() {
            Some("female" | "male") if self.sex.as_deref() == Some(sex) => Fit::Yes,
            Some("female" | "male") => Fit::No,
            _ => Fit::Unknown,
        };
        if among(&FEMALE) {
            is("female")
        } else if among(&MALE) {
            is("male")
        } else if among(&PREGNANT) && is("male") == Fit::Yes {
            Fit::No
        } else {
            Fit::Unknown
        }
    }

    fn fit_of_age(&self, from: Option<&Quantity>, to: Option<&Quantity>, at: Option<UtcMillis>) -> Fit {
        let Some(age) = at.and_then(|at| self.age_at(at)).filter(|a| !a.approximate) else { return Fit::Unknown };
        let (mut above, mut below) = (Some(true), Some(true));
        if let Some(from) = from {
            above = age_in(&age, from).map(|(own, limit)| own >= limit);
        }
        if let Some(to) = to {
            below = age_in(&age, to).map(|(own, limit)| own <= limit);
        }
        match (above, below) {
            (Some(false), _) | (_, Some(false)) => Fit::No,
            (Some(true), Some(true)) => Fit::Yes,
            _ => Fit::Unknown,
        }
    }

    /// The only range that is this patient's; `None` where several may be.
    fn own<'r>(&self, ranges: &'r [ReferenceRange], at: Option<UtcMillis>) -> Option<&'r ReferenceRange> {
        let mut possible = ranges.iter().map(|r| (r, self.fit(r, at))).filter(|(_, fit)| *fit != Fit::No);
        match (possible.next(), possible.next()) {
            (Some((range, Fit::Yes)), None) => Some(range),
            _ => None,
        }
    }

    /// The place of a value in the one range that is this patient's, where both have the same unit.
    pub(crate) fn flag(
        &self,
        value: &Measured,
        ranges: &[ReferenceRange],
        at: Option<UtcMillis>,
    ) -> Option<AbnormalFlag> {
        let range = self.own(ranges, at)?;
        let (number, unit, comparator) = match value {
            Measured::Quantity(q) => (q.value.as_ref()?.to_f64(), unit_of(q)?, q.comparator.as_deref()),
            Measured::Integer(n) => (n.to_f64(), RecordedUnit::default(), None),
            _ => return None,
        };
        let limit = |q: &Option<Quantity>| match q {
            None => Some(None),
            Some(q) if q.comparator.is_some() => None,
            Some(q) => Some(Some(unit_of(q)?.convert_to(q.value.as_ref()?.to_f64(), unit)?)),
        };
        flag_by_range(number, comparator, limit(&range.low)?, limit(&range.high)?)
    }
}

/// The age in the unit of a limit, and the limit.
fn age_in(age: &Age, limit: &Quantity) -> Option<(f64, f64)> {
    let number = limit.value.as_ref()?.to_f64();
    let unit = limit.ucum().or(limit.unit.as_deref()).unwrap_or_default().trim().to_lowercase();
    let own = match unit.as_str() {
        "a" | "yr" | "yrs" | "year" | "years" | "y" => age.years,
        "mo" | "month" | "months" => age.years * 12 + age.months,
        "wk" | "week" | "weeks" => age.total_days / 7,
        "d" | "day" | "days" => age.total_days,
        _ => return None,
    };
    Some((f64::from(own), number))
}

/// What a laboratory says about its value: the most serious flag, and its words where the flag does not say them.
pub(crate) fn interpreted(said: &[Concept]) -> (Option<AbnormalFlag>, Vec<String>) {
    let mut flag: Option<AbnormalFlag> = None;
    let mut recorded = Vec::new();
    for concept in said {
        let texts = || {
            let codes = concept.codings.iter().map(|c| c.code.as_str());
            codes.chain(concept.text.as_deref()).chain(concept.codings.iter().filter_map(|c| c.display.as_deref()))
        };
        // A code is more certain than words.
        let found = concept.codings.iter().filter_map(|c| AbnormalFlag::said_by(&c.code)).max_by_key(|f| f.weight());
        let found = found.or_else(|| texts().find_map(AbnormalFlag::said_by));
        flag = flag.into_iter().chain(found).max_by_key(|f| f.weight());
        let says_it = |text: &str| found.is_some() && AbnormalFlag::letter(text) == found;
        let label = words::label(Some(concept));
        recorded.extend(label.filter(|l| !says_it(l) && !texts().all(says_it)));
    }
    (flag, recorded)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::fixtures::{MARIA, NOON, nurse_amara_sees};
    use keep_fhir::{Raw, lens};

    fn flag_of(value: &str, ranges: &str) -> Option<AbnormalFlag> {
        let text = format!(
            r#"{{"resourceType":"Observation","code":{{"text":"x"}},"valueQuantity":{value},"referenceRange":[{ranges}]}}"#
        );
        let lens = lens::observation(&Raw::parse(text).expect("valid")).expect("an observation");
        let maria = Population::of(&nurse_amara_sees(&[MARIA]), &Zone::utc());
        maria.flag(&lens.value.expect("a value"), &lens.ranges, Some(NOON))
    }

    const VALUE: &str = r#"{"value":8,"unit":"g/dL"}"#;

    #[test]
    fn a_range_of_another_unit_is_converted_or_not_used() {
        let high = |limit: &str| flag_of(VALUE, &format!(r#"{{"high":{limit}}}"#));
        assert_eq!(high(r#"{"value":6,"unit":"g/dL"}"#), Some(AbnormalFlag::High));
        assert_eq!(high(r#"{"value":60,"unit":"g/L"}"#), Some(AbnormalFlag::High));
        assert_eq!(
            high(r#"{"value":90,"code":"g/L","system":"http://unitsofmeasure.org"}"#),
            Some(AbnormalFlag::Normal)
        );
        assert_eq!(high(r#"{"value":6,"unit":"mmol/L"}"#), None);
        assert_eq!(high(r#"{"value":6}"#), None);
        assert_eq!(high(r#"{"value":6,"code":"g/dL","system":"http://example.org"}"#), None);
    }

    #[test]
    fn a_range_of_others_is_not_used() {
        // María is a woman of 65.
        let low = |more: &str| flag_of(VALUE, &format!(r#"{{"low":{{"value":12,"unit":"g/dL"}}{more}}}"#));
        let found = Some(AbnormalFlag::Low);
        assert_eq!(low(""), found);
        assert_eq!(low(r#","type":{"coding":[{"code":"normal"}]}"#), found);
        assert_eq!(low(r#","type":{"coding":[{"code":"therapeutic"}]}"#), None);
        assert_eq!(low(r#","appliesTo":[{"coding":[{"code":"248152002"}]}]"#), found);
        assert_eq!(low(r#","appliesTo":[{"text":"Male"}]"#), None);
        assert_eq!(low(r#","appliesTo":[{"text":"Kenyan"}]"#), None);
        assert_eq!(low(r#","age":{"low":{"value":18,"unit":"years"}}"#), found);
        assert_eq!(low(r#","age":{"high":{"value":17,"code":"a"}}"#), None);
        assert_eq!(low(r#","age":{"high":{"value":900,"code":"mo"}}"#), found);
    }

    #[test]
    fn several_ranges_are_judged_by_only_where_one_can_be_meant() {
        let range = |more: &str| format!(r#"{{"low":{{"value":12,"unit":"g/dL"}}{more}}}"#);
        let (women, men) = (range(r#","appliesTo":[{"text":"female"}]"#), range(r#","appliesTo":[{"text":"male"}]"#));
        assert_eq!(flag_of(VALUE, &format!("{women},{men}")), Some(AbnormalFlag::Low));
        assert_eq!(flag_of(VALUE, &format!("{},{}", range(""), range(""))), None);
        assert_eq!(flag_of(VALUE, &format!("{},{}", range(""), range(r#","appliesTo":[{"text":"pregnant"}]"#))), None);
        assert_eq!(flag_of(VALUE, r#"{"text":"12 to 15"}"#), None);
    }

    #[test]
    fn a_comparator_is_respected() {
        let range = r#"{"low":{"value":5,"unit":"g/dL"},"high":{"value":9,"unit":"g/dL"}}"#;
        let with =
            |sign: &str| flag_of(&VALUE.replace("{\"value\"", &format!(r#"{{"comparator":"{sign}","value""#)), range);
        assert_eq!((with("<"), with(">"), with(">=")), (None, None, None));
    }

    #[test]
    fn interpretations_are_flags_and_words() {
        let said = |json: &str| {
            let text = format!(r#"{{"resourceType":"Observation","code":{{"text":"x"}},"interpretation":[{json}]}}"#);
            let lens = lens::observation(&Raw::parse(text).expect("valid")).expect("an observation");
            interpreted(&lens.interpretation)
        };
        let words = |t: &str| vec![t.to_owned()];
        assert_eq!(said(r#"{"coding":[{"code":"H","display":"High"}]}"#), (Some(AbnormalFlag::High), vec![]));
        assert_eq!(said(r#"{"text":"Critically low"}"#), (Some(AbnormalFlag::CriticalLow), vec![]));
        assert_eq!(
            said(r#"{"coding":[{"code":"HU","display":"Significantly high"}]}"#),
            (Some(AbnormalFlag::High), words("Significantly high"))
        );
        assert_eq!(said(r#"{"coding":[{"code":"POS"}]}"#), (None, words("POS")));
        assert_eq!(said(r#"{"coding":[{"code":"R","display":"Resistant"}]}"#), (None, words("Resistant")));
        // Both are shown where words and code differ.
        assert_eq!(said(r#"{"coding":[{"code":"H"}],"text":"Low"}"#), (Some(AbnormalFlag::High), words("Low")));
        assert_eq!(
            said(r#"{"coding":[{"code":"L"}]},{"coding":[{"code":"AA"}]}"#),
            (Some(AbnormalFlag::CriticalAbnormal), vec![])
        );
    }

    #[test]
    fn a_status_decides_what_a_value_is_worth() {
        for (status, class) in [
            (Some("final"), StatusClass::Final),
            (Some("corrected"), StatusClass::Final),
            (Some("preliminary"), StatusClass::NotFinal),
            (None, StatusClass::NotFinal),
            (Some("cancelled"), StatusClass::NoValue),
            (Some("registered"), StatusClass::NoValue),
            (Some("done"), StatusClass::Unknown),
        ] {
            assert_eq!(StatusClass::of(status), class, "{status:?}");
        }
    }
}
