//! `drive` as a child process, which can be killed at any moment.

use chartkeep_tests::TestSession;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

/// How long one answer may take on a busy machine before the journey gives up.
const PATIENCE: Duration = Duration::from_secs(60);

/// A running `drive`, unlocked.
pub(crate) struct DriveProcess {
    child: Child,
    stdin: Option<ChildStdin>,
    replies: Receiver<Value>,
}

impl DriveProcess {
    /// Starts it and waits until the nurse is unlocked.
    pub(crate) fn start(session: &TestSession) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_drive"))
            .arg("--profile")
            .arg(session.profile())
            .arg("--test-session")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("drive starts");
        let stdin = child.stdin.take();
        let stdout = child.stdout.take().expect("stdout");
        let (send, replies) = channel();
        std::thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                // A line cut off by the kill is no acknowledgement.
                let Ok(reply) = serde_json::from_str(&line) else { break };
                if send.send(reply).is_err() {
                    break;
                }
            }
        });
        let drive = Self { child, stdin, replies };
        let first = drive.reply();
        assert_eq!(first, json!({"ready": true}), "drive unlocks after every kill");
        drive
    }

    /// Sends a line without waiting; a dead process does not reply.
    pub(crate) fn ask(&mut self, what: &Value) {
        if let Some(stdin) = &mut self.stdin {
            // The pipe breaks if the process was killed.
            let _broken = writeln!(stdin, "{what}");
        }
    }

    /// The next answer.
    pub(crate) fn reply(&self) -> Value {
        self.replies.recv_timeout(PATIENCE).expect("an answer")
    }

    /// The next answer, if it comes within `patience`.
    pub(crate) fn reply_within(&self, patience: Duration) -> Option<Value> {
        self.replies.recv_timeout(patience).ok()
    }

    /// Asks and waits.
    pub(crate) fn do_it(&mut self, what: &Value) -> Value {
        self.ask(what);
        self.reply()
    }

    /// SIGKILL; returns the replies sent before it.
    pub(crate) fn kill(mut self) -> Vec<Value> {
        self.child.kill().expect("killed");
        self.child.wait().expect("ended");
        self.stdin = None;
        // The reader's end of the channel closes when the pipe is drained.
        self.replies.iter().collect()
    }

    /// Ends it normally.
    pub(crate) fn end(mut self) {
        self.stdin = None;
        self.child.wait().expect("ended");
    }
}
