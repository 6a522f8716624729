//! The site's name: that of the only top-level organisation in the synced records.

use crate::ctx::Ctx;
use crate::error::SessionError;
use crate::settings::WorkstationSettings;
use crate::state::unlocked::Unlocked;
use crate::workstation::Workstation;
use keep_audit::{EventClass, EventDraft};
use keep_fhir::Raw;
use keep_fhir::lens::organization;
use keep_store::Record;

/// The most organisations that are read; a server with more serves several sites.
const MOST: usize = 50;

/// The site's name, or the workstation's while it is not known.
pub(crate) fn shown(settings: &WorkstationSettings) -> String {
    if settings.site.is_empty() { settings.name.clone() } else { settings.site.clone() }
}

/// Reads the site's name from the records if it is not known yet.
pub(crate) fn learn(workstation: &Workstation, unlocked: &Unlocked) -> Result<(), SessionError> {
    if !workstation.settings().site.is_empty() {
        return Ok(());
    }
    if unlocked.store.is_none() {
        return Ok(());
    }
    let ctx = Ctx::new(workstation, unlocked)?;
    let event = EventDraft::new(EventClass::Search).by(unlocked.actor()).with("list", "site");
    let organisations = ctx.read_audited(event, |store| store.shared_records("Organization", MOST))?;
    match name_of(&organisations) {
        Some(site) => workstation.change_settings(|w| w.site = site),
        None => Ok(()),
    }
}

/// The name of the only organisation that is not part of another; `None` if there are several.
fn name_of(organisations: &[Record]) -> Option<String> {
    let mut names = organisations.iter().filter_map(|record| {
        // EXPOSE: an organisation's name is not health information.
        let raw = Raw::parse(record.raw.expose().as_str()).ok()?;
        let lens = organization(&raw).ok().filter(|o| o.active && !o.is_part)?;
        lens.name.map(|n| n.trim().to_owned()).filter(|n| !n.is_empty())
    });
    let first = names.next()?;
    names.next().is_none().then_some(first)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::fixtures::record;

    fn check(texts: &[&str], expected: Option<&str>) {
        let records: Vec<Record> = texts.iter().map(|t| record(t)).collect();
        assert_eq!(name_of(&records).as_deref(), expected);
    }

    #[test]
    fn the_only_organisation_at_the_top_is_the_site() {
        let north = r#"{"resourceType":"Organization","id":"o","active":true,"name":"Kisumu North Health Centre"}"#;
        let department =
            r#"{"resourceType":"Organization","id":"w","name":"Ward 2","partOf":{"reference":"Organization/o"}}"#;
        let closed = r#"{"resourceType":"Organization","id":"c","active":false,"name":"Old clinic"}"#;
        check(&[north, department, closed], Some("Kisumu North Health Centre"));
        check(&[north, r#"{"resourceType":"Organization","id":"s","name":"South"}"#], None);
        check(&[], None);
    }
}
