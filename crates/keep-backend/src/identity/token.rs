//! The token, revocation and userinfo endpoints (RFC 6749, 7009; OpenID Connect Core).

use super::claims::{AccessClaims, IdClaims, UserClaims};
use super::form::field;
use super::provider::IdentityProvider;
use super::refresh_tokens::{FAMILY_SECONDS, RefreshTokens, TokenFamily};
use super::signing::{TOKEN_SECONDS, digest, half_digest};
use super::users::User;
use crate::random_token::make_token;
use crate::reply::Reply;
use keep_domain::UtcMillis;
use serde_json::json;

/// `POST /token`
pub(crate) fn token(identity: &IdentityProvider, form: &[(String, String)], now: UtcMillis) -> Reply {
    match field(form, "grant_type") {
        "authorization_code" => exchange_code(identity, form, now),
        "refresh_token" => refresh(identity, form, now),
        _ => Reply::oauth_error(400, "unsupported_grant_type"),
    }
}

fn exchange_code(identity: &IdentityProvider, form: &[(String, String)], now: UtcMillis) -> Reply {
    let Ok(family) = make_token() else { return Reply::oauth_error(500, "server_error") };
    let Some(grant) = identity.codes.redeem(field(form, "code"), &family, now) else {
        return Reply::oauth_error(400, "invalid_grant");
    };
    if let Some(first) = &grant.family {
        // The code was exchanged before: it has been stolen.
        let revoked = identity.refresh_tokens.revoke_family(first);
        return Reply::oauth_error(if revoked.is_ok() { 400 } else { 500 }, "invalid_grant");
    }
    let request = grant.request;
    // Parsed, so that different spellings of the same URL are equal.
    let same_redirect = url::Url::parse(field(form, "redirect_uri")).is_ok_and(|u| u == request.redirect_uri);
    let same_client = request.client == field(form, "client_id");
    if !same_client || !same_redirect || request.challenge != digest(field(form, "code_verifier")) {
        return Reply::oauth_error(400, "invalid_grant");
    }
    let family = TokenFamily {
        id: family,
        subject: grant.subject,
        client: request.client,
        scope: request.scope,
        auth_time: grant.auth_time,
    };
    issue_tokens(identity, &family, now, "", Some(&request.nonce))
}

fn refresh(identity: &IdentityProvider, form: &[(String, String)], now: UtcMillis) -> Reply {
    let old = digest(field(form, "refresh_token"));
    match identity.refresh_tokens.redeem(&old, field(form, "client_id"), now) {
        // As in Keycloak, an ID token from a refresh has no nonce.
        Ok(Some(family)) => issue_tokens(identity, &family, now, &old, None),
        Ok(None) => Reply::oauth_error(400, "invalid_grant"),
        Err(_) => Reply::oauth_error(500, "server_error"),
    }
}

/// `POST /revoke`: ends the sign-in of a refresh token. Unknown tokens are no error (RFC 7009 2.2).
pub(crate) fn revoke(refresh_tokens: &RefreshTokens, form: &[(String, String)]) -> Reply {
    let revoked = refresh_tokens.revoke_token(field(form, "token"));
    Reply::empty(if revoked.is_ok() { 200 } else { 500 })
}

/// `GET /userinfo`
pub(crate) fn user_info(identity: &IdentityProvider, header: Option<&str>, now: UtcMillis) -> Reply {
    let claims = identity.claims_of_bearer(header, now);
    match claims.and_then(|c| identity.users.with_subject(&c.sub)).filter(|u| !u.disabled) {
        Some(user) => Reply::json(200, &json!(user_claims(identity, user))),
        None => {
            let mut reply = Reply::oauth_error(401, "invalid_token");
            reply.headers.push(("www-authenticate", String::from("Bearer error=\"invalid_token\"")));
            reply
        }
    }
}

/// Issues the tokens of a sign-in. `parent` is the digest of the refresh token to replace, empty at sign-in.
fn issue_tokens(
    identity: &IdentityProvider,
    family: &TokenFamily,
    now: UtcMillis,
    parent: &str,
    nonce: Option<&str>,
) -> Reply {
    let Some(user) = identity.users.with_subject(&family.subject).filter(|u| !u.disabled) else {
        return Reply::oauth_error(400, "invalid_grant");
    };
    let (iat, exp) = (now.seconds(), now.seconds() + TOKEN_SECONDS);
    let (Ok(refresh_token), Ok(jti)) = (make_token(), make_token()) else {
        return Reply::oauth_error(500, "server_error");
    };
    let access_claims = AccessClaims {
        iss: identity.origin.0.clone(),
        sub: family.subject.clone(),
        aud: identity.origin.fhir_base(),
        client_id: family.client.clone(),
        iat,
        exp,
        scope: family.scope.clone(),
        roles: user.role_claims().into_iter().map(str::to_owned).collect(),
        jti,
    };
    let Some(access_token) = identity.signer.sign(&access_claims) else {
        return Reply::oauth_error(500, "server_error");
    };
    let id_claims = IdClaims {
        user: user_claims(identity, user),
        iss: &identity.origin.0,
        aud: &family.client,
        azp: &family.client,
        iat,
        exp,
        auth_time: family.auth_time,
        acr: "mfa",
        amr: ["pwd", "otp"],
        at_hash: half_digest(&access_token),
        nonce,
    };
    let Some(id_token) = identity.signer.sign(&id_claims) else {
        return Reply::oauth_error(500, "server_error");
    };
    if identity.refresh_tokens.insert(family, &refresh_token, parent, now).is_err() {
        return Reply::oauth_error(500, "server_error");
    }
    let tokens = json!({
        "access_token": access_token,
        "token_type": "Bearer",
        "expires_in": TOKEN_SECONDS,
        "refresh_token": refresh_token,
        "refresh_expires_in": FAMILY_SECONDS,
        "id_token": id_token,
        "scope": family.scope,
    });
    Reply::json(200, &tokens)
}

fn user_claims<'a>(identity: &IdentityProvider, user: &'a User) -> UserClaims<'a> {
    UserClaims {
        sub: &user.subject,
        name: &user.display_name,
        preferred_username: &user.user_name,
        roles: user.role_claims(),
        fhir_user: format!("{}/Practitioner/{}", identity.origin.fhir_base(), user.practitioner),
    }
}
