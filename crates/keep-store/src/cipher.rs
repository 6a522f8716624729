//! Opens encrypted files: the only place where a database key meets SQLCipher.

use crate::error::StoreError;
use keep_hardening::private_file::{self, Kind};
use keep_keys::DatabaseKey;
use rusqlite::{Connection, OpenFlags, ffi};
use std::path::Path;
use std::sync::Once;
use zeroize::Zeroizing;

/// Bytes per page; the layout was measured with it.
pub const PAGE_SIZE: u32 = 8192;

/// The oldest SQLCipher, as (major, minor).
const OLDEST_CIPHER: (u32, u32) = (4, 19);
/// The oldest SQLite, 3.51.3, in its own numbering.
const OLDEST_SQLITE: i32 = 3_051_003;
/// How long one connection waits for another, milliseconds.
const BUSY_MS: u64 = 5_000;

/// What may happen to the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OpenMode {
    /// The file exists and is only read.
    Read,
    /// The file exists.
    Write,
    /// The file may be made.
    Create,
}

/// Opens `path` with its raw key and asserts everything that the design relies on.
///
/// # Errors
/// [`StoreError::NotOpened`] for another key or a damaged first page, [`StoreError::Unsuitable`] where the
/// library or the file does not have a property that must hold, and file errors.
pub fn open_cipher(path: &Path, key: &DatabaseKey, mode: OpenMode) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_NO_MUTEX
        | match mode {
            OpenMode::Read => OpenFlags::SQLITE_OPEN_READ_ONLY,
            OpenMode::Write => OpenFlags::SQLITE_OPEN_READ_WRITE,
            OpenMode::Create => OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE,
        };
    check_library()?;
    check_files(path, mode)?;
    let conn = Connection::open_with_flags(path, flags)?;
    set_key(&conn, key)?;
    conn.busy_timeout(std::time::Duration::from_millis(BUSY_MS))?;
    conn.set_prepared_statement_cache_capacity(160);
    run_pragma(&conn, &format!("PRAGMA page_size = {PAGE_SIZE}"))?;
    // The first read decides whether the key fits. It comes before any journal mode is set: in the mode that a file is
    // opened with, a journal whose super-journal is gone is removed, and its name cannot be met again.
    let _: i64 = conn.query_row("SELECT count(*) FROM sqlite_schema", [], |r| r.get(0))?;
    for pragma in ["PRAGMA temp_store = MEMORY", "PRAGMA foreign_keys = ON", "PRAGMA trusted_schema = OFF"] {
        run_pragma(&conn, pragma)?;
    }
    harden(&conn, "main", mode)?;
    Ok(conn)
}

/// SQLite opens anything at the path of the file and of its journals, and would wait for ever for a pipe. So anything
/// but a regular file counts as damage; in the place of a journal it is moved away, so that the database is still read
/// and verified. A file to be written, and its journals, are accessible to their owner only.
fn check_files(path: &Path, mode: OpenMode) -> Result<(), StoreError> {
    for ending in ["", "-journal", "-wal", "-shm"] {
        let mut name = path.as_os_str().to_owned();
        name.push(ending);
        let beside = Path::new(&name);
        match private_file::kind(beside)? {
            Kind::Other if mode == OpenMode::Read || ending.is_empty() => return Err(StoreError::NotOpened("file")),
            Kind::Other => private_file::set_aside(beside)?,
            Kind::File if mode != OpenMode::Read => private_file::restrict_file(beside)?,
            Kind::Absent if mode == OpenMode::Create && ending.is_empty() => drop(private_file::create_new(beside)?),
            Kind::File | Kind::Absent => {}
        }
    }
    Ok(())
}

/// Attaches `path` as `schema`, an identifier of this crate's own, with the key as a bound parameter.
///
/// # Errors
/// As [`open_cipher`].
pub(crate) fn attach_cipher(conn: &Connection, path: &Path, schema: &str, key: &DatabaseKey) -> Result<(), StoreError> {
    let path = path.to_str().ok_or(StoreError::Invalid("profile path is not utf-8"))?;
    let mode = if conn.is_readonly("main")? { OpenMode::Read } else { OpenMode::Write };
    check_files(Path::new(path), mode)?;
    let text = key_text(key);
    let text = std::str::from_utf8(&text[..]).map_err(|_| StoreError::Internal("key text"))?;
    conn.execute(&format!("ATTACH DATABASE ?1 AS {schema} KEY ?2"), [path, text])?;
    let _: i64 = conn.query_row(&format!("SELECT count(*) FROM {schema}.sqlite_schema"), [], |r| r.get(0))?;
    let read_only = conn.is_readonly(schema)?;
    harden(conn, schema, if read_only { OpenMode::Read } else { OpenMode::Write })
}

/// Sets and asserts the durability and cipher settings of one schema.
// INVARIANT: attached files commit together only in a rollback-journal mode, and survive power loss only
// with synchronous FULL on each of them.
fn harden(conn: &Connection, schema: &str, mode: OpenMode) -> Result<(), StoreError> {
    if mode != OpenMode::Read {
        let journal: String = conn.query_row(&format!("PRAGMA {schema}.journal_mode = TRUNCATE"), [], |r| r.get(0))?;
        check(journal.eq_ignore_ascii_case("truncate"), "journal mode")?;
        run_pragma(conn, &format!("PRAGMA {schema}.synchronous = FULL"))?;
        run_pragma(conn, &format!("PRAGMA {schema}.secure_delete = ON"))?;
        check(read(conn, &format!("PRAGMA {schema}.synchronous"))? == "2", "synchronous")?;
        check(read(conn, &format!("PRAGMA {schema}.secure_delete"))? == "1", "secure delete")?;
    }
    check(read(conn, &format!("PRAGMA {schema}.cipher_use_hmac"))? == "1", "page hmac")?;
    check(read(conn, &format!("PRAGMA {schema}.page_size"))? == PAGE_SIZE.to_string(), "page size")?;
    check(read(conn, "PRAGMA temp_store")? == "2", "temp store")?;
    check(read(conn, "PRAGMA foreign_keys")? == "1", "foreign keys")
}

/// Has a connection overwrite the head of its journal at a commit instead of truncating the file. It remains the same
/// rollback journal with the same syncs, and other connections may still truncate it.
///
/// # Errors
/// [`StoreError::Unsuitable`] if SQLite does not accept the mode.
pub(crate) fn persist_journal_file(conn: &Connection) -> Result<(), StoreError> {
    let journal: String = conn.query_row("PRAGMA main.journal_mode = PERSIST", [], |r| r.get(0))?;
    check(journal.eq_ignore_ascii_case("persist"), "journal mode")
}

/// The result of a pragma; SQLCipher returns numbers as text, SQLite as integers.
fn read(conn: &Connection, pragma: &str) -> Result<String, StoreError> {
    use rusqlite::types::ValueRef;
    Ok(conn.query_row(pragma, [], |r| {
        Ok(match r.get_ref(0)? {
            ValueRef::Integer(n) => n.to_string(),
            ValueRef::Text(t) => String::from_utf8_lossy(t).into_owned(),
            _ => String::new(),
        })
    })?)
}

/// The libraries that this build runs on: name and version, for IT.
///
/// # Errors
/// Only if SQLite itself fails.
pub fn library_versions() -> Result<Vec<(&'static str, String)>, StoreError> {
    let _installed = wiping::install();
    let probe = Connection::open_in_memory()?;
    let cipher = probe.query_row("PRAGMA cipher_version", [], |r| r.get(0))?;
    Ok(vec![("sqlcipher", cipher), ("sqlite", rusqlite::version().to_owned())])
}

/// Runs one pragma, which may return rows.
fn run_pragma(conn: &Connection, pragma: &str) -> Result<(), StoreError> {
    let mut statement = conn.prepare(pragma)?;
    let mut rows = statement.query([])?;
    while rows.next()?.is_some() {}
    Ok(())
}

const fn check(holds: bool, what: &'static str) -> Result<(), StoreError> {
    if holds { Ok(()) } else { Err(StoreError::Unsuitable(what)) }
}

/// Checks versions and sets the process-wide defaults that attached files take.
fn check_library() -> Result<(), StoreError> {
    static DEFAULTS: Once = Once::new();
    let _false_where_sqlite_was_in_use_before = wiping::install();
    check(rusqlite::version_number() >= OLDEST_SQLITE, "sqlite version")?;
    let probe = Connection::open_in_memory()?;
    let version: String = probe.query_row("PRAGMA cipher_version", [], |r| r.get(0))?;
    let mut numbers = version.split(['.', ' ']).map(|n| n.parse::<u32>().unwrap_or(0));
    let found = (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0));
    check(found >= OLDEST_CIPHER, "sqlcipher version")?;
    let mut outcome = Ok(());
    DEFAULTS.call_once(|| {
        // Its log would go to stderr.
        let pragmas = [
            "PRAGMA cipher_log_level = NONE".to_owned(),
            format!("PRAGMA cipher_default_page_size = {PAGE_SIZE}"),
            "PRAGMA cipher_default_use_hmac = ON".to_owned(),
            "PRAGMA cipher_default_hmac_algorithm = HMAC_SHA256".to_owned(),
            "PRAGMA cipher_default_kdf_algorithm = PBKDF2_HMAC_SHA256".to_owned(),
        ];
        outcome = pragmas.iter().try_for_each(|p| run_pragma(&probe, p));
    });
    outcome
}

/// `x'` + 64 hex digits of key + 32 hex digits of salt + `'`: SQLCipher's form of a raw key.
fn key_text(key: &DatabaseKey) -> Zeroizing<[u8; 99]> {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    let mut text = Zeroizing::new([b'\''; 99]);
    let nibbles = key.key().iter().chain(key.salt()).flat_map(|b| [b >> 4, b & 15]);
    let digits = nibbles.map(|n| HEX.get(usize::from(n)).copied().unwrap_or(b'0'));
    text.iter_mut().zip([b'x', b'\''].into_iter().chain(digits)).for_each(|(o, d)| *o = d);
    text
}

#[expect(unsafe_code, reason = "rusqlite has no safe call that takes a key without writing it into SQL text")]
fn set_key(conn: &Connection, key: &DatabaseKey) -> Result<(), StoreError> {
    let text = key_text(key);
    let length = i32::try_from(text.len()).unwrap_or(0);
    // SAFETY: the handle belongs to a live connection that no other thread uses, the schema name is a C
    // string, and SQLCipher copies the key bytes before it returns.
    let code = unsafe { ffi::sqlite3_key_v2(conn.handle(), c"main".as_ptr(), text.as_ptr().cast(), length) };
    if code == ffi::SQLITE_OK { Ok(()) } else { Err(StoreError::Database(code)) }
}

/// SQLite's memory is wiped when it is freed: its pages and values are PHI in clear.
///
/// The library's own allocator stays; a layer above it overwrites each block before it is freed.
/// `PRAGMA cipher_memory_security` would also lock every block with a system call each, which costs far more.
mod wiping {
    use rusqlite::ffi;
    use std::ffi::{c_int, c_void};
    use std::sync::OnceLock;

    /// The allocator below; set once, before SQLite is initialized.
    static BELOW: OnceLock<Below> = OnceLock::new();

    struct Below {
        malloc: unsafe extern "C" fn(c_int) -> *mut c_void,
        free: unsafe extern "C" fn(*mut c_void),
        size: unsafe extern "C" fn(*mut c_void) -> c_int,
    }

    /// Puts the wiping layer in place, the first time it is called. Where SQLite was already in use by then (a
    /// test that opened a connection of its own), it refuses, keeps its plain allocator, and this says `false`.
    #[expect(unsafe_code, reason = "SQLite takes its allocator as a table of C functions")]
    pub(super) fn install() -> bool {
        static DONE: OnceLock<bool> = OnceLock::new();
        *DONE.get_or_init(|| {
            // SAFETY: an all-zero table is a valid value (null context, no functions), and GETMALLOC fills it.
            let mut methods: ffi::sqlite3_mem_methods = unsafe { std::mem::zeroed() };
            // SAFETY: GETMALLOC takes one pointer to a table that outlives the call.
            let code = unsafe { ffi::sqlite3_config(ffi::SQLITE_CONFIG_GETMALLOC, &raw mut methods) };
            let (Some(malloc), Some(free), Some(size)) = (methods.xMalloc, methods.xFree, methods.xSize) else {
                return false;
            };
            if code != ffi::SQLITE_OK || BELOW.set(Below { malloc, free, size }).is_err() {
                return false;
            }
            methods.xFree = Some(wipe_and_free);
            methods.xRealloc = Some(move_and_wipe);
            // SAFETY: MALLOC copies the table; its functions are static and keep SQLite's contract.
            unsafe { ffi::sqlite3_config(ffi::SQLITE_CONFIG_MALLOC, &raw mut methods) == ffi::SQLITE_OK }
        })
    }

    /// Blocks wiped so far, for the test that the layer is in use.
    #[cfg(test)]
    pub(super) static WIPED: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(0);

    #[expect(unsafe_code, reason = "called by SQLite with a block of the allocator below")]
    unsafe extern "C" fn wipe_and_free(block: *mut c_void) {
        let Some(below) = BELOW.get() else { return };
        if block.is_null() {
            return;
        }
        // SAFETY: SQLite hands over a block of `below.malloc` that nobody else uses; `size` is its usable length.
        unsafe {
            let length = usize::try_from((below.size)(block)).unwrap_or(0);
            // Not removed by the compiler: the block escapes into the call that follows.
            std::ptr::write_bytes(block.cast::<u8>(), 0, length);
            (below.free)(block);
        }
        #[cfg(test)]
        WIPED.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    }

    #[expect(unsafe_code, reason = "called by SQLite with a block of the allocator below")]
    unsafe extern "C" fn move_and_wipe(block: *mut c_void, length: c_int) -> *mut c_void {
        let Some(below) = BELOW.get() else { return std::ptr::null_mut() };
        // SAFETY: as in `wipe_and_free`; the new block is at least `length` long, and the two do not overlap.
        unsafe {
            let old = (below.size)(block);
            if old >= length {
                return block;
            }
            let moved = (below.malloc)(length);
            if !moved.is_null() {
                let copied = usize::try_from(old.min(length)).unwrap_or(0);
                std::ptr::copy_nonoverlapping(block.cast::<u8>(), moved.cast::<u8>(), copied);
                wipe_and_free(block);
            }
            moved
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_its_own_key_opens_a_file() {
        let dir = tempfile::tempdir().expect("dir");
        let path = dir.path().join("a.db");
        let key = DatabaseKey::for_tests(1);
        let conn = open_cipher(&path, &key, OpenMode::Create).expect("made");
        conn.execute_batch("CREATE TABLE t (x TEXT) STRICT; INSERT INTO t VALUES ('Zebulon Canary')").expect("row");
        drop(conn);
        let bytes = std::fs::read(&path).expect("bytes");
        assert_eq!(&bytes[..16], key.salt());
        assert!(!bytes.windows(7).any(|w| w == b"Zebulon"));
        assert!(matches!(
            open_cipher(&path, &DatabaseKey::for_tests(2), OpenMode::Write),
            Err(StoreError::NotOpened(_))
        ));
        let back = open_cipher(&path, &key, OpenMode::Read).expect("opened");
        assert!(back.execute("INSERT INTO t VALUES ('x')", []).is_err());
        assert!(matches!(open_cipher(&dir.path().join("b.db"), &key, OpenMode::Write), Err(StoreError::Database(_))));
    }

    #[test]
    fn attached_files_have_keys_of_their_own_and_the_same_settings() {
        let dir = tempfile::tempdir().expect("dir");
        let (a, b) = (dir.path().join("a.db"), dir.path().join("b.db"));
        let (ka, kb) = (DatabaseKey::for_tests(1), DatabaseKey::for_tests(2));
        let conn = open_cipher(&b, &kb, OpenMode::Create).expect("made");
        conn.execute_batch("CREATE TABLE t (x TEXT) STRICT").expect("table");
        drop(conn);
        let conn = open_cipher(&a, &ka, OpenMode::Create).expect("made");
        assert!(attach_cipher(&conn, &b, "wrong", &ka).is_err());
        let conn = open_cipher(&a, &ka, OpenMode::Create).expect("made");
        attach_cipher(&conn, &b, "other", &kb).expect("attached");
        let mode: String = conn.query_row("PRAGMA other.journal_mode", [], |r| r.get(0)).expect("mode");
        assert_eq!(mode, "truncate");
        let algorithm: String =
            conn.query_row("PRAGMA other.cipher_hmac_algorithm", [], |r| r.get(0)).expect("algorithm");
        assert_eq!(algorithm, "HMAC_SHA256");
    }

    #[test]
    fn memory_is_wiped_when_sqlite_was_first_opened_here() {
        let dir = tempfile::tempdir().expect("dir");
        drop(open_cipher(&dir.path().join("a.db"), &DatabaseKey::for_tests(1), OpenMode::Create).expect("made"));
        // Another test of this process may have been first, without this layer.
        let wiped = wiping::WIPED.load(std::sync::atomic::Ordering::Relaxed);
        assert_eq!(wiping::install(), wiped > 0);
    }

    #[test]
    fn the_key_text_is_the_raw_form() {
        let text = key_text(&DatabaseKey::for_tests(0xab));
        let text = std::str::from_utf8(&text[..]).expect("ascii");
        assert!(text.starts_with("x'abab") && text.ends_with('\'') && text.len() == 99);
    }
}
