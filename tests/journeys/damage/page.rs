//! docs/security/damage.md: the table of what was found, written by a run over all cells and compared by every other.

use super::file::part_of;
use super::harm::Harm;
use super::judge::{Case, Judged};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

/// The columns after the damage and who met it.
const COLUMNS: [&str; 11] = [
    "unlock",
    "open chart",
    "lists",
    "search",
    "save",
    "sync",
    "lock",
    "colleague then",
    "person again",
    "notice",
    "event",
];
/// The row of all people, where it is the same for all.
const EVERYBODY: &str = "everybody";
/// Between what different cases of one row came to.
const OR: &str = " / ";

/// File, damage and who met it.
type Key = (String, String, String);
/// For each column what cases came to.
type Cells = Vec<BTreeSet<String>>;

/// The rows of a table.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Table(BTreeMap<Key, Cells>);

impl Table {
    /// The cases, people by whether the file is theirs.
    pub(super) fn of(all: &[(Case, Judged)]) -> Self {
        let mut rows: BTreeMap<Key, Cells> = BTreeMap::new();
        for (case, judged) in all {
            let cells = rows.entry(key_of(case)).or_insert_with(|| vec![BTreeSet::new(); COLUMNS.len()]);
            for (cell, found) in cells.iter_mut().zip(&judged.cells) {
                cell.insert(if found.is_empty() { String::from("–") } else { found.clone() });
            }
        }
        Self(rows)
    }

    /// One row instead of several that say the same.
    fn merged(&self) -> Self {
        let mut of_file: BTreeMap<(String, String), BTreeMap<String, Cells>> = BTreeMap::new();
        for ((file, harm, who), cells) in &self.0 {
            of_file.entry((file.clone(), harm.clone())).or_default().insert(who.clone(), cells.clone());
        }
        let mut rows = BTreeMap::new();
        for ((file, harm), people) in of_file {
            let mut distinct: Vec<&Cells> = people.values().collect();
            distinct.dedup();
            if let [only] = distinct[..] {
                rows.insert((file, harm, EVERYBODY.to_owned()), only.clone());
                continue;
            }
            rows.extend(people.into_iter().map(|(who, cells)| ((file.clone(), harm.clone(), who), cells)));
        }
        Self(rows)
    }

    /// The page, of a run over so many cases.
    pub(super) fn page(&self, cases: usize) -> String {
        let mut page = HEAD.replace("{cases}", &cases.to_string());
        let mut last = String::new();
        for ((file, harm, who), cells) in &self.merged().0 {
            if *file != last {
                page += &format!("\n## {file}\n\n| damage | who | {} |\n", COLUMNS.join(" | "));
                page += &format!("|{}\n", "---|".repeat(COLUMNS.len() + 2));
                last.clone_from(file);
            }
            let cells: Vec<String> = cells.iter().map(|c| c.iter().cloned().collect::<Vec<_>>().join(OR)).collect();
            page += &format!("| {harm} | {who} | {} |\n", cells.join(" | "));
        }
        page
    }

    /// The rows of a page.
    pub(super) fn read(page: &str) -> Self {
        let (mut rows, mut file) = (BTreeMap::new(), String::new());
        for line in page.lines() {
            if let Some(name) = line.strip_prefix("## ") {
                name.clone_into(&mut file);
            }
            let parts: Vec<&str> = line.trim_matches('|').split(" | ").map(str::trim).collect();
            let [harm, who, cells @ ..] = &parts[..] else { continue };
            if cells.len() != COLUMNS.len() || *harm == "damage" {
                continue;
            }
            let cells = cells.iter().map(|c| c.split(OR).map(str::to_owned).collect()).collect();
            rows.insert((file.clone(), (*harm).to_owned(), (*who).to_owned()), cells);
        }
        Self(rows)
    }

    /// What this run came to and the page does not say.
    pub(super) fn missing_from(&self, page: &Self) -> Vec<String> {
        let mut missing = Vec::new();
        // Where a flipped bit falls among the random bytes of a file differs from run to run; what it does is judged.
        let repeatable = self.0.iter().filter(|((_, harm, _), _)| harm != Harm::BitFlipped(0).name());
        for ((file, harm, who), cells) in repeatable {
            let row = |who: &str| page.0.get(&(file.clone(), harm.clone(), who.to_owned()));
            let Some(said) = row(who).or_else(|| row(EVERYBODY)) else {
                missing.push(format!("{file}, {harm}, {who}: no row"));
                continue;
            };
            for ((column, found), said) in COLUMNS.iter().zip(cells).zip(said) {
                if !found.is_subset(said) {
                    missing.push(format!("{file}, {harm}, {who}: {column} {found:?}, and the page says {said:?}"));
                }
            }
        }
        missing
    }
}

fn key_of(case: &Case) -> Key {
    let (file, who) = match case.file.owner {
        None => (case.file.name.clone(), part_of(case.person.user)),
        Some(owner) => {
            let file = case.file.name.replace(&format!("<{}>", part_of(owner.user)), "<user>");
            (file, if owner == case.person { "that person" } else { "others" })
        }
    };
    (file, case.harm.name().to_owned(), who.to_owned())
}

/// Where the page is.
pub(super) fn path() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../docs/security/damage.md")
}

const HEAD: &str = "\
# What damaged files do

Each file of a worn profile is damaged in each way, and then a nurse, a second nurse, a front-desk clerk and the file's owner unlock, open charts, read their lists, search, save, sync and lock; a colleague follows in the same program, and after a restart the person comes again.
`tests/journeys/damage` does it and judges every answer by what the whole profile answers: the same value, or a statement that it is missing; never another value, never that there is nothing, never an open session behind the lock screen, and no one with an undamaged slot is locked out.
This page was written by a run over {cases} cases.
`make test` takes a seeded sample in which each file meets each damage once or more, and fails where its results differ from this page.
`make soak` takes every cell with 100 flipped bits a file, which `CHARTKEEP_DAMAGE=full` asks for, and `CHARTKEEP_DAMAGE_PAGE=write` writes this page again.
\"Everybody\" means all people who met that damage in the run that wrote the page.
Where a flipped bit falls differs from run to run, as the files are encrypted with other keys: its rows are what was met, and only the judgement is the same each time.

\"As before\" is what the whole profile answers.
\"As before the last save\" is what it answered one save earlier: that save had not been sent, it went with the newer file, and the notice says so.
\"Says what is missing\" is less than that, and the screen says so.
A word with underscores is the closed code of a failure, which the window puts into a sentence.
Values on both sides of a slash came from different places in the file or different people.
";
