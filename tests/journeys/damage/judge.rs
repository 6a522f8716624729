//! The rules over a whole case: what each answer is, who was locked out, what was reported, what was sent.

use super::case::{Played, opened};
use super::file::{Place, ProfileFile, part_of};
use super::harm::Harm;
use super::oracle::{Seen, compare, mask, says_less_itself, words};
use super::traces::{bare, kind, subject, without_own_traces};
use super::visit::{Answers, Person, failed};
use keep_audit::{EventClass, Outcome};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// A damage, and who met it.
#[derive(Debug, Clone)]
pub(super) struct Case {
    pub(super) file: ProfileFile,
    pub(super) harm: Harm,
    pub(super) person: Person,
    pub(super) colleague: Person,
}

/// What the table says of a case.
#[derive(Debug, Clone, Default)]
pub(super) struct Judged {
    /// Operation by operation, in the order of the columns.
    pub(super) cells: Vec<String>,
    /// What must not be.
    pub(super) wrong: Vec<String>,
    /// What was less than a whole profile's, and said so.
    pub(super) less: Vec<String>,
}

/// What whole profiles answer in a case's place.
pub(super) struct Whole<'w> {
    /// As the profile is now, with or without the save as the case's own ended.
    pub(super) now: &'w Played,
    /// As it is now, with the save.
    pub(super) saved: &'w Played,
    /// As it was one save before, before all that has not been sent, and one day before, where the case says that
    /// records may be old.
    pub(super) older: Vec<&'w Played>,
}

impl std::fmt::Display for Case {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} | {} | {}", self.file.name, self.harm, part_of(self.person.user))
    }
}

/// Whether a case says that what it shows may be old, or is being brought up to date.
pub(super) fn may_be_old(played: &Played) -> bool {
    let rounds = [&played.first, &played.colleague, &played.again];
    rounds.iter().any(|a| notices(a).iter().any(|n| ["stale", "rebuilding"].iter().any(|w| n.contains(w))))
}

fn notices(answers: &Answers) -> Vec<String> {
    let list = answers.get("unlock").and_then(|u| u.get("notices")).and_then(Value::as_array);
    let words = |notice: &Value| {
        let named = ["kind", "segment", "health"].iter().filter_map(|n| notice.get(*n)?.as_str());
        named.collect::<Vec<_>>().join(" ").replace('_', " ")
    };
    list.into_iter().flatten().map(words).collect()
}

/// Judges a case by what whole profiles answer.
pub(super) fn judge(case: &Case, played: &Played, whole: &Whole<'_>) -> Judged {
    let mut judging =
        Judging { case, played, whole, wrong: Vec::new(), less: Vec::new(), met: false, colleague_met: false };
    let first = judging.round("", &played.first, |p| &p.first);
    judging.round("colleague: ", &played.colleague, |p| &p.colleague);
    let again = judging.round("afterwards: ", &played.again, |p| &p.again);
    judging.no_user_is_locked_out();
    judging.chips(&first, &again);
    judging.is_reported();
    judging.sent();
    let cells = judging.cells(&first, &again);
    Judged { cells, wrong: judging.wrong, less: judging.less }
}

type Round = BTreeMap<String, Seen>;

struct Judging<'j> {
    case: &'j Case,
    played: &'j Played,
    whole: &'j Whole<'j>,
    wrong: Vec<String>,
    less: Vec<String>,
    /// Whether the person noticed the damage.
    met: bool,
    /// Whether the colleague did.
    colleague_met: bool,
}

impl Judging<'_> {
    fn round(&mut self, name: &str, answers: &Answers, of: fn(&Played) -> &Answers) -> Round {
        let mut round = Round::new();
        for (operation, shown) in answers {
            if operation == "behind the lock" {
                if shown["open"] == true || failed(&shown["session"]).is_none() {
                    self.wrong.push(format!("{name}an open session behind the lock screen"));
                }
                continue;
            }
            let less = self.says_less(operation, answers) || operation == "list my_patients" && self.charts_failed();
            let shown = mask(shown, self.played.since);
            let seen = match of(self.whole.now).get(operation) {
                Some(had) => self.without_what_is_lost(self.compared(operation, had, &shown, less, of)),
                None => Seen::Same,
            };
            if matches!(seen, Seen::Wrong(_)) && self.shows_the_save(operation, &shown, of) {
                let sentence = String::from("the save answered a failure, and was made all the same");
                if !self.wrong.contains(&sentence) {
                    self.wrong.push(sentence);
                }
            } else if let Seen::Wrong(sentences) = &seen {
                self.wrong.extend(sentences.iter().map(|s| format!("{name}{operation}: {s}")));
            }
            if !matches!(operation.as_str(), "lock screen" | "chip" | "chip after sync") {
                let met = if name == "colleague: " { &mut self.colleague_met } else { &mut self.met };
                *met |= seen != Seen::Same;
                if let Seen::Less | Seen::WithoutSave | Seen::Failed(_) = &seen {
                    self.less.push(format!("{name}{operation}: {}", words(Some(&seen))));
                }
            }
            round.insert(operation.clone(), seen);
        }
        round
    }

    fn compared(&self, operation: &str, had: &Value, shown: &Value, less: bool, of: fn(&Played) -> &Answers) -> Seen {
        let now = mask(had, self.whole.now.since);
        if without_own_traces(&now, self.charts_failed()) == without_own_traces(shown, self.charts_failed()) {
            return Seen::Same;
        }
        let seen = compare(operation, &now, shown, less);
        if !matches!(seen, Seen::Wrong(_)) {
            return seen;
        }
        let fits = |old: &&Played| {
            of(old)
                .get(operation)
                .is_some_and(|had| !matches!(compare(operation, &mask(had, old.since), shown, less), Seen::Wrong(_)))
        };
        if self.whole.older.iter().any(fits) {
            let says_less = less || says_less_itself(shown);
            let is_unsent_lost = self.whole.older.iter().take(2).any(fits);
            return if is_unsent_lost && !says_less { Seen::WithoutSave } else { Seen::Less };
        }
        // One part may be old and the others not: what is wrong by now and right by then is old, and no other value.
        let Seen::Wrong(now) = seen else { return seen };
        let by_then = |old: &&Played| match of(old).get(operation) {
            Some(had) => match compare(operation, &mask(had, old.since), shown, less) {
                Seen::Wrong(sentences) => sentences.iter().map(|s| subject(s).to_owned()).collect(),
                _ => BTreeSet::new(),
            },
            None => now.iter().map(|s| subject(s).to_owned()).collect(),
        };
        let then: Vec<BTreeSet<String>> = self.whole.older.iter().map(by_then).collect();
        let is_old = |s: &String| then.iter().any(|wrong| !wrong.contains(subject(s)));
        let is_unsent = |s: &String| then.iter().take(2).any(|wrong| !wrong.contains(subject(s)));
        if !less && !says_less_itself(shown) && now.iter().all(is_unsent) {
            return Seen::WithoutSave;
        }
        let left: Vec<String> = now.into_iter().filter(|s| !is_old(s)).collect();
        if left.is_empty() { Seen::Less } else { Seen::Wrong(left) }
    }

    /// Whether what is shown is what it would be if the save that failed had been made.
    fn shows_the_save(&self, operation: &str, shown: &Value, of: fn(&Played) -> &Answers) -> bool {
        let code = self.played.first.get("save").and_then(failed);
        let saved = of(self.whole.saved).get(operation);
        code.is_some() && saved.is_some_and(|saved| mask(saved, self.whole.saved.since) == *shown)
    }

    /// Whether the same screen says that something is missing.
    fn says_less(&self, operation: &str, answers: &Answers) -> bool {
        match operation.split_once(' ') {
            Some(("timeline" | "results" | "notes", patient)) => {
                answers.get(&format!("chart {patient}")).is_some_and(|c| failed(c).is_some() || says_less_itself(c))
            }
            _ => operation.ends_with("drafts") && self.reports_own_file(),
        }
    }

    /// Whether a chart could not be opened, and so is not among those that this person opened.
    fn charts_failed(&self) -> bool {
        self.played.first.iter().any(|(o, a)| o.starts_with("chart ") && failed(a).is_some())
    }

    /// Whether the person was notified that their own file has changed.
    fn reports_own_file(&self) -> bool {
        self.new_notices(&self.played.first)
            .chain(self.new_notices(&self.played.again))
            .any(|n| n.starts_with("personal"))
    }

    /// Whether the person was notified about a segment.
    fn reports_segment(&self) -> bool {
        let rounds = [&self.played.first, &self.played.colleague, &self.played.again];
        rounds.iter().any(|a| self.new_notices(a).any(|n| n.contains("segment") || n.contains("unsent")))
    }

    /// Leaves out losses that cannot be undone and were reported: drafts in a lost file, unsent records in a lost segment.
    fn without_what_is_lost(&self, seen: Seen) -> Seen {
        let Seen::Wrong(sentences) = seen else { return seen };
        let is_lost = |s: &String| {
            let draft = s.starts_with("count of \"drafts\"") && self.reports_own_file();
            let unsent = s.strip_prefix("rows: missing without a word: ");
            let unsent = unsent.is_some_and(|name| name.ends_with("/<id>"));
            draft || (self.reports_segment() && (unsent || s.contains(" in all for ")))
        };
        let is_of_records = !sentences.iter().any(|s| s.starts_with("count of"));
        let left: Vec<String> = sentences.into_iter().filter(|s| !is_lost(s)).collect();
        match left.is_empty() {
            true if is_of_records => Seen::WithoutSave,
            true => Seen::Less,
            false => Seen::Wrong(left),
        }
    }

    fn new_notices<'a>(&self, answers: &'a Answers) -> impl Iterator<Item = String> + use<'a> {
        let usual =
            [notices(&self.whole.now.first), notices(&self.whole.now.colleague), notices(&self.whole.now.again)]
                .concat();
        notices(answers).into_iter().filter(move |n| !usual.contains(n))
    }

    fn no_user_is_locked_out(&mut self) {
        let is_whole = |person: Person| {
            self.case.file.owner != Some(person) && self.case.file.place != Place::Folder("slots".into())
        };
        let mut out = Vec::new();
        for (who, answers) in [
            (self.case.person, &self.played.first),
            (self.case.colleague, &self.played.colleague),
            (self.case.person, &self.played.again),
        ] {
            if is_whole(who) && !opened(answers) && !self.no_event_can_be_durable(answers) {
                let code = answers.get("unlock").and_then(failed).unwrap_or("nothing");
                out.push(format!("{} is locked out, with a whole slot: {code}", part_of(who.user)));
            }
        }
        let waits = |a: &Answers| a.get("unlock").is_some_and(|u| u["waitingForGrant"] == true);
        if waits(&self.played.again) && opened(&self.played.colleague) && !waits(&self.whole.now.again) {
            out.push(String::from("afterwards: still waits for a grant, although a colleague has been here"));
        }
        out.dedup();
        self.wrong.extend(out);
    }

    fn no_event_can_be_durable(&self, answers: &Answers) -> bool {
        let code = answers.get("unlock").and_then(failed).unwrap_or_default();
        let ledger = self.case.file.name == "ledger.db" && code == "ledger_damaged";
        ledger || code == "keychain_key_missing"
    }

    /// "Complete" is not said while something is missing.
    fn chips(&mut self, first: &Round, again: &Round) {
        // What is missing then is the person's own, and no record.
        if self.case.file.name.starts_with("personal") {
            return;
        }
        let missing = |round: &Round| {
            let screens = ["list", "search", "chart"];
            let of_records = |o: &str| screens.iter().any(|s| o.starts_with(s)) && o != "list my_patients";
            // A save that had not been sent and went with the newer file is reported, and the server cannot have it.
            let is_here = |seen: &Seen| matches!(seen, Seen::Same | Seen::WithoutSave);
            round.iter().any(|(o, seen)| of_records(o) && !is_here(seen))
        };
        for (name, chip, is_missing) in [
            ("chip", self.played.first.get("chip"), missing(first)),
            ("chip after sync", self.played.first.get("chip after sync"), missing(first) && missing(again)),
            ("afterwards: chip", self.played.again.get("chip"), missing(again)),
        ] {
            let Some(chip) = chip.filter(|c| failed(c).is_none() && !says_less_itself(c)) else { continue };
            if is_missing && !chip["complete"].is_null() && chip["state"] == "idle" {
                self.wrong.push(format!("{name}: says complete while records are missing"));
            }
        }
    }

    /// Damage is reported to the person who meets it, by a notice or the message of a failure, and is in the log.
    fn is_reported(&mut self) {
        let person = (&self.met, [&self.played.first, &self.played.again].to_vec());
        let colleague = (&self.colleague_met, vec![&self.played.colleague]);
        let mut unreported = Vec::new();
        for ((met, rounds), who) in [(person, self.case.person), (colleague, self.case.colleague)] {
            let is_failure = |a: &Answers| a.iter().any(|(o, answer)| self.is_new_failure(o, answer));
            let waits = |a: &Answers| a.get("unlock").is_some_and(|u| u["waitingForGrant"] == true);
            // Keys that arrive a second time are reported as keys that arrive.
            let has_keys = |a: &Answers| notices(a).iter().any(|n| n.starts_with("grant received"));
            let is_reported =
                |a: &&Answers| is_failure(a) || waits(a) || has_keys(a) || self.new_notices(a).next().is_some();
            // Damage repaired before the colleague came was reported to the person who met it.
            let mended = who == self.case.colleague && self.reports_segment();
            if *met && !mended && !rounds.iter().any(is_reported) {
                unreported.push(format!("no notice to the {}", part_of(who.user)));
            }
        }
        // Without key slots there are no known users, and so the device key is not needed.
        let is_known = self.case.file.name != "slots";
        if is_known && (self.met || self.colleague_met) && self.new_events().is_empty() && self.played.events.is_some()
        {
            unreported.push(String::from("no event"));
        }
        self.wrong.extend(unreported);
    }

    /// A failure is reported by the message of its code.
    fn is_new_failure(&self, operation: &str, answer: &Value) -> bool {
        operation != "behind the lock"
            && failed(answer).is_some_and(|code| {
                self.whole.saved.first.get(operation).is_none_or(|whole| failed(whole) != Some(code))
            })
    }

    fn new_events(&self) -> BTreeSet<String> {
        let mut usual: Vec<(EventClass, Outcome)> = self.whole.now.events.clone().unwrap_or_default();
        let mut new = BTreeSet::new();
        for event in self.played.events.iter().flatten() {
            match usual.iter().position(|u| u == event) {
                Some(at) => {
                    usual.swap_remove(at);
                }
                None => {
                    new.insert(event.0.name().replace('_', " "));
                }
            }
        }
        new
    }

    /// What the server has is what a whole profile would have sent.
    fn sent(&mut self) {
        let (saved, synced) = (self.played.first.get("save"), self.played.first.get("sync"));
        let all_sent = synced.is_some_and(|s| failed(s).is_none() && s["pending"] == 0 && s["failed"] == 0);
        if let Some(saved) = saved.filter(|s| all_sent && failed(s).is_none()) {
            for key in saved["resources"].as_array().into_iter().flatten().filter_map(Value::as_str) {
                if !self.played.server.contains_key(key) {
                    self.wrong.push(format!("sync: says that all is sent, and the saved {} is not", kind(key)));
                }
            }
        }
        for (key, record) in &self.played.server {
            let is_marked_as_error = record["status"] == "entered-in-error";
            if record["valueQuantity"]["value"] == 203 && !is_marked_as_error && self.whole.older.is_empty() {
                self.wrong.push(String::from("sync: sends a value that had been marked as entered in error"));
            }
            let had = self.whole.now.server.get(key).map(bare);
            if had.is_some_and(|had| had != bare(record)) && self.whole.older.is_empty() {
                self.wrong.push(format!("sync: the server's {key} is another one"));
            }
        }
    }

    fn cells(&self, first: &Round, again: &Round) -> Vec<String> {
        let worst = |round: &Round, start: &str| {
            let all = round.iter().filter(|(o, _)| o.starts_with(start)).map(|(_, seen)| seen);
            words(all.max())
        };
        let unlock = |round: &Round, answers: &Answers| match round.get("unlock") {
            Some(Seen::Failed(code)) => code.clone(),
            _ if opened(answers) => String::from("opens"),
            other => words(other),
        };
        let reported: BTreeSet<String> =
            self.new_notices(&self.played.first).chain(self.new_notices(&self.played.again)).collect();
        let done = |operation: &str| match self.played.first.get(operation) {
            None => String::from("–"),
            Some(answer) => failed(answer).map_or_else(|| String::from("done"), str::to_owned),
        };
        let list = |set: BTreeSet<String>| set.into_iter().collect::<Vec<_>>().join(", ");
        vec![
            unlock(first, &self.played.first),
            worst(first, "chart"),
            worst(first, "list"),
            worst(first, "search"),
            done("save"),
            done("sync"),
            if self.wrong.iter().any(|w| w.contains("behind the lock")) { "OPEN" } else { "locked" }.to_owned(),
            if opened(&self.played.colleague) {
                String::from("opens")
            } else {
                self.played.colleague.get("unlock").and_then(failed).unwrap_or("–").to_owned()
            },
            if opened(&self.played.again) {
                format!("chart {}", worst(again, "chart"))
            } else {
                unlock(again, &self.played.again)
            },
            list(reported),
            list(self.new_events()),
        ]
    }
}
