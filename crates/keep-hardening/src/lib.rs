#![doc = include_str!("../README.md")]

mod platform;
pub mod private_file;
mod stack;
mod wiping_allocator;

pub use platform::{DescriptorError, Direction, InheritedDescriptors, NotProtected, protect_process};
pub use stack::wipe_stack;
pub use wiping_allocator::WipingAllocator;
