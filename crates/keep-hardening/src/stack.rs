//! What calls that have returned leave behind on the stack.

/// Bytes below the caller's frame; the deepest calls of a sync need less.
const DEPTH: usize = 512 * 1024;

/// Overwrites the unused part of this thread's stack, where values that were moved or returned leave copies.
#[inline(never)]
pub fn wipe_stack() {
    // Looked at from outside as far as the compiler knows, so the zeros are really written.
    std::hint::black_box(&mut [0_u8; DEPTH]);
}
