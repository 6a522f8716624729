//! Old pages restored between two sessions: findings are an event and a notice, and nothing old is shown.

use super::{Clinic, ok};
use crate::WorkstationEvent;
use crate::cases::{search, unlock};
use crate::dto::lock::NoticeDto;
use crate::dto::search::SearchDto;
use crate::integrity_watch::read_all;
use crate::state::acquire;
use crate::testing::{import, nurse_amara};
use keep_audit::EventClass;
use keep_domain::Segment;
use keep_store::{PAGE_SIZE, segment_path};
use std::sync::{Arc, Mutex};

fn baraka(version: u32, phone: &str) -> String {
    format!(
        r#"{{"resourceType":"Patient","id":"baraka","meta":{{"versionId":"{version}","lastUpdated":"2026-11-2{version}T06:00:00Z"}},"name":[{{"family":"Otieno","given":["Baraka"]}}],"telecom":[{{"system":"phone","value":"{phone}"}}]}}"#
    )
}

impl Clinic {
    /// The number of patients that a search finds; `None` where it is refused or incomplete.
    fn found(&self, query: &str) -> Option<u32> {
        let ask = SearchDto { query: query.to_owned(), offset: 0, limit: 5 };
        search::search_patients(&self.workstation, ask).ok().filter(|page| !page.incomplete).map(|page| page.total)
    }

    /// Checks everything, as a session does in the background.
    pub(super) fn read_all(&self) {
        let store = self.workstation.try_session(|u| u.store.as_ref().map(Arc::downgrade)).flatten().expect("store");
        // Findings are reported; what cannot be read at all is an error here and at every use.
        let _ended = read_all(&self.workstation, &store, || ());
    }
}

#[test]
fn an_old_page_of_the_directory_is_reported_and_shows_nothing_old() {
    let clinic = Clinic::with(nurse_amara());
    ok(import(&clinic.workstation, vec![baraka(1, "0700111222")]));
    let path = segment_path(clinic.folder.path(), Segment::Directory);
    let old = std::fs::read(&path).expect("old");
    ok(import(&clinic.workstation, vec![baraka(2, "0799333444")]));
    clinic.read_all();
    assert_eq!((clinic.found("0700111222"), clinic.found("0799333444")), (Some(0), Some(1)));
    assert_eq!(clinic.events(EventClass::IntegrityFinding), 0);
    clinic.lock();
    let new = std::fs::read(&path).expect("new");
    let heard = Arc::new(Mutex::new(0));
    let count = Arc::clone(&heard);
    clinic.workstation.listen(Arc::new(move |event| {
        if matches!(&event, WorkstationEvent::Notice(NoticeDto::Segment { segment, .. }) if *segment == keep_domain::Segment::Directory) {
            *acquire(&count) += 1;
        }
    }));
    let size = PAGE_SIZE as usize;
    let mut reported = 0;
    for page in 0..old.len() / size {
        let place = page * size..(page + 1) * size;
        if old[place.clone()] == new[place.clone()] {
            continue;
        }
        let mut mixed = new.clone();
        mixed[place.clone()].copy_from_slice(&old[place]);
        std::fs::write(&path, &mixed).expect("written");
        let events = clinic.events(EventClass::IntegrityFinding);
        if clinic.unlock_well().is_err() {
            std::fs::write(&path, &new).expect("back");
            continue;
        }
        let before = *acquire(&heard);
        clinic.read_all();
        assert_ne!(clinic.found("0700111222"), Some(1), "page {page}: the old phone finds somebody");
        assert_ne!(clinic.found("0799333444"), Some(0), "page {page}: somebody is said to be nowhere");
        // Reported once per session, and again to a reloaded page.
        if *acquire(&heard) > before {
            assert_eq!(*acquire(&heard), before + 1);
            let session = ok(unlock::session(&clinic.workstation));
            assert!(
                matches!(&session.notices[..], [NoticeDto::Segment { segment, .. }] if *segment == keep_domain::Segment::Directory)
            );
            assert!(clinic.events(EventClass::IntegrityFinding) > events);
            reported += 1;
        }
        clinic.lock();
        std::fs::write(&path, &new).expect("back");
    }
    assert!(reported > 0, "no page was noticed");
}
