//! Wipes the stack below the caller.

/// Bytes wiped below the caller's frame; the deepest calls of a sync need less.
const DEPTH: usize = 512 * 1024;

/// Overwrites the unused part of this thread's stack, which holds copies of values that were moved or returned.
#[inline(never)]
pub fn wipe_stack() {
    // `black_box` makes the compiler assume that the zeros are read, so it does not remove the writes.
    std::hint::black_box(&mut [0_u8; DEPTH]);
}
