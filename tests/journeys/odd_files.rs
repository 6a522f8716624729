//! Something else in the place of a file of the profile: nothing hangs, nothing is read without end; and who may read
//! what the program makes.

use crate::files::copy_folder;
use crate::workstation::TestWorkstation;
use rustix::fs::{CWD, FileType, Mode, makedev, mknodat};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::sync::mpsc::channel;
use std::time::Duration;

/// Far more than any of these takes; only a program that hangs needs it.
const LONG: Duration = Duration::from_secs(120);

/// Every regular file below `folder`, and every folder.
fn walk(folder: &Path, files: &mut Vec<PathBuf>, folders: &mut Vec<PathBuf>) {
    folders.push(folder.to_owned());
    for entry in std::fs::read_dir(folder).expect("folder").flatten() {
        let path = entry.path();
        if entry.file_type().expect("type").is_dir() {
            walk(&path, files, folders);
        } else {
            files.push(path);
        }
    }
}

fn mode(path: &Path) -> u32 {
    std::fs::symlink_metadata(path).expect("there").permissions().mode() & 0o7777
}

#[test]
fn everything_in_a_profile_is_its_owners_alone() {
    let w = TestWorkstation::new();
    let answer = w.sync();
    assert!(!answer.status.name().is_empty());
    // A profile that an older version, or a copy, has left open to others.
    let (mut files, mut folders) = (Vec::new(), Vec::new());
    walk(&w.profile(), &mut files, &mut folders);
    assert!(files.len() > 9 && folders.len() > 3, "{files:?}");
    let check = |what: &str| {
        let (mut files, mut folders) = (Vec::new(), Vec::new());
        walk(&w.profile(), &mut files, &mut folders);
        let open: Vec<_> = files.iter().filter(|p| mode(p) != 0o600).collect();
        assert!(open.is_empty(), "{what}: {open:?}");
        let open: Vec<_> = folders.iter().filter(|p| mode(p) != 0o700).collect();
        assert!(open.is_empty(), "{what}: {open:?}");
    };
    check("after use");
    for path in &files {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o644)).expect("loosened");
    }
    for path in &folders {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).expect("loosened");
    }
    w.is_whole();
    check("opened again");
}

/// Puts something else at a path that is free.
type Put = fn(&Path);

const ODD: [(&str, Put); 5] = [
    ("pipe", |p| mknodat(CWD, p, FileType::Fifo, Mode::from_raw_mode(0o600), 0).expect("pipe")),
    ("folder", |p| std::fs::create_dir(p).expect("folder")),
    ("link to a device", |p| symlink("/dev/zero", p).expect("link")),
    ("socket", |p| drop(std::os::unix::net::UnixListener::bind(p).expect("socket"))),
    ("giant", |p| std::fs::File::create(p).and_then(|f| f.set_len(1 << 40)).expect("sparse file")),
];

#[test]
fn something_else_in_the_place_of_a_file_never_hangs_the_program() {
    let w = TestWorkstation::new();
    w.sync();
    let (mut files, mut folders) = (Vec::new(), Vec::new());
    walk(&w.profile(), &mut files, &mut folders);
    // Names that do not exist now, and that the program checks.
    files.extend(
        ["ledger.db-journal", "segments/directory.db-journal", "segments/clinical.db-journal"]
            .map(|n| w.profile().join(n)),
    );
    files.extend(["slots/ffff.json", "segments/restricted.inbox/00.sealed"].map(|n| w.profile().join(n)));
    let grants = w.file("grants");
    files.push(grants.join("clinical-1.json"));
    files.push(grants);
    let mut odd: Vec<(&str, Put)> = ODD.into();
    if rustix::process::geteuid().is_root() {
        odd.push(("device without end", |p| {
            mknodat(CWD, p, FileType::CharacterDevice, Mode::from_raw_mode(0o600), makedev(1, 5)).expect("device");
        }));
    }
    files.sort();
    files.dedup();
    for (at, path) in files.iter().enumerate() {
        // Each kind at some file, each file with two kinds: all of them would take minutes.
        for turn in 0..2 {
            let Some((what, put)) = odd.get((at + turn * 3) % odd.len()) else { continue };
            let whole = w.copy_of_profile();
            remove(path);
            std::fs::create_dir_all(path.parent().expect("folder")).expect("folder");
            put(path);
            let (done, ended) = channel();
            std::thread::scope(|scope| {
                scope.spawn(|| {
                    let (sync, doctor, verify) = (w.sync(), w.doctor(), w.audit_verify(None));
                    let codes = [sync, doctor, verify].map(|report| report.status.name());
                    done.send(codes).expect("heard");
                });
                let said = ended.recv_timeout(LONG);
                let name = path.file_name().unwrap_or_default().display().to_string();
                let Ok([sync, doctor, _]) = said else {
                    // The thread that hangs cannot be ended, so neither can the scope.
                    println!("{what} in the place of {name}: the program hangs");
                    std::process::exit(101);
                };
                assert!(sync != "internal" && doctor != "internal", "{what} in the place of {name}: {sync} {doctor}");
            });
            w.put_back(whole);
        }
    }
    w.is_whole();
}

fn remove(path: &Path) {
    if path.is_dir() {
        std::fs::remove_dir_all(path).expect("removed");
    } else if path.exists() {
        std::fs::remove_file(path).expect("removed");
    }
}

impl TestWorkstation {
    /// The profile as it is, with the keychain.
    fn copy_of_profile(&self) -> PathBuf {
        let copy = self.folder.path().join("copy");
        copy_folder(&self.profile(), &copy);
        copy
    }

    fn put_back(&self, copy: PathBuf) {
        std::fs::remove_dir_all(self.profile()).expect("removed");
        std::fs::rename(copy, self.profile()).expect("back");
    }
}
