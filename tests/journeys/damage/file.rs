//! The files of a profile, found by looking, each of a known kind.

use super::visit::{PEOPLE, Person};
use super::worn_profile::Enrolled;
use keep_domain::Segment;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// One file or folder of a profile, or one item of its keychain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ProfileFile {
    /// As the table names it: people by what they are, not by their id.
    pub(super) name: String,
    pub(super) place: Place,
    /// The owner, where it belongs to one person.
    pub(super) owner: Option<Person>,
}

/// Where it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Place {
    /// A file, relative to the profile.
    File(PathBuf),
    /// A folder, relative to the profile.
    Folder(PathBuf),
    /// An item of the keychain.
    Item(String),
}

/// What a person is in the table.
pub(super) fn part_of(user: &str) -> &'static str {
    match user {
        "amara" => "nurse",
        "grace" => "second nurse",
        "leila" => "clerk",
        "jonas" => "physician",
        _ => "newcomer",
    }
}

/// Everything in the profile at `root`; each that is of no known kind is named by the error. Of many of one kind it is
/// one that was another file in an `earlier` copy, if there is such a one: only that can become older.
pub(super) fn files_of(
    root: &Path,
    earlier: &[PathBuf],
    people: &BTreeMap<&'static str, Enrolled>,
) -> Result<Vec<ProfileFile>, Vec<String>> {
    let (mut found, mut unknown): (Vec<ProfileFile>, _) = (Vec::new(), Vec::new());
    let bytes = |copy: &Path, path: &Path| std::fs::read(copy.join(path)).ok();
    let was_other = |path: &Path| {
        let now = bytes(root, path);
        earlier.iter().filter_map(|copy| bytes(copy, path)).filter(|then| now.as_ref() != Some(then)).count()
    };
    let mut paths = Vec::new();
    collect(root, &mut paths);
    paths.sort();
    for (path, is_folder) in paths {
        let relative = path.strip_prefix(root).expect("below").to_owned();
        let text = relative.to_str().expect("a name").to_owned();
        match kind_of(&text, is_folder, people) {
            Some((name, owner)) => {
                let place = if is_folder { Place::Folder(relative) } else { Place::File(relative) };
                let one = ProfileFile { name, place, owner };
                match found.iter_mut().find(|f| f.name == one.name) {
                    None => found.push(one),
                    // One of many of its kind.
                    Some(first) => match (&first.place, &one.place) {
                        (Place::File(a), Place::File(b)) if was_other(a) < was_other(b) => *first = one,
                        _ => {}
                    },
                }
            }
            None => unknown.push(text),
        }
    }
    // By name: people's ids differ from profile to profile.
    found.sort_by(|a, b| a.name.cmp(&b.name));
    if unknown.is_empty() { Ok(found) } else { Err(unknown) }
}

/// An item of the keychain.
pub(super) fn item_of(item: &str, people: &BTreeMap<&'static str, Enrolled>) -> ProfileFile {
    let own = people.iter().find(|(_, p)| item.ends_with(&p.user.to_string()));
    let owner = own.and_then(|(name, _)| PEOPLE.into_iter().find(|p| p.user == *name));
    let name = own.map_or_else(
        || item.to_owned(),
        |(name, p)| item.replace(&p.user.to_string(), &format!("<{}>", part_of(name))),
    );
    ProfileFile { name: format!("keychain: {name}"), place: Place::Item(item.to_owned()), owner }
}

fn collect(folder: &Path, paths: &mut Vec<(PathBuf, bool)>) {
    for entry in std::fs::read_dir(folder).expect("folder") {
        let path = entry.expect("entry").path();
        let is_folder = path.is_dir();
        if is_folder {
            collect(&path, paths);
        }
        paths.push((path, is_folder));
    }
}

/// The name in the table, and the owner; `None` for a kind of file that this matrix does not know.
fn kind_of(path: &str, is_folder: bool, people: &BTreeMap<&'static str, Enrolled>) -> Option<(String, Option<Person>)> {
    let database = path.strip_suffix("-journal").unwrap_or(path);
    let journal = if database == path { "" } else { "-journal" };
    let named = |folder: &str, rest: &str| {
        let (user, ending) = rest.split_once('.')?;
        let (name, _) = people.iter().find(|(_, p)| p.user.to_string() == user)?;
        let owner = PEOPLE.into_iter().find(|p| p.user == *name)?;
        Some((format!("{folder}/<{}>.{ending}{journal}", part_of(name)), Some(owner)))
    };
    let parts: Vec<&str> = database.split('/').collect();
    match (parts.as_slice(), is_folder) {
        (["slots" | "segments" | "personal"], true)
        | (
            [
                "workstation.json"
                | "workstation.copy.json"
                | "ledger.db"
                | "profile.lock"
                | "trouble.json"
                | "last-sync.json"
                | "display.json",
            ],
            false,
        ) => Some((path.to_owned(), None)),
        (["slots", own], folder) => {
            let known: &[&str] = if folder { &["grants"] } else { &["json", "state", "keys", "sums"] };
            let ending = own.split_once('.')?.1;
            known.contains(&ending).then(|| named("slots", own))?
        }
        (["slots", grants, _], false) if grants.ends_with(".grants") => {
            let (name, owner) = named("slots", grants)?;
            Some((format!("{name}/<grant>"), owner))
        }
        (["personal", own], false) if own.ends_with(".db") || own.ends_with(".drafts") => named("personal", own),
        (["segments", file], _) => {
            let (segment, ending) = file.split_once('.')?;
            Segment::from_name(segment)?;
            let known: &[&str] = if is_folder { &["inbox"] } else { &["db", "pub"] };
            known.contains(&ending).then(|| (path.to_owned(), None))
        }
        (["segments", inbox, file], false) if inbox.ends_with(".inbox") => {
            let ending = file.split_once('.').map_or("", |(_, ending)| ending);
            let known = matches!(ending, "" | "sealed");
            known.then(|| (format!("segments/{inbox}/<item>"), None))
        }
        _ => None,
    }
}
