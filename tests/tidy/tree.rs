//! The files that people write, found by walking; generated and downloaded ones are left out.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Folder names that hold nothing written by hand.
const SKIPPED: &[&str] = &["target", "node_modules", "dist", "dist-e2e", "gen", ".git"];

/// One file, read.
pub(crate) struct Source {
    /// Path from the root, with `/`.
    pub(crate) path: String,
    pub(crate) text: String,
}

impl Source {
    /// The part before the tests that end the file; nothing for a file of tests.
    pub(crate) fn product_lines(&self) -> Vec<&str> {
        if self.path.starts_with("tests/") || self.path.ends_with("/tests.rs") || self.path.contains("/tests/") {
            return Vec::new();
        }
        self.text.lines().take_while(|line| line.trim_end() != "mod tests {").collect()
    }
}

/// Files that are modules of tests: `#[cfg(test)]`, or with `test-support`, directly above `mod name;`.
pub(crate) fn test_modules(files: &[Source]) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for file in files {
        let lines: Vec<&str> = file.text.lines().map(str::trim).collect();
        for pair in lines.windows(2) {
            let [attribute, module] = pair else { continue };
            let name = module.trim_start_matches("pub ").trim_start_matches("pub(crate) ").strip_prefix("mod ");
            if let Some(name) = name
                .and_then(|n| n.strip_suffix(';'))
                .filter(|_| attribute.starts_with("#[cfg(") && attribute.contains("test"))
            {
                let (folder, stem) = file.path.rsplit_once('/').unwrap_or_default();
                let stem = stem.trim_end_matches(".rs");
                let folder =
                    if matches!(stem, "lib" | "main") { folder.to_owned() } else { format!("{folder}/{stem}") };
                found.insert(format!("{folder}/{name}.rs"));
            }
        }
    }
    found
}

/// The root of the repository.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("tests has a parent").to_owned()
}

/// Every text file with one of these endings.
pub(crate) fn files(endings: &[&str]) -> Vec<Source> {
    let mut found = Vec::new();
    walk(&root(), &mut found);
    let mut sources: Vec<Source> = found
        .into_iter()
        .filter(|path| endings.iter().any(|ending| path.to_string_lossy().ends_with(ending)))
        .filter_map(|path| {
            let text = std::fs::read_to_string(&path).ok()?;
            let path = path.strip_prefix(root()).expect("below the root").to_string_lossy().replace('\\', "/");
            Some(Source { path, text })
        })
        .collect();
    sources.sort_by(|a, b| a.path.cmp(&b.path));
    assert!(!sources.is_empty(), "no {endings:?} files: the walk is broken");
    sources
}

fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("readable folder").flatten() {
        let (path, name) = (entry.path(), entry.file_name());
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            if !SKIPPED.iter().any(|skipped| name == *skipped) {
                walk(&path, found);
            }
        } else {
            found.push(path);
        }
    }
}
