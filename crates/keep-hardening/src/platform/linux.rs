//! Linux: `prctl` and resource limits, inherited descriptors, file modes and open flags.

mod file;
mod inherited;
mod process;

pub(crate) use file::{
    create_folder, create_new_file, is_private, never_wait, restrict_file, restrict_folder, sync_folder,
};
pub use inherited::{DescriptorError, Direction, InheritedDescriptors};
/// Zeroes memory in a way that the compiler does not remove.
pub(crate) use libc::explicit_bzero as wipe;
pub use process::{NotProtected, protect_process};
