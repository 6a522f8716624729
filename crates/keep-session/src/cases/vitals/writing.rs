//! The resources of one set of vital signs.

use super::form::{About, Form};
use crate::dto::visit::VitalsDto;
use keep_clinical::{Consciousness, News2, News2Parameter, Vital};
use keep_domain::{ResourceId, ResourceKey};
use keep_fhir::write::{
    self, BloodPressure, EncounterStart, EntryContext, News2Part, News2Score, VitalSign, blood_pressure, news2_score,
    start_encounter, supplemental_oxygen, vital_sign,
};
use keep_fhir::{Decimal, Raw};

/// The vital sign of a resource, its key and its text.
pub(crate) type Made = (Option<Vital>, ResourceKey, Raw);

/// The visit that the first record of the day opens.
pub(crate) fn visit(id: &ResourceId, recording: &EntryContext) -> Raw {
    let facts = EncounterStart {
        patient: recording.patient.clone(),
        practitioner: recording.author.clone(),
        start: recording.effective.min(recording.recorded),
        appointment: None,
        location: None,
    };
    start_encounter(id, &facts)
}

fn key() -> ResourceKey {
    ResourceKey::new("Observation", ResourceId::make_random())
}

/// One Observation per sign, blood pressure as one panel, then NEWS2 and BMI with what they derive from.
///
/// `last_height` is the Observation that holds the latest height.
pub(crate) fn observations(
    form: &Form<'_>,
    about: About,
    recording: &EntryContext,
    request: &VitalsDto,
    last_height: Option<ResourceId>,
) -> Vec<Made> {
    let mut made: Vec<Made> = Vec::new();
    let (systolic, diastolic) = (form.decimal(Vital::Systolic), form.decimal(Vital::Diastolic));
    if systolic.is_some() || diastolic.is_some() {
        let pressure = BloodPressure { systolic: systolic.cloned(), diastolic: diastolic.cloned() };
        let key = key();
        let raw = blood_pressure(&key.id, recording, &pressure);
        made.push((Some(Vital::Systolic), key, raw));
    }
    for (_, vital, value) in &form.values {
        if let Some(sign) = sign_of(*vital) {
            let key = key();
            let raw = vital_sign(&key.id, recording, sign, value, &[]);
            made.push((Some(*vital), key, raw));
        }
    }
    if let Ok(Some(level)) = form.consciousness() {
        let key = key();
        let raw = write::consciousness(&key.id, recording, level_of(level));
        made.push((None, key, raw));
    }
    // A saturation is always saved with whether oxygen was given.
    if request.oxygen || form.decimal(Vital::OxygenSaturation).is_some() {
        let key = key();
        let raw = supplemental_oxygen(&key.id, recording, request.oxygen);
        made.push((None, key, raw));
    }
    let score = score(form, about, recording, request, &made);
    let bmi = bmi(form, about, recording, &made, last_height);
    made.extend(score);
    made.extend(bmi);
    made
}

const fn sign_of(vital: Vital) -> Option<VitalSign> {
    match vital {
        Vital::Temperature => Some(VitalSign::Temperature),
        Vital::HeartRate => Some(VitalSign::HeartRate),
        Vital::RespiratoryRate => Some(VitalSign::RespiratoryRate),
        Vital::OxygenSaturation => Some(VitalSign::OxygenSaturation),
        Vital::Weight => Some(VitalSign::Weight),
        Vital::Height => Some(VitalSign::Height),
        Vital::Bmi => Some(VitalSign::Bmi),
        Vital::HeadCircumference => Some(VitalSign::HeadCircumference),
        Vital::Systolic | Vital::Diastolic => None,
    }
}

const fn level_of(level: Consciousness) -> write::Consciousness {
    match level {
        Consciousness::Alert => write::Consciousness::Alert,
        Consciousness::Confusion => write::Consciousness::Confusion,
        Consciousness::Voice => write::Consciousness::Voice,
        Consciousness::Pain => write::Consciousness::Pain,
        Consciousness::Unresponsive => write::Consciousness::Unresponsive,
    }
}

fn score(form: &Form<'_>, about: About, recording: &EntryContext, request: &VitalsDto, made: &[Made]) -> Option<Made> {
    let News2::Complete { total, parts, .. } = form.score(about)? else { return None };
    let part_of = |p: News2Parameter| match p {
        News2Parameter::Respiration => News2Part::Respiration,
        News2Parameter::OxygenSaturation if request.scale2 => News2Part::OxygenScale2,
        News2Parameter::OxygenSaturation => News2Part::OxygenScale1,
        News2Parameter::AirOrOxygen => News2Part::AirOrOxygen,
        News2Parameter::SystolicPressure => News2Part::SystolicPressure,
        News2Parameter::Pulse => News2Part::Pulse,
        News2Parameter::Consciousness => News2Part::Consciousness,
        News2Parameter::Temperature => News2Part::Temperature,
    };
    let from = made.iter().filter(|(v, ..)| !matches!(v, Some(Vital::Weight | Vital::Height)));
    let score = News2Score {
        total,
        parts: parts.into_iter().map(|(p, n)| (part_of(p), n)).collect(),
        derived_from: from.map(|(_, key, _)| key.clone()).collect(),
    };
    let key = key();
    let raw = news2_score(&key.id, recording, &score);
    Some((None, key, raw))
}

fn bmi(
    form: &Form<'_>,
    about: About,
    recording: &EntryContext,
    made: &[Made],
    last_height: Option<ResourceId>,
) -> Option<Made> {
    let value = Decimal::parse(&form.bmi(about)?.text())?;
    let of = |vital: Vital| made.iter().find(|(v, ..)| *v == Some(vital)).map(|(_, key, _)| key.clone());
    let height = of(Vital::Height).or_else(|| last_height.map(|id| ResourceKey::new("Observation", id)));
    let from: Vec<ResourceKey> = of(Vital::Weight).into_iter().chain(height).collect();
    let key = key();
    let raw = vital_sign(&key.id, recording, VitalSign::Bmi, &value, &from);
    Some((Some(Vital::Bmi), key, raw))
}

#[cfg(test)]
mod tests {
    use super::super::form::tests::full;
    use super::*;
    use crate::view::clinic_clock::ClinicClock;
    use crate::view::fixtures::NOON;

    #[test]
    fn one_visit_of_maria_is_ten_observations_with_the_digits_typed() {
        let about = About { age: ClinicClock::utc(NOON).age_of("1961-02-03"), last_height: Some(160.0) };
        let mut request = full();
        request.weight = String::from("81.40");
        let recording = EntryContext {
            patient: "maria".parse().expect("id"),
            encounter: None,
            author: "Practitioner/amara".parse().expect("key"),
            effective: NOON,
            recorded: NOON,
        };
        let height = Some("h".parse().expect("id"));
        let made = observations(&Form::read(&request, about), about, &recording, &request, height);
        // Pressure, pulse, temperature, respiration, saturation, weight, consciousness, oxygen, score, BMI.
        assert_eq!(made.len(), 10);
        let text = |vital: Vital| {
            let (.., raw) = made.iter().find(|(v, ..)| *v == Some(vital)).expect("made");
            raw.as_str().to_owned()
        };
        assert!(text(Vital::Temperature).contains("\"value\":36.80"));
        assert!(text(Vital::Weight).contains("\"value\":81.40"));
        assert!(text(Vital::Bmi).contains("\"value\":31.8") && text(Vital::Bmi).contains("Observation/h"));
    }
}
