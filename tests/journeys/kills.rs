//! SIGKILL at random moments: what was acknowledged survives, and a sync that was cut off converges.

mod saving;
mod syncing;

use crate::people::save_vitals;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// How often to kill: `CHARTKEEP_KILLS`, or else `usual`.
fn kills(usual: u32) -> u32 {
    std::env::var("CHARTKEEP_KILLS").ok().and_then(|n| n.parse().ok()).unwrap_or(usual)
}

/// What the nurse saved and drive acknowledged.
#[derive(Default)]
struct Acknowledged {
    resources: BTreeSet<String>,
    saves: u32,
}

impl Acknowledged {
    fn take(&mut self, reply: &Value) {
        let Some(resources) = reply.get("resources").and_then(Value::as_array) else {
            panic!("a save was refused: {reply}");
        };
        assert!(reply.get("ack").is_some_and(Value::is_u64), "{reply}");
        self.saves += 1;
        self.resources.extend(resources.iter().filter_map(Value::as_str).map(str::to_owned));
    }
}

/// Vitals or a note, in turn; both write to several files in one transaction.
fn save(kill: u32, n: u32) -> Value {
    if n % 4 == 3 {
        return json!({"do": "save_note", "patient": "p1", "kind": "nursing", "text": format!("Round {kill}, {n}.")});
    }
    save_vitals("p1", &(60 + (kill + n) % 40).to_string())
}
