//! The ways in which a file is damaged.

use super::file::{Place, ProfileFile};
use super::worn_profile::{Station, WornProfile};
use crate::workstation::flip;
use keep_domain::Segment;
use keep_keys::Keychain;
use std::fmt;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

/// Bytes of a database page.
const PAGE: u64 = 8192;
/// Into how many parts a length is divided to say where a bit is flipped.
const PARTS: u64 = 1_000_000;

/// One kind of damage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Harm {
    Deleted,
    Empty,
    CutByHalf,
    LastPageCut,
    /// At so many millionths of the length.
    BitFlipped(u64),
    /// With another segment, which then has this one.
    SwappedWithSegment,
    OtherPersons,
    OtherProfiles,
    OlderBySave,
    OlderByDay,
    Fifo,
    /// A folder where a file should be, a file where a folder should be.
    WrongSort,
    Unreadable,
}

impl Harm {
    /// All but the flips.
    pub(super) const KINDS: [Self; 12] = [
        Self::Deleted,
        Self::Empty,
        Self::CutByHalf,
        Self::LastPageCut,
        Self::SwappedWithSegment,
        Self::OtherPersons,
        Self::OtherProfiles,
        Self::OlderBySave,
        Self::OlderByDay,
        Self::Fifo,
        Self::WrongSort,
        Self::Unreadable,
    ];

    /// As the table names it.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Deleted => "deleted",
            Self::Empty => "empty",
            Self::CutByHalf => "cut by half",
            Self::LastPageCut => "last page cut",
            Self::BitFlipped(_) => "one bit flipped",
            Self::SwappedWithSegment => "swapped with another segment",
            Self::OtherPersons => "another person's",
            Self::OtherProfiles => "another profile's",
            Self::OlderBySave => "older by one save",
            Self::OlderByDay => "older by a day",
            Self::Fifo => "a FIFO",
            Self::WrongSort => "a folder for a file, or a file for a folder",
            Self::Unreadable => "unreadable",
        }
    }

    /// Damages the file in the profile of `station`; whether this can be done to such a file.
    pub(super) fn apply(self, worn: &WornProfile, station: &Station, file: &ProfileFile) -> bool {
        match &file.place {
            Place::File(path) => self.to_file(worn, station, file, path),
            Place::Folder(path) => self.to_folder(&station.profile.join(path)),
            Place::Item(item) => self.to_item(worn, station, item),
        }
    }

    fn to_file(self, worn: &WornProfile, station: &Station, file: &ProfileFile, path: &Path) -> bool {
        let whole = station.profile.join(path);
        let length = std::fs::metadata(&whole).expect("file").len();
        match self {
            Self::Deleted => std::fs::remove_file(&whole).is_ok(),
            Self::Empty => length > 0 && cut(&whole, 0),
            Self::CutByHalf => length > 1 && cut(&whole, length / 2),
            Self::LastPageCut => length > PAGE && cut(&whole, length - PAGE),
            Self::BitFlipped(parts) => {
                let at = usize::try_from(length.saturating_mul(parts) / PARTS).expect("fits");
                length > 0 && !flip(&whole, at).is_empty()
            }
            Self::SwappedWithSegment => other_segment(path).is_some_and(|other| {
                let (other, kept) = (station.profile.join(other), whole.with_extension("kept"));
                std::fs::rename(&whole, &kept).expect("renamed");
                std::fs::rename(&other, &whole).expect("renamed");
                std::fs::rename(&kept, &other).expect("renamed");
                true
            }),
            Self::OtherPersons => file.owner.is_some_and(|owner| {
                let user = |name: &str| worn.people[name].user.to_string();
                let other = if owner.user == "jonas" { "grace" } else { "jonas" };
                let theirs = path.to_str().expect("a name").replace(&user(owner.user), &user(other));
                replace(&station.profile.join(theirs), &whole)
            }),
            Self::OtherProfiles => replace(&worn.copy("other").join(path), &whole),
            Self::OlderBySave => replace(&worn.copy("save").join(path), &whole),
            Self::OlderByDay => replace(&worn.copy("day").join(path), &whole),
            Self::Fifo => {
                std::fs::remove_file(&whole).expect("removed");
                fifo(&whole)
            }
            Self::WrongSort => {
                std::fs::remove_file(&whole).expect("removed");
                std::fs::create_dir(&whole).is_ok()
            }
            Self::Unreadable => unreadable(&whole),
        }
    }

    fn to_folder(self, folder: &Path) -> bool {
        match self {
            Self::Deleted => std::fs::remove_dir_all(folder).is_ok(),
            Self::Fifo => std::fs::remove_dir_all(folder).is_ok() && fifo(folder),
            Self::WrongSort => std::fs::remove_dir_all(folder).is_ok() && std::fs::write(folder, b"no folder").is_ok(),
            Self::Unreadable => unreadable(folder),
            _ => false,
        }
    }

    fn to_item(self, worn: &WornProfile, station: &Station, item: &str) -> bool {
        let older = |name: &str| {
            let old = worn.keychains[name].get(item).filter(|old| worn.keychains["now"].get(item) != Some(old));
            old.is_some_and(|old| station.keychain.write(item, old).is_ok())
        };
        match self {
            Self::Deleted => station.keychain.delete(item).is_ok(),
            Self::OlderBySave => older("save"),
            Self::OlderByDay => older("day"),
            _ => false,
        }
    }
}

impl fmt::Display for Harm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BitFlipped(parts) => write!(f, "one bit flipped at {parts} millionths"),
            other => f.write_str(other.name()),
        }
    }
}

fn cut(path: &Path, length: u64) -> bool {
    std::fs::OpenOptions::new().write(true).open(path).and_then(|f| f.set_len(length)).is_ok()
}

/// Puts `from` in place of `to`, unless it is the same.
fn replace(from: &Path, to: &Path) -> bool {
    let (Ok(old), Ok(new)) = (std::fs::read(to), std::fs::read(from)) else { return false };
    old != new && std::fs::write(to, new).is_ok()
}

/// The one below; the lowest has the one above.
fn other_segment(path: &Path) -> Option<PathBuf> {
    let segment = Segment::from_name(path.file_name()?.to_str()?.strip_suffix(".db")?)?;
    let other = Segment::from_ordinal(if segment.ordinal() == 0 { 1 } else { segment.ordinal() - 1 })?;
    Some(path.with_file_name(format!("{}.db", other.name())))
}

fn fifo(path: &Path) -> bool {
    let mode = rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR;
    rustix::fs::mkfifoat(rustix::fs::CWD, path, mode).is_ok()
}

fn unreadable(path: &Path) -> bool {
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o000)).is_ok()
}

/// Drops the capabilities that let root read any file, for this thread and those that it starts.
pub(super) fn obey_modes() {
    use rustix::thread::{CapabilitySet, capabilities, set_capabilities};
    let mut held = capabilities(None).expect("capabilities");
    held.effective.remove(CapabilitySet::DAC_OVERRIDE | CapabilitySet::DAC_READ_SEARCH);
    set_capabilities(None, held).expect("fewer capabilities");
}
