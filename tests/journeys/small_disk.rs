//! A disk of a few megabytes that a test fills to the last block and empties again.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A mounted disk; unmounted when it is dropped.
pub(crate) struct SmallDisk(PathBuf);

impl SmallDisk {
    /// Mounts one at `folder`, which is made; `None`, with a line that says so, without the right to.
    pub(crate) fn at(folder: &Path, megabytes: u32) -> Option<Self> {
        std::fs::create_dir_all(folder).expect("folder");
        let size = format!("size={megabytes}m");
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", &size, "tmpfs"]).arg(folder).stderr(Stdio::null());
        if mount.status().is_ok_and(|s| s.success()) {
            return Some(Self(folder.to_owned()));
        }
        println!("skipped: no right to mount a small disk here");
        None
    }

    /// Leaves no block free.
    pub(crate) fn fill(&self) {
        let mut ballast = std::fs::OpenOptions::new().create(true).append(true).open(self.ballast()).expect("ballast");
        let mut chunk = vec![7; 1 << 20];
        while !chunk.is_empty() {
            // A chunk that does not fit is cut off, and a smaller one fills the rest.
            if ballast.write_all(&chunk).is_err() {
                chunk.truncate(chunk.len() / 2);
            }
        }
    }

    /// Leaves that much free.
    pub(crate) fn fill_but(&self, bytes: u64) {
        self.fill();
        let ballast = std::fs::OpenOptions::new().write(true).open(self.ballast()).expect("ballast");
        let full = ballast.metadata().expect("ballast").len();
        ballast.set_len(full.checked_sub(bytes).expect("a larger disk")).expect("room");
    }

    /// Frees what was filled.
    pub(crate) fn free(&self) {
        std::fs::remove_file(self.ballast()).expect("room again");
    }

    fn ballast(&self) -> PathBuf {
        self.0.join("ballast")
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // Lazily: a task that is just ending may have a file open.
        let unmounted = Command::new("umount").arg("-l").arg(&self.0).status();
        assert!(unmounted.is_ok_and(|s| s.success()) || std::thread::panicking(), "unmounted");
    }
}
