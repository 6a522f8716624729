#![doc = include_str!("../README.md")]

mod cipher;
mod error;

pub use cipher::{OpenMode, PAGE_SIZE, attach_cipher, open_cipher};
pub use error::{Finding, FindingKind, StoreError};
