//! Bulk load of NDJSON, plain or zstd.

use crate::BackendError;
use crate::fhir::Refusal;
use crate::storage::{Incoming, Storage, WriteRequest};
use keep_domain::Clock;
use rusqlite::Transaction;
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

/// Resources in one transaction. Ids are random, so a small one would write nearly every index page again each time.
const CHUNK: usize = 10_000;
/// Resources with one `lastUpdated`.
const STAMPED: usize = 500;

/// What a load did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Loaded {
    pub(crate) resources: usize,
    /// Lines that are not resources.
    pub(crate) broken: usize,
}

/// Loads a file unless this very content was loaded before, so that a restart keeps later changes. `None` = was there.
///
/// # Errors
/// [`BackendError::Io`], and [`BackendError::Load`] when no line can be read.
pub(crate) fn load_file(storage: &Storage, path: &Path, clock: &dyn Clock) -> Result<Option<Loaded>, BackendError> {
    let named = || BackendError::io(format!("reading {}", path.display()));
    let name = format!("file {}", digest_of(path).map_err(named())?);
    if storage.was_loaded(&name).map_err(failed)? {
        return Ok(None);
    }
    let file = BufReader::with_capacity(1 << 20, File::open(path).map_err(named())?);
    let loaded = if path.extension().is_some_and(|e| e == "zst") {
        let decoder = zstd::stream::read::Decoder::with_buffer(file).map_err(named())?;
        load_lines(storage, BufReader::with_capacity(1 << 20, decoder), clock, path)?
    } else {
        load_lines(storage, file, clock, path)?
    };
    storage.mark_loaded(&name).map_err(failed)?;
    Ok(Some(loaded))
}

/// Loads lines; each is one resource, stored under its own id or a new one.
///
/// # Errors
/// As [`load_file`].
pub(crate) fn load_lines(
    storage: &Storage,
    mut lines: impl BufRead,
    clock: &dyn Clock,
    path: &Path,
) -> Result<Loaded, BackendError> {
    let (mut resources, mut broken, mut number) = (0, Vec::new(), 0);
    let mut chunk: Vec<(usize, String)> = Vec::with_capacity(CHUNK);
    loop {
        let mut line = Vec::new();
        let read =
            lines.read_until(b'\n', &mut line).map_err(BackendError::io(format!("reading {}", path.display())))?;
        if read > 0 {
            number += 1;
            match String::from_utf8(line) {
                Ok(text) if text.trim().is_empty() => {}
                Ok(text) => chunk.push((number, text)),
                Err(_) => broken.push(number),
            }
        }
        if chunk.len() >= CHUNK || (read == 0 && !chunk.is_empty()) {
            let refused = storage.write(|t| store_chunk(t, &chunk, clock)).map_err(failed)?;
            resources += chunk.len() - refused.len();
            broken.extend(refused);
            chunk.clear();
        }
        if read == 0 {
            break;
        }
    }
    let first = broken.iter().min().copied();
    if let Some(line) = first {
        tracing::warn!(broken = broken.len(), line, "lines that are not resources were left out");
    }
    match first {
        Some(line) if resources == 0 => Err(BackendError::Load { path: path.to_path_buf(), line }),
        _ => Ok(Loaded { resources, broken: broken.len() }),
    }
}

/// Stores the lines and gives the numbers of those that are not resources.
fn store_chunk(
    transaction: &Transaction<'_>,
    chunk: &[(usize, String)],
    clock: &dyn Clock,
) -> Result<Vec<usize>, Refusal> {
    let mut broken = Vec::new();
    for part in chunk.chunks(STAMPED) {
        let started = clock.now();
        for (number, text) in part {
            let Ok(resource) = Incoming::read(text.trim_end()) else {
                broken.push(*number);
                continue;
            };
            let id = resource.id.clone().unwrap_or_else(|| uuid::Uuid::new_v4().to_string());
            let request = WriteRequest {
                resource_type: &resource.resource_type,
                id: &id,
                resource: Some(&resource),
                if_match: None,
                method: "PUT",
                started,
            };
            request.apply(transaction)?;
        }
    }
    Ok(broken)
}

fn digest_of(path: &Path) -> io::Result<String> {
    let mut file = File::open(path)?;
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 1 << 20];
    loop {
        let read = file.read(&mut buffer)?;
        if read == 0 {
            return Ok(data_encoding::HEXLOWER.encode(&hash.finalize()));
        }
        hash.update(buffer.get(..read).unwrap_or_default());
    }
}

fn failed(refusal: Refusal) -> BackendError {
    BackendError::Database(refusal.diagnostics)
}
