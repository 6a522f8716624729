use super::*;
use crate::test_server::{Request, TestServer, json};
use std::sync::Mutex as StdMutex;
use std::sync::atomic::{AtomicU32, Ordering};

/// A provider whose token endpoint issues access-1 and refresh-1, then access-2 and refresh-2, and so on.
async fn provider(refusal: Option<&'static str>) -> TestServer {
    let given = AtomicU32::new(0);
    TestServer::plain(move |request: &Request| match request.target.as_str() {
        "/fhir/.well-known/smart-configuration" => {
            let host = request.header("host").unwrap();
            json(200, &format!(
                r#"{{"issuer":"http://{host}","authorization_endpoint":"http://{host}/a","token_endpoint":"http://{host}/t",
                "jwks_uri":"http://{host}/k"}}"#
            ))
        }
        "/t" => match refusal {
            Some(error) => json(400, &format!(r#"{{"error":"{error}"}}"#)),
            None => {
                let n = given.fetch_add(1, Ordering::SeqCst) + 1;
                json(200, &format!(
                    r#"{{"access_token":"access-{n}","token_type":"Bearer","expires_in":300,"refresh_token":"refresh-{n}"}}"#
                ))
            }
        },
        _ => json(200, "{}"),
    })
    .await
}

type Saved = Arc<StdMutex<Vec<String>>>;

fn amaras_credentials(server: &Server, works: bool) -> (Credentials, Saved) {
    let saved = Saved::default();
    let log = Arc::clone(&saved);
    let persist: PersistRefreshToken = Arc::new(move |token| {
        log.lock().unwrap().push(token.expose().clone());
        works
    });
    (Credentials::new(server, "amara", Secret::new(String::from("refresh-0")), persist), saved)
}

#[tokio::test]
async fn a_rotated_token_is_saved_before_the_access_token_is_used() {
    let server = provider(None).await;
    let (amara, saved) = amaras_credentials(&server.server(), true);
    let token = amara.access_token().await.unwrap();
    assert_eq!(token.expose(), "access-1");
    assert_eq!(*saved.lock().unwrap(), ["refresh-1"]);
    let again = amara.access_token().await.unwrap();
    assert!(Arc::ptr_eq(&token, &again), "a valid token is used again");
    assert_eq!(amara.renew_rejected(&token).await.unwrap().expose(), "access-2");
    assert_eq!(amara.renew_rejected(&token).await.unwrap().expose(), "access-2", "one rejection, one refresh");
    let forms: Vec<String> = server.requests().iter().map(|s| String::from_utf8_lossy(&s.body).into_owned()).collect();
    assert!(forms.iter().any(|f| f.contains("refresh_token=refresh-0") && f.contains("client_id=chartkeep-desktop")));
    assert!(forms.iter().any(|f| f.contains("refresh_token=refresh-1")));
}

#[tokio::test]
async fn a_token_that_cannot_be_saved_is_not_used() {
    let server = provider(None).await;
    let (amara, saved) = amaras_credentials(&server.server(), false);
    assert_eq!(amara.access_token().await.unwrap_err(), SyncError::NotPersisted);
    assert_eq!(amara.access_token().await.unwrap_err(), SyncError::NotPersisted);
    assert_eq!(
        *saved.lock().unwrap(),
        ["refresh-1", "refresh-2"],
        "the newest one is used, since the old one is invalid"
    );
}

#[tokio::test]
async fn a_refused_grant_asks_for_a_sign_in_and_stays_quiet() {
    let server = provider(Some("invalid_grant")).await;
    let (amara, saved) = amaras_credentials(&server.server(), true);
    assert_eq!(amara.access_token().await.unwrap_err(), SyncError::SignInNeeded);
    let sent = server.requests().len();
    assert_eq!(amara.access_token().await.unwrap_err(), SyncError::SignInNeeded);
    assert_eq!(server.requests().len(), sent);
    assert!(saved.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_cancelled_caller_does_not_lose_a_rotated_token() {
    let server = provider(None).await;
    let (amara, saved) = amaras_credentials(&server.server(), true);
    let caller = tokio::spawn({
        let amara = amara.clone();
        async move { amara.access_token().await }
    });
    while server.requests().iter().all(|s| s.target != "/t") {
        tokio::task::yield_now().await;
    }
    caller.abort();
    let token = amara.access_token().await.unwrap();
    let number = token.expose().strip_prefix("access-").unwrap();
    assert_eq!(saved.lock().unwrap().last(), Some(&format!("refresh-{number}")));
}
