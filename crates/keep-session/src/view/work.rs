//! One line of a worklist.

use super::clinic_clock::ClinicClock;
use super::visible_record::VisibleRecord;
use super::vitals::{latest, readings};
use super::{allergies, words};
use crate::dto::chart::allergies::SafetyDto;
use crate::dto::chart::vitals::SignDto;
use crate::dto::search::PatientRowDto;
use crate::dto::worklist::{VitalsTodayDto, WorkReasonDto, WorkRowDto};
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
    pub(crate) status: Option<String>,
    /// Arrival of the patient, where it is recorded.
    arrived: Option<UtcMillis>,
    reason: Option<String>,
    /// Colleagues, each with the display text of the reference.
    pub(crate) with: Vec<(Option<ResourceKey>, Option<String>)>,
}

/// How far an appointment is.
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
    /// Reads an Appointment of a patient; `masked` leaves out the reason. A role that may not know the reason reads the
    /// kind of booking.
    pub(crate) fn of(lens: &AppointmentLens, raw: &Raw, patient: &PatientId, start: UtcMillis, masked: bool) -> Self {
        let staff = lens.participants.iter().filter(|p| {
            p.actor
                .key
                .as_ref()
                .is_some_and(|k| matches!(k.resource_type.as_str(), "Practitioner" | "PractitionerRole"))
        });
        let with = staff.map(|p| {
            // EXPOSE: a colleague's name is shown with their patients.
            let name = p.actor.display.as_ref().and_then(|d| words::some(d.expose().clone()));
            (p.actor.key.clone(), name)
        });
        let reason = words::label(lens.reasons.first().or(lens.service.first()).or(lens.kind.as_ref()));
        Self {
            id: lens.id.as_ref().map(ToString::to_string).unwrap_or_default(),
            arrived: arrival(raw, patient),
            start,
            status: lens.status.clone(),
            reason: reason.filter(|_| !masked),
            with: with.collect(),
        }
    }

    /// The stage.
    pub(crate) fn stage(&self) -> Stage {
        match self.status.as_deref() {
            Some("arrived" | "checked-in") => Stage::Waiting,
            Some("booked" | "pending" | "proposed" | "waitlist") => Stage::Expected,
            _ => Stage::Over,
        }
    }

    /// Start of the wait: arrival, else the time of the appointment.
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

/// The parts of a chart that a list shows.
#[derive(Clone, Default)]
pub(crate) struct PatientSummary {
    safety: Option<SafetyDto>,
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
    let safety = allergies::safety(entries, columns.downloaded, columns.safety);
    if !columns.vitals {
        return PatientSummary { safety, ..PatientSummary::default() };
    }
    let all = readings(entries, clinic_clock.now);
    let today = all.into_iter().filter(|r| r.number.is_some() && r.at.is_some_and(|at| clinic_clock.is_today(at)));
    let all: Vec<_> = today.collect();
    let score = latest(&all, SignDto::News2).and_then(|r| r.number).filter(|score| *score >= NEWS2_SHOWN);
    PatientSummary {
        safety,
        // Weight or height alone do not count as vital signs in the queue.
        vitals_today: all.iter().rev().find(|r| is_vital(r.sign)).and_then(|r| r.at),
        news2: score.map(whole),
    }
}

/// A score is a whole number, however it was written: `6.0` is 6.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a score is between 0 and 20")]
fn whole(score: f64) -> u32 {
    score.round() as u32
}

const fn is_vital(sign: SignDto) -> bool {
    use SignDto as S;
    matches!(sign, S::Systolic | S::Diastolic | S::Pulse | S::Respiration | S::Spo2 | S::Temperature)
}

/// One line of a list, before it is formatted.
pub(crate) struct Line<'a> {
    pub(crate) booking: Option<&'a Booking>,
    pub(crate) summary: &'a PatientSummary,
    /// What is to be done, where that is not the appointment's reason.
    pub(crate) reason: Option<WorkReasonDto>,
    /// Whether the list shows vital signs.
    pub(crate) vitals_column: bool,
}

/// One row.
pub(crate) fn row(patient: PatientRowDto, line: Line<'_>, clinic_clock: &ClinicClock) -> WorkRowDto {
    let Line { booking, summary, reason, vitals_column } = line;
    let waits = booking.filter(|b| b.stage() == Stage::Waiting);
    let minutes = waits.map(|b| clinic_clock.now.0.saturating_sub(b.waiting_since().0).max(0) / 60_000);
    let vitals = match summary.vitals_today {
        Some(at) if vitals_column => Some(VitalsTodayDto::Taken { at: at.to_rfc3339() }),
        None if vitals_column && waits.is_some() => Some(VitalsTodayDto::Due),
        _ => None,
    };
    let recorded = || Some(WorkReasonDto::Recorded { text: booking?.reason.clone()? });
    WorkRowDto {
        patient,
        appointment: booking.map(|b| b.id.clone()),
        booked: booking.map(|b| b.start.to_rfc3339()),
        status: booking.and_then(|b| b.status.clone()),
        waiting_minutes: minutes.map(|m| u32::try_from(m).unwrap_or(u32::MAX)),
        reason: reason.or_else(recorded),
        safety: summary.safety.clone(),
        vitals,
        news2: summary.news2,
        with: booking.map(|b| b.with.iter().filter_map(|(_, name)| name.clone()).collect()).unwrap_or_default(),
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
        let (clinic_clock, booking) = (ClinicClock::utc(NOON), booking());
        let row_of = |summary: &PatientSummary| {
            let line = Line { booking: Some(&booking), summary, reason: None, vitals_column: true };
            row(maria(), line, &clinic_clock)
        };
        let waiting = row_of(&patient_summary(&[], columns, &clinic_clock));
        assert!(waiting.waiting_minutes == Some(48) && waiting.vitals == Some(VitalsTodayDto::Due));
        let reason = WorkReasonDto::Recorded { text: String::from("Follow-up, hypertension") };
        assert!(waiting.reason == Some(reason) && waiting.with == ["Dr Jonas Mbeki"]);
        assert!(matches!(waiting.safety, Some(SafetyDto::NotRecorded)));
        let taken = r#"{"resourceType":"Observation","id":"o","status":"final","category":[{"coding":[{"code":"vital-signs"}]}],"code":{"coding":[{"code":"8867-4"}]},"subject":{"reference":"Patient/maria"},"effectiveDateTime":"2026-11-22T11:30:00Z","valueQuantity":{"value":76,"code":"/min"}}"#;
        let score = r#"{"resourceType":"Observation","id":"s","status":"final","category":[{"coding":[{"code":"survey"}]}],"code":{"coding":[{"code":"1104051000000101"}]},"subject":{"reference":"Patient/maria"},"effectiveDateTime":"2026-11-22T11:30:00Z","valueQuantity":{"value":6.0}}"#;
        let found = patient_summary(&nurse_amara_sees(&[taken, score]), columns, &clinic_clock);
        let seen = row_of(&found);
        let taken = VitalsTodayDto::Taken { at: String::from("2026-11-22T11:30:00.000Z") };
        assert!(seen.vitals == Some(taken) && seen.news2 == Some(6));
    }
}
