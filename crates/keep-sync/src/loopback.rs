//! The loopback-IP listener that the browser comes back to (RFC 8252, 7.3 and 8.3).

use crate::SyncError;
use crate::error::SignInFault;
use keep_domain::Secret;
use std::collections::HashMap;
use std::net::Ipv4Addr;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use url::Url;

/// Longest request that is read; an authorization code is far shorter.
const REQUEST_LIMIT: usize = 16 * 1024;
/// A visitor who says nothing must not hold up the one who is awaited.
const VISITOR_LIMIT: Duration = Duration::from_secs(5);

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
        let fault = |_| SyncError::SignIn(SignInFault::NoListener);
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.map_err(fault)?;
        let port = listener.local_addr().map_err(fault)?.port();
        Ok(Self { listener, port })
    }

    /// `http://127.0.0.1:PORT/callback`, without trailing slash, as it is registered without its port.
    pub(crate) fn redirect_uri(&self) -> String {
        format!("http://127.0.0.1:{}/callback", self.port)
    }

    /// Waits for the one request that carries `state`; any other gets an empty 404 and does not end the wait.
    pub(crate) async fn wait(self, state: &str) -> Result<Returned, SyncError> {
        loop {
            let Ok((mut stream, _)) = self.listener.accept().await else { continue };
            let Ok(Some(target)) = tokio::time::timeout(VISITOR_LIMIT, read_target(&mut stream)).await else {
                continue;
            };
            let verdict = judge(&target, state);
            let page = if matches!(verdict, Some(Ok(_))) { DONE } else { NOT_DONE };
            let reply = if verdict.is_some() { respond("200 OK", page) } else { respond("404 Not Found", "") };
            // The browser may be gone already; what it brought counts all the same.
            let _ = tokio::time::timeout(VISITOR_LIMIT, answer(&mut stream, &reply)).await;
            if let Some(verdict) = verdict {
                return verdict;
            }
        }
    }
}

async fn answer(stream: &mut TcpStream, reply: &str) -> std::io::Result<()> {
    stream.write_all(reply.as_bytes()).await?;
    stream.shutdown().await
}

/// The request target of a GET, once the whole head has arrived.
async fn read_target(stream: &mut TcpStream) -> Option<String> {
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
    let mut words = text.lines().next()?.split(' ');
    match (words.next(), words.next()) {
        (Some("GET"), Some(target)) if target.starts_with('/') => Some(target.to_owned()),
        _ => None,
    }
}

/// `None` where the request is not the awaited answer: another path, or another state.
fn judge(target: &str, state: &str) -> Option<Result<Returned, SyncError>> {
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
    if given != Secret::new(state.to_owned()) {
        return None;
    }
    if let Some(error) = pairs.get("error") {
        return Some(Err(SyncError::SignIn(match error.as_str() {
            "access_denied" => SignInFault::Denied,
            "login_required" | "interaction_required" | "consent_required" | "account_selection_required" => {
                SignInFault::Interaction
            }
            _ => SignInFault::Refused,
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
