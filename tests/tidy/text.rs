//! What a line of code may not say.

use crate::failures::none_of;
use crate::tree::{Source, files, test_modules};

/// Files that may call the operating system in ways Rust cannot check.
const UNSAFE: &[&str] = &[
    "crates/keep-store/src/cipher.rs",
    "crates/keep-store/src/cipher/wiping.rs",
    "crates/keep-hardening/src/platform/linux/inherited.rs",
    "crates/keep-hardening/src/wiping_allocator.rs",
    "src-tauri/src/platform/linux/exec.rs",
    "src-tauri/src/platform/linux/remote_control.rs",
];
/// Places whose standard output or error is an interface.
const SPEAKERS: &[&str] = &["crates/keep-cli/", "crates/keep-backend/", "tests/", "src-tauri/build.rs"];

#[test]
fn unsafe_code_is_where_it_is_expected() {
    let marker = concat!("unsafe", "_code");
    let files = files(&[".rs"]).into_iter().filter(|f| f.text.contains(marker) && f.path != "tests/tidy/text.rs");
    let other = files.filter(|f| !UNSAFE.contains(&f.path.as_str()));
    none_of("unsafe code outside the list in text.rs", other.map(|f| f.path).collect());
}

#[test]
fn looking_inside_says_why() {
    let mut findings = Vec::new();
    let files = files(&[".rs"]);
    let tests = test_modules(&files);
    let product = files.iter().filter(|f| f.path != "crates/keep-domain/src/guard.rs" && !tests.contains(&f.path));
    for file in product {
        let lines = file.product_lines();
        for (index, line) in lines.iter().enumerate() {
            let looks = line.contains(".expose()") || line.contains(".into_exposed()");
            let near = lines.get(index.saturating_sub(3)..=index).unwrap_or_default();
            if looks && !is_comment(line) && !near.iter().any(|l| l.contains("EXPOSE:")) {
                findings.push(at(file, index));
            }
        }
    }
    none_of("`.expose()` without an `// EXPOSE:` line within three lines above", findings);
}

#[test]
fn time_is_asked_for_in_one_file() {
    let calls = ["SystemTime::now", "Instant::now", "Timestamp::now", "Zoned::now", "OffsetDateTime::now"];
    let found = find(&[".rs"], |line| !is_comment(line) && calls.iter().any(|c| line.contains(c)));
    let allowed = ["crates/keep-domain/src/clock.rs", "tests/tidy/text.rs"];
    none_of("the clock is injected", found.into_iter().filter(|f| !allowed.iter().any(|a| f.starts_with(a))).collect());
}

#[test]
fn only_programs_with_a_terminal_print() {
    let macros = ["println!(", "print!(", "dbg!("];
    let found = find(&[".rs"], |line| !is_comment(line) && macros.iter().any(|m| line.contains(m)));
    let tests = test_modules(&files(&[".rs"]));
    let loud = |f: &String| SPEAKERS.iter().any(|s| f.starts_with(s)) || f.contains("/tests/");
    let tested = |f: &String| tests.iter().any(|t| f.starts_with(t.as_str()));
    let silent = found.into_iter().filter(|f| !loud(f) && !tested(f));
    none_of("printing", silent.collect());
}

#[test]
fn no_machine_is_named() {
    // Written in two halves so that this file does not find itself.
    let paths = [
        concat!("/wo", "rk/main"),
        concat!("/wo", "rk/shared"),
        concat!("/tmp/", "ck"),
        concat!("/root/", ".cargo"),
        concat!(".cargo/", "registry"),
        concat!("index.crates", ".io"),
    ];
    let endings = [".rs", ".toml", ".md", ".mjs", ".ts", ".tsx", ".json", ".sh", ".yml", "Makefile", "/run", "/test"];
    none_of("machine paths and registry hosts", find(&endings, |line| paths.iter().any(|p| line.contains(p))));
    let foreign = |line: &str| line.contains("\"resolved\":") && !line.contains("https://registry.npmjs.org/");
    none_of("npm packages from another host", find(&["package-lock.json"], foreign));
}

#[test]
fn exceptions_to_lints_are_expected_with_a_reason() {
    // `expect` ends when its cause does; `allow` stays for ever.
    let allow = concat!("#[all", "ow(");
    let found = find(&[".rs"], |line| !is_comment(line) && line.contains(allow));
    none_of("use #[expect(.., reason = ..)]", found);
}

fn find(endings: &[&str], wrong: impl Fn(&str) -> bool) -> Vec<String> {
    let mut findings = Vec::new();
    for file in files(endings) {
        let lines = file.text.lines().enumerate().filter(|(_, line)| wrong(line));
        findings.extend(lines.map(|(index, _)| at(&file, index)));
    }
    findings
}

fn is_comment(line: &str) -> bool {
    line.trim_start().starts_with("//")
}

fn at(file: &Source, index: usize) -> String {
    format!("{}:{}", file.path, index + 1)
}
