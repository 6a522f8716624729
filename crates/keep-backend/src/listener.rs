//! TLS connections for axum, with two additions for fault injection: a byte count and a handle that resets a connection.

use crate::mutex::acquire;
use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use rustls::ServerConfig;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

/// Bytes on all connections since start, TLS included.
#[derive(Debug, Default)]
pub(crate) struct TrafficCounter {
    pub(crate) received: AtomicU64,
    pub(crate) sent: AtomicU64,
}

/// Resets the connection of one request: every further read and write fails.
#[derive(Debug, Clone, Default)]
pub(crate) struct ResetHandle(Arc<ResetState>);

#[derive(Debug, Default)]
struct ResetState {
    is_reset: AtomicBool,
    /// The connection's task, waiting for bytes.
    reader: Mutex<Option<Waker>>,
}

impl ResetHandle {
    /// Drops the connection without sending another byte.
    pub(crate) fn reset(&self) {
        self.0.is_reset.store(true, Ordering::SeqCst);
        // An HTTP/2 connection has a task of its own, which would not notice until the client sends something.
        if let Some(reader) = acquire(&self.0.reader).take() {
            reader.wake();
        }
    }

    /// Whether the connection was reset.
    pub(crate) fn is_reset(&self) -> bool {
        self.0.is_reset.load(Ordering::SeqCst)
    }

    fn set_reader(&self, context: &Context<'_>) {
        *acquire(&self.0.reader) = Some(context.waker().clone());
    }
}

impl Connected<IncomingStream<'_, TlsListener>> for ResetHandle {
    fn connect_info(stream: IncomingStream<'_, TlsListener>) -> Self {
        stream.io().get_ref().0.reset.clone()
    }
}

/// Passes established TLS connections to axum. A slow handshake does not delay other clients.
#[derive(Debug)]
pub(crate) struct TlsListener {
    ready: mpsc::Receiver<(TlsStream<MeteredStream>, SocketAddr)>,
    address: SocketAddr,
}

impl TlsListener {
    /// Starts to accept connections. Must be called inside a tokio runtime.
    pub(crate) fn start(
        tcp: TcpListener,
        address: SocketAddr,
        config: Arc<ServerConfig>,
        traffic: Arc<TrafficCounter>,
    ) -> Self {
        let (established, ready) = mpsc::channel(64);
        let acceptor = TlsAcceptor::from(config);
        tokio::spawn(async move {
            while !established.is_closed() {
                let (stream, peer) = match tcp.accept().await {
                    Ok(accepted) => accepted,
                    Err(_) => {
                        // Most likely out of file descriptors: wait for some connections to end.
                        tokio::time::sleep(Duration::from_millis(100)).await;
                        continue;
                    }
                };
                stream.set_nodelay(true).ok();
                let (acceptor, established) = (acceptor.clone(), established.clone());
                let stream = MeteredStream { stream, traffic: Arc::clone(&traffic), reset: ResetHandle::default() };
                tokio::spawn(async move {
                    let handshake = tokio::time::timeout(Duration::from_secs(10), acceptor.accept(stream));
                    if let Ok(Ok(stream)) = handshake.await {
                        established.send((stream, peer)).await.ok();
                    }
                });
            }
        });
        Self { ready, address }
    }
}

impl Listener for TlsListener {
    type Io = TlsStream<MeteredStream>;
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

/// A TCP stream that counts its bytes and can be reset.
#[derive(Debug)]
pub(crate) struct MeteredStream {
    stream: TcpStream,
    traffic: Arc<TrafficCounter>,
    reset: ResetHandle,
}

impl MeteredStream {
    fn check_alive(&self) -> io::Result<()> {
        if self.reset.is_reset() { Err(io::ErrorKind::ConnectionReset.into()) } else { Ok(()) }
    }
}

impl AsyncRead for MeteredStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        // The order matters: a reset between the two calls still finds the waker.
        self.reset.set_reader(context);
        self.check_alive()?;
        let before = buffer.filled().len();
        let polled = Pin::new(&mut self.stream).poll_read(context, buffer);
        let read = buffer.filled().len().saturating_sub(before);
        self.traffic.received.fetch_add(read as u64, Ordering::Relaxed);
        polled
    }
}

impl AsyncWrite for MeteredStream {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, data: &[u8]) -> Poll<io::Result<usize>> {
        self.check_alive()?;
        let polled = Pin::new(&mut self.stream).poll_write(context, data);
        if let Poll::Ready(Ok(written)) = &polled {
            self.traffic.sent.fetch_add(*written as u64, Ordering::Relaxed);
        }
        polled
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.check_alive()?;
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
