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
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::signal::unix::{SignalKind, signal};

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

async fn listen(arguments: &ServeArguments) -> Result<(), BackendError> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let data = &arguments.data;
    DirBuilder::new().recursive(true).mode(0o700).create(data).map_err(BackendError::io(format!("making {}", data.display())))?;
    let (tls, ca) = open_tls(data, clock.now())?;
    let storage = Storage::open(&data.join("fhir.db"))?;
    load(arguments, &storage, &*clock)?;
    let identity = Identity::open(data, open_people(arguments)?)?;

    let listening = || BackendError::io(format!("listening on {}", arguments.listen));
    let tcp = tokio::net::TcpListener::bind(arguments.listen).await.map_err(listening())?;
    let address = tcp.local_addr().map_err(listening())?;
    let bytes = Arc::new(WireBytes::default());
    let backend = Arc::new(Backend {
        storage,
        pages: Pages::default(),
        identity,
        faults: arguments.test_faults.then(|| Faults::watching(Arc::clone(&bytes))),
        clock,
        origin: format!("https://{address}"),
    });
    let signals = || BackendError::io("waiting for signals");
    let (mut term, mut int) =
        (signal(SignalKind::terminate()).map_err(signals())?, signal(SignalKind::interrupt()).map_err(signals())?);
    let (stop, stopped) = tokio::sync::watch::channel(false);
    let router = Router::new().fallback(answer).with_state(Arc::clone(&backend));
    let listener = TlsListener::start(tcp, address, tls, bytes);
    let mut until = stopped.clone();
    let server = axum::serve(listener, router.into_make_service_with_connect_info::<CutSwitch>()).with_graceful_shutdown(async move {
        until.wait_for(|s| *s).await.ok();
    });
    let server = tokio::spawn(server.into_future());

    if let Some(ready) = &arguments.ready {
        let told = json!({"fhir": backend.fhir_base(), "issuer": backend.issuer(), "ca": absolute(&ca), "pid": std::process::id()});
        write_private(ready, told.to_string().as_bytes())?;
    }
    tracing::info!(%address, "listening");
    tokio::select! {
        _ = term.recv() => {}
        _ = int.recv() => {}
    }
    stop.send(true).ok();
    tokio::time::timeout(LAST_REQUESTS, server).await.ok();
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
            tracing::info!(resources = loaded.resources, broken = loaded.broken, millis = u64::try_from(millis).unwrap_or(u64::MAX), "loaded");
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

fn absolute(path: &Path) -> std::path::PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_path_buf())
}
