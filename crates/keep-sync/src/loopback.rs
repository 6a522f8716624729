//! The loopback listener that the browser returns to (RFC 8252, 7.3 and 8.3).

use crate::error::{SignInError, SyncError};
use keep_domain::Secret;
use std::collections::{HashMap, VecDeque};
use std::net::Ipv4Addr;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{AbortHandle, JoinSet};
use url::Url;

/// Longest request that is read, bytes; an authorization code is far shorter.
const MAX_REQUEST: usize = 16 * 1024;
/// Longest time for one connection, so that a silent one ends.
const CONNECTION_TIMEOUT: Duration = Duration::from_secs(5);
/// Most simultaneous connections; a further one replaces the oldest.
const MAX_CONNECTIONS: usize = 32;

/// A port on 127.0.0.1 that receives one authorization response.
#[derive(Debug)]
pub(crate) struct LoopbackListener {
    listener: TcpListener,
    port: u16,
}

/// The authorization response (RFC 6749, 4.1.2).
#[derive(Debug)]
pub(crate) struct AuthorizationResponse {
    pub(crate) code: Secret<String>,
    /// The issuer, where given (RFC 9207).
    pub(crate) issuer: Option<String>,
}

impl LoopbackListener {
    pub(crate) async fn open() -> Result<Self, SyncError> {
        let no_listener = |_| SyncError::SignIn(SignInError::NoListener);
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.map_err(no_listener)?;
        let port = listener.local_addr().map_err(no_listener)?.port();
        Ok(Self { listener, port })
    }

    /// `http://127.0.0.1:PORT/callback`, without trailing slash, as it is registered without its port.
    pub(crate) fn redirect_uri(&self) -> String {
        format!("http://127.0.0.1:{}/callback", self.port)
    }

    /// Waits for the one request that carries `state`; any other gets an empty 404 and does not end the wait.
    ///
    /// INVARIANT: the browser's request is read at once, however many silent connections are open.
    pub(crate) async fn wait(self, state: &str) -> Result<AuthorizationResponse, SyncError> {
        let host = format!("127.0.0.1:{}", self.port);
        let mut connections = JoinSet::new();
        let mut handles: VecDeque<AbortHandle> = VecDeque::new();
        loop {
            tokio::select! {
                accepted = self.listener.accept() => {
                    let Ok((stream, _)) = accepted else { continue };
                    if handles.len() >= MAX_CONNECTIONS
                        && let Some(oldest) = handles.pop_front()
                    {
                        oldest.abort();
                    }
                    let state = Secret::new(state.to_owned());
                    handles.push_back(connections.spawn(handle_connection(stream, host.clone(), state)));
                }
                Some(handled) = connections.join_next() => {
                    handles.retain(|handle| !handle.is_finished());
                    if let Ok(Some(response)) = handled {
                        return response;
                    }
                }
            }
        }
    }
}

/// Reads and answers one request; `None` where it is not the browser's authorization response.
async fn handle_connection(
    mut stream: TcpStream,
    host: String,
    state: Secret<String>,
) -> Option<Result<AuthorizationResponse, SyncError>> {
    let target = tokio::time::timeout(CONNECTION_TIMEOUT, read_target(&mut stream, &host)).await.ok()??;
    let response = parse_callback(&target, &state);
    let message = if matches!(response, Some(Ok(_))) { SIGNED_IN } else { NOT_SIGNED_IN };
    let reply = if response.is_some() { reply("200 OK", message) } else { reply("404 Not Found", "") };
    // The browser may have disconnected; its response is valid all the same.
    let _ = tokio::time::timeout(CONNECTION_TIMEOUT, send(&mut stream, &reply)).await;
    response
}

async fn send(stream: &mut TcpStream, reply: &str) -> std::io::Result<()> {
    stream.write_all(reply.as_bytes()).await?;
    stream.shutdown().await
}

/// The target of a GET request, once its whole head was received; empty where another host is addressed.
async fn read_target(stream: &mut TcpStream, host: &str) -> Option<String> {
    let mut head = Vec::new();
    let mut chunk = [0; 2048];
    while !head.windows(4).any(|w| w == b"\r\n\r\n") {
        let n = stream.read(&mut chunk).await.ok()?;
        if n == 0 || head.len() > MAX_REQUEST {
            return None;
        }
        head.extend_from_slice(chunk.get(..n)?);
    }
    let text = String::from_utf8(head).ok()?;
    let (head, _) = text.split_once("\r\n\r\n")?;
    let mut lines = head.split("\r\n");
    let mut words = lines.next()?.split(' ');
    let (Some("GET"), Some(target)) = (words.next(), words.next().filter(|t| t.starts_with('/'))) else { return None };
    // INVARIANT: a name that resolves to this machine is not this listener's host (DNS rebinding).
    let mut hosts = lines.filter_map(|line| line.split_once(':')).filter(|(name, _)| name.eq_ignore_ascii_case("host"));
    let is_own_host = hosts.next().is_some_and(|(_, named)| named.trim() == host) && hosts.next().is_none();
    Some(if is_own_host { target.to_owned() } else { String::new() })
}

/// `None` for another path or another state.
fn parse_callback(target: &str, state: &Secret<String>) -> Option<Result<AuthorizationResponse, SyncError>> {
    let url: Url = format!("http://127.0.0.1{target}").parse().ok()?;
    if url.path() != "/callback" {
        return None;
    }
    let mut pairs: HashMap<String, String> = HashMap::new();
    for (name, value) in url.query_pairs() {
        if pairs.insert(name.into_owned(), value.into_owned()).is_some() {
            return None;
        }
    }
    // INVARIANT: a response without our state belongs to another sign-in and neither ends nor affects this one.
    let given = Secret::new(pairs.remove("state")?);
    if given != *state {
        return None;
    }
    if let Some(error) = pairs.get("error") {
        return Some(Err(SyncError::SignIn(match error.as_str() {
            "access_denied" => SignInError::Denied,
            "login_required" | "interaction_required" | "consent_required" | "account_selection_required" => {
                SignInError::Interaction
            }
            _ => SignInError::Refused,
        })));
    }
    let code = Secret::new(pairs.remove("code")?);
    Some(Ok(AuthorizationResponse { code, issuer: pairs.remove("iss") }))
}

const SIGNED_IN: &str = "You are signed in. You can close this page and go back to Chartkeep.";
const NOT_SIGNED_IN: &str = "The sign-in did not succeed. You can close this page and try again in Chartkeep.";

fn reply(status: &str, message: &str) -> String {
    let body = if message.is_empty() { String::new() } else { page(message) };
    format!(
        "HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {}\r\nConnection: close\r\n\
         Cache-Control: no-store\r\nReferrer-Policy: no-referrer\r\nX-Content-Type-Options: nosniff\r\nX-Frame-Options: DENY\r\n\
         Content-Security-Policy: default-src 'none'; style-src 'sha256-{STYLE_HASH}'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'\r\n\r\n{body}",
        body.len(),
    )
}

const STYLE: &str = "body{font:1.15rem/1.6 system-ui,sans-serif;max-width:34rem;margin:18vh auto;padding:0 1.5rem;color:#17303a;background:#f6f8f8}@media(prefers-color-scheme:dark){body{color:#e6eeee;background:#10191c}}";
const STYLE_HASH: &str = "pm1Hqb3vW5JgV3EXHc5wVH5l58qxx5pCE/lyv7cUrI8=";

fn page(message: &str) -> String {
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>Chartkeep</title><style>{STYLE}</style></head><body><main><h1>Chartkeep</h1><p>{message}</p></main></body></html>"
    )
}

#[cfg(test)]
mod tests;
