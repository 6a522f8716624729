//! Whole journeys without a window: attacks on a profile, ends by force, bad input.

#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a journey that cannot take a step has failed, and says why"
)]

mod bad_input;
mod bad_networks;
mod clerk;
mod clinic;
mod command_line;
mod contract;
mod damage;
mod directory;
mod doctor;
mod drive_process;
mod files;
mod keyring;
mod kills;
mod markings;
mod memory;
mod odd_files;
mod official_examples;
mod old_profile;
mod peers;
mod people;
mod rng;
mod small_disk;
mod terminal;
mod unreadable;
mod workstation;
