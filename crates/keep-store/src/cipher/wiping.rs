//! SQLite's memory, wiped when it is given back: its pages and values are PHI in clear.
//!
//! The library's own allocator stays; a layer above it overwrites each block before it is freed.
//! `PRAGMA cipher_memory_security` would also lock every block with a system call each, which costs far more.

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
            let kept = usize::try_from(old.min(length)).unwrap_or(0);
            std::ptr::copy_nonoverlapping(block.cast::<u8>(), moved.cast::<u8>(), kept);
            wipe_and_free(block);
        }
        moved
    }
}
