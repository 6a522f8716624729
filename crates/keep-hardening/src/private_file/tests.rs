//! What is put in the place of a file, and who may read what is made.

use super::*;
use rustix::fs::{CWD, FileType as Type, mknodat};
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;

fn mode(path: &Path) -> u32 {
    std::fs::symlink_metadata(path).expect("there").permissions().mode() & 0o7777
}

/// A folder in which each name is something that is no regular file.
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
    // Only root may make a device: the one that never ends.
    if mknodat(CWD, at("device"), Type::CharacterDevice, Mode::from_raw_mode(0o600), rustix::fs::makedev(1, 5)).is_ok()
    {
        all.push(at("device"));
    }
    (folder, all)
}

#[test]
fn nothing_but_a_regular_file_is_opened_and_nothing_waits() {
    let (folder, odd) = odd_things();
    for path in &odd {
        assert_eq!(kind(path).expect("seen"), Kind::Other);
        for access in [Access::Read, Access::Change] {
            let refused = open(path, access).expect_err("no file");
            assert!(is_no_file(&refused), "{} {refused}", path.display());
        }
        assert!(read(path, 10).is_err_and(|e| is_no_file(&e)));
        assert!(open_or_create(path).is_err_and(|e| is_no_file(&e)));
    }
    assert_eq!(kind(&folder.path().join("absent")).expect("seen"), Kind::Absent);
    assert_eq!(read(&folder.path().join("absent"), 10).expect("none"), None);
    // The check of the open file itself, for what is put there between look and open.
    assert!(open_flags(&folder.path().join("pipe"), Access::Read, OFlags::NOFOLLOW).is_err_and(|e| is_no_file(&e)));
    assert!(open_flags(&folder.path().join("link"), Access::Read, OFlags::NOFOLLOW).is_err());
}

#[test]
fn a_named_file_may_be_a_link_and_nothing_else_odd() {
    let (folder, _) = odd_things();
    assert_eq!(read_named(&folder.path().join("link"), 10).expect("followed"), b"x");
    for name in ["pipe", "folder", "device-link", "socket"] {
        assert!(read_named(&folder.path().join(name), 10).is_err(), "{name}");
    }
    assert!(read_named(&folder.path().join("absent"), 10).is_err_and(|e| e.kind() == ErrorKind::NotFound));
}

#[test]
fn a_file_without_end_is_not_read() {
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
fn what_is_made_is_its_owners_alone() {
    let folder = tempfile::tempdir().expect("folder");
    let inner = folder.path().join("slots").join("grants");
    make_folder(&inner).expect("made");
    let path = inner.join("a.json");
    replace(&path, b"one").expect("written");
    replace(&path, b"two").expect("written");
    assert_eq!(read(&path, 9).expect("read").as_deref(), Some(&b"two"[..]));
    assert_eq!(std::fs::read_dir(&inner).expect("folder").count(), 1, "no temporary file is left");
    drop(open_or_create(&inner.join("lock")).expect("made"));
    assert_eq!([mode(&path), mode(&inner.join("lock")), mode(&inner)], [0o600, 0o600, 0o700]);
    assert!(create_new(&path).is_err_and(|e| e.kind() == ErrorKind::AlreadyExists));
    // Something odd in the place of the temporary file does not stop it.
    symlink("/dev/full", inner.join("a.json.tmp")).expect("link");
    replace(&path, b"three").expect("written");
    assert_eq!(read(&path, 9).expect("read").as_deref(), Some(&b"three"[..]));
    delete(&path).expect("deleted");
    delete(&path).expect("nothing to delete");
    assert_eq!(kind(&path).expect("seen"), Kind::Absent);
}

#[test]
fn what_was_open_to_others_is_tightened() {
    let (folder, odd) = odd_things();
    let loose = folder.path().join("folder").join("inner");
    std::fs::write(&loose, "x").expect("written");
    for (path, rights) in
        [(&loose, 0o000), (&folder.path().join("whole"), 0o644), (&folder.path().join("folder"), 0o755)]
    {
        std::fs::set_permissions(path, Permissions::from_mode(rights)).expect("loosened");
    }
    let done = tighten_all(folder.path());
    let others = u32::try_from(odd.len()).expect("few") - 1;
    assert_eq!(done, Tightened { failures: 0, others });
    assert_eq!([mode(&loose), mode(&folder.path().join("whole"))], [0o600; 2]);
    assert_eq!([mode(folder.path()), mode(&folder.path().join("folder"))], [0o700; 2]);
    assert_eq!(tighten_all(&folder.path().join("pipe")), Tightened { failures: 0, others: 1 });
    assert_eq!(tighten_all(&folder.path().join("absent")), Tightened::default());
}

#[test]
fn what_is_moved_out_of_the_way_overwrites_nothing() {
    let (folder, _) = odd_things();
    let pipe = folder.path().join("pipe");
    std::fs::write(folder.path().join("pipe.odd"), "kept").expect("written");
    move_out_of_the_way(&pipe).expect("moved");
    assert_eq!(kind(&pipe).expect("seen"), Kind::Absent);
    assert_eq!(kind(&folder.path().join("pipe.odd-1")).expect("seen"), Kind::Other);
    assert_eq!(std::fs::read_to_string(folder.path().join("pipe.odd")).expect("read"), "kept");
}
