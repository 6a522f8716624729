#![doc = include_str!("../README.md")]

mod activity;
mod children;
mod commands;
mod error;
mod exec;
mod failure;
mod hardening;
mod idle;
mod launch;
mod lock;
mod log;
mod logind;
mod place;
mod sealed_memory;
mod second_instance;
mod shell;
mod start;
mod watcher;
mod web_view;
mod window;

pub use start::run;
