//! Today's appointments: who has been, who waits, who is still to come.

use super::chart::{Chart, concept};
use super::staff::{STAFF, location};
use serde_json::{Value, json};

/// Patients after the named ones who have an appointment today.
pub(crate) const DRAWN_TODAY: usize = 26;

/// Adds an appointment for the patient at this place of the roster, if they have one.
pub(crate) fn add_appointments(chart: &mut Chart<'_>, place: usize) {
    if let Some(story) = chart.story {
        if let Some(waiting) = story.waiting {
            let arrived = (chart.today.minute() - waiting).max(1);
            let doctor = story.doctor;
            add_appointment(chart, "arrived", 0, arrived, story.reason.as_deref().unwrap_or("Visit"), doctor);
        }
        return;
    }
    let catalogue = chart.catalogue;
    let years = chart.patient.years();
    let reasons: Vec<&str> = catalogue
        .clinical
        .reasons
        .iter()
        .filter(|r| (r.from..=r.to).contains(&years))
        .map(|r| r.text.as_str())
        .collect();
    let reason = chart.dice.pick(&reasons).copied().unwrap_or("Visit");
    let slot = i64::try_from(place % DRAWN_TODAY).unwrap_or(0);
    let now = chart.today.minute();
    let doctor = chart.dice.chance(55);
    if place < chart.catalogue.named.len() + DRAWN_TODAY {
        // Every 20 minutes, most of them before now: a demo begins at any hour and still has people to come.
        let minute = (now / 10 * 10 + (slot - 15) * 20).clamp(5, 1430);
        let status = match (minute < now, chart.dice.chance(8)) {
            (true, true) => "noshow",
            (true, false) => "fulfilled",
            (false, _) => "booked",
        };
        add_appointment(chart, status, 0, minute, reason, doctor);
    } else if chart.dice.chance(20) {
        let (days, minute) = (-chart.dice.between(1, 14), 8 * 60 + chart.dice.between(0, 26) * 20);
        add_appointment(chart, "booked", days, minute, reason, doctor);
    }
    let tasks = ["Call about results", "Weigh again", "Check the wound", "Explain inhaler technique"];
    if let Some(task) = place.checked_sub(chart.catalogue.named.len()).and_then(|n| tasks.get(n)) {
        let body = json!({
            "status": "requested",
            "intent": "order",
            "description": task,
            "authoredOn": chart.today.at(1, 15 * 60),
            "requester": STAFF[1].reference(),
            "owner": STAFF[0].reference(),
            "restriction": {"period": {"end": chart.today.date(0)}},
        });
        chart.add("Task", "for", None, body);
    }
}

/// `days` counts back, so tomorrow is −1. For someone who is here, `minute` is the time of arrival.
fn add_appointment(chart: &mut Chart<'_>, status: &str, days: i64, minute: i64, reason: &str, doctor: bool) {
    let start = chart.today.at(days, minute);
    let here = matches!(status, "arrived" | "fulfilled");
    let mut patient = json!({"actor": chart.subject(), "status": "accepted"});
    if let (true, Some(members)) = (here, patient.as_object_mut()) {
        members.insert(String::from("period"), json!({"start": start}));
    }
    let mut participants: Vec<Value> =
        vec![patient, json!({"actor": {"reference": format!("Location/{}", location())}, "status": "accepted"})];
    if doctor {
        participants.push(json!({"actor": STAFF[1].reference(), "status": "accepted"}));
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
        "end": chart.today.at(days, minute + 20),
        "minutesDuration": 20,
        "created": chart.today.at(days.max(0) + 7, 9 * 60),
        "participant": participants,
    });
    chart.add("Appointment", "", None, body);
}
