//! The outcome of an unsent change when the server has another version.

use crate::sync_store::PushOutcome;
use keep_domain::Phi;
use keep_fhir::{Merge, Raw, Version, extract, meaning_equal, merge};
use keep_store::{Operation, OutgoingEntry};

/// The server's version of a resource.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TheirVersion<'a> {
    /// As received.
    pub(crate) text: &'a Phi<String>,
    /// From the `ETag`, where there was one.
    pub(crate) etag: Option<&'a str>,
}

impl<'a> From<&'a Phi<String>> for TheirVersion<'a> {
    fn from(text: &'a Phi<String>) -> Self {
        Self { text, etag: None }
    }
}

impl TheirVersion<'_> {
    /// Its version id: from the text, else from the `ETag`; empty on a server without versions.
    pub(crate) fn version(&self) -> String {
        // EXPOSE: only the version is read.
        let own = extract(self.text.expose()).ok().and_then(|found| found.version_id);
        own.or_else(|| self.etag.map(str::to_owned)).unwrap_or_default()
    }
}

/// Decides about `entry`, given the server's version; `None` where it was deleted there. Pure.
///
/// A server version that means the same is our own, whose response was lost; changes that do not overlap are merged;
/// everything else becomes a conflict for a person, with both versions retained.
pub(crate) fn reconcile(entry: &OutgoingEntry, theirs: Option<TheirVersion<'_>>) -> PushOutcome {
    let conflict = || PushOutcome::Conflict { key: entry.key.clone(), theirs: theirs.map(|t| t.text.clone()) };
    // EXPOSE: texts are compared and merged here, and leave as Phi.
    let read = |text: &Phi<String>| Raw::parse(text.expose().as_str()).ok();
    let (ours, base) = (read(&entry.raw), entry.base.as_ref().and_then(read));
    let server = theirs.and_then(|t| read(t.text));
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
    match (merge(base.as_ref(), mine, there), theirs) {
        (Ok(Merge::AlreadyThere), Some(theirs)) => delivered(entry, theirs),
        (Ok(Merge::BothDeleted), _) => {
            PushOutcome::Confirmed { key: entry.key.clone(), version: String::new(), last_updated: None }
        }
        (Ok(Merge::Merged(merged)), Some(theirs)) => {
            PushOutcome::Merged { theirs: theirs.text.clone(), merged: Phi::new(merged.into_string()) }
        }
        (Ok(Merge::AlreadyThere | Merge::Merged(_) | Merge::Conflict(_)) | Err(_), _) => conflict(),
    }
}

/// Whether the server's text means the same as the entry.
pub(crate) fn has_same_meaning(entry: &OutgoingEntry, theirs: &Phi<String>) -> bool {
    entry.operation != Operation::Delete && means_the_same(&entry.raw, theirs)
}

/// Whether two texts of one resource mean the same.
pub(crate) fn means_the_same(one: &Phi<String>, other: &Phi<String>) -> bool {
    // EXPOSE: compared only.
    let (one, other) = (Raw::parse(one.expose().as_str()), Raw::parse(other.expose().as_str()));
    matches!((one, other), (Ok(one), Ok(other)) if meaning_equal(&one, &other))
}

/// The outcome for an entry whose change the server's version includes.
pub(crate) fn delivered(entry: &OutgoingEntry, theirs: TheirVersion<'_>) -> PushOutcome {
    if !has_same_meaning(entry, theirs.text) {
        return PushOutcome::Arrived { theirs: theirs.text.clone(), version: theirs.version() };
    }
    // EXPOSE: only its time is read.
    let last_updated = extract(theirs.text.expose()).ok().and_then(|found| found.last_updated);
    PushOutcome::Confirmed { key: entry.key.clone(), version: theirs.version(), last_updated }
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

    fn some(text: &Phi<String>) -> Option<TheirVersion<'_>> {
        Some(text.into())
    }

    #[test]
    fn an_entry_without_a_change_of_its_own_takes_the_servers_text() {
        // `versionId` 2 with our text would hide the colleague's change for ever: the pull would find version 2 here.
        let unchanged = BASE.replace(r#""meta":{"versionId":"1"},"#, "");
        let outcome = reconcile(&entry(Some(BASE), &unchanged), some(&theirs("2", "booked", "changed there")));
        assert!(matches!(&outcome, PushOutcome::Arrived { theirs, version }
            if version == "2" && theirs.expose().contains("changed there")));
    }

    #[test]
    fn a_version_is_read_from_the_text_else_from_the_etag() {
        let bare = Phi::new(OURS.to_owned());
        assert_eq!(TheirVersion { text: &bare, etag: Some("7") }.version(), "7");
        assert_eq!(TheirVersion { text: &theirs("2", "booked", "x"), etag: Some("7") }.version(), "2");
        assert_eq!(TheirVersion { text: &bare, etag: None }.version(), "");
    }

    #[test]
    fn a_lost_response_is_recognised() {
        let outcome = reconcile(&entry(Some(BASE), OURS), some(&theirs("2", "arrived", "x")));
        assert!(matches!(outcome, PushOutcome::Confirmed { version, .. } if version == "2"));
        let create = reconcile(&entry(None, OURS), some(&theirs("1", "arrived", "x")));
        assert!(matches!(create, PushOutcome::Confirmed { .. }));
    }

    #[test]
    fn changes_that_do_not_overlap_are_merged() {
        let PushOutcome::Merged { merged, .. } = reconcile(&entry(Some(BASE), OURS), some(&theirs("2", "booked", "y")))
        else {
            panic!("not merged")
        };
        assert!(merged.expose().contains(r#""arrived""#) && merged.expose().contains(r#""y""#));
    }

    #[test]
    fn the_same_field_and_a_deletion_are_conflicts() {
        let same = reconcile(&entry(Some(BASE), OURS), some(&theirs("2", "cancelled", "x")));
        assert!(matches!(same, PushOutcome::Conflict { theirs: Some(_), .. }));
        assert!(matches!(reconcile(&entry(Some(BASE), OURS), None), PushOutcome::Conflict { theirs: None, .. }));
        assert!(matches!(
            reconcile(&entry(None, OURS), some(&theirs("1", "noshow", "q"))),
            PushOutcome::Conflict { .. }
        ));
        assert!(matches!(
            reconcile(&entry(None, OURS), some(&Phi::new(String::from("<html>")))),
            PushOutcome::Conflict { .. }
        ));
    }
}
