//! The main flows of ARCHITECTURE.md name functions and files that exist.

use crate::failures::none_of;
use crate::tree::root;

/// The quoted words of a line, in order.
fn quoted(line: &str) -> Vec<&str> {
    line.split('`').skip(1).step_by(2).collect()
}

fn is_path(word: &str) -> bool {
    word.contains('/') && !word.contains(['<', ' ', '$'])
}

#[test]
fn every_step_of_a_flow_names_what_exists() {
    let text = std::fs::read_to_string(root().join("docs/ARCHITECTURE.md")).expect("ARCHITECTURE.md");
    let flows =
        text.split_once("## The four main flows").and_then(|(_, rest)| rest.split_once("\n## ")).expect("flows").0;
    let (mut findings, mut checked) = (Vec::new(), 0);
    for line in flows.lines() {
        // "`name` in `path`": names wait for the path that follows them.
        let mut names: Vec<&str> = Vec::new();
        for word in quoted(line) {
            if !is_path(word) {
                names.push(word);
                continue;
            }
            let Ok(file) = std::fs::read_to_string(root().join(word)) else {
                findings.push(format!("{word} does not exist"));
                continue;
            };
            for name in names.drain(..) {
                let own = name.rsplit("::").next().unwrap_or(name);
                let found = file.split(|c: char| !c.is_alphanumeric() && c != '_').any(|found| found == own);
                checked += 1;
                if !found {
                    findings.push(format!("{word} does not have `{name}`"));
                }
            }
        }
    }
    assert!(checked > 40, "only {checked} names were checked");
    none_of("correct docs/ARCHITECTURE.md", findings);
}
