//! Odd things in the place of a file, and the rights of created files.

use super::*;
use rustix::fs::{CWD, FileType as Type, Mode, mknodat};
use std::fs::Permissions;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::os::unix::net::UnixListener;

fn mode(path: &Path) -> u32 {
    std::fs::symlink_metadata(path).expect("there").permissions().mode() & 0o7777
}

/// A folder with one of each kind of path that is not a regular file.
fn odd_things() -> (tempfile::TempDir, Vec<PathBuf>) {
    let folder = tempfile::tempdir().expect("folder");
    let at = |name: &str| folder.path().join(name);
    std::fs::write(at("whole"), "x").expect("written");
    mknodat(CWD, at("pipe"), Type::Fifo, Mode::from_raw_mode(0o600), 0).expect("pipe");
    std::fs::create_dir(at("folder")).expect("folder");
    symlink(at("whole"), at("link")).expect("link");
    symlink("/dev/zero", at("device-link")).expect("link");
    drop(UnixListener::bind(at("socket")).expect("socket"));
    let mut all: Vec<_> = ["pipe", "folder", "link", "device-link", "socket"].map(at).into();
    // Only root can create a device; this one is /dev/zero, which never ends.
    if mknodat(CWD, at("device"), Type::CharacterDevice, Mode::from_raw_mode(0o600), rustix::fs::makedev(1, 5)).is_ok()
    {
        all.push(at("device"));
    }
    (folder, all)
}

#[test]
fn only_regular_files_are_opened_and_nothing_blocks() {
    let (folder, odd) = odd_things();
    for path in &odd {
        assert_eq!(kind(path).expect("kind"), Kind::Other);
        for access in [Access::Read, Access::ReadWrite] {
            let refused = open(path, access).expect_err("not a file");
            assert!(is_not_regular_file(&refused), "{} {refused}", path.display());
        }
        assert!(read(path, 10).is_err_and(|e| is_not_regular_file(&e)));
        assert!(open_or_create(path).is_err_and(|e| is_not_regular_file(&e)));
    }
    assert_eq!(kind(&folder.path().join("absent")).expect("kind"), Kind::Absent);
    assert_eq!(read(&folder.path().join("absent"), 10).expect("none"), None);
    // The check of the open file itself, for a path that is replaced between check and open.
    assert!(open_regular(&folder.path().join("pipe"), Access::Read, false).is_err_and(|e| is_not_regular_file(&e)));
    assert!(open_regular(&folder.path().join("link"), Access::Read, false).is_err());
}

#[test]
fn a_file_that_the_user_names_may_be_a_link_but_not_a_pipe_or_device() {
    let (folder, _) = odd_things();
    assert_eq!(read_named(&folder.path().join("link"), 10).expect("followed"), b"x");
    for name in ["pipe", "folder", "device-link", "socket"] {
        assert!(read_named(&folder.path().join(name), 10).is_err(), "{name}");
    }
    assert!(read_named(&folder.path().join("absent"), 10).is_err_and(|e| e.kind() == ErrorKind::NotFound));
}

#[test]
fn a_file_above_the_limit_is_not_read() {
    let folder = tempfile::tempdir().expect("folder");
    let path = folder.path().join("giant");
    File::create(&path).and_then(|f| f.set_len(1 << 40)).expect("sparse");
    assert!(read(&path, 1 << 20).is_err_and(|e| e.kind() == ErrorKind::FileTooLarge));
    assert!(read_named(&path, 1 << 20).is_err_and(|e| e.kind() == ErrorKind::FileTooLarge));
    std::fs::write(&path, "12345").expect("written");
    assert_eq!(read(&path, 5).expect("read").as_deref(), Some(&b"12345"[..]));
    assert!(read(&path, 4).is_err_and(|e| e.kind() == ErrorKind::FileTooLarge));
}

#[test]
fn created_files_and_folders_are_private_to_their_owner() {
    let folder = tempfile::tempdir().expect("folder");
    let inner = folder.path().join("slots").join("grants");
    create_folder(&inner).expect("made");
    let path = inner.join("a.json");
    replace(&path, b"one").expect("written");
    replace(&path, b"two").expect("written");
    assert_eq!(read(&path, 9).expect("read").as_deref(), Some(&b"two"[..]));
    assert_eq!(std::fs::read_dir(&inner).expect("folder").count(), 1, "no temporary file is left");
    drop(open_or_create(&inner.join("lock")).expect("made"));
    assert_eq!([mode(&path), mode(&inner.join("lock")), mode(&inner)], [0o600, 0o600, 0o700]);
    assert!(create_new(&path).is_err_and(|e| e.kind() == ErrorKind::AlreadyExists));
    // A link in the place of the temporary file does not prevent it.
    symlink("/dev/full", inner.join("a.json.tmp")).expect("link");
    replace(&path, b"three").expect("written");
    assert_eq!(read(&path, 9).expect("read").as_deref(), Some(&b"three"[..]));
    delete(&path).expect("deleted");
    delete(&path).expect("nothing to delete");
    assert_eq!(kind(&path).expect("kind"), Kind::Absent);
}

#[test]
fn rights_of_other_users_are_removed() {
    let (folder, odd) = odd_things();
    let loose = folder.path().join("folder").join("inner");
    std::fs::write(&loose, "x").expect("written");
    for (path, rights) in
        [(&loose, 0o000), (&folder.path().join("whole"), 0o644), (&folder.path().join("folder"), 0o755)]
    {
        std::fs::set_permissions(path, Permissions::from_mode(rights)).expect("loosened");
    }
    let report = restrict_all(folder.path());
    let others = u32::try_from(odd.len()).expect("few") - 1;
    assert_eq!(report, RestrictReport { failures: 0, others });
    assert_eq!([mode(&loose), mode(&folder.path().join("whole"))], [0o600; 2]);
    assert_eq!([mode(folder.path()), mode(&folder.path().join("folder"))], [0o700; 2]);
    assert_eq!(restrict_all(&folder.path().join("pipe")), RestrictReport { failures: 0, others: 1 });
    assert_eq!(restrict_all(&folder.path().join("absent")), RestrictReport::default());
}

#[test]
fn setting_a_file_aside_overwrites_nothing() {
    let (folder, _) = odd_things();
    let pipe = folder.path().join("pipe");
    std::fs::write(folder.path().join("pipe.odd"), "older").expect("written");
    set_aside(&pipe).expect("moved");
    assert_eq!(kind(&pipe).expect("kind"), Kind::Absent);
    assert_eq!(kind(&folder.path().join("pipe.odd-1")).expect("kind"), Kind::Other);
    assert_eq!(std::fs::read_to_string(folder.path().join("pipe.odd")).expect("read"), "older");
}
