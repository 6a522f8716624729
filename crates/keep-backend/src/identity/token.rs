//! The token, revocation and userinfo endpoints (RFC 6749, 7009; OpenID Connect Core).
//!
//! Refresh tokens rotate. An old one is taken once more, because an answer may have been lost
//! (as Keycloak with `refreshTokenMaxReuse` 1); after that the whole family ends.

use super::people::Person;
use super::signing::{AccessClaims, TOKEN_SECONDS, digest};
use super::{plain_error, plain_json};
use crate::backend::Backend;
use crate::fhir::{Refusal, Reply};
use keep_domain::UtcMillis;
use rusqlite::{OptionalExtension, Transaction, params};
use serde_json::{Value, json};

/// Lifetime of a sign-in that is refreshed, s.
const FAMILY_SECONDS: i64 = 30 * 86_400;

/// What a token answer is made from.
struct Session {
    family: String,
    subject: String,
    client: String,
    scope: String,
    auth_time: i64,
    nonce: Option<String>,
}

/// `POST /token`
pub(crate) fn token(backend: &Backend, form: &[(String, String)]) -> Reply {
    let field = |name: &str| form.iter().find(|(n, _)| n == name).map_or("", |(_, v)| v.as_str());
    let now = backend.clock.now();
    match field("grant_type") {
        "authorization_code" => {
            let Ok(family) = crate::random::make_token() else { return plain_error(500, "server_error") };
            let Some(grant) = backend.identity.codes.use_up(field("code"), &family, now) else {
                return plain_error(400, "invalid_grant");
            };
            if let Some(first) = &grant.family {
                // The code was exchanged before: someone has a copy of it.
                let ended = backend.storage.write(|t| end_family(t, first));
                return plain_error(if ended.is_ok() { 400 } else { 500 }, "invalid_grant");
            }
            let fits = grant.client == field("client_id")
                && same_redirect(&grant.redirect, field("redirect_uri"))
                && grant.challenge == digest(field("code_verifier"));
            if !fits {
                return plain_error(400, "invalid_grant");
            }
            let session = Session {
                family,
                subject: grant.subject,
                client: grant.client,
                scope: grant.scope,
                auth_time: grant.auth_time,
                nonce: Some(grant.nonce),
            };
            answer(backend, &session, now, "")
        }
        "refresh_token" => refresh(backend, field("refresh_token"), field("client_id"), now),
        _ => plain_error(400, "unsupported_grant_type"),
    }
}

fn refresh(backend: &Backend, presented: &str, client: &str, now: UtcMillis) -> Reply {
    let presented = digest(presented);
    let found = backend.storage.write(|t| {
        let row = t
            .query_row(
                "SELECT r.uses, f.family, f.user, f.client, f.scope, f.auth_time, f.ends, f.revoked
                 FROM refresh r JOIN family f ON f.family = r.family WHERE r.digest = ?",
                [&presented],
                |r| {
                    let session = Session {
                        family: r.get(1)?,
                        subject: r.get(2)?,
                        client: r.get(3)?,
                        scope: r.get(4)?,
                        auth_time: r.get(5)?,
                        nonce: None,
                    };
                    Ok((r.get::<_, i64>(0)?, session, r.get::<_, i64>(6)?, r.get::<_, bool>(7)?))
                },
            )
            .optional()
            .map_err(Refusal::database)?;
        let Some((uses, session, ends, revoked)) = row else { return Ok(None) };
        if revoked || ends < now.seconds() || session.client != client {
            return Ok(None);
        }
        if uses > 1 {
            end_family(t, &session.family)?;
            return Ok(None);
        }
        // On its second use, what the lost answer carried is no longer good.
        t.execute("UPDATE refresh SET uses = 2 WHERE parent = ?", [&presented]).map_err(Refusal::database)?;
        t.execute("UPDATE refresh SET uses = uses + 1 WHERE digest = ?", [&presented]).map_err(Refusal::database)?;
        Ok(Some(session))
    });
    match found {
        Ok(Some(session)) => answer(backend, &session, now, &presented),
        Ok(None) => plain_error(400, "invalid_grant"),
        Err(_) => plain_error(500, "server_error"),
    }
}

/// `POST /revoke`: ends the sign-in that a refresh token belongs to. Always 200 (RFC 7009, 2.2).
pub(crate) fn revoke(backend: &Backend, form: &[(String, String)]) -> Reply {
    let presented = form.iter().find(|(n, _)| n == "token").map(|(_, v)| digest(v)).unwrap_or_default();
    let done = backend.storage.write(|t| {
        let family: Option<String> = t
            .query_row("SELECT family FROM refresh WHERE digest = ?", [&presented], |r| r.get(0))
            .optional()
            .map_err(Refusal::database)?;
        family.map_or(Ok(()), |f| end_family(t, &f))
    });
    Reply::empty(if done.is_ok() { 200 } else { 500 })
}

/// `GET /userinfo`
pub(crate) fn user_info(backend: &Backend, header: Option<&str>) -> Reply {
    let token = header.and_then(|h| h.strip_prefix("Bearer ")).unwrap_or_default();
    let identity = &backend.identity;
    let claims =
        identity.signer.check_access_token(token, &backend.issuer(), &backend.fhir_base(), backend.clock.now());
    match claims.and_then(|c| identity.people.with_subject(&c.sub)).filter(|p| !p.disabled) {
        Some(person) => plain_json(about(backend, person)),
        None => {
            let mut reply = plain_error(401, "invalid_token");
            reply.headers.push(("www-authenticate", String::from("Bearer error=\"invalid_token\"")));
            reply
        }
    }
}

fn end_family(transaction: &Transaction<'_>, family: &str) -> Result<(), Refusal> {
    transaction
        .execute("UPDATE family SET revoked = 1 WHERE family = ?", [family])
        .map(|_| ())
        .map_err(Refusal::database)
}

/// Signs the tokens of a session. `parent` = digest of the refresh token that this one replaces, empty at sign-in.
fn answer(backend: &Backend, session: &Session, now: UtcMillis, parent: &str) -> Reply {
    let identity = &backend.identity;
    let Some(person) = identity.people.with_subject(&session.subject).filter(|p| !p.disabled) else {
        return plain_error(400, "invalid_grant");
    };
    let roles: Vec<String> = person.assigned().into_iter().map(str::to_owned).collect();
    let (iat, exp) = (now.seconds(), now.seconds() + TOKEN_SECONDS);
    let (Ok(refresh_token), Ok(jti)) = (crate::random::make_token(), crate::random::make_token()) else {
        return plain_error(500, "server_error");
    };
    let access = AccessClaims {
        iss: backend.issuer(),
        sub: session.subject.clone(),
        aud: backend.fhir_base(),
        client_id: session.client.clone(),
        iat,
        exp,
        scope: session.scope.clone(),
        roles,
        jti,
    };
    let mut id = about(backend, person);
    if let Some(members) = id.as_object_mut() {
        members.insert(String::from("iss"), access.iss.clone().into());
        members.insert(String::from("aud"), session.client.clone().into());
        members.insert(String::from("azp"), session.client.clone().into());
        members.insert(String::from("iat"), iat.into());
        members.insert(String::from("exp"), exp.into());
        members.insert(String::from("auth_time"), session.auth_time.into());
        members.insert(String::from("acr"), "mfa".into());
        members.insert(String::from("amr"), json!(["pwd", "otp"]));
        // Like Keycloak, an id token from a refresh has no nonce.
        if let Some(nonce) = &session.nonce {
            members.insert(String::from("nonce"), nonce.clone().into());
        }
    }
    let (Some(access_token), Some(id_token)) = (identity.signer.sign(&access), identity.signer.sign(&id)) else {
        return plain_error(500, "server_error");
    };
    let kept = backend.storage.write(|t| {
        t.execute(
            "INSERT OR IGNORE INTO family (family, user, client, scope, auth_time, ends, revoked) VALUES (?, ?, ?, ?, ?, ?, 0)",
            params![session.family, session.subject, session.client, session.scope, session.auth_time, now.seconds() + FAMILY_SECONDS],
        )
        .and_then(|_| {
            t.execute(
                "INSERT INTO refresh (digest, family, parent, uses) VALUES (?, ?, ?, 0)",
                params![digest(&refresh_token), session.family, parent],
            )
        })
        .map_err(Refusal::database)
    });
    if kept.is_err() {
        return plain_error(500, "server_error");
    }
    plain_json(json!({
        "access_token": access_token,
        "token_type": "Bearer",
        "expires_in": TOKEN_SECONDS,
        "refresh_token": refresh_token,
        "refresh_expires_in": FAMILY_SECONDS,
        "id_token": id_token,
        "scope": session.scope,
    }))
}

fn about(backend: &Backend, person: &Person) -> Value {
    json!({
        "sub": person.subject,
        "name": person.name,
        "preferred_username": person.user,
        "roles": person.assigned(),
        "fhirUser": format!("{}/Practitioner/{}", backend.fhir_base(), person.practitioner),
    })
}

/// The addresses are compared as addresses: `http://127.0.0.1:1/callback` has one spelling.
fn same_redirect(first: &str, second: &str) -> bool {
    url::Url::parse(second).is_ok_and(|u| u.as_str() == first)
}
