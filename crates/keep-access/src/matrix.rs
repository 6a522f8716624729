//! The whole role × action × group × label matrix as text that is reviewed like code.

use crate::action::AppliesTo;
use crate::{Access, Action, Decision, Group, Labels, PolicyResource, Request, Situation};
use keep_domain::Role;
use std::fmt::Write;

const SNAPSHOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/matrix.snap.txt");

fn letter(decision: Decision) -> char {
    match decision {
        Decision::Allow => 'A',
        Decision::Masked => 'M',
        Decision::Deny => '.',
    }
}

/// The situations in which every record action is decided.
fn variants(group: Group) -> Vec<(&'static str, PolicyResource, Situation)> {
    let (plain, assigned) = (Situation::default(), Situation { assigned_restricted: true, break_glass: false });
    let glass = Situation { assigned_restricted: false, break_glass: true };
    let labelled = |code: &str| PolicyResource::of(group).labelled(Labels::of([code]));
    vec![
        ("", PolicyResource::of(group), plain),
        ("own", PolicyResource::of(group).own(), plain),
        ("label N", labelled("N"), plain),
        ("label R", labelled("R"), plain),
        ("label R, assigned", labelled("R"), assigned),
        ("label R, assigned, own", labelled("R").own(), assigned),
        ("label R, break-glass", labelled("R"), glass),
        ("label PSYTHPN, assigned", labelled("PSYTHPN"), assigned),
    ]
}

fn print(access: &Access) -> String {
    let mut out = String::from("A = allowed, M = masked, . = denied\n\n");
    let line = |out: &mut String, what: &str, of: &dyn Fn(Role) -> Decision| {
        let letters: String = Role::ALL.iter().flat_map(|r| [letter(of(*r)), ' ']).collect();
        writeln!(out, "{what:<58}{}", letters.trim_end()).expect("written");
    };
    writeln!(out, "{:<58}{}", "", Role::ALL.map(Role::name).join(" | ")).expect("written");
    for action in Action::ALL {
        writeln!(out, "\n# {}", action.name()).expect("written");
        if action.applies_to() == AppliesTo::System {
            line(&mut out, "", &|role| access.decide(&Request::system_action(role, action)));
            continue;
        }
        for group in Group::ALL {
            let mut plain = None;
            for (name, record, situation) in variants(group) {
                let decide = |role| access.decide(&Request::about(role, action, &record).when(situation));
                let row = Role::ALL.map(decide);
                // The plain row always; other rows only where they differ from it.
                if plain.is_none_or(|p| p != row) {
                    line(&mut out, &format!("{} {name}", group.name()), &decide);
                }
                plain = plain.or(Some(row));
            }
        }
    }
    out
}

#[test]
fn the_whole_matrix_is_as_reviewed() {
    let found = print(&Access::built_in().expect("policies"));
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(SNAPSHOT, &found).expect("snapshot written");
    }
    let reviewed = std::fs::read_to_string(SNAPSHOT).expect("snapshot");
    let changed = found.lines().zip(reviewed.lines()).find(|(f, r)| f != r);
    assert_eq!(changed, None, "run the test with UPDATE=1 and review the difference");
    assert_eq!(found, reviewed);
}
