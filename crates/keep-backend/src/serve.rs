//! `serve`: opens everything, listens, tells where, and ends on a signal.

use crate::BackendError;
use crate::arguments::ServeArguments;
use crate::backend::{Backend, answer};
use crate::certificate::{open_tls, write_private};
use crate::demo;
use crate::faults::Faults;
use crate::fhir::{Pages, Refusal};
use crate::identity::{Identity, People};
use crate::listener::{CutSwitch, TlsListener, WireBytes};
use crate::load::{load_file, load_lines};
use crate::storage::Storage;
use axum::Router;
use keep_domain::{Clock, SystemClock};
use serde_json::json;
use std::fs::DirBuilder;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// How long open requests may take to end after a signal.
const LAST_REQUESTS: Duration = Duration::from_secs(2);

/// Serves until SIGTERM or SIGINT.
///
/// # Errors
/// Whatever keeps it from starting.
pub(crate) fn serve(arguments: &ServeArguments) -> Result<(), BackendError> {
    if !arguments.listen.ip().is_loopback() {
        return Err(BackendError::NotLoopback(arguments.listen.to_string()));
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .max_blocking_threads(16)
        .enable_all()
        .build()
        .map_err(BackendError::io("starting the runtime"))?;
    let ended = runtime.block_on(listen(arguments));
    runtime.shutdown_timeout(LAST_REQUESTS);
    ended
}

/// A backend that listens.
struct Running {
    backend: Arc<Backend>,
    ca: PathBuf,
    stop: watch::Sender<bool>,
    server: JoinHandle<std::io::Result<()>>,
}

impl Running {
    /// What the ready file says.
    fn told(&self) -> serde_json::Value {
        let ca = self.ca.canonicalize().unwrap_or_else(|_| self.ca.clone());
        json!({"fhir": self.backend.fhir_base(), "issuer": self.backend.issuer(), "ca": ca, "pid": std::process::id()})
    }

    /// Lets open requests end, but not for long.
    async fn stop(self) {
        self.stop.send(true).ok();
        tokio::time::timeout(LAST_REQUESTS, self.server).await.ok();
    }
}

async fn start(arguments: &ServeArguments) -> Result<Running, BackendError> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let data = &arguments.data;
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(data)
        .map_err(BackendError::io(format!("making {}", data.display())))?;
    let (tls, ca) = open_tls(data, clock.now())?;
    let storage = Storage::open(&data.join("fhir.db"))?;
    load(arguments, &storage, &*clock)?;
    let identity = Identity::open(data, open_people(arguments)?)?;

    let listening = || BackendError::io(format!("listening on {}", arguments.listen));
    let tcp = TcpListener::bind(arguments.listen).await.map_err(listening())?;
    let address = tcp.local_addr().map_err(listening())?;
    let bytes = Arc::new(WireBytes::default());
    let backend = Arc::new(Backend {
        storage,
        pages: Pages::default(),
        upstream: arguments.upstream.clone(),
        identity,
        faults: arguments.test_faults.then(|| Faults::watching(Arc::clone(&bytes))),
        clock,
        origin: format!("https://{address}"),
    });
    let (stop, mut stopped) = watch::channel(false);
    let router = Router::new().fallback(answer).with_state(Arc::clone(&backend));
    let listener = TlsListener::start(tcp, address, tls, bytes);
    let service = router.into_make_service_with_connect_info::<CutSwitch>();
    let server = axum::serve(listener, service).with_graceful_shutdown(async move {
        stopped.wait_for(|s| *s).await.ok();
    });
    tracing::info!(%address, "listening");
    Ok(Running { backend, ca, stop, server: tokio::spawn(server.into_future()) })
}

async fn listen(arguments: &ServeArguments) -> Result<(), BackendError> {
    // Before the ready file, so that a signal right after it is not missed.
    let signals = || BackendError::io("waiting for signals");
    let (mut term, mut int) =
        (signal(SignalKind::terminate()).map_err(signals())?, signal(SignalKind::interrupt()).map_err(signals())?);
    let running = start(arguments).await?;
    if let Some(ready) = &arguments.ready {
        write_private(ready, running.told().to_string().as_bytes())?;
    }
    tokio::select! {
        _ = term.recv() => {}
        _ = int.recv() => {}
    }
    running.stop().await;
    tracing::info!("ended");
    Ok(())
}

fn load(arguments: &ServeArguments, storage: &Storage, clock: &dyn Clock) -> Result<(), BackendError> {
    if arguments.demo {
        let failed = |r: Refusal| BackendError::Database(r.diagnostics);
        if !storage.was_loaded("demo").map_err(failed)? {
            let today = arguments.clinic.today(clock)?;
            let lines = demo::make_clinic(arguments.clinic.seed, &today)?;
            load_lines(storage, std::io::Cursor::new(lines), clock, Path::new("demo clinic"))?;
            storage.mark_loaded("demo").map_err(failed)?;
        }
    }
    for path in &arguments.load {
        let began = clock.monotonic();
        if let Some(loaded) = load_file(storage, path, clock)? {
            let millis = clock.monotonic().saturating_sub(began).as_millis();
            tracing::info!(
                resources = loaded.resources,
                broken = loaded.broken,
                millis = u64::try_from(millis).unwrap_or(u64::MAX),
                "loaded"
            );
        }
    }
    Ok(())
}

fn open_people(arguments: &ServeArguments) -> Result<People, BackendError> {
    if let Some(path) = &arguments.users {
        let text = std::fs::read_to_string(path).map_err(BackendError::io(format!("reading {}", path.display())))?;
        return People::open(&arguments.data, Some((path, &text)));
    }
    let kept = arguments.data.join("users.json").exists();
    if (arguments.demo || arguments.demo_staff) && !kept {
        let text = demo::users_file();
        return People::open(&arguments.data, Some((Path::new("demo staff"), &text)));
    }
    People::open(&arguments.data, None)
}

#[cfg(test)]
mod tests;
