//! The directory's journal of repairs, and the cursors that a repair resets.

use crate::cursor::{Cursor, CursorRow, PullOutcome};
use crate::error::StoreError;
use crate::journal::JournalKind;
use crate::mutex::acquire;
use crate::repair::{Repair, RepairCause, RepairRow};
use crate::resource_type::segments_of;
use crate::segment_access::SegmentAccess;
use crate::segment_file::fresh_start_path;
use crate::store::Store;
use crate::tagged::TaggedWriter;
use keep_domain::{Segment, UtcMillis};
use keep_hardening::private_file;
use keep_keys::SegmentKey;
use rusqlite::{Connection, Transaction, TransactionBehavior};

/// A cursor position that no pull can parse: the pull starts over and looks for all deletions.
const RESTART: &str = "anew";

/// Records these repairs, on a connection where the directory is the only file, and resets the cursors of the types
/// that they concern.
///
/// INVARIANT: this is durable before a new file is created and before a stale one is used: an empty file with complete
/// cursors would claim that no patient has any records.
pub(crate) fn begin_repairs(conn: &Connection, directory: &SegmentKey, repairs: &[Repair]) -> Result<(), StoreError> {
    let access = SegmentAccess::alone(directory);
    in_transaction(conn, &access, |writer| {
        repairs.iter().try_for_each(|repair| {
            put(writer, repair)?;
            reset_cursors(writer, &access, repair)
        })
    })
}

/// Continues the epoch of a stale file from the last known one, so that it differs from the old copy.
pub(crate) fn raise_epoch(conn: &Connection, key: &SegmentKey, seen: i64) -> Result<(), StoreError> {
    let access = SegmentAccess::alone(key);
    in_transaction(conn, &access, |writer| {
        writer.raise_epoch(seen);
        Ok(())
    })
}

/// Writes on a connection that no store uses yet; rolls back on error.
fn in_transaction(
    conn: &Connection,
    access: &SegmentAccess,
    write: impl FnOnce(&mut TaggedWriter<'_>) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let tx = Transaction::new_unchecked(conn, TransactionBehavior::Immediate)?;
    let mut writer = TaggedWriter::begin(&tx, access)?;
    write(&mut writer)?;
    writer.finish()?;
    Ok(tx.commit()?)
}

pub(crate) fn put(writer: &mut TaggedWriter<'_>, repair: &Repair) -> Result<(), StoreError> {
    let row = RepairRow {
        cause: repair.cause,
        since: repair.since.0,
        generation: repair.generation,
        kept: repair.set_aside.clone(),
        carried: repair.carried_over,
        just_set_aside: repair.just_set_aside,
    };
    writer.put_journal(repair.segment.name().as_bytes(), &row)
}

/// The type that a cursor is about: `Patient/_history` is about `Patient`.
fn type_of(resource_type: &str) -> &str {
    resource_type.split('/').next().unwrap_or(resource_type)
}

fn reset_cursors(writer: &mut TaggedWriter<'_>, access: &SegmentAccess, repair: &Repair) -> Result<(), StoreError> {
    let cursors: Vec<(Vec<u8>, CursorRow)> = access.journals(writer.conn, &[])?;
    for (key, mut row) in cursors {
        // An older directory does not know what happened to the other files since: none of its claims is valid.
        let is_older_directory = repair.segment == Segment::Directory && repair.cause == RepairCause::Stale;
        if is_older_directory {
            (row.cursor.complete_as_of, row.cursor.compared) = (None, None);
        } else if !segments_of(type_of(&row.resource_type)).contains(&repair.segment) {
            continue;
        }
        // If a type is also stored in a lower segment, that is all that most users see, and their claim stays true; a
        // stale file still has its rows. Both are pulled again from the beginning.
        let is_lowest = segments_of(type_of(&row.resource_type)).first() == Some(&repair.segment);
        if repair.cause == RepairCause::Rebuild && is_lowest {
            writer.drop_journal(JournalKind::Cursor, &key)?;
        } else {
            RESTART.clone_into(&mut row.cursor.position);
            writer.put_journal(&key, &row)?;
        }
    }
    Ok(())
}

impl Store {
    /// The cursor of a pull that never ran. A rebuilt directory has no cursors, though the other segments have pulled
    /// records, among them some that the server may have deleted since.
    pub(crate) fn first_cursor(&self) -> Cursor {
        let is_new =
            acquire(&self.repairs).iter().any(|r| r.segment == Segment::Directory && r.cause == RepairCause::Rebuild);
        Cursor { position: if is_new { RESTART.to_owned() } else { String::new() }, ..Cursor::default() }
    }

    /// The repairs in progress.
    #[must_use]
    pub fn repairs(&self) -> Vec<Repair> {
        acquire(&self.repairs).clone()
    }

    pub(crate) fn load_repairs(&self) -> Result<(), StoreError> {
        let access = self.access(Segment::Directory)?;
        let rows: Vec<(Vec<u8>, RepairRow)> = self.read(|conn| access.journals(conn, &[]))?;
        let repair = |(key, row): (Vec<u8>, RepairRow)| {
            Some(Repair {
                segment: Segment::from_name(std::str::from_utf8(&key).ok()?)?,
                cause: row.cause,
                since: UtcMillis(row.since),
                generation: row.generation,
                set_aside: row.kept,
                carried_over: row.carried,
                just_set_aside: row.just_set_aside,
            })
        };
        *acquire(&self.repairs) = rows.into_iter().filter_map(repair).collect();
        Ok(())
    }

    /// Records that damage was found in a segment, so that later sessions, too, report nothing of it as absent.
    ///
    /// # Errors
    /// What the directory refuses; this session remembers it nevertheless.
    pub fn note_damage(&self, segment: Segment) -> Result<(), StoreError> {
        let access = self.access(segment)?;
        let mut repair = Repair {
            segment,
            cause: RepairCause::Damaged,
            since: self.clock.now(),
            generation: access.generation,
            set_aside: String::new(),
            carried_over: true,
            just_set_aside: false,
        };
        {
            let mut known = acquire(&self.repairs);
            match known.iter_mut().find(|r| r.segment == segment) {
                Some(before) if before.cause == RepairCause::Damaged => return Ok(()),
                // The segment would not be whole after the repair in progress: it starts over.
                Some(before) => {
                    repair.set_aside.clone_from(&before.set_aside);
                    repair.carried_over = before.carried_over;
                    *before = repair.clone();
                }
                None => known.push(repair.clone()),
            }
        }
        if self.is_read_only(Segment::Directory) {
            return Ok(());
        }
        self.write_bulk(|tx| put(tx.writer(Segment::Directory)?, &repair))
    }

    /// Has the file of a damaged segment set aside at the next opening. Called after a successful sync, so that the
    /// server can be expected to fill the next file.
    ///
    /// # Errors
    /// File errors.
    pub fn request_fresh_start(&self, segment: Segment) -> Result<(), StoreError> {
        let generation = self.access(segment)?.generation;
        let path = fresh_start_path(&self.profile, segment);
        Ok(private_file::replace(&path, generation.to_string().as_bytes())?)
    }

    /// Ends the repairs whose types have all been pulled since, and returns them. Called after a successful sync with
    /// `visibility`.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] where a row does not fit its tag.
    pub fn end_repairs(&self, server: &str, visibility: &str) -> Result<Vec<Repair>, StoreError> {
        let may_end =
            |r: &Repair| matches!(r.cause, RepairCause::Rebuild | RepairCause::Stale) && self.is_open(r.segment);
        let open: Vec<Repair> = self.repairs().into_iter().filter(may_end).collect();
        if open.is_empty() {
            return Ok(Vec::new());
        }
        let cursors: Vec<CursorRow> = self.cursor_rows(&[server, visibility])?.collect();
        let is_done = |repair: &Repair| {
            let is_of_segment = |c: &&CursorRow| {
                // A type that the server does not have fills no segment.
                c.cursor.outcome != PullOutcome::NotOffered
                    && !c.resource_type.contains('/')
                    && segments_of(&c.resource_type).contains(&repair.segment)
            };
            let mut of_segment = cursors.iter().filter(is_of_segment).map(|c| &c.cursor).peekable();
            of_segment.peek().is_some() && of_segment.all(|c| c.position != RESTART && c.complete_as_of.is_some())
        };
        let done: Vec<Repair> = open.into_iter().filter(is_done).collect();
        if done.is_empty() {
            return Ok(done);
        }
        self.write(|tx| {
            done.iter().try_for_each(|repair| {
                if repair.carried_over || repair.set_aside.is_empty() {
                    let key = repair.segment.name().as_bytes();
                    return tx.drop_journal(Segment::Directory, JournalKind::Repair, key);
                }
                put(tx.writer(Segment::Directory)?, &Repair { cause: RepairCause::CarryOverPending, ..repair.clone() })
            })
        })?;
        self.load_repairs()?;
        Ok(done)
    }
}
