//! The web engine's processes, which hold what the page showed.

use rustix::process::{Pid, Signal, WaitOptions, kill_process, waitpid};
use std::time::Duration;

/// Process names as the kernel stores them, cut to 15 bytes. The user's browser, opened for the sign-in, is not one.
const WEB_ENGINE: &[&str] = &["WebKit", "bwrap", "xdg-dbus-proxy"];

/// One line of the process table.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Process {
    pid: i32,
    parent: i32,
    name: String,
    dead: bool,
}

/// Kills the web engine's processes below this one and returns their ids for [`reap`] in the next process.
pub(crate) fn kill_web_engine() -> Vec<i32> {
    let mut killed = Vec::new();
    // A process may start while the table is read, so look again until none is left.
    for _ in 0..4 {
        let alive = web_engine_of(std::process::id().cast_signed(), &process_table());
        if alive.is_empty() {
            break;
        }
        for pid in alive {
            if let Some(target) = Pid::from_raw(pid) {
                let _already_ended = kill_process(target, Signal::KILL);
            }
            if !killed.contains(&pid) {
                killed.push(pid);
            }
        }
    }
    killed
}

/// Reaps the children that the replaced process killed, on a thread of its own; they would remain as zombies.
pub(crate) fn reap(children: Vec<i32>) -> std::io::Result<()> {
    if children.is_empty() {
        return Ok(());
    }
    std::thread::Builder::new().name("reaper".into()).spawn(move || wait_for(children)).map(drop)
}

/// A pid that is no longer a child of this process is left alone: it may name another process by now.
fn wait_for(mut children: Vec<i32>) {
    for _ in 0..2_500 {
        children.retain(|pid| {
            let pid = Pid::from_raw(*pid);
            matches!(pid.map(|p| waitpid(Some(p), WaitOptions::NOHANG)), Some(Ok(None)))
        });
        if children.is_empty() {
            return;
        }
        std::thread::sleep(Duration::from_millis(2));
    }
    tracing::warn!(left = children.len(), "children of the replaced process have not ended");
}

fn process_table() -> Vec<Process> {
    let entries = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    let pids = entries.filter_map(|e| e.file_name().to_str().and_then(|name| name.parse::<i32>().ok()));
    pids.filter_map(|pid| std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()).filter_map(|s| parse(&s)).collect()
}

/// Parses a line of `/proc/PID/stat` (proc(5)): pid, (name), state, parent, ...
fn parse(stat: &str) -> Option<Process> {
    // The name may contain spaces and parentheses, so the last one ends it.
    let (front, rest) = stat.rsplit_once(") ")?;
    let (pid, name) = front.split_once(" (")?;
    let mut rest = rest.split(' ');
    let dead = matches!(rest.next()?, "Z" | "X");
    Some(Process { pid: pid.parse().ok()?, parent: rest.next()?.parse().ok()?, name: name.to_owned(), dead })
}

/// Running web engine processes among the children of `root`, and their descendants.
fn web_engine_of(root: i32, table: &[Process]) -> Vec<i32> {
    let ours = |p: &&Process| p.parent == root && WEB_ENGINE.iter().any(|name| p.name.starts_with(name));
    let mut found: Vec<&Process> = table.iter().filter(ours).collect();
    let mut next = 0;
    while let Some(parent) = found.get(next).map(|p| p.pid) {
        found.extend(table.iter().filter(|p| p.parent == parent));
        next += 1;
    }
    found.iter().filter(|p| !p.dead).map(|p| p.pid).collect()
}

#[cfg(test)]
mod tests {
    use super::{parse, web_engine_of};

    #[test]
    fn only_processes_of_the_web_engine_are_killed() {
        let table: Vec<_> = [
            "10 (chartkeep-deskt) S 1 10 10 0",
            "11 (WebKitWebProces) S 10 10 10 0",
            "12 (WebKitNetworkPr) Z 10 10 10 0",
            "13 (firefox (web) x) S 10 10 10 0",
            "14 (bwrap) S 10 10 10 0",
            "15 (anything) S 14 10 10 0",
            "16 (WebKitWebProces) S 9 10 10 0",
        ]
        .into_iter()
        .filter_map(parse)
        .collect();
        assert_eq!(table.len(), 7);
        assert_eq!(web_engine_of(10, &table), [11, 14, 15]);
    }
}
