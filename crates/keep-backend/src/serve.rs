//! The command `serve`: starts the server, writes the ready file, and stops on a signal.

use crate::arguments::ServeArguments;
use crate::certificate::open_tls;
use crate::demo::{make_clinic, users_file};
use crate::error::BackendError;
use crate::fault_injection::FaultInjector;
use crate::fhir::FhirApi;
use crate::identity::{IdentityProvider, Users};
use crate::listener::{ResetHandle, TlsListener, TrafficCounter};
use crate::load::{load_file, load_lines};
use crate::origin::Origin;
use crate::private_file::write_private;
use crate::server::{Server, answer};
use crate::storage::Storage;
use axum::Router;
use keep_domain::{Clock, SystemClock};
use serde_json::json;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// How long open requests may take after a signal.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(2);

/// Serves until SIGTERM or SIGINT.
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
    let result = runtime.block_on(listen(arguments));
    runtime.shutdown_timeout(SHUTDOWN_TIMEOUT);
    result
}

/// A server that is listening.
struct RunningServer {
    origin: Origin,
    /// PEM file of the certificate authority.
    ca: PathBuf,
    stop: watch::Sender<bool>,
    task: JoinHandle<std::io::Result<()>>,
}

impl RunningServer {
    /// Content of the ready file.
    fn ready_info(&self) -> serde_json::Value {
        let ca = self.ca.canonicalize().unwrap_or_else(|_| self.ca.clone());
        json!({"fhir": self.origin.fhir_base(), "issuer": self.origin.0, "ca": ca, "pid": std::process::id()})
    }

    /// Stops listening and gives open requests a short time to finish.
    async fn stop(self) {
        self.stop.send(true).ok();
        tokio::time::timeout(SHUTDOWN_TIMEOUT, self.task).await.ok();
    }
}

async fn start(arguments: &ServeArguments) -> Result<RunningServer, BackendError> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let data = &arguments.data;
    keep_hardening::private_file::create_folder(data)
        .map_err(BackendError::io(format!("creating {}", data.display())))?;
    let (tls, ca) = open_tls(data, clock.now())?;
    let storage = Arc::new(Storage::open(&data.join("fhir.db"))?);
    load(arguments, &storage, &*clock)?;
    let users = open_users(arguments)?;

    let listening = || BackendError::io(format!("listening on {}", arguments.listen));
    let tcp = TcpListener::bind(arguments.listen).await.map_err(listening())?;
    let address = tcp.local_addr().map_err(listening())?;
    let traffic = Arc::new(TrafficCounter::default());
    let origin = Origin(format!("https://{address}"));
    let server = Arc::new(Server {
        fhir: FhirApi::new(Arc::clone(&storage), origin.fhir_base(), arguments.behaviour.clone()),
        identity: IdentityProvider::open(data, users, storage, origin.clone())?,
        upstream: arguments.upstream.clone(),
        faults: arguments.test_faults.then(|| FaultInjector::new(Arc::clone(&traffic))),
        clock,
    });
    let (stop, mut stopped) = watch::channel(false);
    let router = Router::new().fallback(answer).with_state(server);
    let listener = TlsListener::start(tcp, address, tls, traffic);
    let service = router.into_make_service_with_connect_info::<ResetHandle>();
    let task = axum::serve(listener, service).with_graceful_shutdown(async move {
        stopped.wait_for(|s| *s).await.ok();
    });
    tracing::info!(%address, "listening");
    Ok(RunningServer { origin, ca, stop, task: tokio::spawn(task.into_future()) })
}

async fn listen(arguments: &ServeArguments) -> Result<(), BackendError> {
    // Before the ready file, so that a signal right after it is not missed.
    let signals = || BackendError::io("waiting for signals");
    let (mut term, mut int) =
        (signal(SignalKind::terminate()).map_err(signals())?, signal(SignalKind::interrupt()).map_err(signals())?);
    let running = start(arguments).await?;
    if let Some(ready) = &arguments.ready {
        write_private(ready, running.ready_info().to_string().as_bytes())?;
    }
    tokio::select! {
        _ = term.recv() => {}
        _ = int.recv() => {}
    }
    running.stop().await;
    tracing::info!("stopped");
    Ok(())
}

fn load(arguments: &ServeArguments, storage: &Storage, clock: &dyn Clock) -> Result<(), BackendError> {
    if arguments.demo && !storage.was_loaded("demo")? {
        let lines = make_clinic(arguments.clinic.seed, &arguments.clinic.today(clock)?)?;
        load_lines(storage, lines.as_bytes(), clock, Path::new("demo clinic"))?;
        storage.mark_loaded("demo")?;
    }
    for path in &arguments.load {
        let started = clock.monotonic();
        if let Some(loaded) = load_file(storage, path, clock)? {
            let millis = clock.monotonic().saturating_sub(started).as_millis();
            tracing::info!(
                resources = loaded.resources,
                invalid = loaded.invalid,
                millis = u64::try_from(millis).unwrap_or(u64::MAX),
                "loaded"
            );
        }
    }
    Ok(())
}

fn open_users(arguments: &ServeArguments) -> Result<Users, BackendError> {
    let given = match &arguments.users {
        Some(path) => {
            let text = std::fs::read_to_string(path);
            Some((path.as_path(), text.map_err(BackendError::io(format!("reading {}", path.display())))?))
        }
        None if arguments.data.join("users.json").exists() => None,
        None => (arguments.demo || arguments.demo_staff).then(|| (Path::new("demo staff"), users_file())),
    };
    Users::open(&arguments.data, given.as_ref().map(|(path, text)| (*path, text.as_str())))
}

#[cfg(test)]
mod tests;
