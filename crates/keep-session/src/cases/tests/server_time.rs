//! The server's time, and what is stored of it.

use super::{Clinic, NOON, ok};
use crate::cases::{chart, sync};
use crate::last_sync;
use crate::testing::nurse_amara;
use crate::trusted_clock::TrustedClock;
use keep_domain::Clock;
use keep_keys::{TIME_MARK_ITEM, TimeMark};
use keep_store::{Cursor, CursorKey};
use keep_sync::CHART_TYPES;
use std::time::Duration;

fn mark(clinic: &Clinic) -> TimeMark {
    let bytes = clinic.workstation.0.device.keychain.read(TIME_MARK_ITEM).expect("keychain").expect("a mark");
    // EXPOSE: a test reads the mark.
    serde_json::from_slice(bytes.expose()).expect("a mark")
}

#[test]
fn a_server_time_that_agrees_moves_the_stored_mark() {
    // Once it was stored at an unlock only, so that a killed program lost it.
    let clinic = Clinic::with(nurse_amara());
    clinic.clock.advance(Duration::from_secs(7_200));
    let now = NOON.plus_millis(7_200_000);
    assert!(mark(&clinic).trusted < now);
    clinic.workstation.take_server_time(now.plus_millis(90_000));
    assert_eq!(mark(&clinic).trusted, now, "and no further than the clock");
}

#[test]
fn one_wrong_date_does_not_poison_trusted_time() {
    let clinic = Clinic::with(nurse_amara());
    let before = mark(&clinic);
    for days in [400, 1, -1, -400] {
        clinic.workstation.take_server_time(NOON.plus_millis(days * 86_400_000));
    }
    assert_eq!(mark(&clinic), before);
    assert_eq!(TrustedClock(clinic.workstation.clone()).now(), NOON);
    clinic.lock();
    ok(clinic.unlock_well());
}

#[test]
fn a_completeness_claim_of_the_future_does_not_count() {
    let clinic = Clinic::with(nurse_amara()).synced();
    assert!(
        ok(chart::open_chart(&clinic.workstation, "maria"))
            .completeness
            .missing
            .iter()
            .all(|t| t != "AllergyIntolerance")
    );
    // As in a profile whose cursor was moved by a wrong `Date`.
    let ahead = NOON.plus_millis(400 * 86_400_000);
    let poisoned = clinic.workstation.with_session(|unlocked| {
        let (server, visibility) = clinic.workstation.cursor_names(unlocked)?;
        Ok(unlocked.store()?.write(|tx| {
            CHART_TYPES.iter().try_for_each(|name| {
                let (server, visibility) = (server.clone(), visibility.clone());
                let key = CursorKey { server, visibility, resource_type: (*name).to_owned() };
                tx.save_cursor(&key, &Cursor { complete_as_of: Some(ahead), ..Cursor::default() })
            })
        })?)
    });
    poisoned.map_err(|f| f.code).expect("saved");
    last_sync::keep(&clinic.workstation.0.device.profile, ahead);
    assert!(ok(sync::sync_page(&clinic.workstation)).types.iter().all(|t| t.complete.is_none()));
    assert_eq!(ok(sync::sync_status(&clinic.workstation)).complete, None);
    let chart = ok(chart::open_chart(&clinic.workstation, "maria"));
    assert!(chart.completeness.missing.iter().any(|t| t == "AllergyIntolerance"));
    assert_eq!(sync::lock_screen_status(&clinic.workstation).complete, None);
}
