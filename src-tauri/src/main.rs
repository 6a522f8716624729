//! Chartkeep's desktop program.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

#[global_allocator]
static ALLOCATOR: chartkeep_desktop::WipingAllocator = chartkeep_desktop::WipingAllocator;

fn main() -> std::process::ExitCode {
    chartkeep_desktop::run()
}
