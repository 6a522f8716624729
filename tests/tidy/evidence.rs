//! The table of requirements and that of what servers do name tests and journeys: each of them exists.

use crate::failures::none_of;
use crate::tree::files;

/// The pages with such tables.
const TABLES: [&str; 2] = ["docs/security/requirements.md", "docs/server_habits.md"];

/// Rows of the table of what servers do: as many as the design lists.
const HABITS: usize = 20;

#[test]
fn every_habit_of_a_server_has_a_test() {
    let table = files(&TABLES[1..]).pop().expect("the table");
    let rows = table.text.lines().filter(|line| line.starts_with("| ")).skip(1);
    let tests = rows.map(|row| row.split('`').skip(1).step_by(2).filter(|n| n.matches('_').count() > 1).count());
    let tests: Vec<usize> = tests.collect();
    assert_eq!(tests.len(), HABITS);
    assert!(tests.iter().all(|count| *count > 0), "a row without a test: {tests:?}");
}

#[test]
fn evidence_for_requirements_exists() {
    let tables = files(&TABLES);
    let sources = files(&[".rs", ".mjs"]);
    let mut findings = Vec::new();
    for table in &tables {
        for named in table.text.split('`').skip(1).step_by(2) {
            let found = if named.contains('/') {
                let folder = format!("{named}/");
                sources.iter().any(|f| f.path == named || f.path.starts_with(&folder))
            } else if named.matches('_').count() > 1 {
                let test = format!("fn {named}(");
                sources.iter().any(|f| f.text.contains(&test))
            } else {
                true
            };
            if !found {
                findings.push(named.to_owned());
            }
        }
    }
    assert_eq!(tables.len(), TABLES.len(), "the tables are where they are looked for");
    none_of("evidence that does not exist", findings);
}
