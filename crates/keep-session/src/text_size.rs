//! The size of text on this workstation, stored in clear: the lock screen has it as well.

use crate::dto::text_size::TextSizeDto;
use crate::profile::Profile;
use keep_hardening::private_file;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// The sizes that can be chosen, percent.
const SIZES: [u16; 9] = [80, 90, 100, 110, 125, 140, 150, 175, 200];
/// The most bytes that are read.
const MOST_BYTES: u64 = 4096;

/// `display.json`, version 1.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Display {
    version: u32,
    text_percent: u16,
}

/// The size that a user of this workstation chose; `None` where nobody has, or the file cannot be read.
#[must_use]
pub fn chosen_text_size(profile: &Path) -> Option<u16> {
    let text = private_file::read(&Profile::at(profile).display(), MOST_BYTES).ok()??;
    let display: Display = serde_json::from_slice(&text).ok()?;
    (display.version == 1).then(|| nearest_text_size(display.text_percent))
}

/// Stores the size for the next start; a failure only affects that.
pub fn save_text_size(profile: &Path, percent: u16) {
    let written = serde_json::to_vec(&Display { version: 1, text_percent: percent })
        .map_err(std::io::Error::other)
        .and_then(|text| private_file::replace(&Profile::at(profile).display(), &text));
    if let Err(error) = written {
        tracing::warn!(%error, "the size of text could not be stored");
    }
}

/// The size of those offered that is nearest to `percent`.
#[must_use]
pub fn nearest_text_size(percent: u16) -> u16 {
    SIZES.into_iter().min_by_key(|size| size.abs_diff(percent)).unwrap_or(100)
}

/// The size in use and the sizes that can be chosen.
#[must_use]
pub fn text_size_dto(percent: u16) -> TextSizeDto {
    TextSizeDto { percent, sizes: SIZES.to_vec() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_size_is_read_back_and_a_damaged_file_counts_as_none() {
        let folder = tempfile::tempdir().expect("folder");
        assert_eq!(chosen_text_size(folder.path()), None);
        save_text_size(folder.path(), 150);
        assert_eq!(chosen_text_size(folder.path()), Some(150));
        for damaged in ["", "{}", r#"{"version":2,"text_percent":150}"#, r#"{"version":1,"text_percent":-1}"#] {
            std::fs::write(Profile::at(folder.path()).display(), damaged).expect("written");
            assert_eq!(chosen_text_size(folder.path()), None, "{damaged}");
        }
        std::fs::write(Profile::at(folder.path()).display(), r#"{"version":1,"text_percent":9000}"#).expect("written");
        assert_eq!(chosen_text_size(folder.path()), Some(200));
    }
}
