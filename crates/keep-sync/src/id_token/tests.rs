use super::*;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey};
use serde_json::{Value, json};
use std::sync::LazyLock;

pub(crate) const NOW: i64 = 1_795_338_000;
const ISSUER: &str = "https://id.clinic.example/realms/chartkeep";
const NONCE: &str = "bm9uY2Utb2YtdGhpcy1lbnJvbG1lbnQ";

/// The provider's keys: one P-256, one RSA; and a stranger's P-256.
pub(crate) struct Keys {
    pub(crate) ec: rcgen::KeyPair,
    pub(crate) rsa: rcgen::KeyPair,
    pub(crate) stranger: rcgen::KeyPair,
}

pub(crate) static KEYS: LazyLock<Keys> = LazyLock::new(|| Keys {
    ec: rcgen::KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256).unwrap(),
    rsa: rcgen::KeyPair::generate_rsa_for(&rcgen::PKCS_RSA_SHA256, rcgen::RsaKeySize::_2048).unwrap(),
    stranger: rcgen::KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256).unwrap(),
});

pub(crate) fn jwks_json() -> Value {
    let point = KEYS.ec.public_key_raw();
    let der = KEYS.rsa.public_key_raw();
    // RSAPublicKey in DER: a sequence of modulus (257 bytes with its leading zero) and exponent 65537.
    let modulus = &der[der.len() - 5 - 256..der.len() - 5];
    json!({"keys": [
        {"kid": "ec-1", "kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256",
         "x": URL_SAFE_NO_PAD.encode(&point[1..33]), "y": URL_SAFE_NO_PAD.encode(&point[33..65])},
        {"kid": "rsa-1", "kty": "RSA", "use": "sig", "n": URL_SAFE_NO_PAD.encode(modulus), "e": "AQAB"},
        {"kid": "rsa-enc", "kty": "RSA", "use": "enc", "n": URL_SAFE_NO_PAD.encode(modulus), "e": "AQAB"},
        {"kid": "odd", "kty": "OKP", "crv": "X448"},
    ]})
}

pub(crate) fn claims() -> Value {
    json!({
        "iss": ISSUER, "sub": "5d1f", "aud": "chartkeep-desktop", "azp": "chartkeep-desktop",
        "exp": NOW + 300, "iat": NOW - 2, "auth_time": NOW - 9, "nonce": NONCE, "acr": "mfa", "amr": ["pwd", "otp"],
        "name": "Amara Okafor", "roles": ["nurse", "offline_access", "uma_authorization", "nurse"],
    })
}

pub(crate) fn expected() -> ExpectedClaims<'static> {
    static ROLES: LazyLock<RolesClaim> = LazyLock::new(RolesClaim::default);
    static ACR: LazyLock<Vec<String>> = LazyLock::new(|| vec![String::from("mfa")]);
    static AMR: LazyLock<Vec<String>> = LazyLock::new(|| vec![String::from("otp")]);
    ExpectedClaims {
        issuer: ISSUER,
        client_id: "chartkeep-desktop",
        nonce: Some(NONCE),
        subject: None,
        now: UtcMillis(NOW * 1000),
        acr: &ACR,
        amr: &AMR,
        max_age: Some(600),
        second_factor: true,
        roles: &ROLES,
    }
}

fn part(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

pub(crate) fn signed(header: &Value, claims: &Value, key: &EncodingKey, algorithm: Algorithm) -> String {
    let message = format!("{}.{}", part(header), part(claims));
    let signature = jsonwebtoken::crypto::sign(message.as_bytes(), key, algorithm).unwrap();
    format!("{message}.{signature}")
}

pub(crate) fn es256(claims: &Value) -> String {
    let key = EncodingKey::from_ec_der(&KEYS.ec.serialize_der());
    signed(&json!({"alg": "ES256", "kid": "ec-1", "typ": "JWT"}), claims, &key, Algorithm::ES256)
}

fn verify_id_token(token: &str, keys: &Jwks, expected: &ExpectedClaims<'_>) -> Result<VerifiedClaims, TokenError> {
    read_id_token(token, keys, expected).map(|(claims, _)| claims)
}

fn verdict(token: &str, expected: &ExpectedClaims<'_>) -> Result<VerifiedClaims, TokenError> {
    verify_id_token(token, &Jwks::from_json(&jwks_json().to_string()).unwrap(), expected)
}

/// The valid claims with one member replaced (or removed by null) are rejected with that error.
#[track_caller]
fn check(name: &str, value: Value, error: TokenError) {
    let mut claims = claims();
    if value.is_null() {
        claims.as_object_mut().unwrap().remove(name);
    } else {
        claims[name] = value;
    }
    assert_eq!(verdict(&es256(&claims), &expected()), Err(error), "{name}");
}

#[test]
fn nurse_amaras_token_is_verified() {
    let token = es256(&claims());
    let claims = verdict(&token, &expected()).unwrap();
    assert_eq!(
        (claims.subject.as_str(), claims.name.as_str(), claims.key_id.as_str()),
        ("5d1f", "Amara Okafor", "ec-1")
    );
    assert_eq!(claims.roles, [Role::Nurse]);
    assert_eq!(claims.token_hash, <[u8; 32]>::from(Sha256::digest(token.as_bytes())));
    let stored = Jwks::from_jwk(&claims.jwk).unwrap();
    assert!(verify_id_token(&token, &stored, &expected()).is_ok(), "the stored key verifies it again");
}

#[test]
fn rs256_is_accepted_and_an_encryption_key_is_not() {
    let key = EncodingKey::from_rsa_der(&KEYS.rsa.serialize_der());
    // jsonwebtoken wants the inner PKCS#1 key; rcgen gives PKCS#8, so the wrapper is cut off.
    let pkcs8 = KEYS.rsa.serialize_der();
    let inner = &pkcs8[26..];
    let key = if inner.starts_with(&[0x30, 0x82]) { EncodingKey::from_rsa_der(inner) } else { key };
    let sign = |kid: &str| signed(&json!({"alg": "RS256", "kid": kid}), &claims(), &key, Algorithm::RS256);
    assert_eq!(verdict(&sign("rsa-1"), &expected()).map(|c| c.key_id), Ok(String::from("rsa-1")));
    assert_eq!(verdict(&sign("rsa-enc"), &expected()), Err(TokenError::UnknownKey));
}

#[test]
fn every_claim_is_checked() {
    check("iss", json!("https://id.clinic.example/realms/chartkeep/"), TokenError::Issuer);
    check("aud", json!("other-client"), TokenError::Audience);
    check("aud", json!(["other-client", "third"]), TokenError::Audience);
    check("azp", json!("other-client"), TokenError::Audience);
    check("sub", json!(""), TokenError::Subject);
    check("sub", Value::Null, TokenError::Malformed);
    check("exp", json!(NOW - 61), TokenError::Expired);
    check("exp", Value::Null, TokenError::Malformed);
    check("iat", json!(NOW + 120), TokenError::IssuedAt);
    check("iat", json!(NOW - 4000), TokenError::IssuedAt);
    check("nbf", json!(NOW + 120), TokenError::IssuedAt);
    check("nonce", json!("another"), TokenError::Nonce);
    check("nonce", Value::Null, TokenError::Nonce);
    check("acr", json!("pwd"), TokenError::Acr);
    check("acr", Value::Null, TokenError::Acr);
    check("amr", json!(["pwd"]), TokenError::Amr);
    check("auth_time", json!(NOW - 700), TokenError::AuthTime);
    check("auth_time", json!(NOW + 700), TokenError::AuthTime);
    check("auth_time", Value::Null, TokenError::AuthTime);
}

#[test]
fn several_audiences_need_the_authorized_party() {
    let mut claims = claims();
    claims["aud"] = json!(["chartkeep-desktop", "account"]);
    assert!(verdict(&es256(&claims), &expected()).is_ok());
    claims.as_object_mut().unwrap().remove("azp");
    assert_eq!(verdict(&es256(&claims), &expected()), Err(TokenError::Audience));
}

#[test]
fn forged_signatures_are_refused() {
    let good = es256(&claims());
    let (message, _) = good.rsplit_once('.').unwrap();
    let none = format!("{}.{}.", part(&json!({"alg": "none", "kid": "ec-1"})), part(&claims()));
    assert_eq!(verdict(&none, &expected()), Err(TokenError::Algorithm));
    assert_eq!(verdict(&format!("{message}."), &expected()), Err(TokenError::Signature));

    // HS256 with the public key as the secret, the classic confusion.
    let public = EncodingKey::from_secret(KEYS.ec.public_key_raw());
    let confused = signed(&json!({"alg": "HS256", "kid": "ec-1"}), &claims(), &public, Algorithm::HS256);
    assert_eq!(verdict(&confused, &expected()), Err(TokenError::Algorithm));
    // The same signature under the name of an allowed algorithm.
    let renamed = signed(&json!({"alg": "ES256", "kid": "ec-1"}), &claims(), &public, Algorithm::HS256);
    assert_eq!(verdict(&renamed, &expected()), Err(TokenError::Signature));
    // An allowed algorithm that does not match the key.
    let mismatched = signed(&json!({"alg": "RS256", "kid": "ec-1"}), &claims(), &public, Algorithm::HS256);
    assert_eq!(verdict(&mismatched, &expected()), Err(TokenError::UnknownKey));

    let stranger = EncodingKey::from_ec_der(&KEYS.stranger.serialize_der());
    let sign = |header: Value| signed(&header, &claims(), &stranger, Algorithm::ES256);
    assert_eq!(verdict(&sign(json!({"alg": "ES256", "kid": "ec-1"})), &expected()), Err(TokenError::Signature));
    assert_eq!(verdict(&sign(json!({"alg": "ES256", "kid": "mallory"})), &expected()), Err(TokenError::UnknownKey));
    assert_eq!(verdict(&sign(json!({"alg": "ES256"})), &expected()), Err(TokenError::UnknownKey));
    let crit = json!({"alg": "ES256", "kid": "ec-1", "crit": ["exp"]});
    assert_eq!(verdict(&sign(crit), &expected()), Err(TokenError::Algorithm));

    // One changed character in the payload.
    let mut claims = claims();
    claims["roles"] = json!(["physician"]);
    let (_, signature) = good.rsplit_once('.').unwrap();
    let (head, _) = message.split_once('.').unwrap();
    assert_eq!(verdict(&format!("{head}.{}.{signature}", part(&claims)), &expected()), Err(TokenError::Signature));
    for broken in ["", ".", "..", "a.b.c", "ä.b.c", good.get(1..).unwrap(), &format!("{good}.x")] {
        assert!(verdict(broken, &expected()).is_err(), "{broken}");
    }
}

#[test]
fn two_keys_with_one_id_are_unusable() {
    let mut set = jwks_json();
    let twin = set["keys"][0].clone();
    set["keys"].as_array_mut().unwrap().push(twin);
    let keys = Jwks::from_json(&set.to_string()).unwrap();
    assert_eq!(verify_id_token(&es256(&claims()), &keys, &expected()), Err(TokenError::UnknownKey));
}

#[test]
fn a_refreshed_token_needs_no_nonce_but_the_same_subject() {
    let mut refreshed = claims();
    refreshed.as_object_mut().unwrap().remove("nonce");
    let of = |subject| ExpectedClaims { nonce: None, subject: Some(subject), ..expected() };
    assert!(verdict(&es256(&refreshed), &of("5d1f")).is_ok());
    assert_eq!(verdict(&es256(&refreshed), &of("77aa")), Err(TokenError::Subject));
}

#[test]
fn roles_are_read_from_the_configured_claim() {
    let mut claims = claims();
    claims["realm_access"] = json!({"roles": ["physician", "root", "restricted"]});
    claims["https://ehr.example/roles"] = json!("front-desk billing");
    let verified = |path: &str| {
        let roles = RolesClaim { claim: path.to_owned(), ..RolesClaim::default() };
        verdict(&es256(&claims), &ExpectedClaims { roles: &roles, ..expected() }).unwrap()
    };
    let roles = |path| verified(path).roles;
    assert!(verified("realm_access.roles").restricted && !verified("https://ehr.example/roles").restricted);
    assert_eq!(roles("realm_access.roles"), [Role::Physician]);
    assert_eq!(roles("https://ehr.example/roles"), [Role::FrontDesk, Role::Billing]);
    assert_eq!(roles("absent.claim"), []);
}

#[test]
fn a_second_factor_is_stated_by_the_method_or_by_what_the_site_lists() {
    let check = |amr: Value, acr: &[String], expected_outcome: Result<(), TokenError>| {
        let mut claims = claims();
        claims["amr"] = amr;
        let expected = ExpectedClaims { acr, amr: &[], ..expected() };
        assert_eq!(verdict(&es256(&claims), &expected).map(|_| ()), expected_outcome, "{acr:?}");
    };
    check(json!(["pwd", "otp"]), &[], Ok(()));
    check(json!(["mfa"]), &[], Ok(()));
    check(json!(["pwd", "user"]), &[], Err(TokenError::SecondFactor));
    // Keycloak 26 gives no methods; its level of authentication is in `acr`.
    check(json!([]), &[], Err(TokenError::SecondFactor));
    check(json!([]), &[String::from("mfa")], Ok(()));
    check(json!(["otp"]), &[String::from("2")], Err(TokenError::Acr));
}
