//! `chartkeep doctor` finds what matters in the files that say who may unlock here.

use crate::rng::SeededRng;
use crate::workstation::TestWorkstation;
use serde_json::Value;

/// What a JSON file says. White space means nothing, nor does the case of hexadecimal digits.
fn meaning(bytes: &[u8]) -> Option<Value> {
    let text = std::str::from_utf8(bytes).ok()?;
    serde_json::from_str::<Value>(text).ok()?;
    serde_json::from_str(&text.to_ascii_lowercase()).ok()
}

#[test]
fn doctor_finds_what_changes_a_slot_or_the_settings() {
    let w = TestWorkstation::new();
    // Some machines have unencrypted swap, which is a finding of its own.
    let findings = |w: &TestWorkstation| {
        let answer = w.doctor();
        let found = answer.body.get("findings").cloned().unwrap_or_default();
        let all: Vec<String> = serde_json::from_value(found).unwrap_or_default();
        (answer.status.name(), all.into_iter().filter(|f| f != "swap_unencrypted").collect::<Vec<_>>())
    };
    assert_eq!(findings(&w).1, Vec::<String>::new());
    assert!(w.doctor().body.get("slots_not_yet_checked").is_none());
    let mut rng = SeededRng::from_env_or_random();
    for (path, turns) in [(w.file("json"), 60), (w.file("keys"), 20), (w.profile().join("workstation.json"), 60)] {
        let whole = std::fs::read(&path).expect("file");
        let before = meaning(&whole);
        for _ in 0..turns {
            let mut flipped = whole.clone();
            let length = u64::try_from(flipped.len()).expect("small");
            let at = usize::try_from(rng.below(length)).expect("small");
            flipped[at] ^= 1 << rng.below(8);
            std::fs::write(&path, &flipped).expect("written");
            let (code, found) = findings(&w);
            // Ids are the same in capitals.
            let same_ids = path.ends_with("workstation.json") && flipped.eq_ignore_ascii_case(&whole);
            let unchanged = same_ids || before.is_some() && meaning(&flipped) == before;
            let name = path.extension().unwrap_or_default();
            let around = |bytes: &[u8]| {
                String::from_utf8_lossy(&bytes[at.saturating_sub(20)..bytes.len().min(at + 20)]).into_owned()
            };
            assert!(
                unchanged || code != "ok",
                "{name:?} at {at}: {code}: {} became {}",
                around(&whole),
                around(&flipped)
            );
            // `slot_damaged` and `store_newer` are also how opening such a profile ends.
            let reported = found.iter().any(|f| f == "slot_damaged") || code == "slot_damaged" || code == "store_newer";
            assert!(unchanged || reported, "{name:?} at {at}: {code} {found:?}");
        }
        std::fs::write(&path, &whole).expect("back");
    }
    w.is_whole();
}
