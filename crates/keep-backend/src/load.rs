//! Bulk load of NDJSON files, plain or zstd.

use crate::error::BackendError;
use crate::fhir_error::FhirError;
use crate::storage::{IncomingResource, Storage, WriteRequest};
use keep_domain::Clock;
use rusqlite::Transaction;
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

/// Resources per transaction. Ids are random, so each transaction writes nearly every index page.
const PER_TRANSACTION: usize = 10_000;
/// Resources with the same `lastUpdated`.
const PER_TIMESTAMP: usize = 500;

/// Result of a load.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct LoadSummary {
    pub(crate) resources: usize,
    /// Number of lines that are not resources.
    pub(crate) invalid: usize,
}

/// Loads a file unless the same content was loaded before, so that a restart does not overwrite later changes.
///
/// `None` if it was loaded before.
///
/// # Errors
/// [`BackendError::Io`], and [`BackendError::Load`] if no line is a resource.
pub(crate) fn load_file(
    storage: &Storage,
    path: &Path,
    clock: &dyn Clock,
) -> Result<Option<LoadSummary>, BackendError> {
    let failed = || BackendError::io(format!("reading {}", path.display()));
    let name = format!("file {}", hash_file(path).map_err(failed())?);
    if storage.was_loaded(&name)? {
        return Ok(None);
    }
    let file = BufReader::with_capacity(1 << 20, File::open(path).map_err(failed())?);
    let loaded = if path.extension().is_some_and(|e| e == "zst") {
        let decoder = zstd::stream::read::Decoder::with_buffer(file).map_err(failed())?;
        load_lines(storage, BufReader::with_capacity(1 << 20, decoder), clock, path)?
    } else {
        load_lines(storage, file, clock, path)?
    };
    storage.mark_loaded(&name)?;
    Ok(Some(loaded))
}

/// Loads lines, one resource each, stored under its own id or a new one.
pub(crate) fn load_lines(
    storage: &Storage,
    lines: impl BufRead,
    clock: &dyn Clock,
    path: &Path,
) -> Result<LoadSummary, BackendError> {
    let mut lines = (1..).zip(lines.split(b'\n')).map(|(number, line)| line.map(|line| (number, line)));
    let (mut resources, mut invalid) = (0, Vec::new());
    loop {
        let chunk = lines.by_ref().take(PER_TRANSACTION).collect::<io::Result<Vec<_>>>();
        let mut chunk = chunk.map_err(BackendError::io(format!("reading {}", path.display())))?;
        if chunk.is_empty() {
            break;
        }
        chunk.retain(|(_, line)| !line.trim_ascii().is_empty());
        let rejected = storage.write(|t| store_chunk(t, &chunk, clock))?;
        resources += chunk.len() - rejected.len();
        invalid.extend(rejected);
    }
    let first = invalid.first().copied();
    if let Some(line) = first {
        tracing::warn!(invalid = invalid.len(), first = line, "skipped lines that are not FHIR resources");
    }
    match first {
        Some(line) if resources == 0 => Err(BackendError::Load { path: path.to_path_buf(), line }),
        _ => Ok(LoadSummary { resources, invalid: invalid.len() }),
    }
}

/// Stores lines and returns the numbers of those that are not resources.
fn store_chunk(
    transaction: &Transaction<'_>,
    chunk: &[(usize, Vec<u8>)],
    clock: &dyn Clock,
) -> Result<Vec<usize>, FhirError> {
    let mut invalid = Vec::new();
    for part in chunk.chunks(PER_TIMESTAMP) {
        let started = clock.now();
        for (number, line) in part {
            let text = std::str::from_utf8(line).unwrap_or_default();
            let Ok(resource) = IncomingResource::parse(text.trim_end()) else {
                invalid.push(*number);
                continue;
            };
            let id = resource.id.clone().unwrap_or_else(|| uuid::Uuid::new_v4().to_string());
            WriteRequest::new(&resource.resource_type, &id, Some(&resource), started).apply(transaction)?;
        }
    }
    Ok(invalid)
}

fn hash_file(path: &Path) -> io::Result<String> {
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
