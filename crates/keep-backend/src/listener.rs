//! TLS connections for axum, with the two things that fault injection needs of them: a byte count and a switch that cuts.

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use rustls::ServerConfig;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

/// Bytes on the wire, TLS included, since start.
#[derive(Debug, Default)]
pub(crate) struct WireBytes {
    pub(crate) received: AtomicU64,
    pub(crate) sent: AtomicU64,
}

/// Cuts the connection of one request: every further read and write fails.
#[derive(Debug, Clone, Default)]
pub(crate) struct CutSwitch(Arc<Switch>);

#[derive(Debug, Default)]
struct Switch {
    cut: AtomicBool,
    /// Whoever waits for bytes: the connection's own task.
    reader: Mutex<Option<Waker>>,
}

impl CutSwitch {
    /// Drops the connection without another byte.
    pub(crate) fn cut(&self) {
        self.0.cut.store(true, Ordering::SeqCst);
        // An HTTP/2 connection is driven by another task than its streams and would not notice before its peer speaks.
        if let Some(reader) = self.0.reader.lock().unwrap_or_else(PoisonError::into_inner).take() {
            reader.wake();
        }
    }

    /// Whether it was cut.
    pub(crate) fn is_cut(&self) -> bool {
        self.0.cut.load(Ordering::SeqCst)
    }

    fn watch(&self, context: &Context<'_>) {
        *self.0.reader.lock().unwrap_or_else(PoisonError::into_inner) = Some(context.waker().clone());
    }
}

impl Connected<IncomingStream<'_, TlsListener>> for CutSwitch {
    fn connect_info(stream: IncomingStream<'_, TlsListener>) -> Self {
        stream.io().get_ref().0.switch.clone()
    }
}

/// Hands finished TLS connections to axum; a slow handshake never holds up another client.
#[derive(Debug)]
pub(crate) struct TlsListener {
    ready: mpsc::Receiver<(TlsStream<Wire>, SocketAddr)>,
    address: SocketAddr,
}

impl TlsListener {
    /// Starts to accept. Must be called inside a tokio runtime.
    pub(crate) fn start(
        tcp: TcpListener,
        address: SocketAddr,
        config: Arc<ServerConfig>,
        bytes: Arc<WireBytes>,
    ) -> Self {
        let (finished, ready) = mpsc::channel(64);
        let acceptor = TlsAcceptor::from(config);
        tokio::spawn(async move {
            while !finished.is_closed() {
                let (stream, peer) = match tcp.accept().await {
                    Ok(accepted) => accepted,
                    Err(_) => {
                        // Out of descriptors, most likely: let some connections end first.
                        tokio::time::sleep(Duration::from_millis(100)).await;
                        continue;
                    }
                };
                stream.set_nodelay(true).ok();
                let (acceptor, finished) = (acceptor.clone(), finished.clone());
                let wire = Wire { stream, bytes: Arc::clone(&bytes), switch: CutSwitch::default() };
                tokio::spawn(async move {
                    let handshake = tokio::time::timeout(Duration::from_secs(10), acceptor.accept(wire));
                    if let Ok(Ok(stream)) = handshake.await {
                        finished.send((stream, peer)).await.ok();
                    }
                });
            }
        });
        Self { ready, address }
    }
}

impl Listener for TlsListener {
    type Io = TlsStream<Wire>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        match self.ready.recv().await {
            Some(connection) => connection,
            // The acceptor ends only with the runtime.
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.address)
    }
}

/// A TCP stream that counts and can be cut.
#[derive(Debug)]
pub(crate) struct Wire {
    stream: TcpStream,
    bytes: Arc<WireBytes>,
    switch: CutSwitch,
}

impl Wire {
    fn alive(&self) -> io::Result<()> {
        if self.switch.is_cut() { Err(io::ErrorKind::ConnectionReset.into()) } else { Ok(()) }
    }
}

impl AsyncRead for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        // The order matters: a cut between the two still finds the waker.
        self.switch.watch(context);
        self.alive()?;
        let before = buffer.filled().len();
        let polled = Pin::new(&mut self.stream).poll_read(context, buffer);
        let read = buffer.filled().len().saturating_sub(before);
        self.bytes.received.fetch_add(read as u64, Ordering::Relaxed);
        polled
    }
}

impl AsyncWrite for Wire {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, data: &[u8]) -> Poll<io::Result<usize>> {
        self.alive()?;
        let polled = Pin::new(&mut self.stream).poll_write(context, data);
        if let Poll::Ready(Ok(written)) = &polled {
            self.bytes.sent.fetch_add(*written as u64, Ordering::Relaxed);
        }
        polled
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.alive()?;
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
