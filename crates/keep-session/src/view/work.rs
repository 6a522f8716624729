//! One line of a worklist.

use super::clinic_clock::ClinicClock;
use super::sign::Sign;
use super::visible_record::VisibleRecord;
use super::vitals::{latest, readings};
use super::{allergies, words};
use crate::dto::search::PatientRowDto;
use crate::dto::worklist::WorkRowDto;
use keep_domain::{PatientId, ResourceKey, UtcMillis};
use keep_fhir::Raw;
use keep_fhir::lens::{AppointmentLens, arrival};

/// From this total on, a score is shown in lists (RCP 2017, chart 2: medium).
const NEWS2_SHOWN: f64 = 5.0;

/// What the lists need of an Appointment.
#[derive(Clone)]
pub(crate) struct Booking {
    pub(crate) id: String,
    pub(crate) start: UtcMillis,
    pub(crate) status: String,
    /// When the patient came, where that is recorded.
    arrived: Option<UtcMillis>,
    reason: String,
    /// Colleagues, each with the name beside the reference.
    pub(crate) with: Vec<(Option<ResourceKey>, String)>,
}

/// Where somebody is in the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    /// Booked and not here yet.
    Expected,
    /// Here and not done.
    Waiting,
    /// Done, cancelled or not come.
    Over,
}

impl Booking {
    /// Reads an Appointment of a patient; `masked` leaves out what it is for. Whoever may not know why they come reads
    /// what kind of booking it is.
    pub(crate) fn of(lens: &AppointmentLens, raw: &Raw, patient: &PatientId, start: UtcMillis, masked: bool) -> Self {
        let staff = lens.participants.iter().filter(|p| {
            p.actor
                .key
                .as_ref()
                .is_some_and(|k| matches!(k.resource_type.as_str(), "Practitioner" | "PractitionerRole"))
        });
        let with = staff.map(|p| {
            // EXPOSE: a colleague's name is shown beside their patients.
            let name = p.actor.display.as_ref().map(|d| d.expose().clone()).unwrap_or_default();
            (p.actor.key.clone(), name)
        });
        let reason = words::label(lens.reasons.first().or(lens.service.first()).or(lens.kind.as_ref()));
        Self {
            id: lens.id.as_ref().map(ToString::to_string).unwrap_or_default(),
            arrived: arrival(raw, patient),
            start,
            status: lens.status.clone().unwrap_or_default(),
            reason: if masked { String::new() } else { reason },
            with: with.collect(),
        }
    }

    /// Where they are.
    pub(crate) fn stage(&self) -> Stage {
        match self.status.as_str() {
            "arrived" | "checked-in" => Stage::Waiting,
            "booked" | "pending" | "proposed" | "waitlist" => Stage::Expected,
            _ => Stage::Over,
        }
    }

    /// Since when they wait: arrival, else the time of the appointment.
    pub(crate) fn waiting_since(&self) -> UtcMillis {
        self.arrived.unwrap_or(self.start)
    }
}

/// What a role may see of a chart in a list.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Columns {
    /// The allergy line.
    pub(crate) safety: bool,
    /// Vital signs and the score.
    pub(crate) vitals: bool,
    /// Whether all allergies of this device's patients have been downloaded.
    pub(crate) downloaded: bool,
}

/// What of a chart stands in a list.
#[derive(Debug, Clone, Default)]
pub(crate) struct PatientSummary {
    safety: String,
    safety_known: bool,
    /// When vital signs were taken today.
    pub(crate) vitals_today: Option<UtcMillis>,
    news2: Option<u32>,
}

/// Summarises a chart for one row of a list.
pub(crate) fn patient_summary(
    entries: &[VisibleRecord],
    columns: Columns,
    clinic_clock: &ClinicClock,
) -> PatientSummary {
    let (safety, safety_known) = allergies::line(entries, columns.downloaded, columns.safety);
    if !columns.vitals {
        return PatientSummary { safety, safety_known, ..PatientSummary::default() };
    }
    let all: Vec<_> = readings(entries).into_iter().filter(|r| clinic_clock.is_today(r.at)).collect();
    let score = latest(&all, Sign::News2).filter(|r| r.value >= NEWS2_SHOWN);
    PatientSummary {
        safety,
        safety_known,
        // Weight or height alone are no vital signs in the sense of the queue.
        vitals_today: all.iter().rev().find(|r| is_vital(r.sign)).map(|r| r.at),
        news2: score.map(|r| whole(r.value)),
    }
}

/// A score is a whole number, however it was written: `6.0` is 6.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a score is between 0 and 20")]
fn whole(score: f64) -> u32 {
    score.round() as u32
}

const fn is_vital(sign: Sign) -> bool {
    use keep_domain::VitalSign as V;
    matches!(
        sign,
        Sign::Vital(
            V::Systolic | V::Diastolic | V::HeartRate | V::RespiratoryRate | V::OxygenSaturation | V::Temperature
        )
    )
}

/// One line. `vitals_column` is whether the list asks for vital signs.
pub(crate) fn row(
    patient: PatientRowDto,
    booking: Option<&Booking>,
    summary: &PatientSummary,
    reason: Option<String>,
    vitals_column: bool,
    clinic_clock: &ClinicClock,
) -> WorkRowDto {
    let waits = booking.filter(|b| b.stage() == Stage::Waiting);
    let minutes = waits.map(|b| clinic_clock.now.0.saturating_sub(b.waiting_since().0).max(0) / 60_000);
    let vitals = match summary.vitals_today {
        Some(at) if vitals_column => at.to_rfc3339(),
        None if vitals_column && waits.is_some() => String::from("due"),
        _ => String::new(),
    };
    WorkRowDto {
        patient,
        appointment: booking.map(|b| b.id.clone()).unwrap_or_default(),
        booked: booking.map(|b| b.start.to_rfc3339()).unwrap_or_default(),
        status: booking.map(|b| b.status.clone()).unwrap_or_default(),
        waiting_minutes: minutes.map(|m| u32::try_from(m).unwrap_or(u32::MAX)),
        reason: reason.or_else(|| booking.map(|b| b.reason.clone())).unwrap_or_default(),
        safety: summary.safety.clone(),
        safety_known: summary.safety_known,
        vitals,
        news2: summary.news2,
        with: booking.map(|b| words::joined(b.with.iter().map(|(_, name)| name), ", ")).unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::fixtures::{MARIA, NOON, nurse_amara_sees, time};
    use crate::view::person::{self, Seen};
    use keep_fhir::lens;

    const BOOKED: &str = r#"{"resourceType":"Appointment","id":"ap1","status":"arrived","start":"2026-11-22T11:00:00Z","reasonCode":[{"text":"Follow-up, hypertension"}],"participant":[{"actor":{"reference":"Patient/maria"},"status":"accepted","period":{"start":"2026-11-22T11:12:00Z"}},{"actor":{"reference":"Practitioner/jonas","display":"Dr Jonas Mbeki"},"status":"accepted"}]}"#;

    fn booking() -> Booking {
        let raw = Raw::parse(BOOKED).expect("valid");
        let lens = lens::appointment(&raw).expect("appointment");
        Booking::of(&lens, &raw, &"maria".parse().expect("id"), time("2026-11-22T11:00:00Z"), false)
    }

    fn maria() -> PatientRowDto {
        let raw = Raw::parse(MARIA).expect("valid");
        person::row("maria", &lens::patient(&raw).expect("patient"), &ClinicClock::utc(NOON), Seen::default())
    }

    #[test]
    fn maria_waits_for_her_vitals() {
        let columns = Columns { safety: true, vitals: true, downloaded: true };
        let clinic_clock = ClinicClock::utc(NOON);
        let waiting =
            row(maria(), Some(&booking()), &patient_summary(&[], columns, &clinic_clock), None, true, &clinic_clock);
        assert_eq!((waiting.waiting_minutes, waiting.vitals.as_str()), (Some(48), "due"));
        assert_eq!((waiting.reason.as_str(), waiting.with.as_str()), ("Follow-up, hypertension", "Dr Jonas Mbeki"));
        assert_eq!(waiting.safety, "Allergies not recorded");
        let taken = r#"{"resourceType":"Observation","id":"o","status":"final","category":[{"coding":[{"code":"vital-signs"}]}],"code":{"coding":[{"code":"8867-4"}]},"subject":{"reference":"Patient/maria"},"effectiveDateTime":"2026-11-22T11:30:00Z","valueQuantity":{"value":76,"code":"/min"}}"#;
        let score = r#"{"resourceType":"Observation","id":"s","status":"final","category":[{"coding":[{"code":"survey"}]}],"code":{"coding":[{"code":"1104051000000101"}]},"subject":{"reference":"Patient/maria"},"effectiveDateTime":"2026-11-22T11:30:00Z","valueQuantity":{"value":6.0}}"#;
        let found = patient_summary(&nurse_amara_sees(&[taken, score]), columns, &clinic_clock);
        let seen = row(maria(), Some(&booking()), &found, None, true, &clinic_clock);
        assert_eq!((seen.vitals.as_str(), seen.news2), ("2026-11-22T11:30:00.000Z", Some(6)));
    }
}
