//! The resources of one set of vital signs.

use super::form::{About, Form};
use crate::dto::visit::VitalsDto;
use keep_clinical::News2;
use keep_domain::{Phi, ResourceId, ResourceKey, VitalSign};
use keep_fhir::write::{
    AuthoringContext, BloodPressure, EncounterStart, News2Score, blood_pressure, consciousness, news2_score,
    start_encounter, supplemental_oxygen, vital_sign,
};
use keep_fhir::{Decimal, Raw};

/// The vital sign of a resource, its key and its text.
pub(crate) type Made = (Option<VitalSign>, ResourceKey, Raw);

/// The visit that the first record of the day opens.
pub(crate) fn visit(id: &ResourceId, recording: &AuthoringContext) -> Raw {
    let facts = EncounterStart {
        patient: recording.patient.clone(),
        practitioner: recording.author.clone(),
        start: recording.effective.min(recording.recorded),
    };
    start_encounter(id, &facts)
}

fn observation(recording: &AuthoringContext, vital: Option<VitalSign>, write: impl FnOnce(&ResourceId) -> Raw) -> Made {
    let visit = recording.encounter.as_ref();
    let id = visit.map_or_else(ResourceId::make_random, |visit| ResourceId::make_beside(&visit.id));
    let raw = write(&id);
    (vital, ResourceKey::new("Observation", id), raw)
}

/// One Observation per sign, blood pressure as one panel, then NEWS2 and BMI with what they derive from.
///
/// `last_height` is the Observation that holds the latest height.
pub(crate) fn observations(
    form: &Form<'_>,
    about: About,
    recording: &AuthoringContext,
    request: &VitalsDto,
    last_height: Option<ResourceId>,
) -> Vec<Made> {
    let mut made: Vec<Made> = Vec::new();
    let (systolic, diastolic) = (form.decimal(VitalSign::Systolic), form.decimal(VitalSign::Diastolic));
    if systolic.is_some() || diastolic.is_some() {
        let pressure = BloodPressure { systolic: systolic.cloned(), diastolic: diastolic.cloned() };
        made.push(observation(recording, Some(VitalSign::Systolic), |id| blood_pressure(id, recording, &pressure)));
    }
    for (_, vital, value) in &form.values {
        if !matches!(vital, VitalSign::Systolic | VitalSign::Diastolic) {
            made.push(observation(recording, Some(*vital), |id| vital_sign(id, recording, *vital, value, &[])));
        }
    }
    if let Some(level) = request.consciousness {
        made.push(observation(recording, None, |id| consciousness(id, recording, level)));
    }
    // Air or oxygen is saved as answered, never assumed.
    if let Some(oxygen) = request.oxygen.filter(|on| *on || form.decimal(VitalSign::OxygenSaturation).is_some()) {
        made.push(observation(recording, None, |id| supplemental_oxygen(id, recording, oxygen)));
    }
    let score = score(form, about, recording, &made);
    let bmi = bmi(form, about, recording, &made, last_height);
    made.extend(score);
    made.extend(bmi);
    made
}

fn score(form: &Form<'_>, about: About, recording: &AuthoringContext, made: &[Made]) -> Option<Made> {
    let News2::Complete { total, parts, .. } = form.score(about).ok()? else { return None };
    let from = made.iter().filter(|(v, ..)| !matches!(v, Some(VitalSign::Weight | VitalSign::Height)));
    let score = News2Score {
        total,
        scale: form.scale(),
        parts,
        derived_from: from.map(|(_, key, _)| key.clone()).collect(),
        reason: form.scale2_reason().map(|reason| Phi::new(reason.to_owned())),
    };
    Some(observation(recording, None, |id| news2_score(id, recording, &score)))
}

fn bmi(
    form: &Form<'_>,
    about: About,
    recording: &AuthoringContext,
    made: &[Made],
    last_height: Option<ResourceId>,
) -> Option<Made> {
    let value = Decimal::parse(&form.bmi(about)?.text())?;
    let of = |vital: VitalSign| made.iter().find(|(v, ..)| *v == Some(vital)).map(|(_, key, _)| key.clone());
    let height = of(VitalSign::Height).or_else(|| last_height.map(|id| ResourceKey::new("Observation", id)));
    let from: Vec<ResourceKey> = of(VitalSign::Weight).into_iter().chain(height).collect();
    Some(observation(recording, Some(VitalSign::Bmi), |id| vital_sign(id, recording, VitalSign::Bmi, &value, &from)))
}

#[cfg(test)]
mod tests {
    use super::super::form::tests::full;
    use super::*;
    use crate::view::clinic_clock::ClinicClock;
    use crate::view::fixtures::NOON;

    #[test]
    fn one_visit_of_maria_is_ten_observations_with_the_digits_typed() {
        let about =
            About { age: ClinicClock::utc(NOON).age_of("1961-02-03"), last_height: Some(160.0), pregnant: false };
        let mut request = full();
        request.weight = String::from("81.40");
        let recording = AuthoringContext {
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
        let text = |vital: VitalSign| {
            let (.., raw) = made.iter().find(|(v, ..)| *v == Some(vital)).expect("made");
            raw.as_str().to_owned()
        };
        assert!(text(VitalSign::Temperature).contains("\"value\":36.80"));
        assert!(text(VitalSign::Weight).contains("\"value\":81.40"));
        assert!(text(VitalSign::Bmi).contains("\"value\":31.8") && text(VitalSign::Bmi).contains("Observation/h"));
    }
}
