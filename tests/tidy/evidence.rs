//! The table of requirements names tests and journeys: each of them exists.

use crate::failures::none_of;
use crate::tree::files;

#[test]
fn evidence_for_requirements_exists() {
    let tables = files(&["docs/security/requirements.md"]);
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
    assert!(!tables.is_empty(), "the table is where it is looked for");
    none_of("evidence that does not exist", findings);
}
