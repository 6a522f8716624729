//! The vital signs form: the typed values and their assessment.

use crate::dto::failure::FieldReasonDto;
use crate::dto::visit::{FindingGradeDto, News2RiskDto, VitalFindingDto, VitalsCheckDto, VitalsDto, VitalsFieldDto};
use keep_clinical::{
    Age, Bmi, News2, News2Input, News2Risk, Plausibility, adult_range, bmi, check_pressure, check_vital, news2,
};
use keep_domain::{SpO2Scale, VitalSign};
use keep_fhir::Decimal;

/// NEWS2 applies from this age (RCP 2017).
const NEWS2_YEARS: u32 = 16;
/// Below this age the normal ranges of adults do not apply.
const ADULT_YEARS: u32 = 18;

/// Reads what was typed into a field.
type Typed = fn(&VitalsDto) -> &str;

/// The fields in the order of the form.
const FIELDS: [(VitalsFieldDto, VitalSign, Typed); 8] = [
    (VitalsFieldDto::Systolic, VitalSign::Systolic, |r| &r.systolic),
    (VitalsFieldDto::Diastolic, VitalSign::Diastolic, |r| &r.diastolic),
    (VitalsFieldDto::Pulse, VitalSign::HeartRate, |r| &r.pulse),
    (VitalsFieldDto::Temperature, VitalSign::Temperature, |r| &r.temperature),
    (VitalsFieldDto::Respiration, VitalSign::RespiratoryRate, |r| &r.respiration),
    (VitalsFieldDto::Spo2, VitalSign::OxygenSaturation, |r| &r.spo2),
    (VitalsFieldDto::Weight, VitalSign::Weight, |r| &r.weight),
    (VitalsFieldDto::Height, VitalSign::Height, |r| &r.height),
];

/// The parsed form.
pub(crate) struct Form<'r> {
    request: &'r VitalsDto,
    /// Field, sign, and the number as typed.
    pub(crate) values: Vec<(VitalsFieldDto, VitalSign, Decimal)>,
    findings: Vec<VitalFindingDto>,
}

/// What the form knows about the patient.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct About {
    /// Age when the values were taken.
    pub(crate) age: Option<Age>,
    /// The latest height on record, cm.
    pub(crate) last_height: Option<f64>,
}

/// The number as typed; only a decimal comma becomes a point.
fn number(text: &str) -> Option<Decimal> {
    let text = text.trim();
    let pointed = if text.contains('.') { text.to_owned() } else { text.replacen(',', ".", 1) };
    Decimal::parse(&pointed).filter(|d| !d.as_str().contains(['e', 'E']))
}

impl<'r> Form<'r> {
    /// Parses and checks the fields.
    pub(crate) fn read(request: &'r VitalsDto, about: About) -> Self {
        let mut form = Self { request, values: Vec::new(), findings: Vec::new() };
        for (field, vital, typed) in FIELDS {
            let text = typed(request).trim();
            if text.is_empty() {
                continue;
            }
            match number(text) {
                None => form.add_finding(field, FindingGradeDto::NotANumber, None),
                Some(value) => {
                    form.judge(field, vital, value.to_f64(), about.age.as_ref());
                    form.values.push((field, vital, value));
                }
            }
        }
        if let (Some(high), Some(low)) = (form.value(VitalSign::Systolic), form.value(VitalSign::Diastolic)) {
            form.add_implausible(VitalsFieldDto::Diastolic, check_pressure(high, low));
        }
        form
    }

    fn judge(&mut self, field: VitalsFieldDto, vital: VitalSign, value: f64, age: Option<&Age>) {
        let plausibility = check_vital(vital, value, age);
        self.add_implausible(field, plausibility);
        let range = adult_range(vital).filter(|_| age.is_some_and(|a| a.years >= ADULT_YEARS));
        if let (Plausibility::Plausible, Some((low, high))) = (plausibility, range)
            && !(low..=high).contains(&value)
        {
            self.add_finding(field, FindingGradeDto::Abnormal, Some((low, high)));
        }
    }

    fn add_implausible(&mut self, field: VitalsFieldDto, plausibility: Plausibility) {
        match plausibility {
            Plausibility::Plausible => {}
            Plausibility::Improbable { low, high } => {
                self.add_finding(field, FindingGradeDto::Improbable, Some((low, high)))
            }
            Plausibility::Impossible { low, high } => {
                self.add_finding(field, FindingGradeDto::Impossible, Some((low, high)))
            }
        }
    }

    fn add_finding(&mut self, field: VitalsFieldDto, grade: FindingGradeDto, limits: Option<(f64, f64)>) {
        let (low, high) = (limits.map(|l| l.0.to_string()), limits.map(|l| l.1.to_string()));
        self.findings.push(VitalFindingDto { field, grade, low, high });
    }

    /// A value as a number.
    pub(crate) fn value(&self, vital: VitalSign) -> Option<f64> {
        self.decimal(vital).map(Decimal::to_f64)
    }

    /// A value as typed.
    pub(crate) fn decimal(&self, vital: VitalSign) -> Option<&Decimal> {
        self.values.iter().find(|(_, v, _)| *v == vital).map(|(_, _, d)| d)
    }

    /// The fields that prevent saving, each with its grade.
    pub(crate) fn blockers(&self) -> Vec<(&'static str, FieldReasonDto)> {
        let reason = |grade: FindingGradeDto| match grade {
            FindingGradeDto::NotANumber => Some(FieldReasonDto::NotANumber),
            FindingGradeDto::Impossible => Some(FieldReasonDto::Impossible),
            FindingGradeDto::Improbable if !self.request.confirmed => Some(FieldReasonDto::Improbable),
            FindingGradeDto::Improbable | FindingGradeDto::Abnormal => None,
        };
        let mut found = Vec::new();
        for finding in &self.findings {
            let problem = reason(finding.grade).map(|reason| (finding.field.name(), reason));
            found.extend(problem.filter(|p| !found.contains(p)));
        }
        if self.values.is_empty() && found.is_empty() && self.request.consciousness.is_none() {
            found.push(("systolic", FieldReasonDto::Missing));
        }
        found
    }

    /// The saturation scale that was chosen.
    pub(crate) const fn scale(&self) -> SpO2Scale {
        if self.request.scale2 { SpO2Scale::Two } else { SpO2Scale::One }
    }

    /// The NEWS2 score; `None` for patients who are too young or of unknown age.
    pub(crate) fn score(&self, about: About) -> Option<News2> {
        about.age.filter(|a| a.years >= NEWS2_YEARS)?;
        Some(news2(&News2Input {
            respiratory_rate: self.value(VitalSign::RespiratoryRate),
            oxygen_saturation: self.value(VitalSign::OxygenSaturation),
            scale: self.scale(),
            on_oxygen: Some(self.request.oxygen),
            systolic: self.value(VitalSign::Systolic),
            pulse: self.value(VitalSign::HeartRate),
            consciousness: self.request.consciousness,
            temperature: self.value(VitalSign::Temperature),
        }))
    }

    /// BMI from the typed weight and the typed or latest height, for adults and children.
    pub(crate) fn bmi(&self, about: About) -> Option<Bmi> {
        bmi(self.value(VitalSign::Weight)?, self.value(VitalSign::Height).or(about.last_height)?)
    }

    /// What the form shows while it is filled in.
    pub(crate) fn into_dto(self, about: About) -> VitalsCheckDto {
        let bmi = self.bmi(about).map(|b| format!("{} kg/m²", b.text()));
        let started = self.values.iter().any(|(_, v, _)| !matches!(v, VitalSign::Weight | VitalSign::Height));
        let (mut total, mut risk, mut missing) = (None, None, Vec::new());
        match self.score(about) {
            Some(News2::Complete { total: sum, risk: found, .. }) => {
                total = Some(u32::from(sum));
                risk = Some(match found {
                    News2Risk::Low => News2RiskDto::Low,
                    News2Risk::LowMedium => News2RiskDto::LowMedium,
                    News2Risk::Medium => News2RiskDto::Medium,
                    News2Risk::High => News2RiskDto::High,
                });
            }
            Some(News2::Missing(parts)) if started => missing = parts,
            Some(News2::Missing(_)) | None => {}
        }
        VitalsCheckDto { findings: self.findings, news2: total, news2_risk: risk, news2_missing: missing, bmi }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::dto::failure::FieldReasonDto as R;
    use crate::view::clinic_clock::ClinicClock;
    use crate::view::fixtures::NOON;

    /// An empty form for María.
    pub(crate) fn empty() -> VitalsDto {
        VitalsDto { patient: String::from("maria"), ..VitalsDto::default() }
    }

    /// All parameters of NEWS2.
    pub(crate) fn full() -> VitalsDto {
        VitalsDto {
            systolic: String::from("162"),
            diastolic: String::from("98"),
            pulse: String::from("76"),
            temperature: String::from("36.80"),
            respiration: String::from("16"),
            spo2: String::from("97"),
            consciousness: Some(keep_domain::Consciousness::Alert),
            ..empty()
        }
    }

    fn adult() -> About {
        About { age: ClinicClock::utc(NOON).age_of("1961-02-03"), last_height: Some(160.0) }
    }

    #[test]
    fn a_full_form_scores() {
        let check = Form::read(&full(), adult()).into_dto(adult());
        assert_eq!((check.news2, check.news2_risk), (Some(0), Some(News2RiskDto::Low)));
        let grades: Vec<_> = check.findings.iter().map(|f| (f.field, f.grade, f.high.as_deref())).collect();
        assert_eq!(
            grades,
            [
                (VitalsFieldDto::Systolic, FindingGradeDto::Abnormal, Some("139")),
                (VitalsFieldDto::Diastolic, FindingGradeDto::Abnormal, Some("89")),
            ]
        );
        assert!(Form::read(&full(), adult()).blockers().is_empty());
    }

    #[test]
    fn impossible_values_are_refused_and_unlikely_ones_need_confirmation() {
        let mut form = empty();
        form.pulse = String::from("900");
        form.temperature = String::from("33");
        form.weight = String::from("much");
        let blockers = |form: &VitalsDto| Form::read(form, adult()).blockers();
        assert_eq!(
            blockers(&form),
            [("pulse", R::Impossible), ("temperature", R::Improbable), ("weight", R::NotANumber)]
        );
        form.confirmed = true;
        assert_eq!(blockers(&form), [("pulse", R::Impossible), ("weight", R::NotANumber)]);
        assert_eq!(blockers(&empty()), [("systolic", R::Missing)]);
        form = full();
        form.diastolic = String::from("170");
        assert_eq!(blockers(&form), [("diastolic", R::Improbable), ("diastolic", R::Impossible)]);
    }

    #[test]
    fn bmi_uses_the_last_height_and_a_comma_is_a_point() {
        let mut form = empty();
        form.weight = String::from("81,4");
        let check = Form::read(&form, adult()).into_dto(adult());
        assert_eq!((check.bmi.as_deref(), check.news2_missing.len()), (Some("31.8 kg/m²"), 0));
        assert_eq!(Form::read(&form, adult()).values[0].2.as_str(), "81.4");
    }

    #[test]
    fn children_have_no_early_warning_score() {
        let child = About { age: ClinicClock::utc(NOON).age_of("2020-02-03"), last_height: None };
        let check = Form::read(&full(), child).into_dto(child);
        assert!(check.news2.is_none() && check.news2_missing.is_empty());
    }
}
