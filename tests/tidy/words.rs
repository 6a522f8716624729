//! Words and phrases that this code base once used for things that have an ordinary name.

use crate::failures::none_of;
use crate::lexer::split;
use crate::tree::{Source, files};

/// Words that may not be part of an identifier, in snake case.
const WORDS: &[&str] = &[
    "anew", "befall", "befell", "desk", "dice", "door", "doors", "drop_box", "floor", "floors", "gist", "glance",
    "hands", "house", "kd", "kp", "lp", "memo", "parcel", "room", "rooms", "scribe", "settle", "settled", "settles",
    "settling", "shelf", "sight", "standing", "story", "strike", "struck", "told", "trouble", "umk", "ward", "wish",
];
/// Names in which such a word has its ordinary meaning: one word as a whole identifier, several words also as a part of
/// one. `floor` is the lower bound of a cost, and rounding.
const ORDINARY_NAMES: &[&str] = &[
    "front_desk",
    "leila_at_the_desk",
    "floor",
    "below_floor",
    "below_the_floor",
    "floor_char_boundary",
    "floor_took",
    "use_memo",
    "memo",
    "waiting_room",
    "all_settled",
    "told_apart",
];
/// Names that say too little for a type.
const TYPES: &[&str] = &["Answer", "Arrived", "Ask", "Held", "Kept", "Look", "Sight", "Turn", "Wire"];
/// Names that say too little for a function.
const FUNCTIONS: &[&str] = &["enter", "guard", "inside", "peek"];
/// What comments, messages and pages may not say, in lower case, each with phrases in which it is ordinary English.
const PHRASES: &[(&str, &[&str])] = &[
    // The stored position of a pull that starts over.
    ("anew", &["const restart: &str = \"anew\";", "\"anew\""]),
    ("are told", &["are told apart"]),
    ("as it stands", &[]),
    ("at hand", &[]),
    ("be told", &["be told apart"]),
    ("befall", &[]),
    ("befalls", &[]),
    ("befell", &[]),
    ("gives free", &[]),
    ("house rule", &[]),
    ("house rules", &[]),
    ("is told", &["is told apart"]),
    ("lies there", &[]),
    ("rests on", &[]),
    ("that is none", &[]),
    ("the room that", &[]),
    ("thereby", &[]),
    ("this room", &[]),
    ("was told", &[]),
    ("whose.", &[]),
];
/// This file, which names them.
const HERE: &str = "tests/tidy/words.rs";

fn checked(endings: &[&str]) -> impl Iterator<Item = Source> {
    files(endings).into_iter().filter(|f| f.path != HERE)
}

#[test]
fn words_that_are_no_longer_used() {
    let mut findings = Vec::new();
    for file in checked(&[".rs", ".ts", ".tsx", ".mjs", ".js", ".java"]) {
        let code = split(&file.text, file.path.ends_with(".rs")).code;
        for (index, line) in code.lines().enumerate() {
            let wrong = identifiers(line).filter(|(before, name)| is_private(before, name));
            findings.extend(wrong.map(|(_, name)| format!("{}:{}: {name}", file.path, index + 1)));
        }
    }
    none_of("names that need a glossary: use the words of the field (docs/ARCHITECTURE.md)", findings);
}

#[test]
fn phrases_that_are_no_longer_used() {
    let mut findings = Vec::new();
    for file in checked(&[".rs", ".ts", ".tsx", ".mjs", ".js", ".java", ".css", ".md", ".toml", ".sh"]) {
        let is_code = [".rs", ".ts", ".tsx", ".mjs", ".js", ".java"].iter().any(|e| file.path.ends_with(e));
        let prose = if is_code { split(&file.text, file.path.ends_with(".rs")).prose } else { file.text };
        for (index, line) in prose.lines().enumerate() {
            findings.extend(phrases(line).map(|phrase| format!("{}:{}: {phrase}", file.path, index + 1)));
        }
    }
    none_of("phrases to be said in plain English", findings);
}

/// Every identifier of `line`, with the text before it.
fn identifiers(line: &str) -> impl Iterator<Item = (&str, &str)> {
    let part = |c: char| c.is_alphanumeric() || c == '_';
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = at + line.get(at..)?.find(part)?;
        let rest = line.get(start..)?;
        let end = start + rest.find(|c| !part(c)).unwrap_or(rest.len());
        at = end;
        Some((line.get(..start)?, line.get(start..end)?))
    })
}

fn is_private(before: &str, name: &str) -> bool {
    let declared = |keywords: &[&str]| before.split_whitespace().next_back().is_some_and(|k| keywords.contains(&k));
    let ordinary = ORDINARY_NAMES.iter().map(|name| format!("_{name}_"));
    let plain = ordinary.fold(snake_case(name), |text, ordinary| {
        let is_part = ordinary.trim_matches('_').contains('_');
        if is_part || text == ordinary { text.replace(&ordinary, "_") } else { text }
    });
    WORDS.iter().any(|word| plain.contains(&format!("_{word}_")))
        || TYPES.contains(&name) && declared(&["struct", "enum", "trait", "type", "class", "interface", "record"])
        || FUNCTIONS.contains(&name) && declared(&["fn", "function"])
}

/// `lineOfHTTPWords` as `_line_of_http_words_`.
fn snake_case(name: &str) -> String {
    let mut snake = String::from("_");
    let letters: Vec<char> = name.chars().collect();
    for (index, letter) in letters.iter().enumerate() {
        let before = index.checked_sub(1).and_then(|i| letters.get(i));
        let after = letters.get(index + 1);
        let starts = before.is_some_and(|b| !b.is_uppercase()) || after.is_some_and(|a| a.is_lowercase());
        if letter.is_uppercase() && starts && !snake.ends_with('_') {
            snake.push('_');
        }
        snake.extend(letter.to_lowercase());
    }
    snake + "_"
}

fn phrases(line: &str) -> impl Iterator<Item = &'static str> {
    let line = format!(" {} ", line.to_lowercase());
    PHRASES
        .iter()
        .filter(move |(phrase, allowed)| {
            let line = allowed.iter().fold(line.clone(), |text, ordinary| text.replace(ordinary, ""));
            line.match_indices(phrase).any(|(start, found)| {
                let joins = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
                let (before, after) = (line.get(..start), line.get(start + found.len()..));
                !joins(before.and_then(|b| b.chars().next_back())) && !joins(after.and_then(|a| a.chars().next()))
            })
        })
        .map(|(phrase, _)| *phrase)
}

#[test]
fn words_are_found_in_names() {
    for (before, name) in [
        ("let", "slot_door"),
        ("", "ledgerRoom"),
        ("", "HTTPDoor"),
        ("const", "DESK"),
        ("", "front_desk_door"),
        ("", "DropBox"),
        ("pub struct", "Held"),
        ("fn", "enter"),
    ] {
        assert!(is_private(before, name), "{name}");
    }
    for (before, name) in [
        ("", "doorway"),
        ("", "the_front_desk_reads_times"),
        ("", "WaitingRoom"),
        ("", "FLOOR"),
        ("", "useMemo"),
        ("", "Held"),
        ("let", "inside"),
    ] {
        assert!(!is_private(before, name), "{name}");
    }
}

#[test]
fn phrases_are_found_in_prose() {
    assert_eq!(phrases("// Written anew; the nurse is told.").collect::<Vec<_>>(), ["anew", "is told"]);
    assert_eq!(phrases("a renewal; they are told apart").count(), 0);
}
