//! How files are cut and named.

use crate::failures::none_of;
use crate::tree::{files, root};

const CODE: &[&str] = &[".rs", ".ts", ".tsx", ".mjs", ".css"];
/// Lines after which a file is split.
const LONGEST: usize = 400;
/// Names that say nothing about what a file is for.
const EMPTY_NAMES: &[&str] =
    &["util", "utils", "helper", "helpers", "common", "manager", "managers", "service", "services", "misc"];

#[test]
fn files_are_short() {
    let long = files(CODE).into_iter().filter(|f| f.path != "ui/src/ipc/bindings.ts");
    let long = long.map(|f| (f.text.lines().count(), f.path)).filter(|(lines, _)| *lines > LONGEST);
    none_of("files past 400 lines", long.map(|(lines, path)| format!("{path}: {lines}")).collect());
}

#[test]
fn names_say_what_a_file_is_for() {
    let named = files(CODE).into_iter().filter(|f| {
        // The Secret Service is the name of a freedesktop.org interface.
        let path = f.path.replace("secret_service", "");
        let words = path.rsplit(['/', '.', '-', '_']).map(str::to_lowercase).collect::<Vec<_>>();
        words.iter().any(|w| EMPTY_NAMES.contains(&w.as_str()))
    });
    none_of("names that say nothing", named.map(|f| f.path).collect());
}

#[test]
fn every_source_file_is_a_module() {
    let all = files(&[".rs"]);
    let names = |path: &str, module: &str| {
        let declared = [format!("mod {module};"), format!("mod {module} {{")];
        all.iter().any(|f| f.path == path && declared.iter().any(|d| f.text.contains(d.as_str())))
    };
    let orphans = all.iter().filter(|file| {
        let Some((folder, name)) = file.path.rsplit_once('/') else { return false };
        let stem = name.trim_end_matches(".rs");
        // Cargo finds these by itself: roots, and test programs next to a manifest.
        let program = folder.ends_with("/tests") && root().join(folder).join("../Cargo.toml").is_file();
        let parents = [format!("{folder}.rs"), format!("{folder}/main.rs"), format!("{folder}/lib.rs")];
        !(matches!(stem, "main" | "lib" | "build") || program || parents.iter().any(|p| names(p, stem)))
    });
    none_of("files that no module names, so that nothing compiles them", orphans.map(|f| f.path.clone()).collect());
}

#[test]
fn every_crate_has_a_readme() {
    let mut packages: Vec<_> =
        std::fs::read_dir(root().join("crates")).expect("crates").flatten().map(|e| e.path()).collect();
    packages.extend(["src-tauri", "tests"].map(|name| root().join(name)));
    let silent = packages.into_iter().filter(|p| !p.join("README.md").is_file());
    none_of("packages without a README.md", silent.map(|r| r.display().to_string()).collect());
}

#[test]
fn markdown_has_a_sentence_per_line() {
    // A full stop, a space and a capital inside a line of prose: tables, lists of code and numbers are left alone.
    let mut findings = Vec::new();
    for file in files(&[".md"]).into_iter().filter(|f| !f.path.starts_with("docs/decisions/template")) {
        let mut fenced = false;
        for (number, line) in file.text.lines().enumerate() {
            fenced ^= line.trim_start().starts_with("```");
            let prose = !fenced && !line.starts_with(['|', ' ', '>', '#']);
            let inside = line.split(". ").skip(1).any(|rest| rest.starts_with(|c: char| c.is_ascii_uppercase()));
            let ordered = line.split(". ").next().is_some_and(|front| front.chars().all(|c| c.is_ascii_digit()));
            if prose && inside && !ordered && !line.contains("e.g. ") {
                findings.push(format!("{}:{}", file.path, number + 1));
            }
        }
    }
    none_of("lines with more than one sentence", findings);
}
