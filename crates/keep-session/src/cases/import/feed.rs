//! Reading a file ahead of the store: blocks of lines, each read, checked and compressed on either of two threads, and
//! delivered in the order of the file.

use super::source::Source;
use super::tally::{ListedRecord, Place, place_of};
use crate::error::SessionError;
use crate::settings::io_code;
use keep_domain::ErrorCode;
use keep_fhir::{Block, Bundle, Raw, Unreadable, UnreadableKind, unpack};
use keep_store::Incoming;
use std::collections::BTreeMap;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// Bytes of one block: small enough to stay in a processor's cache between reading and compressing.
const BLOCK_BYTES: usize = 512 * 1024;
/// Number of texts at which a run is stored. A run is sorted by chart: returning to a chart later costs as much again
/// as storing its rows, so the first load of a small clinic is one run.
const RUN: usize = 200_000;
/// Approximate bytes of memory at which a run is stored even with fewer texts.
const RUN_BYTES: usize = 64 * 1024 * 1024;

/// Consecutive texts of the file.
#[derive(Default)]
pub(super) struct Run {
    /// Read and compressed.
    pub(super) incoming: Incoming,
    /// Lines that are not JSON.
    pub(super) broken: Vec<u64>,
    /// Where each text belongs.
    pub(super) records: Vec<ListedRecord>,
    /// Lines with a Bundle, whose entries were taken out.
    pub(super) bundles: u64,
}

/// Reads one file for the store.
pub(super) struct Feed {
    reading: Mutex<Reading>,
    reorder_buffer: Mutex<ReorderBuffer>,
    changed: Condvar,
}

struct Reading {
    source: Source,
    next: u64,
    ended: bool,
}

/// Blocks that are ready, by their number.
#[derive(Default)]
struct ReorderBuffer {
    blocks: BTreeMap<u64, Run>,
    /// The number of the next block.
    next: u64,
    /// The number of blocks, once it is known.
    end: Option<u64>,
    failed: Option<SessionError>,
    /// Tells the helper thread to end.
    stop: bool,
    /// Whether the helper thread has ended.
    alone: bool,
}

impl ReorderBuffer {
    /// The number of ready blocks without a gap, and whether they are enough for a run.
    fn ready(&self) -> (u64, bool) {
        let numbered = (self.next..).zip(&self.blocks);
        let counts = |due: u64, number: u64| due == number && self.end.is_none_or(|end| number < end);
        let blocks = numbered.take_while(|(due, (number, _))| counts(*due, **number)).map(|(_, (_, run))| run);
        let add =
            |(count, texts, bytes), run: &Run| (count + 1, texts + run.incoming.texts(), bytes + run.incoming.bytes());
        let (count, texts, bytes) = blocks.fold((0, 0, 0), add);
        (count, texts >= RUN || bytes >= RUN_BYTES)
    }

    /// Notes that the file has no block from this number on.
    fn end_at(&mut self, number: u64) {
        self.end = Some(self.end.map_or(number, |end| end.min(number)));
    }

    /// Whether the rest of the file is ready.
    fn is_whole(&self) -> bool {
        self.end == Some(self.next + self.ready().0)
    }
}

impl Feed {
    pub(super) fn new(source: Source) -> Self {
        let reading = Mutex::new(Reading { source, next: 0, ended: false });
        Self { reading, reorder_buffer: Mutex::default(), changed: Condvar::new() }
    }

    /// Passes runs to `store` until the file ends; this thread reads, too, while there is nothing to store.
    ///
    /// # Errors
    /// The error of `store`, or why the file could not be read to its end; earlier runs were stored.
    pub(super) fn run(&self, mut store: impl FnMut(Run) -> Result<(), SessionError>) -> Result<(), SessionError> {
        std::thread::scope(|scope| {
            let helper = scope.spawn(|| {
                let _says_so = Ending(self, |reorder_buffer| reorder_buffer.alone = true);
                let mut block = Block::default();
                while self.has_space() && self.read_block(&mut block) {}
            });
            let stored = {
                let _sends_it_away = Ending(self, |reorder_buffer| reorder_buffer.stop = true);
                let mut block = Block::default();
                std::iter::from_fn(|| self.next_run(&mut block)).try_for_each(&mut store)
            };
            let helped = helper.join();
            stored?;
            helped.map_err(|_| ErrorCode::Internal)?;
            self.reorder_buffer().failed.take().map_or(Ok(()), Err)
        })
    }

    /// The next run; `None` after the last one.
    fn next_run(&self, block: &mut Block) -> Option<Run> {
        loop {
            if let Some(run) = self.take_ready() {
                return run;
            }
            // A helper ends at the end of the file, or by a panic.
            let lost = |reorder_buffer: &ReorderBuffer| reorder_buffer.alone && reorder_buffer.end.is_none();
            if lost(&self.reorder_buffer()) {
                return None;
            }
            if !self.read_block(block) {
                // The helper thread is reading the missing block.
                let waits = |reorder_buffer: &mut ReorderBuffer| !reorder_buffer.alone && !reorder_buffer.is_whole();
                let reorder_buffer = self.changed.wait_while(self.reorder_buffer(), waits);
                let mut reorder_buffer = reorder_buffer.unwrap_or_else(PoisonError::into_inner);
                if !reorder_buffer.is_whole() {
                    reorder_buffer.failed.get_or_insert(SessionError::of(ErrorCode::Internal));
                    return None;
                }
            }
        }
    }

    /// The ready blocks, if they are enough for a run or the rest of the file; `Some(None)` at the end.
    fn take_ready(&self) -> Option<Option<Run>> {
        let mut reorder_buffer = self.reorder_buffer();
        let (count, enough) = reorder_buffer.ready();
        if !enough && !reorder_buffer.is_whole() {
            return None;
        }
        if count == 0 {
            return Some(None);
        }
        reorder_buffer.next += count;
        let due = reorder_buffer.next;
        let later = reorder_buffer.blocks.split_off(&due);
        let mut blocks = std::mem::replace(&mut reorder_buffer.blocks, later).into_values();
        drop(reorder_buffer);
        self.changed.notify_all();
        let mut run = blocks.next().unwrap_or_default();
        for block in blocks {
            run.incoming.append(block.incoming);
            run.broken.extend(block.broken);
            run.records.extend(block.records);
            run.bundles += block.bundles;
        }
        Some(Some(run))
    }

    /// Reads one block; `false` where none is left.
    fn read_block(&self, block: &mut Block) -> bool {
        let number = {
            let mut reading = self.reading.lock().unwrap_or_else(PoisonError::into_inner);
            if reading.ended {
                return false;
            }
            let failed = reading.source.fill(block, BLOCK_BYTES).err();
            let number = reading.next;
            reading.next += 1;
            if failed.is_some() || block.is_empty() {
                reading.ended = true;
                let mut reorder_buffer = self.reorder_buffer();
                reorder_buffer.end_at(number + u64::from(!block.is_empty()));
                if let Some(error) = failed {
                    reorder_buffer.failed.get_or_insert(SessionError::of(broken_file(&error)));
                }
                self.changed.notify_all();
            }
            number
        };
        if block.is_empty() {
            return false;
        }
        match read(block) {
            Ok(run) => {
                self.reorder_buffer().blocks.insert(number, run);
            }
            // The file ends before this block: nothing after a gap is stored.
            Err(error) => {
                self.reading.lock().unwrap_or_else(PoisonError::into_inner).ended = true;
                let mut reorder_buffer = self.reorder_buffer();
                reorder_buffer.failed.get_or_insert(error);
                reorder_buffer.end_at(number);
            }
        }
        self.changed.notify_all();
        true
    }

    /// Waits until something may be read ahead; `false` to stop.
    fn has_space(&self) -> bool {
        let full = |s: &mut ReorderBuffer| !s.stop && s.ready().1;
        let reorder_buffer =
            self.changed.wait_while(self.reorder_buffer(), full).unwrap_or_else(PoisonError::into_inner);
        !reorder_buffer.stop
    }

    fn reorder_buffer(&self) -> MutexGuard<'_, ReorderBuffer> {
        self.reorder_buffer.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Notes that one of the two threads ends, even by a panic, so that the other does not wait for it.
struct Ending<'f>(&'f Feed, fn(&mut ReorderBuffer));

impl Drop for Ending<'_> {
    fn drop(&mut self) {
        (self.1)(&mut self.0.reorder_buffer());
        self.0.changed.notify_all();
    }
}

/// The deepest Bundle inside of a Bundle that is taken apart.
const NESTED: usize = 4;

fn read(block: &Block) -> Result<Run, SessionError> {
    let mut run = Run::default();
    for (number, text) in block.texts() {
        match text {
            Ok(text) => run.add(number, text, 0)?,
            Err(error) => run.refuse(number, error.unreadable),
        }
    }
    Ok(run)
}

impl Run {
    /// Adds one text of the file; of a Bundle its entries.
    fn add(&mut self, line: u64, text: &str, depth: usize) -> Result<(), SessionError> {
        let bundle = if depth < NESTED && memchr::memmem::find(text.as_bytes(), b"\"Bundle\"").is_some() {
            Bundle::parse(text).ok()
        } else {
            None
        };
        if let Some(bundle) = bundle {
            self.bundles += 1;
            let unpacked = unpack(&bundle);
            let refused = ListedRecord { line, key: None, place: Place::Refused("no_resource") };
            self.records.extend(std::iter::repeat_n(refused, unpacked.without_resource));
            return unpacked.resources.iter().try_for_each(|resource| self.add(line, resource, depth + 1));
        }
        let broken = self.incoming.broken().len();
        self.incoming.add(text, None, true)?;
        if self.incoming.broken().len() > broken {
            let error = Raw::parse(text).err();
            self.refuse(line, error.unwrap_or(Unreadable::whole(UnreadableKind::Syntax)));
            return Ok(());
        }
        let (key, patient) = self.incoming.last();
        let place = place_of(key.as_ref(), patient, text);
        self.records.push(ListedRecord { line, key: key.map(|k| k.to_string()), place });
        Ok(())
    }

    fn refuse(&mut self, line: u64, why: Unreadable) {
        if self.broken.last() != Some(&line) {
            self.broken.push(line);
        }
        self.records.push(ListedRecord { line, key: None, place: Place::Refused(why.kind.name()) });
    }
}

/// The code of a read error: a compressed file may be cut off or damaged in the middle.
fn broken_file(error: &std::io::Error) -> ErrorCode {
    match error.kind() {
        std::io::ErrorKind::UnexpectedEof | std::io::ErrorKind::InvalidData | std::io::ErrorKind::Other => {
            ErrorCode::ImportBroken
        }
        _ => io_code(error),
    }
}
