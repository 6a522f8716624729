//! One way to report: every finding at once, each with what to do.

/// Fails with all findings, or passes when there are none.
pub(crate) fn none_of(rule: &str, findings: Vec<String>) {
    assert!(findings.is_empty(), "{rule}\n  {}\n", findings.join("\n  "));
}
