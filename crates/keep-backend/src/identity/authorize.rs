//! The authorization endpoint: the page, the check of password and code, the authorization code (RFC 6749, 7636, 8252, 9207).

use super::page;
use super::people::Person;
use crate::backend::Backend;
use crate::code::totp_of;
use crate::fhir::Reply;
use data_encoding::BASE32_NOPAD;
use keep_domain::UtcMillis;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use subtle::ConstantTimeEq;
use url::Url;

/// Lifetime of an authorization code, s.
const CODE_SECONDS: i64 = 60;

/// A completed sign-in that waits for its code to be exchanged.
#[derive(Debug, Clone)]
pub(crate) struct Grant {
    pub(crate) subject: String,
    pub(crate) client: String,
    pub(crate) redirect: String,
    pub(crate) challenge: String,
    pub(crate) nonce: String,
    pub(crate) scope: String,
    /// s
    pub(crate) auth_time: i64,
    /// s
    expires: i64,
    /// The family of the first exchange; a second exchange ends it.
    pub(crate) family: Option<String>,
}

/// Codes given out in the last minute or so.
#[derive(Debug, Default)]
pub(crate) struct Codes(Mutex<HashMap<String, Grant>>);

impl Codes {
    /// Looks a code up and marks it as used by `family`. A code that was used before comes back with its first family.
    pub(crate) fn use_up(&self, code: &str, family: &str, now: UtcMillis) -> Option<Grant> {
        let mut codes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let grant = codes.get_mut(code)?;
        let before = grant.clone();
        grant.family.get_or_insert_with(|| family.to_owned());
        (before.expires >= now.seconds()).then_some(before)
    }

    fn give(&self, code: String, grant: Grant, now: UtcMillis) {
        let mut codes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        codes.retain(|_, g| g.expires + 600 >= now.seconds());
        codes.insert(code, grant);
    }
}

/// What the client asked for.
struct Asked<'a> {
    client: &'a str,
    redirect: Url,
    state: &'a str,
    nonce: &'a str,
    challenge: &'a str,
    scope: &'a str,
}

const FIELDS: [&str; 8] = [
    "response_type",
    "client_id",
    "redirect_uri",
    "state",
    "nonce",
    "scope",
    "code_challenge",
    "code_challenge_method",
];

/// `GET /authorize`
pub(crate) fn show(backend: &Backend, query: &[(String, String)]) -> Reply {
    match read(backend, query) {
        Ok(_) => page::form(200, &hidden_fields(query), "", None),
        Err(reply) => reply,
    }
}

/// `POST /authorize`
pub(crate) fn sign_in(backend: &Backend, form: &[(String, String)]) -> Reply {
    let asked = match read(backend, form) {
        Ok(asked) => asked,
        Err(reply) => return reply,
    };
    let now = backend.clock.now();
    let user = field(form, "user").trim().to_lowercase();
    let identity = &backend.identity;
    let wait = identity.attempts.wait(&user, now);
    if wait > 0 {
        let message = format!("Too many failed attempts. Try again in {wait} seconds.");
        let mut reply = page::form(429, &hidden_fields(form), &user, Some(&message));
        reply.headers.push(("retry-after", wait.to_string()));
        return reply;
    }
    let Some(person) = check(backend, &user, field(form, "password"), field(form, "code"), now) else {
        identity.attempts.failed(&user, now);
        // One message for a wrong name, password or code, so that none of them can be guessed alone.
        return page::form(403, &hidden_fields(form), &user, Some("Name, password or code is wrong."));
    };
    identity.attempts.succeeded(&user);
    let Ok(code) = crate::random::make_token() else { return page::dead_end("The server failed.") };
    let grant = Grant {
        subject: person.subject.clone(),
        client: asked.client.to_owned(),
        redirect: asked.redirect.to_string(),
        challenge: asked.challenge.to_owned(),
        nonce: asked.nonce.to_owned(),
        scope: asked.scope.to_owned(),
        auth_time: now.seconds(),
        expires: now.seconds() + CODE_SECONDS,
        family: None,
    };
    identity.codes.give(code.clone(), grant, now);
    redirect(backend, asked.redirect, asked.state, &[("code", &code)])
}

/// The person whose password and code these are. The password is always hashed, so that time does not tell who exists.
fn check<'a>(backend: &'a Backend, user: &str, password: &str, code: &str, now: UtcMillis) -> Option<&'a Person> {
    let Some(person) = backend.identity.people.named(user).filter(|p| !p.disabled) else {
        super::people::spend_time(password);
        return None;
    };
    let knows = person.knows(password);
    let seed = BASE32_NOPAD.decode(person.totp.as_bytes()).ok()?;
    let typed: String = code.chars().filter(|c| !c.is_whitespace()).collect();
    let totp = totp_of(&seed);
    let step_now = now.seconds().div_euclid(30);
    let step = [step_now, step_now - 1, step_now + 1].into_iter().find(|step| {
        let expected = u64::try_from(step * 30).map(|s| totp.generate(s).to_string()).unwrap_or_default();
        bool::from(expected.as_bytes().ct_eq(typed.as_bytes()))
    });
    let step = step?;
    (knows && backend.identity.attempts.take_code(user, step)).then_some(person)
}

fn read<'a>(backend: &Backend, fields: &'a [(String, String)]) -> Result<Asked<'a>, Reply> {
    let client = field(fields, "client_id");
    if !client.starts_with("chartkeep") {
        return Err(page::dead_end("Unknown client."));
    }
    let redirect_uri = read_redirect(field(fields, "redirect_uri"))
        .ok_or_else(|| page::dead_end("Invalid parameter: redirect_uri"))?;
    let state = field(fields, "state");
    let refuse = |error: &str| Err(redirect(backend, redirect_uri.clone(), state, &[("error", error)]));
    if field(fields, "response_type") != "code" {
        return refuse("unsupported_response_type");
    }
    let scope = field(fields, "scope");
    if !scope.split(' ').any(|s| s == "openid") {
        return refuse("invalid_scope");
    }
    let (nonce, challenge) = (field(fields, "nonce"), field(fields, "code_challenge"));
    let challenged = challenge.len() == 43 && field(fields, "code_challenge_method") == "S256";
    if state.is_empty() || nonce.is_empty() || !challenged {
        return refuse("invalid_request");
    }
    if field(fields, "prompt") == "none" {
        return refuse("login_required");
    }
    Ok(Asked { client, redirect: redirect_uri, state, nonce, challenge, scope })
}

/// Only `http://127.0.0.1:PORT/callback` and `http://[::1]:PORT/callback` (RFC 8252, 7.3).
fn read_redirect(text: &str) -> Option<Url> {
    let url = Url::parse(text).ok()?;
    let loopback = matches!(url.host_str(), Some("127.0.0.1" | "[::1]"));
    let bare = url.query().is_none() && url.fragment().is_none() && url.username().is_empty();
    (url.scheme() == "http" && loopback && bare && url.path() == "/callback").then_some(url)
}

fn redirect(backend: &Backend, mut to: Url, state: &str, pairs: &[(&str, &str)]) -> Reply {
    to.query_pairs_mut().extend_pairs(pairs).append_pair("state", state).append_pair("iss", &backend.issuer());
    Reply { headers: vec![("location", to.to_string())], ..Reply::empty(303) }
}

fn field<'a>(fields: &'a [(String, String)], name: &str) -> &'a str {
    fields.iter().find(|(n, _)| n == name).map_or("", |(_, v)| v.as_str())
}

fn hidden_fields(fields: &[(String, String)]) -> Vec<(&str, &str)> {
    FIELDS.iter().map(|name| (*name, field(fields, name))).collect()
}
