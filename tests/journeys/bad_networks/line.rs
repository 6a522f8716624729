//! A line between a workstation and its server: a TCP relay with a rate, a delay, losses and resets, from a seed.

use crate::rng::SeededRng;
use keep_domain::{Clock, SystemClock};
use rustix::net::sockopt::set_socket_linger;
use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// The payload of a TCP segment on Ethernet.
const SEGMENT: usize = 1_460;
/// Segments that a direction holds before its sender has to wait.
const QUEUE: usize = 64;

/// The time of the machine, since an arbitrary start.
pub(super) fn now() -> Duration {
    SystemClock.monotonic()
}

/// How a line is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Quality {
    /// Bytes per second in each direction; `None` is as fast as the machine.
    pub(super) rate: Option<u32>,
    /// One way.
    pub(super) delay: Duration,
    /// How many of a hundred segments come a second late, as after a loss.
    pub(super) lost: u32,
    /// How often every connection is reset.
    pub(super) reset: Option<Duration>,
}

/// As good as no line at all.
pub(super) const PERFECT: Quality = Quality { rate: None, delay: Duration::ZERO, lost: 0, reset: None };

struct Shared {
    quality: Mutex<Quality>,
    /// Bytes that were sent, in both directions, also those that a reset lost.
    bytes: AtomicU64,
    /// When each direction is free again.
    free: [Mutex<Duration>; 2],
    open: Mutex<Vec<TcpStream>>,
    rng: Mutex<SeededRng>,
}

/// A line to one server. Its threads end with their connections, the listener with the process.
pub(super) struct Line {
    /// Where the workstation connects: `127.0.0.1:PORT`.
    pub(super) address: String,
    shared: Arc<Shared>,
}

impl Line {
    pub(super) fn to(server: &str, rng: SeededRng) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address").to_string();
        let start = now();
        let shared = Arc::new(Shared {
            quality: Mutex::new(PERFECT),
            bytes: AtomicU64::new(0),
            free: [Mutex::new(start), Mutex::new(start)],
            open: Mutex::default(),
            rng: Mutex::new(rng),
        });
        let (server, line) = (server.to_owned(), Arc::clone(&shared));
        std::thread::spawn(move || {
            for client in listener.incoming() {
                let (client, server) = (client.expect("a client"), TcpStream::connect(&server).expect("the server"));
                client.set_nodelay(true).and(server.set_nodelay(true)).expect("an option");
                let again = |stream: &TcpStream| stream.try_clone().expect("a second handle");
                line.open.lock().expect("no panic before").extend([again(&client), again(&server)]);
                line.carry(again(&client), again(&server), 0);
                line.carry(server, client, 1);
            }
        });
        let resetting = Arc::clone(&shared);
        std::thread::spawn(move || resetting.reset_regularly());
        Self { address, shared }
    }

    /// From now on the line is like this.
    pub(super) fn becomes(&self, quality: Quality) {
        *self.shared.quality.lock().expect("no panic before") = quality;
        // Connections of the line as it was.
        self.shared.reset();
    }

    /// The bytes that were sent since the last call.
    pub(super) fn take_bytes(&self) -> u64 {
        self.shared.bytes.swap(0, Ordering::Relaxed)
    }
}

impl Shared {
    fn quality(&self) -> Quality {
        *self.quality.lock().expect("no panic before")
    }

    /// Resets every connection: neither side gets what is under way.
    fn reset(&self) {
        for stream in self.open.lock().expect("no panic before").drain(..) {
            // A connection that has ended cannot be reset.
            let _ended = set_socket_linger(&stream, Some(Duration::ZERO)).map_err(std::io::Error::from);
            let _ended = stream.shutdown(Shutdown::Both);
        }
    }

    fn reset_regularly(&self) {
        let mut last = now();
        loop {
            std::thread::park_timeout(Duration::from_millis(50));
            if self.quality().reset.is_some_and(|every| now() - last >= every) {
                last = now();
                self.reset();
            }
        }
    }

    /// Carries one direction of a connection.
    fn carry(self: &Arc<Self>, mut from: TcpStream, to: TcpStream, direction: usize) {
        let (sender, receiver) = sync_channel(QUEUE);
        let (reading, writing) = (Arc::clone(self), Arc::clone(self));
        std::thread::spawn(move || reading.read(&mut from, &sender, direction));
        std::thread::spawn(move || writing.write(to, &receiver));
    }

    fn read(&self, from: &mut TcpStream, sender: &SyncSender<(Duration, Vec<u8>)>, direction: usize) {
        let mut last = now();
        loop {
            let mut segment = vec![0; SEGMENT];
            let Ok(length @ 1..) = from.read(&mut segment) else { return };
            segment.truncate(length);
            self.bytes.fetch_add(u64::try_from(length).unwrap_or(u64::MAX), Ordering::Relaxed);
            last = self.arrival(length, direction).max(last);
            if sender.send((last, segment)).is_err() {
                return;
            }
        }
    }

    /// When a segment arrives that is sent now.
    fn arrival(&self, length: usize, direction: usize) -> Duration {
        let quality = self.quality();
        let mut free = self.free[direction].lock().expect("no panic before");
        let takes =
            |rate: u32| Duration::from_secs_f64(f64::from(u32::try_from(length).expect("short")) / f64::from(rate));
        let sent = (*free).max(now()) + quality.rate.map_or(Duration::ZERO, takes);
        *free = sent;
        let is_late = self.rng.lock().expect("no panic before").below(100) < u64::from(quality.lost);
        sent + quality.delay + if is_late { Duration::from_secs(1) } else { Duration::ZERO }
    }

    fn write(&self, mut to: TcpStream, receiver: &Receiver<(Duration, Vec<u8>)>) {
        while let Ok((at, segment)) = receiver.recv() {
            std::thread::park_timeout(at.saturating_sub(now()));
            if to.write_all(&segment).is_err() {
                break;
            }
        }
        let _ended = to.shutdown(Shutdown::Both);
    }
}
