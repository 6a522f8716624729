//! Sign-in through the one handler, by the forms that a browser or a script posts.

use crate::backend::fixture::{Fixture, authorization};
use serde_json::{Value, json};

const VERIFIER: &str = "a-verifier-of-at-least-forty-three-characters-0123456789";

async fn refresh(fixture: &Fixture, token: &Value) -> (u16, Value) {
    let token = token["refresh_token"].as_str().expect("refresh token");
    let fields = [("grant_type", "refresh_token"), ("refresh_token", token), ("client_id", "chartkeep-desktop")];
    let answer = fixture.post_form("/token", &fields).await;
    (answer.status, answer.json())
}

fn claims(token: &Value, name: &str) -> Value {
    let part = token[name].as_str().and_then(|t| t.split('.').nth(1)).expect("payload");
    serde_json::from_slice(&data_encoding::BASE64URL_NOPAD.decode(part.as_bytes()).expect("base64")).expect("JSON")
}

async fn try_sign_in(fixture: &Fixture, user: &str, password: &str, code: &str) -> u16 {
    let mut fields = authorization(VERIFIER);
    fields.extend([("user", user), ("password", password), ("code", code)].map(|(n, v)| (n, v.to_owned())));
    let fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (*n, v.as_str())).collect();
    fixture.post_form("/authorize", &fields).await.status
}

#[tokio::test]
async fn tokens_say_who_and_how() {
    let fixture = Fixture::new();
    let token = fixture.sign_in("jonas").await;
    let id = claims(&token, "id_token");
    assert_eq!(
        (&id["iss"], &id["aud"], &id["nonce"]),
        (&json!("https://127.0.0.1:1"), &json!("chartkeep-desktop"), &json!("a nonce"))
    );
    assert_eq!((&id["acr"], &id["amr"]), (&json!("mfa"), &json!(["pwd", "otp"])));
    assert_eq!(id["roles"], json!(["physician", "restricted"]));
    assert_eq!(id["name"], "Dr Jonas Mbeki");
    assert!(id["fhirUser"].as_str().is_some_and(|u| u.contains("/fhir/Practitioner/")));

    let keys = fixture.send("GET", "/jwks", &[], "").await.json();
    let jwk: jsonwebtoken::jwk::Jwk = serde_json::from_value(keys["keys"][0].clone()).expect("a key");
    let mut rules = jsonwebtoken::Validation::new(jsonwebtoken::Algorithm::ES256);
    rules.set_audience(&["chartkeep-desktop"]);
    rules.validate_exp = false;
    let key = jsonwebtoken::DecodingKey::from_jwk(&jwk).expect("a key");
    let text = token["id_token"].as_str().expect("a token");
    assert_eq!(jsonwebtoken::decode_header(text).expect("header").kid, jwk.common.key_id);
    jsonwebtoken::decode::<Value>(text, &key, &rules).expect("signed by the published key");
}

#[tokio::test]
async fn an_access_token_ends_after_five_minutes() {
    let fixture = Fixture::new();
    let amara = fixture.client("amara").await;
    fixture.pass(300_000);
    assert_eq!(amara.get("/Patient").await.status, 200);
    fixture.pass(1000);
    assert_eq!(amara.get("/Patient").await.status, 401);
    let id = fixture.sign_in("grace").await["id_token"].as_str().expect("token").to_owned();
    let header = format!("Bearer {id}");
    assert_eq!(
        fixture.send("GET", "/fhir/Patient", &[("authorization", &header)], "").await.status,
        401,
        "an id token is no access token"
    );
}

#[tokio::test]
async fn refresh_tokens_rotate_with_one_lost_answer_forgiven() {
    let fixture = Fixture::new();
    let first = fixture.sign_in("amara").await;
    let (status, lost) = refresh(&fixture, &first).await;
    assert_eq!((status, &claims(&lost, "id_token")["nonce"]), (200, &Value::Null));
    let (status, second) = refresh(&fixture, &first).await;
    assert_eq!(status, 200, "the answer was lost: the old token is good once more");
    let fixture = fixture.restarted();
    let (status, third) = refresh(&fixture, &second).await;
    assert_eq!(status, 200, "and survives a restart");
    assert_eq!(refresh(&fixture, &lost).await.0, 400, "the lost one turns up: someone has it");
    assert_eq!(refresh(&fixture, &third).await, (400, json!({"error": "invalid_grant"})), "so the sign-in ends");
}

#[tokio::test]
async fn revocation_ends_a_sign_in() {
    let fixture = Fixture::new();
    let token = fixture.sign_in("amara").await;
    let text = token["refresh_token"].as_str().expect("token");
    assert_eq!(fixture.post_form("/revoke", &[("token", text)]).await.status, 200);
    assert_eq!(refresh(&fixture, &token).await.0, 400);
    assert_eq!(fixture.post_form("/revoke", &[("token", "unknown")]).await.status, 200);
}

#[tokio::test]
async fn an_exchange_needs_the_verifier_and_happens_once() {
    let fixture = Fixture::new();
    let code_for = async |user: &str, password: &str| {
        let mut fields = authorization(VERIFIER);
        let code = fixture.code_of(user);
        fields.extend([("user", user), ("password", password), ("code", &code)].map(|(n, v)| (n, v.to_owned())));
        let fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (*n, v.as_str())).collect();
        let answer = fixture.post_form("/authorize", &fields).await;
        let back = url::Url::parse(answer.header("location")).expect("address");
        back.query_pairs().find(|(n, _)| n == "code").expect("code").1.into_owned()
    };
    let exchange = async |code: &str, verifier: &str, redirect: &str| {
        let fields = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("client_id", "chartkeep-desktop"),
            ("redirect_uri", redirect),
            ("code_verifier", verifier),
        ];
        let answer = fixture.post_form("/token", &fields).await;
        (answer.status, answer.json())
    };
    let here = "http://127.0.0.1:5000/callback";
    let code = code_for("amara", "lake-victoria-amara").await;
    assert_eq!(exchange(&code, "another verifier", here).await.0, 400);
    assert_eq!(exchange(&code, VERIFIER, here).await.0, 400, "a code that was tried is spent");
    let code = code_for("grace", "lake-victoria-grace").await;
    assert_eq!(exchange(&code, VERIFIER, "http://127.0.0.1:5001/callback").await.0, 400);
    let code = code_for("jonas", "lake-victoria-jonas").await;
    let (status, token) = exchange(&code, VERIFIER, here).await;
    assert_eq!(status, 200);
    assert_eq!(exchange(&code, VERIFIER, here).await.0, 400);
    assert_eq!(refresh(&fixture, &token).await.0, 400, "the second exchange ended the first one's sign-in");
}

#[tokio::test]
async fn wrong_factors_look_the_same_and_slow_down() {
    let fixture = Fixture::new();
    let code = fixture.code_of("leila");
    assert_eq!(try_sign_in(&fixture, "leila", "wrong", &code).await, 403);
    assert_eq!(try_sign_in(&fixture, "leila", "lake-victoria-leila", "000000").await, 403);
    assert_eq!(try_sign_in(&fixture, "nobody", "wrong", &code).await, 403);
    for _ in 0..3 {
        try_sign_in(&fixture, "leila", "wrong", "000000").await;
    }
    assert_eq!(try_sign_in(&fixture, "leila", "lake-victoria-leila", &code).await, 429, "even the right ones wait");
    fixture.pass(10_000);
    assert_eq!(try_sign_in(&fixture, "leila", "lake-victoria-leila", &fixture.code_of("leila")).await, 303);
}

#[tokio::test]
async fn a_code_is_good_once_and_one_step_early_or_late() {
    let fixture = Fixture::new();
    let code = fixture.code_of("amara");
    let password = "lake-victoria-amara";
    fixture.pass(30_000);
    assert_eq!(try_sign_in(&fixture, "amara", password, &code).await, 303, "one step late");
    assert_eq!(try_sign_in(&fixture, "amara", password, &code).await, 403, "used");
    assert_eq!(try_sign_in(&fixture, "Amara ", password, &fixture.code_of("amara")).await, 303);
    let old = fixture.code_of("grace");
    fixture.pass(60_000);
    assert_eq!(try_sign_in(&fixture, "grace", "lake-victoria-grace", &old).await, 403, "two steps late");
}

#[tokio::test]
async fn the_page_asks_without_script_and_only_for_loopback() {
    let fixture = Fixture::new();
    let ask = |change: (&'static str, &'static str)| {
        let mut fields = authorization(VERIFIER);
        fields.retain(|(n, _)| *n != change.0);
        fields.push((change.0, change.1.to_owned()));
        let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        format!("/authorize?{query}")
    };
    let page = fixture.send("GET", &ask(("state", "<b>")), &[], "").await;
    let text = String::from_utf8_lossy(&page.bytes).into_owned();
    assert_eq!(page.status, 200);
    assert!(text.contains("value=\"&lt;b&gt;\"") && !text.contains("<script") && !text.contains("<b>"));
    assert!(page.header("content-security-policy").starts_with("default-src 'none'"));
    for redirect in [
        "https://127.0.0.1:1/callback",
        "http://localhost:1/callback",
        "http://127.0.0.1:1/other",
        "http://example.org/callback",
    ] {
        let refused = fixture.send("GET", &ask(("redirect_uri", redirect)), &[], "").await;
        assert_eq!((refused.status, refused.header("location")), (400, ""), "{redirect}");
    }
    for change in [("code_challenge_method", "plain"), ("nonce", ""), ("response_type", "token"), ("scope", "email")] {
        let refused = fixture.send("GET", &ask(change), &[], "").await;
        assert!(refused.status == 303 && refused.header("location").contains("error="), "{}", change.0);
    }
    let discovery = fixture.send("GET", "/.well-known/openid-configuration", &[], "").await.json();
    let smart = fixture.send("GET", "/fhir/.well-known/smart-configuration", &[], "").await.json();
    assert_eq!(discovery["token_endpoint"], smart["token_endpoint"]);
}

#[tokio::test]
async fn passwords_are_kept_as_argon2id() {
    let fixture = Fixture::new();
    let person = fixture.backend.identity.people.named("amara").expect("amara");
    assert!(person.password.is_none());
    assert!(person.password_hash.as_deref().is_some_and(|h| h.starts_with("$argon2id$")));
}
