use super::*;
use crate::scripted::{Scripted, Seen, json};
use std::sync::Mutex as StdMutex;
use std::sync::atomic::{AtomicU32, Ordering};

/// A provider whose token endpoint gives access-1 and refresh-1, then access-2 and refresh-2, and so on.
async fn provider(refusal: Option<&'static str>) -> Scripted {
    let given = AtomicU32::new(0);
    Scripted::plain(move |seen: &Seen| match seen.target.as_str() {
        "/fhir/.well-known/smart-configuration" => {
            let host = seen.header("host").unwrap();
            json(200, &format!(
                r#"{{"issuer":"http://{host}","authorization_endpoint":"http://{host}/a","token_endpoint":"http://{host}/t",
                "jwks_uri":"http://{host}/k","revocation_endpoint":"http://{host}/r"}}"#
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

type Kept = Arc<StdMutex<Vec<String>>>;

fn amaras(server: &Server, works: bool) -> (Credentials, Kept) {
    let kept = Kept::default();
    let keeper = Arc::clone(&kept);
    let persist: PersistRefreshToken = Arc::new(move |token| {
        keeper.lock().unwrap().push(token.expose().clone());
        works
    });
    (Credentials::of_refresh_token(server, "amara", Secret::new(String::from("refresh-0")), persist), kept)
}

#[tokio::test]
async fn a_rotated_token_is_kept_before_the_access_token_is_given() {
    let script = provider(None).await;
    let (amara, kept) = amaras(&script.server(), true);
    let token = amara.access().await.unwrap();
    assert_eq!(token.expose(), "access-1");
    assert_eq!(*kept.lock().unwrap(), ["refresh-1"]);
    let again = amara.access().await.unwrap();
    assert!(Arc::ptr_eq(&token, &again), "a token that lasts is used again");
    assert_eq!(amara.after_refusal(&token).await.unwrap().expose(), "access-2");
    assert_eq!(amara.after_refusal(&token).await.unwrap().expose(), "access-2", "one refusal, one refresh");
    let forms: Vec<String> = script.requests().iter().map(|s| String::from_utf8_lossy(&s.body).into_owned()).collect();
    assert!(forms.iter().any(|f| f.contains("refresh_token=refresh-0") && f.contains("client_id=chartkeep-desktop")));
    assert!(forms.iter().any(|f| f.contains("refresh_token=refresh-1")));
}

#[tokio::test]
async fn a_token_that_cannot_be_kept_is_not_used() {
    let script = provider(None).await;
    let (amara, kept) = amaras(&script.server(), false);
    assert_eq!(amara.access().await.unwrap_err(), SyncError::NotPersisted);
    assert_eq!(amara.access().await.unwrap_err(), SyncError::NotPersisted);
    assert_eq!(*kept.lock().unwrap(), ["refresh-1", "refresh-2"], "the newest one is tried, the old one is dead");
}

#[tokio::test]
async fn a_refused_grant_asks_for_a_sign_in_and_stays_quiet() {
    let script = provider(Some("invalid_grant")).await;
    let (amara, kept) = amaras(&script.server(), true);
    assert_eq!(amara.access().await.unwrap_err(), SyncError::SignInNeeded);
    let asked = script.requests().len();
    assert_eq!(amara.access().await.unwrap_err(), SyncError::SignInNeeded);
    assert_eq!(script.requests().len(), asked);
    assert!(kept.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_cancelled_caller_does_not_lose_a_rotated_token() {
    let script = provider(None).await;
    let (amara, kept) = amaras(&script.server(), true);
    let asking = tokio::spawn({
        let amara = amara.clone();
        async move { amara.access().await }
    });
    while script.requests().iter().all(|s| s.target != "/t") {
        tokio::task::yield_now().await;
    }
    asking.abort();
    let token = amara.access().await.unwrap();
    let number = token.expose().strip_prefix("access-").unwrap();
    assert_eq!(kept.lock().unwrap().last(), Some(&format!("refresh-{number}")));
}

#[tokio::test]
async fn revoking_forgets_here_and_there() {
    let script = provider(None).await;
    let (amara, _) = amaras(&script.server(), true);
    amara.revoke().await.unwrap();
    assert!(script.requests().iter().any(|s| s.target == "/r" && s.body.starts_with(b"client_id=")));
    assert_eq!(amara.access().await.unwrap_err(), SyncError::SignInNeeded);
}
