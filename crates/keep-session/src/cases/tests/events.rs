//! What is recorded: one event per chart, search and save, always with the patient sealed.

use super::{Clinic, code_of, ok, vitals};
use crate::cases::{chart, search, vitals as cases};
use crate::dto::search::SearchDto;
use crate::testing::{leila_at_the_desk, nurse_amara};
use keep_audit::EventClass;
use keep_domain::ErrorCode;
use keep_store::HeaderFilter;

impl Clinic {
    /// The number of events of a class.
    pub(super) fn events(&self, class: EventClass) -> usize {
        let device = self.workstation.enrolled_device().expect("device");
        let filter = HeaderFilter { class: Some(class), ..HeaderFilter::default() };
        device.ledger.headers(&filter, 500).expect("headers").headers.len()
    }
}

#[test]
fn every_read_search_and_save_is_one_event() {
    let clinic = Clinic::with(nurse_amara()).synced();
    ok(chart::open_chart(&clinic.workstation, "maria"));
    assert_eq!(clinic.events(EventClass::ChartRead), 1);
    // She may mark only her own records as entered in error, so the first chart searches for her among the staff.
    assert_eq!(clinic.events(EventClass::Search), 1);
    ok(chart::open_chart(&clinic.workstation, "maria"));
    assert_eq!(clinic.events(EventClass::Search), 1);
    let ask = SearchDto { query: String::from("gonz"), offset: 0, limit: 5 };
    ok(search::search_patients(&clinic.workstation, ask));
    assert_eq!(clinic.events(EventClass::Search), 2);
    let saved = ok(cases::save_vitals(&clinic.workstation, vitals()));
    assert_eq!(clinic.events(EventClass::Create), 1);
    let device = clinic.workstation.enrolled_device().expect("device");
    let entry = device.ledger.entry(saved.change_set).expect("read").expect("an event");
    // The acknowledgement is the event's sequence number.
    assert_eq!(entry.header.class, EventClass::Create);
}

#[test]
fn a_form_that_reads_an_unopened_chart_is_recorded_once() {
    let clinic = Clinic::with(nurse_amara()).synced();
    ok(cases::check_vitals(&clinic.workstation, vitals()));
    ok(cases::check_vitals(&clinic.workstation, vitals()));
    assert_eq!(clinic.events(EventClass::ChartRead), 1);
    let clinic = Clinic::with(nurse_amara()).synced();
    ok(chart::open_chart(&clinic.workstation, "maria"));
    ok(cases::check_vitals(&clinic.workstation, vitals()));
    assert_eq!(clinic.events(EventClass::ChartRead), 1, "opening the chart has said so");
}

#[test]
fn a_refusal_is_recorded() {
    let clinic = Clinic::with(leila_at_the_desk());
    assert_eq!(code_of(cases::save_vitals(&clinic.workstation, vitals())), ErrorCode::Refused);
    assert_eq!(clinic.events(EventClass::Refused), 1);
}
