//! Appointments: today's (seen, waiting and still to come) and some in the next two weeks.

use super::chart::{Chart, concept};
use super::staff::{NURSE, PHYSICIAN, location};
use serde_json::{Value, json};

/// Number of generated patients with an appointment today; they follow the named patients in the roster.
pub(crate) const GENERATED_TODAY: usize = 26;

/// Adds the appointment, if any, of the patient at `index` of the roster, and for some a task.
pub(crate) fn add_appointments(chart: &mut Chart<'_>, index: usize) {
    if let Some(scenario) = chart.scenario {
        if let Some(waiting) = scenario.waiting_minutes {
            let appointment = Appointment {
                status: "arrived",
                days_ago: 0,
                minute: (chart.clinic.today.minute() - waiting).max(1),
                reason: scenario.reason.as_deref().unwrap_or("Visit"),
                with_physician: scenario.with_physician,
            };
            add_appointment(chart, &appointment);
        }
        return;
    }
    let reasons = chart.clinic.catalogue.reasons_at(chart.patient.years());
    let reason = chart.rng.pick(&reasons).map_or("Visit", |r| r.text.as_str());
    let slot = i64::try_from(index % GENERATED_TODAY).unwrap_or(0);
    let now = chart.clinic.today.minute();
    let with_physician = chart.rng.chance(55);
    if index < chart.clinic.catalogue.scenarios.len() + GENERATED_TODAY {
        // Every 20 minutes, most of them in the past: a demo can start at any hour and still has appointments to come.
        let minute = (now / 10 * 10 + (slot - 15) * 20).clamp(5, 1430);
        let status = match (minute < now, chart.rng.chance(8)) {
            (true, true) => "noshow",
            (true, false) => "fulfilled",
            (false, _) => "booked",
        };
        add_appointment(chart, &Appointment { status, days_ago: 0, minute, reason, with_physician });
    } else if chart.rng.chance(20) {
        let (days_ago, minute) = (-chart.rng.between(1, 14), 8 * 60 + chart.rng.between(0, 26) * 20);
        add_appointment(chart, &Appointment { status: "booked", days_ago, minute, reason, with_physician });
    }
    let tasks = ["Call about results", "Weigh again", "Check the wound", "Explain inhaler technique"];
    if let Some(task) = index.checked_sub(chart.clinic.catalogue.scenarios.len()).and_then(|n| tasks.get(n)) {
        let body = json!({
            "status": "requested",
            "intent": "order",
            "description": task,
            "authoredOn": chart.clinic.today.at(1, 15 * 60),
            "requester": PHYSICIAN.reference(),
            "owner": NURSE.reference(),
            "restriction": {"period": {"end": chart.clinic.today.date(0)}},
        });
        chart.add("Task", "for", None, body);
    }
}

struct Appointment<'a> {
    status: &'a str,
    /// Tomorrow is −1.
    days_ago: i64,
    /// Minute of the day; the time of arrival once the patient has arrived.
    minute: i64,
    reason: &'a str,
    with_physician: bool,
}

fn add_appointment(chart: &mut Chart<'_>, appointment: &Appointment<'_>) {
    let Appointment { status, days_ago, minute, reason, with_physician } = *appointment;
    let start = chart.clinic.today.at(days_ago, minute);
    let arrived = matches!(status, "arrived" | "fulfilled");
    let mut patient = json!({"actor": chart.subject(), "status": "accepted"});
    if let (true, Some(members)) = (arrived, patient.as_object_mut()) {
        members.insert(String::from("period"), json!({"start": start}));
    }
    let mut participants: Vec<Value> =
        vec![patient, json!({"actor": {"reference": format!("Location/{}", location())}, "status": "accepted"})];
    if with_physician {
        participants.push(json!({"actor": PHYSICIAN.reference(), "status": "accepted"}));
    }
    let body = json!({
        "status": status,
        "appointmentType": concept(
            "http://terminology.hl7.org/CodeSystem/v2-0276",
            "ROUTINE",
            "Routine appointment",
        ),
        "reasonCode": [{"text": reason}],
        "start": start,
        "end": chart.clinic.today.at(days_ago, minute + 20),
        "minutesDuration": 20,
        "created": chart.clinic.today.at(days_ago.max(0) + 7, 9 * 60),
        "participant": participants,
    });
    chart.add("Appointment", "", None, body);
}
