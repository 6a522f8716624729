//! The vital signs form: the typed values and their assessment.

use crate::dto::failure::FieldReasonDto;
use crate::dto::visit::{
    FindingGradeDto, News2PartDto, News2ResponseDto, News2RiskDto, News2UnavailableDto, VitalFindingDto,
    VitalsCheckDto, VitalsDto, VitalsFieldDto,
};
use keep_clinical::{
    Age, Bmi, CHILD_RANGE_SOURCE, News2, News2Input, News2Response, News2Risk, Plausibility, adult_range, bmi,
    check_pressure, check_vital, child_range, news2, news2_response,
};
use keep_domain::{News2Parameter, SpO2Scale, VitalSign};
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
    /// Whether the chart says that the patient is pregnant.
    pub(crate) pregnant: bool,
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
        let Some(age) = age else { return };
        let (range, source) = if age.years >= ADULT_YEARS {
            (adult_range(vital), None)
        } else {
            (child_range(vital, age), Some(CHILD_RANGE_SOURCE))
        };
        if let (Plausibility::Plausible, Some((low, high))) = (plausibility, range)
            && !(low..=high).contains(&value)
        {
            self.add_finding(field, FindingGradeDto::Abnormal, Some((low, high)));
            if let Some(finding) = self.findings.last_mut() {
                finding.source = source.map(str::to_owned);
            }
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
        self.findings.push(VitalFindingDto { field, grade, low, high, source: None });
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
        if self.request.scale2 && self.scale2_reason().is_none() {
            found.push(("scale2_reason", FieldReasonDto::Missing));
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

    /// The reason for scale 2.
    pub(crate) fn scale2_reason(&self) -> Option<&str> {
        self.request.scale2_reason.as_deref().map(str::trim).filter(|reason| self.request.scale2 && !reason.is_empty())
    }

    /// The NEWS2 score.
    ///
    /// # Errors
    /// Why there is none for this patient: it holds from 16 years and not in pregnancy, and scale 2 needs a reason.
    pub(crate) fn score(&self, about: About) -> Result<News2, News2UnavailableDto> {
        let age = about.age.ok_or(News2UnavailableDto::AgeUnknown)?;
        if age.years < NEWS2_YEARS {
            return Err(News2UnavailableDto::Child);
        }
        // Who answers now knows more than the chart.
        if self.request.pregnant.unwrap_or(about.pregnant) {
            return Err(News2UnavailableDto::Pregnant);
        }
        if self.request.scale2 && self.scale2_reason().is_none() {
            return Err(News2UnavailableDto::Scale2Reason);
        }
        Ok(news2(&News2Input {
            respiratory_rate: self.value(VitalSign::RespiratoryRate),
            oxygen_saturation: self.value(VitalSign::OxygenSaturation),
            scale: self.scale(),
            on_oxygen: self.request.oxygen,
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
        let mut check = VitalsCheckDto {
            findings: Vec::new(),
            news2: None,
            news2_risk: None,
            news2_parts: Vec::new(),
            news2_response: None,
            news2_missing: Vec::new(),
            news2_unavailable: None,
            bmi,
        };
        match self.score(about) {
            Ok(News2::Complete { total, risk, parts }) => {
                check.news2 = Some(u32::from(total));
                check.news2_risk = Some(risk_dto(risk));
                check.news2_response = Some(response_dto(news2_response(&parts)));
                check.news2_parts = part_dtos(parts);
            }
            Ok(News2::Incomplete { missing, parts }) if started => {
                // What is missing can only make it more urgent.
                let certain = news2_response(&parts);
                check.news2_response = (certain >= News2Response::UrgentReview).then(|| response_dto(certain));
                check.news2_parts = part_dtos(parts);
                check.news2_missing = missing;
            }
            Ok(News2::Incomplete { .. }) => {}
            Err(reason) => check.news2_unavailable = Some(reason),
        }
        check.findings = self.findings;
        check
    }
}

const fn risk_dto(risk: News2Risk) -> News2RiskDto {
    match risk {
        News2Risk::Low => News2RiskDto::Low,
        News2Risk::LowMedium => News2RiskDto::LowMedium,
        News2Risk::Medium => News2RiskDto::Medium,
        News2Risk::High => News2RiskDto::High,
    }
}

const fn response_dto(response: News2Response) -> News2ResponseDto {
    match response {
        News2Response::Routine => News2ResponseDto::Routine,
        News2Response::Assess => News2ResponseDto::Assess,
        News2Response::UrgentReview => News2ResponseDto::UrgentReview,
        News2Response::Urgent => News2ResponseDto::Urgent,
        News2Response::Emergency => News2ResponseDto::Emergency,
    }
}

fn part_dtos(parts: Vec<(News2Parameter, u8)>) -> Vec<News2PartDto> {
    parts.into_iter().map(|(field, score)| News2PartDto { field, score: u32::from(score) }).collect()
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
            oxygen: Some(false),
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
        About { age: ClinicClock::utc(NOON).age_of("1961-02-03"), last_height: Some(160.0), pregnant: false }
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

    fn unavailable(request: &VitalsDto, about: About) -> Option<News2UnavailableDto> {
        let check = Form::read(request, about).into_dto(about);
        assert!(check.news2_unavailable.is_none() || (check.news2.is_none() && check.news2_missing.is_empty()));
        check.news2_unavailable
    }

    #[test]
    fn there_is_no_early_warning_score_for_children_or_in_pregnancy() {
        let aged = |birth: &str| About { age: ClinicClock::utc(NOON).age_of(birth), ..About::default() };
        assert_eq!(unavailable(&full(), aged("2010-11-23")), Some(News2UnavailableDto::Child));
        assert_eq!(unavailable(&full(), aged("2010-11-22")), None);
        assert_eq!(unavailable(&full(), About::default()), Some(News2UnavailableDto::AgeUnknown));
        let pregnant = About { pregnant: true, ..adult() };
        assert_eq!(unavailable(&full(), pregnant), Some(News2UnavailableDto::Pregnant));
        let answered = |pregnant: bool| VitalsDto { pregnant: Some(pregnant), ..full() };
        assert_eq!(unavailable(&answered(true), adult()), Some(News2UnavailableDto::Pregnant));
        assert_eq!(unavailable(&answered(false), pregnant), None);
    }

    #[test]
    fn scale_2_needs_a_reason_and_oxygen_an_answer() {
        let with =
            |reason: Option<&str>| VitalsDto { scale2: true, scale2_reason: reason.map(str::to_owned), ..full() };
        assert_eq!(unavailable(&with(None), adult()), Some(News2UnavailableDto::Scale2Reason));
        assert_eq!(Form::read(&with(Some(" ")), adult()).blockers(), [("scale2_reason", R::Missing)]);
        assert_eq!(unavailable(&with(Some("COPD, CO2 retention")), adult()), None);
        let check = Form::read(&VitalsDto { oxygen: None, ..full() }, adult()).into_dto(adult());
        assert_eq!((check.news2, check.news2_missing), (None, vec![News2Parameter::AirOrOxygen]));
    }

    #[test]
    fn a_single_3_is_urgent_also_in_an_incomplete_set() {
        let check = |request: VitalsDto| Form::read(&request, adult()).into_dto(adult());
        let low = check(VitalsDto { respiration: String::from("8"), ..full() });
        assert_eq!((low.news2, low.news2_response), (Some(3), Some(News2ResponseDto::UrgentReview)));
        assert!(low.news2_parts.contains(&News2PartDto { field: News2Parameter::Respiration, score: 3 }));
        let part = check(VitalsDto { respiration: String::from("8"), oxygen: None, ..empty() });
        assert_eq!((part.news2, part.news2_response), (None, Some(News2ResponseDto::UrgentReview)));
        assert_eq!(check(VitalsDto { respiration: String::from("16"), oxygen: None, ..empty() }).news2_response, None);
    }

    #[test]
    fn a_child_is_measured_by_the_range_of_its_age() {
        let child = About { age: ClinicClock::utc(NOON).age_of("2024-02-03"), ..About::default() };
        let check = Form::read(&VitalsDto { pulse: String::from("130"), ..empty() }, child).into_dto(child);
        let found = &check.findings[0];
        assert!(found.grade == FindingGradeDto::Abnormal && found.source.is_some());
        assert_eq!((found.low.as_deref(), found.high.as_deref()), (Some("91"), Some("119")));
    }
}
