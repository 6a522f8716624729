//! `document://`: the bytes of open documents for the page, and the files of the frame that draws them.
//!
//! The frame has no origin of its own and no network, so that it gets the bytes from the page. Its files come from here,
//! because the policy and the origin of the interface's own protocol allow no such frame.

use crate::shell::Shell;
use keep_domain::ErrorCode;
use keep_session::Workstation;
use keep_session::cases::documents;
use keep_session::dto::failure::FailureDto;
use tauri::http::header::{
    ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, ORIGIN,
    X_CONTENT_TYPE_OPTIONS,
};
use tauri::http::{Request, Response, StatusCode, Uri};
use tauri::{AppHandle, Manager, UriSchemeContext, UriSchemeResponder, Wry};

/// The name of the protocol.
pub(crate) const SCHEME: &str = "document";
/// The origin of the page.
const PAGE: &str = "tauri://localhost";
/// The document of the frame.
const FRAME: &str = "<!doctype html><meta charset=\"utf-8\"><title>Document</title>\
                     <script type=\"module\" src=\"/viewer/frame.js\"></script>";
/// Scripts and workers of the frame's own files; no network, no form, no frame, no picture, no style.
const POLICY: &str = "default-src 'none'; script-src document:; worker-src blob:; base-uri 'none'; \
                      form-action 'none'; frame-ancestors tauri:; sandbox allow-scripts";

/// What a request asks for.
#[derive(Debug, PartialEq, Eq)]
enum Wanted {
    Frame,
    /// A file of the interface.
    File(String),
    /// Bytes of an open document from an offset, or of the picture that is one of its pieces.
    Bytes {
        handle: String,
        picture: Option<u32>,
        offset: u32,
    },
}

/// Answers one request.
pub(crate) fn answer(context: UriSchemeContext<'_, Wry>, request: Request<Vec<u8>>, responder: UriSchemeResponder) {
    let app = context.app_handle().clone();
    let is_page = request.headers().get(ORIGIN).is_some_and(|origin| origin == PAGE);
    match wanted(request.uri()) {
        Some(Wanted::Frame) => responder.respond(frame()),
        Some(Wanted::File(path)) => responder.respond(file(&app, &path)),
        // INVARIANT: only the page reads documents, not the frame, whose origin is `null`.
        Some(Wanted::Bytes { handle, picture, offset }) if is_page => {
            tauri::async_runtime::spawn(async move {
                let read =
                    move |workstation: &Workstation| documents::document_bytes(workstation, &handle, picture, offset);
                responder.respond(bytes(app.state::<Shell>().run(read).await.map(|part| part.bytes)));
            });
        }
        _ => responder.respond(reply(StatusCode::NOT_FOUND, "text/plain", Vec::new(), &[])),
    }
}

/// Reads the address of a request.
fn wanted(uri: &Uri) -> Option<Wanted> {
    let path = uri.path().strip_prefix('/')?;
    if path == "viewer/" {
        return Some(Wanted::Frame);
    }
    let is_plain = |name: &str| !name.is_empty() && !name.starts_with('.') && name.chars().all(is_file_letter);
    if let Some(file) = path.strip_prefix("viewer/") {
        return file.split('/').all(is_plain).then(|| Wanted::File(path.to_owned()));
    }
    let mut parts = path.strip_prefix("bytes/")?.split('/');
    let (handle, piece, offset) = (parts.next()?.to_owned(), parts.next()?, parts.next()?.parse().ok()?);
    let picture = if piece == "all" { None } else { Some(piece.parse().ok()?) };
    parts.next().is_none().then_some(Wanted::Bytes { handle, picture, offset })
}

fn is_file_letter(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || matches!(letter, '.' | '-' | '_')
}

fn frame() -> Response<Vec<u8>> {
    reply(StatusCode::OK, "text/html", FRAME.into(), &[(CONTENT_SECURITY_POLICY, POLICY)])
}

/// A script of the frame. It is public, and the frame's origin is `null`.
fn file(app: &AppHandle, path: &str) -> Response<Vec<u8>> {
    let is_script = path.ends_with(".js") || path.ends_with(".mjs");
    match app.asset_resolver().get(path.to_owned()).filter(|_| is_script) {
        Some(asset) => reply(StatusCode::OK, "text/javascript", asset.bytes, &[(ACCESS_CONTROL_ALLOW_ORIGIN, "*")]),
        None => reply(StatusCode::NOT_FOUND, "text/plain", Vec::new(), &[]),
    }
}

fn bytes(read: Result<Vec<u8>, FailureDto>) -> Response<Vec<u8>> {
    let own = &[(ACCESS_CONTROL_ALLOW_ORIGIN, PAGE)];
    match read {
        Ok(part) => reply(StatusCode::OK, "application/octet-stream", part, own),
        Err(failure) => {
            let status = if failure.code == ErrorCode::Locked { StatusCode::LOCKED } else { StatusCode::NOT_FOUND };
            reply(status, "application/json", serde_json::to_vec(&failure).unwrap_or_default(), own)
        }
    }
}

fn reply(
    status: StatusCode,
    content_type: &'static str,
    body: Vec<u8>,
    headers: &[(HeaderName, &'static str)],
) -> Response<Vec<u8>> {
    let common = [(CONTENT_TYPE, content_type), (CACHE_CONTROL, "no-store"), (X_CONTENT_TYPE_OPTIONS, "nosniff")];
    let mut response = Response::new(body);
    *response.status_mut() = status;
    for (name, value) in common.iter().chain(headers) {
        response.headers_mut().insert(name, tauri::http::HeaderValue::from_static(value));
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::failure::failure;

    fn of(path: &str) -> Option<Wanted> {
        wanted(&format!("document://localhost/{path}").parse().expect("an address"))
    }

    #[test]
    fn an_address_names_a_file_of_the_frame_or_bytes_of_an_open_document() {
        assert_eq!(of("viewer/"), Some(Wanted::Frame));
        assert_eq!(of("viewer/decoders/x_1.js"), Some(Wanted::File("viewer/decoders/x_1.js".into())));
        let bytes = |picture, offset| Some(Wanted::Bytes { handle: "h".into(), picture, offset });
        assert_eq!(of("bytes/h/all/262144"), bytes(None, 262_144));
        assert_eq!(of("bytes/h/7/0"), bytes(Some(7), 0));
        for path in [
            "",
            "index.html",
            "viewer",
            "viewer/../index.html",
            "viewer/%2e%2e/index.html",
            "viewer//x.js",
            "bytes/h",
            "bytes/h/all",
            "bytes/h/all/-1",
            "bytes/h/all/0/0",
            "bytes/h/x/0",
        ] {
            assert_eq!(of(path), None, "{path}");
        }
    }

    #[test]
    fn the_frame_has_no_origin_and_no_network() {
        let reply = frame();
        let policy = reply.headers().get(CONTENT_SECURITY_POLICY).and_then(|v| v.to_str().ok()).expect("a policy");
        for part in ["default-src 'none'", "sandbox allow-scripts", "frame-ancestors tauri:"] {
            assert!(policy.contains(part), "{part}");
        }
        for part in ["connect-src", "allow-same-origin", "unsafe", "http", "img-src", "*"] {
            assert!(!policy.contains(part), "{part}");
        }
    }

    #[test]
    fn a_locked_session_answers_with_its_failure() {
        let reply = bytes(Err(failure(ErrorCode::Locked)));
        assert_eq!(reply.status(), StatusCode::LOCKED);
        assert!(String::from_utf8_lossy(reply.body()).contains("locked"));
        assert!(reply.headers().get(ACCESS_CONTROL_ALLOW_ORIGIN).is_some_and(|origin| origin == PAGE));
    }
}
