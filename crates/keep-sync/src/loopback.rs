//! The loopback-IP listener that the browser comes back to (RFC 8252, 7.3 and 8.3).

use crate::SyncError;
use crate::error::SignInError;
use keep_domain::Secret;
use std::collections::{HashMap, VecDeque};
use std::net::Ipv4Addr;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{AbortHandle, JoinSet};
use url::Url;

/// Longest request that is read; an authorization code is far shorter.
const REQUEST_LIMIT: usize = 16 * 1024;
/// A visitor who says nothing must not hold up the one who is awaited.
const VISITOR_LIMIT: Duration = Duration::from_secs(5);
/// Most visitors who are listened to at once; a further one takes the place of whoever came first.
const VISITORS: usize = 32;

/// A port on 127.0.0.1 that takes one answer.
#[derive(Debug)]
pub(crate) struct Loopback {
    listener: TcpListener,
    port: u16,
}

/// What the browser brought.
#[derive(Debug)]
pub(crate) struct Returned {
    pub(crate) code: Secret<String>,
    /// RFC 9207: who sent the browser back, where said.
    pub(crate) issuer: Option<String>,
}

impl Loopback {
    pub(crate) async fn open() -> Result<Self, SyncError> {
        let fault = |_| SyncError::SignIn(SignInError::NoListener);
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.map_err(fault)?;
        let port = listener.local_addr().map_err(fault)?.port();
        Ok(Self { listener, port })
    }

    /// `http://127.0.0.1:PORT/callback`, without trailing slash, as it is registered without its port.
    pub(crate) fn redirect_uri(&self) -> String {
        format!("http://127.0.0.1:{}/callback", self.port)
    }

    /// Waits for the one request that carries `state`; any other gets an empty 404 and does not end the wait.
    ///
    /// INVARIANT: the awaited one is listened to at once, however many others are there and say nothing.
    pub(crate) async fn wait(self, state: &str) -> Result<Returned, SyncError> {
        let host = format!("127.0.0.1:{}", self.port);
        let mut visitors = JoinSet::new();
        let mut places: VecDeque<AbortHandle> = VecDeque::new();
        loop {
            tokio::select! {
                accepted = self.listener.accept() => {
                    let Ok((stream, _)) = accepted else { continue };
                    if places.len() >= VISITORS
                        && let Some(first) = places.pop_front()
                    {
                        first.abort();
                    }
                    places.push_back(visitors.spawn(listen_to(stream, host.clone(), Secret::new(state.to_owned()))));
                }
                Some(visitor) = visitors.join_next() => {
                    places.retain(|place| !place.is_finished());
                    if let Ok(Some(verdict)) = visitor {
                        return verdict;
                    }
                }
            }
        }
    }
}

/// Reads one visitor's request and answers it; `None` where it is not the awaited one.
async fn listen_to(mut stream: TcpStream, host: String, state: Secret<String>) -> Option<Result<Returned, SyncError>> {
    let target = tokio::time::timeout(VISITOR_LIMIT, read_target(&mut stream, &host)).await.ok()??;
    let verdict = judge(&target, &state);
    let page = if matches!(verdict, Some(Ok(_))) { DONE } else { NOT_DONE };
    let reply = if verdict.is_some() { respond("200 OK", page) } else { respond("404 Not Found", "") };
    // The browser may be gone already; what it brought counts all the same.
    let _ = tokio::time::timeout(VISITOR_LIMIT, answer(&mut stream, &reply)).await;
    verdict
}

async fn answer(stream: &mut TcpStream, reply: &str) -> std::io::Result<()> {
    stream.write_all(reply.as_bytes()).await?;
    stream.shutdown().await
}

/// The request target of a GET, once the whole head has arrived; empty where it is not meant for this listener.
async fn read_target(stream: &mut TcpStream, host: &str) -> Option<String> {
    let mut head = Vec::new();
    let mut chunk = [0; 2048];
    while !head.windows(4).any(|w| w == b"\r\n\r\n") {
        let n = stream.read(&mut chunk).await.ok()?;
        if n == 0 || head.len() > REQUEST_LIMIT {
            return None;
        }
        head.extend_from_slice(chunk.get(..n)?);
    }
    let text = String::from_utf8(head).ok()?;
    let (head, _) = text.split_once("\r\n\r\n")?;
    let mut lines = head.split("\r\n");
    let mut words = lines.next()?.split(' ');
    let (Some("GET"), Some(target)) = (words.next(), words.next().filter(|t| t.starts_with('/'))) else { return None };
    // INVARIANT: a name that was made to point at this machine is not this listener's (DNS rebinding).
    let mut hosts = lines.filter_map(|line| line.split_once(':')).filter(|(name, _)| name.eq_ignore_ascii_case("host"));
    let meant = hosts.next().is_some_and(|(_, named)| named.trim() == host) && hosts.next().is_none();
    Some(if meant { target.to_owned() } else { String::new() })
}

/// `None` where the request is not the awaited answer: another path, or another state.
fn judge(target: &str, state: &Secret<String>) -> Option<Result<Returned, SyncError>> {
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
    // INVARIANT: without our state it is somebody else's answer, and it neither ends nor feeds this sign-in.
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
    Some(Ok(Returned { code, issuer: pairs.remove("iss") }))
}

const DONE: &str = "You are signed in. You can close this page and go back to Chartkeep.";
const NOT_DONE: &str = "The sign-in did not succeed. You can close this page and try again in Chartkeep.";

fn respond(status: &str, words: &str) -> String {
    let body = if words.is_empty() { String::new() } else { page(words) };
    format!(
        "HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {}\r\nConnection: close\r\n\
         Cache-Control: no-store\r\nReferrer-Policy: no-referrer\r\nX-Content-Type-Options: nosniff\r\nX-Frame-Options: DENY\r\n\
         Content-Security-Policy: default-src 'none'; style-src 'sha256-{STYLE_HASH}'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'\r\n\r\n{body}",
        body.len(),
    )
}

const STYLE: &str = "body{font:1.15rem/1.6 system-ui,sans-serif;max-width:34rem;margin:18vh auto;padding:0 1.5rem;color:#17303a;background:#f6f8f8}@media(prefers-color-scheme:dark){body{color:#e6eeee;background:#10191c}}";
const STYLE_HASH: &str = "pm1Hqb3vW5JgV3EXHc5wVH5l58qxx5pCE/lyv7cUrI8=";

fn page(words: &str) -> String {
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>Chartkeep</title><style>{STYLE}</style></head><body><main><h1>Chartkeep</h1><p>{words}</p></main></body></html>"
    )
}

#[cfg(test)]
mod tests;
