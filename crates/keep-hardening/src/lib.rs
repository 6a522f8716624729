#![doc = include_str!("../README.md")]

mod inherited;
pub mod private_file;
mod process;
mod stack;
mod wiping_allocator;

pub use inherited::{CallersDescriptors, DescriptorError, Direction};
pub use process::{NotProtected, protect_process};
pub use stack::wipe_stack;
pub use wiping_allocator::WipingAllocator;
