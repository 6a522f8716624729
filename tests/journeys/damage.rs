//! The damage matrix: every file of a profile, damaged in every way, and what people then see, save, send and lock.
//!
//! `CHARTKEEP_DAMAGE=full` takes every cell with 100 bit flips a file; else a seeded sample is taken that meets every
//! file and every kind of damage. `CHARTKEEP_DAMAGE_PAGE=write` writes docs/security/damage.md again, else the page is
//! compared with what was found.

mod case;
mod file;
mod harm;
mod judge;
mod matrix;
mod oracle;
mod page;
mod records;
mod traces;
mod visit;
mod worn_profile;

use std::path::Path;

/// Removes a file or folder, even an unreadable one.
fn remove(path: &Path) {
    let Ok(found) = std::fs::symlink_metadata(path) else { return };
    if !found.is_dir() {
        std::fs::remove_file(path).expect("removed");
        return;
    }
    open_folders(path);
    std::fs::remove_dir_all(path).expect("removed");
}

fn open_folders(folder: &Path) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o700)).expect("mode");
    for entry in std::fs::read_dir(folder).expect("folder") {
        let entry = entry.expect("entry");
        if entry.file_type().expect("type").is_dir() {
            open_folders(&entry.path());
        }
    }
}

/// Bytes that the profiles of one worker take at most.
const FREE_BYTES: u64 = 40 << 20;

/// A folder for profiles that are copied a thousand times: in memory where it is large enough.
fn temporary() -> tempfile::TempDir {
    let memory = Path::new("/dev/shm");
    let free = rustix::fs::statvfs(memory).map_or(0, |s| s.f_bavail.saturating_mul(s.f_frsize));
    let made = (free > FREE_BYTES).then(|| tempfile::tempdir_in(memory).ok()).flatten();
    made.unwrap_or_else(|| tempfile::tempdir().expect("folder"))
}

#[test]
fn damage_shows_no_wrong_value_no_false_absence_and_locks_nobody_out() {
    let extent = matrix::Extent::asked();
    let Some(mut all) = matrix::run(&extent) else { return };
    all.sort_by_key(|(case, _)| case.to_string());
    let mut failing = 0;
    for (case, judged) in &all {
        println!("{case} | {}", judged.cells.join(" | "));
        if std::env::var_os("CHARTKEEP_DAMAGE_LESS").is_some() {
            judged.less.iter().for_each(|sentence| println!("    less {sentence}"));
        }
        for sentence in &judged.wrong {
            println!("    WRONG {sentence}");
        }
        failing += usize::from(!judged.wrong.is_empty());
    }
    println!("{} cases, {failing} with something that must not be", all.len());
    let table = page::Table::of(&all);
    if std::env::var("CHARTKEEP_DAMAGE_PAGE").is_ok_and(|v| v == "write") {
        std::fs::write(page::path(), table.page(all.len())).expect("written");
    }
    assert_eq!(failing, 0, "cases with something that must not be");
    let said = page::Table::read(&std::fs::read_to_string(page::path()).unwrap_or_default());
    assert_eq!(table.missing_from(&said), Vec::<String>::new(), "docs/security/damage.md says something else");
}
