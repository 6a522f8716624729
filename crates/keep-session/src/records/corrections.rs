//! Reading who marked records as entered in error, when and why.

use super::chart::{Chart, is_marked, names_of};
use crate::ctx::Ctx;
use crate::error::SessionError;
use crate::view::corrections::{Corrections, markings};
use crate::view::names::unnamed;
use crate::view::visible_record::VisibleRecord;
use keep_domain::ResourceKey;
use keep_store::RecordState;

/// The markings of those of these records that were entered in error.
pub(crate) fn corrections<'e>(
    ctx: &Ctx<'_>,
    chart: &Chart,
    shown: impl Iterator<Item = &'e VisibleRecord>,
) -> Result<Corrections, SessionError> {
    let marked: Vec<&VisibleRecord> = shown.filter(|e| is_marked(e)).collect();
    let mut found = Corrections::default();
    if marked.is_empty() {
        return Ok(found);
    }
    let base = ctx.workstation.settings().server.clone();
    let by_record = markings(&marked, chart.entries.iter().chain(&chart.markings), Some(&base));
    let mut wanted: Vec<ResourceKey> = by_record.values().filter_map(|p| unnamed(p.responsible.as_ref())).collect();
    wanted.sort_unstable();
    wanted.dedup();
    let names = names_of(ctx.store, &wanted)?.or_people(|| ctx.workstation.names());
    for entry in marked {
        let key = &entry.record.key;
        let may_undo = entry.record.state == RecordState::Pending
            && entry.may_correct(&chart.view)
            && ctx.store.can_undo(key, ctx.session.user)?;
        found.add(key, by_record.get(key), &names, may_undo);
    }
    Ok(found)
}
