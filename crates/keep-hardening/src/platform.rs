//! Calls to the operating system, chosen at compile time; every other module of this crate is portable.
//!
//! A port is one module next to `linux` that exports the same items.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "linux")]
use linux as os;

pub use os::{DescriptorError, Direction, InheritedDescriptors, NotProtected, protect_process};
pub(crate) use os::{
    create_folder, create_new_file, is_private, never_wait, restrict_file, restrict_folder, sync_folder, wipe,
};
