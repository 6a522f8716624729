//! The profile folder: all files of one operating system user.

use keep_domain::UtcMillis;
use keep_hardening::private_file::{self, Kind, RestrictReport};
use std::path::{Path, PathBuf};

/// The files of this program in the profile folder itself.
const OWN_FILES: [&str; 8] = [
    "profile.lock",
    "workstation.json",
    "workstation.copy.json",
    "trouble.json",
    "last-sync.json",
    "display.json",
    "ledger.db",
    "ledger.db-journal",
];

fn is_odd(path: &Path) -> bool {
    private_file::kind(path).is_ok_and(|kind| kind == Kind::Other)
}

/// Paths inside one profile folder (ARCHITECTURE.md, "Files on disk").
#[derive(Debug, Clone)]
pub struct Profile {
    root: PathBuf,
}

impl Profile {
    /// A profile at `root`; nothing is created.
    #[must_use]
    pub fn at(root: &Path) -> Self {
        Self { root: root.to_owned() }
    }

    /// The folder that is used without `--profile`: local application data, never roaming.
    ///
    /// # Errors
    /// [`std::io::ErrorKind::NotFound`] where the platform names no home folder.
    pub fn default_folder() -> std::io::Result<PathBuf> {
        let set = |name: &str| std::env::var_os(name).filter(|v| !v.is_empty()).map(PathBuf::from);
        let base = if cfg!(windows) {
            set("LOCALAPPDATA")
        } else if cfg!(target_os = "macos") {
            set("HOME").map(|h| h.join("Library/Application Support"))
        } else {
            set("XDG_DATA_HOME").or_else(|| set("HOME").map(|h| h.join(".local/share")))
        };
        base.map(|b| b.join("chartkeep")).ok_or_else(|| std::io::ErrorKind::NotFound.into())
    }

    /// The folder itself.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// The folder of key slots.
    pub(crate) fn slots(&self) -> PathBuf {
        self.root.join("slots")
    }

    /// The folder of encrypted segments.
    #[must_use]
    pub fn segments(&self) -> PathBuf {
        self.root.join("segments")
    }

    /// The audit ledger.
    pub(crate) fn ledger(&self) -> PathBuf {
        self.root.join("ledger.db")
    }

    /// The settings of this workstation.
    pub(crate) fn settings(&self) -> PathBuf {
        self.root.join("workstation.json")
    }

    /// A copy of the settings, used if the first file is lost or damaged.
    pub(crate) fn workstation_copy(&self) -> PathBuf {
        self.root.join("workstation.copy.json")
    }

    /// The time at which the records were last complete, for the lock screen.
    pub(crate) fn last_sync(&self) -> PathBuf {
        self.root.join("last-sync.json")
    }

    /// The size of text.
    pub(crate) fn display(&self) -> PathBuf {
        self.root.join("display.json")
    }

    /// Faults that the ledger could not record yet.
    pub(crate) fn device_fault(&self) -> PathBuf {
        self.root.join("trouble.json")
    }

    /// Sets aside anything of the wrong kind under a name of this program, so that work can go on, and returns those
    /// names. Key slots are left alone: without them no user is known.
    pub(crate) fn set_odd_aside(&self, now: UtcMillis) -> Vec<&'static str> {
        let folders = ["segments", "personal"].into_iter().filter(|name| {
            let path = self.root.join(name);
            path.symlink_metadata().is_ok() && !path.is_dir()
        });
        let files =
            ["profile.lock", "workstation.copy.json", "last-sync.json", "display.json", "trouble.json"].into_iter();
        let odd: Vec<_> = folders.chain(files.filter(|name| is_odd(&self.root.join(name)))).collect();
        odd.into_iter().filter(|name| keep_store::set_aside(&self.root.join(name), now).is_ok()).collect()
    }

    /// Creates the folders, readable by this operating system user only.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn make_folders(&self) -> std::io::Result<()> {
        for folder in [&self.root, &self.slots(), &self.segments(), &self.personal()] {
            private_file::create_folder(folder)?;
            private_file::restrict_folder(folder)?;
        }
        Ok(())
    }

    /// The folder of personal files.
    pub(crate) fn personal(&self) -> PathBuf {
        self.root.join("personal")
    }

    /// Removes the rights of other users from files of older versions or copies. Only this program's own names are
    /// touched: the folder may hold other things, too.
    pub(crate) fn tighten(&self) -> RestrictReport {
        let mut done = RestrictReport::default();
        for folder in [self.slots(), self.segments(), self.personal()] {
            let below = private_file::restrict_all(&folder);
            done.failures = done.failures.saturating_add(below.failures);
            done.others = done.others.saturating_add(below.others);
        }
        for name in OWN_FILES {
            let path = self.root.join(name);
            match private_file::kind(&path) {
                Ok(Kind::File) => done.failures += u32::from(private_file::restrict_file(&path).is_err()),
                Ok(Kind::Other) => done.others += 1,
                Ok(Kind::Absent) => {}
                Err(_) => done.failures += 1,
            }
        }
        done
    }

    /// Names of this program that are not regular files; they are never opened.
    pub(crate) fn odd_files(&self) -> Vec<PathBuf> {
        let mut odd: Vec<PathBuf> =
            OWN_FILES.iter().map(|name| self.root.join(name)).filter(|path| is_odd(path)).collect();
        let (slots, segments, personal) = (self.slots(), self.segments(), self.personal());
        odd.extend([&slots, &segments, &personal].into_iter().filter(|f| !f.is_dir() && is_odd(f)).cloned());
        for entry in [slots, segments, personal].iter().flat_map(std::fs::read_dir).flatten().flatten() {
            let path = entry.path();
            let folder = path.extension().is_some_and(|e| e == "grants" || e == "inbox");
            if folder && path.is_dir() {
                let entries = std::fs::read_dir(&path).into_iter().flatten().flatten();
                odd.extend(entries.map(|e| e.path()).filter(|path| is_odd(path)));
            } else if is_odd(&path) {
                odd.push(path);
            }
        }
        odd
    }
}
