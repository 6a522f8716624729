//! Sign-in with the forms that a browser or a script posts.

use crate::server::test_server::{REDIRECT_URI, TestServer, VERIFIER, authorization_request};
use serde_json::{Value, json};

async fn refresh(server: &TestServer, token: &Value) -> (u16, Value) {
    let token = token["refresh_token"].as_str().expect("refresh token");
    let fields = [("grant_type", "refresh_token"), ("refresh_token", token), ("client_id", "chartkeep-desktop")];
    let response = server.post_form("/token", &fields).await;
    (response.status, response.json())
}

fn claims(token: &Value, name: &str) -> Value {
    let part = token[name].as_str().and_then(|t| t.split('.').nth(1)).expect("payload");
    serde_json::from_slice(&data_encoding::BASE64URL_NOPAD.decode(part.as_bytes()).expect("base64")).expect("JSON")
}

#[tokio::test]
async fn tokens_contain_the_user_and_the_authentication_methods() {
    let server = TestServer::new();
    let token = server.sign_in("jonas").await;
    let id = claims(&token, "id_token");
    assert_eq!(
        (&id["iss"], &id["aud"], &id["nonce"]),
        (&json!("https://127.0.0.1:1"), &json!("chartkeep-desktop"), &json!("a nonce"))
    );
    assert_eq!((&id["acr"], &id["amr"]), (&json!("mfa"), &json!(["pwd", "otp"])));
    assert_eq!(id["roles"], json!(["physician", "restricted"]));
    assert_eq!(id["name"], "Dr Jonas Mbeki");
    assert!(id["fhirUser"].as_str().is_some_and(|u| u.contains("/fhir/Practitioner/")));

    let keys = server.send("GET", "/jwks", &[], "").await.json();
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
async fn an_access_token_expires_after_five_minutes() {
    let server = TestServer::new();
    let amara = server.client("amara").await;
    server.advance(300_000);
    assert_eq!(amara.get("/Patient").await.status, 200);
    server.advance(1000);
    assert_eq!(amara.get("/Patient").await.status, 401);
    let id = server.sign_in("grace").await["id_token"].as_str().expect("token").to_owned();
    let header = format!("Bearer {id}");
    assert_eq!(
        server.send("GET", "/fhir/Patient", &[("authorization", &header)], "").await.status,
        401,
        "an ID token is not an access token"
    );
}

#[tokio::test]
async fn a_refresh_token_is_accepted_again_after_one_lost_response() {
    let server = TestServer::new();
    let first = server.sign_in("amara").await;
    let (status, lost) = refresh(&server, &first).await;
    assert_eq!((status, &claims(&lost, "id_token")["nonce"]), (200, &Value::Null));
    let (status, second) = refresh(&server, &first).await;
    assert_eq!(status, 200, "the old token is accepted once more after a lost response");
    let server = server.restarted();
    let (status, third) = refresh(&server, &second).await;
    assert_eq!(status, 200, "tokens survive a restart");
    assert_eq!(refresh(&server, &lost).await.0, 400, "the token in the lost response was used: it has been stolen");
    assert_eq!(refresh(&server, &third).await, (400, json!({"error": "invalid_grant"})), "so the sign-in has ended");
}

#[tokio::test]
async fn revocation_ends_a_sign_in() {
    let server = TestServer::new();
    let token = server.sign_in("amara").await;
    let text = token["refresh_token"].as_str().expect("token");
    assert_eq!(server.post_form("/revoke", &[("token", text)]).await.status, 200);
    assert_eq!(refresh(&server, &token).await.0, 400);
    assert_eq!(server.post_form("/revoke", &[("token", "unknown")]).await.status, 200);
}

#[tokio::test]
async fn a_code_is_exchanged_once_and_only_with_its_verifier() {
    let server = TestServer::new();
    let code = server.authorize("amara").await;
    assert_eq!(server.exchange(&code, "another verifier", REDIRECT_URI).await.status, 400);
    assert_eq!(server.exchange(&code, VERIFIER, REDIRECT_URI).await.status, 400, "a failed exchange uses up the code");
    let code = server.authorize("grace").await;
    assert_eq!(server.exchange(&code, VERIFIER, "http://127.0.0.1:5001/callback").await.status, 400);
    let code = server.authorize("jonas").await;
    let token = server.exchange(&code, VERIFIER, REDIRECT_URI).await;
    assert_eq!(token.status, 200);
    assert_eq!(server.exchange(&code, VERIFIER, REDIRECT_URI).await.status, 400);
    assert_eq!(refresh(&server, &token.json()).await.0, 400, "the second exchange ended the sign-in");
}

#[tokio::test]
async fn wrong_names_passwords_and_codes_get_the_same_response_and_a_wait() {
    let server = TestServer::new();
    let code = server.code_of("leila");
    assert_eq!(server.post_credentials("leila", "wrong", &code).await.status, 403);
    assert_eq!(server.post_credentials("leila", "lake-victoria-leila", "000000").await.status, 403);
    assert_eq!(server.post_credentials("unknown", "wrong", &code).await.status, 403);
    for _ in 0..3 {
        server.post_credentials("leila", "wrong", "000000").await;
    }
    assert_eq!(
        server.post_credentials("leila", "lake-victoria-leila", &code).await.status,
        429,
        "correct credentials must wait, too"
    );
    server.advance(10_000);
    assert_eq!(server.post_credentials("leila", "lake-victoria-leila", &server.code_of("leila")).await.status, 303);
}

#[tokio::test]
async fn a_one_time_code_is_accepted_once_within_one_step() {
    let server = TestServer::new();
    let code = server.code_of("amara");
    let password = "lake-victoria-amara";
    server.advance(30_000);
    assert_eq!(server.post_credentials("amara", password, &code).await.status, 303, "one step late");
    assert_eq!(server.post_credentials("amara", password, &code).await.status, 403, "used");
    assert_eq!(server.post_credentials("Amara ", password, &server.code_of("amara")).await.status, 303);
    let old = server.code_of("grace");
    server.advance(60_000);
    assert_eq!(server.post_credentials("grace", "lake-victoria-grace", &old).await.status, 403, "two steps late");
}

#[tokio::test]
async fn the_page_has_no_script_and_redirects_only_to_loopback() {
    let server = TestServer::new();
    let authorize_path = |change: (&'static str, &'static str)| {
        let mut fields = authorization_request();
        fields.retain(|(n, _)| *n != change.0);
        fields.push((change.0, change.1.to_owned()));
        let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        format!("/authorize?{query}")
    };
    let page = server.send("GET", &authorize_path(("state", "<b>")), &[], "").await;
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
        let rejected = server.send("GET", &authorize_path(("redirect_uri", redirect)), &[], "").await;
        assert_eq!((rejected.status, rejected.header("location")), (400, ""), "{redirect}");
    }
    for change in [("code_challenge_method", "plain"), ("nonce", ""), ("response_type", "token"), ("scope", "email")] {
        let rejected = server.send("GET", &authorize_path(change), &[], "").await;
        assert!(rejected.status == 303 && rejected.header("location").contains("error="), "{}", change.0);
    }
    let discovery = server.send("GET", "/.well-known/openid-configuration", &[], "").await.json();
    let smart = server.send("GET", "/fhir/.well-known/smart-configuration", &[], "").await.json();
    assert_eq!(discovery["token_endpoint"], smart["token_endpoint"]);
}
