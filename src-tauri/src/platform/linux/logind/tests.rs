//! A private bus on which the test plays logind.

use super::locked_hint;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use zbus::connection::Builder;
use zbus::zvariant::OwnedObjectPath;

const SESSION: &str = "/org/freedesktop/login1/session/_31";

struct Bus(Child);

impl Bus {
    /// A bus and its address; `None`, with a printed line, where dbus-daemon is not installed.
    fn start() -> Option<(Self, String)> {
        let mut daemon = Command::new("dbus-daemon");
        daemon.args(["--session", "--nofork", "--print-address=1"]).stdout(Stdio::piped()).stderr(Stdio::null());
        let Ok(mut child) = daemon.spawn() else {
            println!("skipped: dbus-daemon is not installed; scripts/setup installs it");
            return None;
        };
        let mut address = String::new();
        let stdout = child.stdout.take().expect("standard output");
        BufReader::new(stdout).read_line(&mut address).expect("an address");
        Some((Self(child), address.trim().to_owned()))
    }
}

impl Drop for Bus {
    fn drop(&mut self) {
        let _already_ended = self.0.kill();
        let _already_reaped = self.0.wait();
    }
}

struct Manager;

#[zbus::interface(name = "org.freedesktop.login1.Manager")]
impl Manager {
    fn get_session(&self, _id: &str) -> OwnedObjectPath {
        OwnedObjectPath::try_from(SESSION).expect("a path")
    }
}

struct Session(Arc<AtomicBool>);

#[zbus::interface(name = "org.freedesktop.login1.Session")]
impl Session {
    #[zbus(property)]
    fn locked_hint(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }
}

#[test]
fn the_screen_is_locked_exactly_while_logind_reports_it() {
    let Some((_bus, address)) = Bus::start() else { return };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("runtime");
    runtime.block_on(async {
        let ours = Builder::address(address.as_str()).expect("address").build().await.expect("connected");
        assert_ne!(locked_hint(&ours).await, Ok(true), "no logind yet");
        let locked = Arc::new(AtomicBool::new(false));
        let logind = Builder::address(address.as_str()).expect("address").name("org.freedesktop.login1").expect("name");
        let logind = logind.serve_at("/org/freedesktop/login1", Manager).expect("manager");
        let logind = logind.serve_at(SESSION, Session(Arc::clone(&locked))).expect("session");
        let _logind = logind.build().await.expect("logind");
        for reported in [false, true, false] {
            locked.store(reported, Ordering::SeqCst);
            assert_eq!(locked_hint(&ours).await, Ok(reported));
        }
    });
}
