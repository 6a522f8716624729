//! Exporting a change set that the server rejects, for whoever can enter it at the server by other means.

use super::give_up::check_others;
use super::queue;
use crate::ctx::Ctx;
use crate::dto::failure::FailureDto;
use crate::error::SessionError;
use crate::workstation::Workstation;
use keep_access::Action;
use keep_audit::{EventClass, EventDraft};
use keep_domain::{ErrorCode, Phi};
use keep_fhir::{Objection, Raw, collection_of};
use keep_hardening::private_file;
use keep_store::{ChangeSetId, EntryState, OutgoingSet, SetState};
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

/// More files of one name than any folder has.
const MOST_FILES: u32 = 100;

/// What was written.
#[derive(Debug)]
pub struct ExportedSet {
    /// The new file.
    pub path: PathBuf,
    /// The records in it.
    pub records: usize,
}

/// Writes a rejected change set with the server's words to a new file in `folder` that only this operating system user
/// can read. The file is not encrypted: whoever asks must have been told so. The change set stays as it is.
///
/// # Errors
/// `refused` for a colleague's set whose records this user may not mark as entered in error; `not_available` where it
/// is not rejected; `io` where no file can be made.
pub fn sync_export(workstation: &Workstation, change_set: u64, folder: &Path) -> Result<ExportedSet, FailureDto> {
    workstation.authorize(Action::RunSync, |unlocked| {
        export(&Ctx::new(workstation, unlocked)?, ChangeSetId(change_set), folder)
    })
}

fn export(ctx: &Ctx<'_>, id: ChangeSetId, folder: &Path) -> Result<ExportedSet, SessionError> {
    let (sets, _) = queue::read(ctx)?;
    let is_rejected = |set: &OutgoingSet| set.id == id && set.state == SetState::Rejected;
    let set = sets.into_iter().find(is_rejected).ok_or(ErrorCode::NotAvailable)?;
    if set.author != ctx.session.user {
        check_others(ctx, &set)?;
    }
    let keys: Vec<_> = set.entries.iter().map(|entry| entry.key.clone()).collect();
    let mut event = EventDraft::new(EventClass::Export).by(ctx.actor()).with_cause("rejected").with_resources(&keys);
    if let Some(patient) = queue::patient_of(&set) {
        event = event.about(Phi::new(patient));
    }
    // INVARIANT: the event is durable before the first byte leaves the encrypted store.
    ctx.workstation.enrolled_device()?.ledger.append(event)?;
    let path = write(folder, id, &bundle_of(&set)?).map_err(|_| ErrorCode::Io)?;
    Ok(ExportedSet { path, records: set.entries.len() })
}

fn bundle_of(set: &OutgoingSet) -> Result<Raw, SessionError> {
    // EXPOSE: written to the file that the user asked for.
    let parse = |text: &Phi<String>| Raw::parse(text.expose().as_str()).map_err(|_| ErrorCode::NotAvailable);
    let records = set.entries.iter().map(|entry| parse(&entry.raw)).collect::<Result<Vec<_>, _>>()?;
    let objections = set.entries.iter().filter(|e| e.state == EntryState::Rejected).filter_map(|e| {
        // EXPOSE: as above.
        Some(Objection { record: &e.key, words: e.outcome.as_ref()?.expose(), fields: &e.fields })
    });
    Ok(collection_of(&records, &objections.collect::<Vec<_>>()))
}

/// Writes to a file that did not exist; its name has no health information.
fn write(folder: &Path, id: ChangeSetId, bundle: &Raw) -> std::io::Result<PathBuf> {
    for n in 1..=MOST_FILES {
        let count = if n == 1 { String::new() } else { format!("-{n}") };
        let path = folder.join(format!("chartkeep-not-accepted-{}{count}.json", id.0));
        let mut file = match private_file::create_new(&path) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => continue,
            made => made?,
        };
        file.write_all(bundle.as_str().as_bytes())?;
        file.sync_all()?;
        return Ok(path);
    }
    Err(ErrorKind::AlreadyExists.into())
}
