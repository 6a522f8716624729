#![doc = include_str!("../README.md")]

mod commands;
mod document_protocol;
mod error;
mod failure;
mod inactivity;
mod launch;
mod lock;
mod lock_cause;
mod log;
mod platform;
mod second_instance;
mod session_limits;
mod shell;
mod start;
mod web_view;
mod window;
mod window_geometry;

pub use start::run;
