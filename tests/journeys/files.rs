//! Copies of whole folders.

use std::path::Path;

/// Copies a folder with its contents and modes.
pub(crate) fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("folder");
    for entry in std::fs::read_dir(from).expect("folder") {
        let entry = entry.expect("entry");
        let target = to.join(entry.file_name());
        if entry.file_type().expect("type").is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).expect("copied");
        }
    }
    let mode = std::fs::metadata(from).expect("folder").permissions();
    std::fs::set_permissions(to, mode).expect("mode");
}
