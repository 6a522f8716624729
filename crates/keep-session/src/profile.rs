//! The profile folder: where everything of one OS user lies on disk.

use std::path::{Path, PathBuf};

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
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The folder of key slots.
    #[must_use]
    pub fn slots(&self) -> PathBuf {
        self.root.join("slots")
    }

    /// The folder of encrypted segments.
    #[must_use]
    pub fn segments(&self) -> PathBuf {
        self.root.join("segments")
    }

    /// The audit ledger.
    #[must_use]
    pub fn ledger(&self) -> PathBuf {
        self.root.join("ledger.db")
    }

    /// The settings of this workstation.
    #[must_use]
    pub fn workstation(&self) -> PathBuf {
        self.root.join("workstation.json")
    }

    /// When the workstation was last complete, for the lock screen.
    pub(crate) fn last_sync(&self) -> PathBuf {
        self.root.join("last-sync.json")
    }

    /// What happened while the ledger could not be written.
    pub(crate) fn trouble(&self) -> PathBuf {
        self.root.join("trouble.json")
    }

    /// Makes the folders, readable by this OS user only.
    ///
    /// # Errors
    /// Whatever the file system says.
    pub fn make_folders(&self) -> std::io::Result<()> {
        for folder in [self.root.clone(), self.slots(), self.segments(), self.root.join("personal")] {
            std::fs::create_dir_all(&folder)?;
            #[cfg(unix)]
            {
                use std::os::unix::fs::PermissionsExt;
                std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o700))?;
            }
        }
        Ok(())
    }
}
