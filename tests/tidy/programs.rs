//! What every program does before anything else.

use crate::dependencies::members;
use crate::failures::none_of;

/// Programs that never hold a person's keys: their memory is not wiped when it is freed.
const WITHOUT_KEYS: &[&str] = &["keep-backend"];

#[test]
fn every_program_protects_its_memory_first() {
    let mut findings = Vec::new();
    let mut programs = 0;
    for package in members().into_iter().filter(|p| p.name.as_str() != "chartkeep-tests") {
        for target in package.targets.iter().filter(|t| t.is_bin()) {
            programs += 1;
            let text = std::fs::read_to_string(&target.src_path).expect("readable");
            let body =
                text.split_once("\nfn main() ").and_then(|(_, rest)| rest.split_once("{\n")).map(|(_, body)| body);
            let first = body.and_then(|b| b.lines().next()).unwrap_or_default();
            if !first.contains("keep_hardening::protect_process()") {
                findings.push(format!("{}: `main` begins with something else", target.name));
            }
            let wiped = text.contains("#[global_allocator]\nstatic ALLOCATOR: keep_hardening::WipingAllocator");
            if !wiped && !WITHOUT_KEYS.contains(&package.name.as_str()) {
                findings.push(format!("{}: memory is not wiped when it is freed", target.name));
            }
        }
    }
    assert!(programs >= 3, "the programs were not found");
    none_of("programs that do not protect themselves", findings);
}
