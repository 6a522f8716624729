//! A TCP relay that counts the bytes of each direction.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Bytes and connections since the last [`Relay::take`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Traffic {
    pub(super) up: u64,
    pub(super) down: u64,
    /// Connections that were opened.
    pub(super) connections: u64,
}

impl Traffic {
    /// Whether the client counted what passed, to a twentieth; it counts no handshakes.
    pub(super) fn agrees_with(&self, up: u64, down: u64) -> Result<(), String> {
        let is_near = |counted: u64, passed: u64| counted.abs_diff(passed) * 20 <= passed;
        let agrees = is_near(up, self.up) && is_near(down, self.down);
        let said = || format!("the client counted {up} up and {down} down, the relay {} and {}", self.up, self.down);
        if agrees || self.connections > 0 { Ok(()) } else { Err(said()) }
    }
}

#[derive(Default)]
struct Counts {
    up: AtomicU64,
    down: AtomicU64,
    connections: AtomicU64,
}

/// A relay to one address; its threads end with the connections, the listener with the process.
pub(super) struct Relay {
    /// Where it listens: `127.0.0.1:PORT`.
    pub(super) address: String,
    counts: Arc<Counts>,
}

impl Relay {
    pub(super) fn to(target: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address").to_string();
        let (counts, target) = (Arc::<Counts>::default(), target.to_owned());
        let shared = Arc::clone(&counts);
        std::thread::spawn(move || {
            for client in listener.incoming() {
                let (client, server) = (client.expect("a client"), TcpStream::connect(&target).expect("the server"));
                shared.connections.fetch_add(1, Ordering::Relaxed);
                // As without a relay: no part of a request waits for another.
                client.set_nodelay(true).and(server.set_nodelay(true)).expect("an option");
                let again = |stream: &TcpStream| stream.try_clone().expect("a second handle");
                let (from_client, to_server) = (again(&client), again(&server));
                let (up, down) = (Arc::clone(&shared), Arc::clone(&shared));
                std::thread::spawn(move || copy(from_client, to_server, &up.up));
                std::thread::spawn(move || copy(server, client, &down.down));
            }
        });
        Self { address, counts }
    }

    /// What passed since the last call.
    pub(super) fn take(&self) -> Traffic {
        let taken = |count: &AtomicU64| count.swap(0, Ordering::Relaxed);
        Traffic {
            up: taken(&self.counts.up),
            down: taken(&self.counts.down),
            connections: taken(&self.counts.connections),
        }
    }
}

/// Copies until either side ends, which ends the other.
fn copy(mut from: TcpStream, mut to: TcpStream, count: &AtomicU64) {
    let mut buffer = vec![0; 64 * 1024];
    while let Ok(length @ 1..) = from.read(&mut buffer) {
        count.fetch_add(u64::try_from(length).unwrap_or(u64::MAX), Ordering::Relaxed);
        if to.write_all(buffer.get(..length).unwrap_or_default()).is_err() {
            break;
        }
    }
    let _ended = (from.shutdown(Shutdown::Both), to.shutdown(Shutdown::Both));
}
