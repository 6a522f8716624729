use super::*;
use crate::id_token::tests::{KEYS, NOW, claims, es256, expected, jwks_json, signed};
use crate::roles_claim::RolesClaim;
use jsonwebtoken::{Algorithm, EncodingKey};
use keep_domain::Role;
use serde_json::{Value, json};

/// As Keycloak 26 issues it to a public client of a new realm: the roles are here and nowhere else.
fn keycloaks_access_token() -> Value {
    json!({
        "exp": NOW + 300, "iat": NOW - 2, "auth_time": NOW - 9, "jti": "onrtac:5f6c", "iss": claims()["iss"],
        "aud": "account", "sub": "5d1f", "typ": "Bearer", "azp": "chartkeep-desktop", "sid": "b8a6", "acr": "2",
        "realm_access": {"roles": ["offline_access", "default-roles-clinic", "ward-nurse"]},
        "resource_access": {"account": {"roles": ["manage-account"]}}, "scope": "openid profile email",
    })
}

fn userinfo() -> Value {
    json!({"iss": claims()["iss"], "aud": "chartkeep-desktop", "sub": "5d1f", "iat": NOW - 1, "groups": ["ward-nurse"]})
}

fn at_hash(token: &str) -> String {
    URL_SAFE_NO_PAD.encode(&Sha256::digest(token.as_bytes())[..16])
}

fn keys() -> Jwks {
    Jwks::from_json(&jwks_json().to_string()).unwrap()
}

fn verdict(
    from: RolesFrom,
    claim: &str,
    statement: &ProviderStatement,
    keys: &Jwks,
) -> Result<VerifiedClaims, TokenError> {
    let names = serde_json::from_value(json!({"ward-nurse": "nurse"})).unwrap();
    let roles = RolesClaim { from, claim: claim.to_owned(), names };
    verify_statement(statement, keys, &ExpectedClaims { roles: &roles, ..expected() })
}

/// An ID token with that `at_hash`, and the access token.
fn with_access(hash: Option<String>, token: String) -> ProviderStatement {
    let mut id = claims();
    if let Some(hash) = hash {
        id["at_hash"] = json!(hash);
    }
    ProviderStatement { id_token: es256(&id), roles_token: Some(token) }
}

fn of_access(statement: &ProviderStatement) -> Result<VerifiedClaims, TokenError> {
    verdict(RolesFrom::AccessToken, "realm_access.roles", statement, &keys())
}

#[track_caller]
fn check_access(change: impl FnOnce(&mut Value), fault: RolesTokenFault) {
    let mut access = keycloaks_access_token();
    change(&mut access);
    let token = es256(&access);
    assert_eq!(of_access(&with_access(Some(at_hash(&token)), token)), Err(TokenError::Roles(fault)), "{access}");
}

#[test]
fn roles_of_an_access_token_count_where_the_id_token_names_it() {
    let token = es256(&keycloaks_access_token());
    let statement = with_access(Some(at_hash(&token)), token.clone());
    let claims = of_access(&statement).unwrap();
    assert_eq!((claims.roles, claims.named_roles.map(|n| n.len())), (vec![Role::Nurse], Some(3)));
    let from_id = verdict(RolesFrom::IdToken, "realm_access.roles", &statement, &keys()).unwrap();
    assert_eq!(from_id.named_roles, None, "the site file says from where");
    for hash in [None, Some(at_hash("another token"))] {
        let fault = if hash.is_some() { RolesTokenFault::OtherToken } else { RolesTokenFault::NotBound };
        assert_eq!(of_access(&with_access(hash, token.clone())), Err(TokenError::Roles(fault)));
    }
    let opaque = String::from("Vg6ZYnZ4H-an-opaque-token");
    let statement = with_access(Some(at_hash(&opaque)), opaque);
    assert_eq!(of_access(&statement), Err(TokenError::Roles(RolesTokenFault::NotSigned)));
    let none = ProviderStatement { roles_token: None, ..statement };
    assert_eq!(of_access(&none), Err(TokenError::Roles(RolesTokenFault::Missing)));
}

#[test]
fn an_access_token_of_another_issuer_user_client_or_time_gives_no_role() {
    use RolesTokenFault::OtherToken;
    check_access(|t| t["iss"] = json!("https://id.elsewhere.example"), OtherToken);
    check_access(|t| t["sub"] = json!("7777"), OtherToken);
    check_access(|t| drop(t.as_object_mut().unwrap().remove("sub")), OtherToken);
    check_access(|t| t["azp"] = json!("another-client"), OtherToken);
    check_access(|t| t["client_id"] = json!("another-client"), OtherToken);
    check_access(|t| drop(t.as_object_mut().unwrap().remove("azp")), OtherToken);
    check_access(|t| t["exp"] = json!(NOW - 3600), OtherToken);
    check_access(|t| drop(t.as_object_mut().unwrap().remove("exp")), OtherToken);
    let mut access = keycloaks_access_token();
    access.as_object_mut().unwrap().remove("azp");
    access["aud"] = json!(["account", "chartkeep-desktop"]);
    let token = es256(&access);
    assert!(of_access(&with_access(Some(at_hash(&token)), token)).is_ok(), "an audience can name the client");
}

#[test]
fn an_access_token_signed_by_a_stranger_gives_no_role() {
    let stranger = EncodingKey::from_ec_der(&KEYS.stranger.serialize_der());
    let header = json!({"alg": "ES256", "kid": "ec-1", "typ": "at+jwt"});
    let token = signed(&header, &keycloaks_access_token(), &stranger, Algorithm::ES256);
    let statement = with_access(Some(at_hash(&token)), token);
    assert_eq!(of_access(&statement), Err(TokenError::Roles(RolesTokenFault::NotSigned)));
}

#[test]
fn a_statement_signed_by_two_keys_is_verified_again_with_both() {
    let mut both = jwks_json();
    let mut second = both["keys"][0].clone();
    let point = KEYS.stranger.public_key_raw();
    second["kid"] = json!("ec-2");
    second["x"] = json!(URL_SAFE_NO_PAD.encode(&point[1..33]));
    second["y"] = json!(URL_SAFE_NO_PAD.encode(&point[33..65]));
    both["keys"].as_array_mut().unwrap().push(second);
    let keys = Jwks::from_json(&both.to_string()).unwrap();
    let key = EncodingKey::from_ec_der(&KEYS.stranger.serialize_der());
    let header = json!({"alg": "ES256", "kid": "ec-2", "typ": "at+jwt"});
    let token = signed(&header, &keycloaks_access_token(), &key, Algorithm::ES256);
    let statement = with_access(Some(at_hash(&token)), token);
    let verify = |keys: &Jwks| verdict(RolesFrom::AccessToken, "realm_access.roles", &statement, keys);
    let first = verify(&keys).unwrap();
    let again = verify(&Jwks::from_jwk(&first.jwk).unwrap()).unwrap();
    assert_eq!(first, again);
}

#[test]
fn roles_of_signed_userinfo_count_for_the_sign_in_that_fetched_it() {
    let of = |userinfo: &Value| {
        let statement = ProviderStatement { id_token: es256(&claims()), roles_token: Some(es256(userinfo)) };
        verdict(RolesFrom::Userinfo, "groups", &statement, &keys()).map(|claims| claims.roles)
    };
    assert_eq!(of(&userinfo()), Ok(vec![Role::Nurse]));
    for (name, value) in [
        ("sub", json!("7777")),
        ("iss", json!("https://id.elsewhere.example")),
        ("aud", json!("another-client")),
        ("iat", json!(NOW - 86_400)),
        ("iat", Value::Null),
        ("aud", Value::Null),
    ] {
        let mut other = userinfo();
        other[name] = value;
        assert_eq!(of(&other), Err(TokenError::Roles(RolesTokenFault::OtherToken)), "{other}");
    }
}
