#![doc = include_str!("../README.md")]

mod inherited;
pub mod private_file;
mod process;
mod wiping_allocator;

pub use inherited::{CallersDescriptors, DescriptorError, Direction};
pub use process::{NotProtected, protect_process};
pub use wiping_allocator::WipingAllocator;
