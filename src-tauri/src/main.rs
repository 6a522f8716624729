//! Chartkeep's desktop program.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

#[global_allocator]
static ALLOCATOR: keep_hardening::WipingAllocator = keep_hardening::WipingAllocator;

fn main() -> std::process::ExitCode {
    let protected = keep_hardening::protect_process();
    chartkeep_desktop::run(protected)
}
