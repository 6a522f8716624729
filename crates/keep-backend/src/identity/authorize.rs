//! The authorization endpoint: sign-in page, password and one-time code, authorization code (RFC 6749, 7636, 8252, 9207).

use super::authorization_codes::{AuthorizationGrant, AuthorizationRequest};
use super::form::field;
use super::provider::IdentityProvider;
use super::sign_in_page;
use super::users::{User, simulate_verification};
use crate::origin::Origin;
use crate::random_token::make_token;
use crate::reply::Reply;
use crate::totp::totp_of;
use data_encoding::BASE32_NOPAD;
use keep_domain::UtcMillis;
use subtle::ConstantTimeEq;
use url::Url;

/// Request parameters that the page repeats as hidden fields.
const REQUEST_FIELDS: [&str; 8] = [
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
pub(crate) fn show_page(issuer: &Origin, query: &[(String, String)]) -> Reply {
    match parse_request(issuer, query) {
        Ok(_) => sign_in_page::form(200, &request_fields(query), "", None),
        Err(reply) => reply,
    }
}

/// `POST /authorize`
pub(crate) fn sign_in(identity: &IdentityProvider, form: &[(String, String)], now: UtcMillis) -> Reply {
    let request = match parse_request(&identity.origin, form) {
        Ok(request) => request,
        Err(reply) => return reply,
    };
    let user_name = field(form, "user").trim().to_lowercase();
    let wait = identity.throttle.wait(&user_name, now);
    if wait > 0 {
        let message = format!("Too many failed attempts. Try again in {wait} seconds.");
        let mut reply = sign_in_page::form(429, &request_fields(form), &user_name, Some(&message));
        reply.headers.push(("retry-after", wait.to_string()));
        return reply;
    }
    let Some(user) = authenticate(identity, &user_name, field(form, "password"), field(form, "code"), now) else {
        identity.throttle.record_failure(&user_name, now);
        // The same message for a wrong name, password or code, so that they cannot be guessed one by one.
        let message = "Incorrect name, password or code.";
        return sign_in_page::form(403, &request_fields(form), &user_name, Some(message));
    };
    identity.throttle.record_success(&user_name);
    let Ok(code) = make_token() else { return sign_in_page::error("The server failed.") };
    let reply = redirect(&identity.origin, request.redirect_uri.clone(), &request.state, ("code", &code));
    let grant = AuthorizationGrant { request, subject: user.subject.clone(), auth_time: now.seconds(), family: None };
    identity.codes.insert(code, grant);
    reply
}

/// The user with this password and one-time code. The time taken does not reveal whether the user exists.
fn authenticate<'a>(
    identity: &'a IdentityProvider,
    user_name: &str,
    password: &str,
    code: &str,
    now: UtcMillis,
) -> Option<&'a User> {
    let Some(user) = identity.users.with_name(user_name).filter(|u| !u.disabled) else {
        simulate_verification(password);
        return None;
    };
    let password_matches = user.verify_password(password);
    let seed = BASE32_NOPAD.decode(user.totp.as_bytes()).ok()?;
    let entered: String = code.chars().filter(|c| !c.is_whitespace()).collect();
    let totp = totp_of(&seed);
    let current = now.seconds().div_euclid(30);
    let step = [current, current - 1, current + 1].into_iter().find(|step| {
        let expected = u64::try_from(step * 30).map(|s| totp.generate(s).to_string()).unwrap_or_default();
        bool::from(expected.as_bytes().ct_eq(entered.as_bytes()))
    })?;
    (password_matches && identity.throttle.use_code(user_name, step)).then_some(user)
}

/// The authorization request in the fields; an error is a page, or a redirect once the redirect URI is known to be valid.
fn parse_request(issuer: &Origin, fields: &[(String, String)]) -> Result<AuthorizationRequest, Reply> {
    let client = field(fields, "client_id");
    if !client.starts_with("chartkeep") {
        return Err(sign_in_page::error("Unknown client."));
    }
    let redirect_uri = parse_redirect_uri(field(fields, "redirect_uri"))
        .ok_or_else(|| sign_in_page::error("Invalid parameter: redirect_uri"))?;
    let state = field(fields, "state");
    let reject = |error: &str| Err(redirect(issuer, redirect_uri.clone(), state, ("error", error)));
    if field(fields, "response_type") != "code" {
        return reject("unsupported_response_type");
    }
    let scope = field(fields, "scope");
    if !scope.split(' ').any(|s| s == "openid") {
        return reject("invalid_scope");
    }
    let (nonce, challenge) = (field(fields, "nonce"), field(fields, "code_challenge"));
    let has_challenge = challenge.len() == 43 && field(fields, "code_challenge_method") == "S256";
    if state.is_empty() || nonce.is_empty() || !has_challenge {
        return reject("invalid_request");
    }
    if field(fields, "prompt") == "none" {
        return reject("login_required");
    }
    let [client, state, nonce, challenge, scope] = [client, state, nonce, challenge, scope].map(str::to_owned);
    Ok(AuthorizationRequest { client, redirect_uri, state, nonce, challenge, scope })
}

/// Accepts only `http://127.0.0.1:PORT/callback` and `http://[::1]:PORT/callback` (RFC 8252 7.3).
fn parse_redirect_uri(text: &str) -> Option<Url> {
    let url = Url::parse(text).ok()?;
    let is_loopback = matches!(url.host_str(), Some("127.0.0.1" | "[::1]"));
    let is_bare = url.query().is_none() && url.fragment().is_none() && url.username().is_empty();
    (url.scheme() == "http" && is_loopback && is_bare && url.path() == "/callback").then_some(url)
}

fn redirect(issuer: &Origin, mut to: Url, state: &str, (name, value): (&str, &str)) -> Reply {
    to.query_pairs_mut().append_pair(name, value).append_pair("state", state).append_pair("iss", &issuer.0);
    Reply { headers: vec![("location", to.to_string())], ..Reply::empty(303) }
}

fn request_fields(fields: &[(String, String)]) -> Vec<(&str, &str)> {
    REQUEST_FIELDS.iter().map(|name| (*name, field(fields, name))).collect()
}
