//! What a damaged profile may answer: what the whole one answers, or that something is not there. Never another value,
//! never that there is nothing.

mod absence;
mod mask;

pub(super) use mask::mask;

use super::visit::failed;
use serde_json::Value;

/// How an answer compares with that of the whole profile.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Seen {
    /// The same.
    Same,
    /// As it was one save before, or without what has not been sent, where a notice says that this may be lost.
    WithoutSave,
    /// Less, and it says so.
    Less,
    /// A failure with this code.
    Failed(String),
    /// What must not be; each sentence says what.
    Wrong(Vec<String>),
}

/// Compares one answer. `says_less` is whether another answer on the same screen says that something is missing.
pub(super) fn compare(operation: &str, whole: &Value, shown: &Value, says_less: bool) -> Seen {
    if shown == whole {
        return Seen::Same;
    }
    if let Some(code) = failed(shown) {
        return match code {
            "internal" => Seen::Wrong(vec![String::from("a failure without a code of its own")]),
            "unlock_refused" if failed(whole).is_none() => {
                Seen::Wrong(vec![String::from("says that password or code were wrong")])
            }
            code => Seen::Failed(code.to_owned()),
        };
    }
    if failed(whole).is_some() {
        return Seen::Wrong(vec![String::from("answers what a whole profile refuses")]);
    }
    let mut wrong = Vec::new();
    let says_less = says_less || says_less_itself(shown);
    match operation.split(' ').next().unwrap_or_default() {
        "unlock" => absence::session(whole, shown, &mut wrong),
        "lock" => absence::lock_screen(whole, shown, &mut wrong),
        "list" => absence::list(whole, shown, says_less, &mut wrong),
        "search" => absence::search(whole, shown, says_less, &mut wrong),
        "chart" => absence::chart(whole, shown, says_less, &mut wrong),
        "timeline" | "results" | "notes" => absence::window(whole, shown, says_less, &mut wrong),
        "drafts" => absence::items("drafts", whole, shown, says_less, &mut wrong),
        "chip" => absence::chip(whole, shown, &mut wrong),
        // What was saved and sent is looked for on the server.
        "save" | "sync" => {}
        other => wrong.push(format!("{other}: an answer that is not compared")),
    }
    if wrong.is_empty() { Seen::Less } else { Seen::Wrong(wrong) }
}

/// Whether an answer says by itself that something is missing.
pub(super) fn says_less_itself(shown: &Value) -> bool {
    let is_set = |value: &Value| match value {
        Value::Bool(yes) => *yes,
        Value::Array(list) => !list.is_empty(),
        Value::String(text) => !text.is_empty(),
        _ => false,
    };
    let words = ["downloading", "incomplete", "unavailable", "missing", "unreadable", "partial"];
    words.iter().any(|w| shown.get(*w).is_some_and(is_set)) || shown.get("completeness").is_some_and(says_less_itself)
}

/// What the table says of an answer.
pub(super) fn words(seen: Option<&Seen>) -> String {
    match seen {
        None => String::from("–"),
        Some(Seen::Same) => String::from("as before"),
        Some(Seen::WithoutSave) => String::from("as before the last save"),
        Some(Seen::Less) => String::from("says what is missing"),
        Some(Seen::Failed(code)) => code.clone(),
        Some(Seen::Wrong(_)) => String::from("WRONG"),
    }
}
