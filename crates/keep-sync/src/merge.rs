//! The outcome of an unsent change when the server has another version.

use crate::sync_store::PushOutcome;
use keep_domain::Phi;
use keep_fhir::{Merge, Raw, Version, extract, meaning_equal, merge};
use keep_store::{Operation, OutgoingEntry};

/// Decides about `entry`, given the server's version; `None` where it was deleted there. Pure.
///
/// A server version that means the same is our own, whose response was lost; changes that do not overlap are merged;
/// everything else becomes a conflict for a person, with both versions retained.
pub(crate) fn reconcile(entry: &OutgoingEntry, theirs: Option<&Phi<String>>) -> PushOutcome {
    let conflict = || PushOutcome::Conflict { key: entry.key.clone(), theirs: theirs.cloned() };
    // EXPOSE: texts are compared and merged here, and leave as Phi.
    let read = |text: &Phi<String>| Raw::parse(text.expose().as_str()).ok();
    let (ours, base) = (read(&entry.raw), entry.base.as_ref().and_then(read));
    let server = theirs.and_then(read);
    let mine = match (entry.operation, &ours) {
        (Operation::Delete, _) => Version::Deleted,
        (Operation::Create | Operation::Update, Some(ours)) => Version::Present(ours),
        (Operation::Create | Operation::Update, None) => return conflict(),
    };
    let there = match (theirs, &server) {
        (None, _) => Version::Deleted,
        (Some(_), Some(server)) => Version::Present(server),
        (Some(_), None) => return conflict(),
    };
    match merge(base.as_ref(), mine, there) {
        Ok(Merge::AlreadyThere) => theirs.and_then(|t| confirmed(entry, t)).unwrap_or_else(conflict),
        Ok(Merge::BothDeleted) => {
            PushOutcome::Confirmed { key: entry.key.clone(), version: String::new(), last_updated: None }
        }
        Ok(Merge::Merged(merged)) => match theirs {
            Some(theirs) => PushOutcome::Merged { theirs: theirs.clone(), merged: Phi::new(merged.into_string()) },
            None => conflict(),
        },
        Ok(Merge::Conflict(_)) | Err(_) => conflict(),
    }
}

/// Whether the server's text means the same as the entry.
pub(crate) fn has_same_meaning(entry: &OutgoingEntry, theirs: &Phi<String>) -> bool {
    // EXPOSE: compared only.
    let (mine, server) = (Raw::parse(entry.raw.expose().as_str()), Raw::parse(theirs.expose().as_str()));
    entry.operation != Operation::Delete
        && matches!((mine, server), (Ok(mine), Ok(server)) if meaning_equal(&mine, &server))
}

/// The server's text as a confirmation; `None` where it has no version id.
pub(crate) fn confirmed(entry: &OutgoingEntry, theirs: &Phi<String>) -> Option<PushOutcome> {
    // EXPOSE: only version and time are read.
    let index = extract(theirs.expose()).ok()?;
    let (version, last_updated) = (index.version_id?, index.last_updated);
    Some(PushOutcome::Confirmed { key: entry.key.clone(), version, last_updated })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory_store::outgoing;
    use keep_store::EntryState;

    fn entry(base: Option<&str>, ours: &str) -> OutgoingEntry {
        OutgoingEntry { state: EntryState::InFlight, ..outgoing(ours, base.map(|b| ("1", b))) }
    }

    const BASE: &str =
        r#"{"resourceType":"Appointment","id":"a1","meta":{"versionId":"1"},"status":"booked","comment":"x"}"#;
    const OURS: &str = r#"{"resourceType":"Appointment","id":"a1","status":"arrived","comment":"x"}"#;

    fn theirs(version: &str, status: &str, comment: &str) -> Phi<String> {
        Phi::new(format!(
            r#"{{"resourceType":"Appointment","id":"a1","meta":{{"versionId":"{version}","lastUpdated":"2026-11-22T09:00:00Z"}},"status":"{status}","comment":"{comment}"}}"#
        ))
    }

    #[test]
    fn a_lost_response_is_recognised() {
        let outcome = reconcile(&entry(Some(BASE), OURS), Some(&theirs("2", "arrived", "x")));
        assert!(matches!(outcome, PushOutcome::Confirmed { version, .. } if version == "2"));
        let create = reconcile(&entry(None, OURS), Some(&theirs("1", "arrived", "x")));
        assert!(matches!(create, PushOutcome::Confirmed { .. }));
    }

    #[test]
    fn changes_that_do_not_overlap_are_merged() {
        let PushOutcome::Merged { merged, .. } = reconcile(&entry(Some(BASE), OURS), Some(&theirs("2", "booked", "y")))
        else {
            panic!("not merged")
        };
        assert!(merged.expose().contains(r#""arrived""#) && merged.expose().contains(r#""y""#));
    }

    #[test]
    fn the_same_field_and_a_deletion_are_conflicts() {
        let same = reconcile(&entry(Some(BASE), OURS), Some(&theirs("2", "cancelled", "x")));
        assert!(matches!(same, PushOutcome::Conflict { theirs: Some(_), .. }));
        assert!(matches!(reconcile(&entry(Some(BASE), OURS), None), PushOutcome::Conflict { theirs: None, .. }));
        assert!(matches!(
            reconcile(&entry(None, OURS), Some(&theirs("1", "noshow", "q"))),
            PushOutcome::Conflict { .. }
        ));
        assert!(matches!(
            reconcile(&entry(None, OURS), Some(&Phi::new(String::from("<html>")))),
            PushOutcome::Conflict { .. }
        ));
    }
}
