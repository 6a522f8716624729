//! The sign-in page: plain HTML, no script.

use crate::reply::Reply;
use std::fmt::Write;

pub(crate) const STYLE: &str = include_str!("style.css");

/// No script. The form ends in a redirect to the client's loopback address, which browsers check as a form action.
const POLICY: &str = "default-src 'none'; style-src 'self'; form-action 'self' http://127.0.0.1:* http://[::1]:*; base-uri 'none'; frame-ancestors 'none'";

/// The form with the hidden request fields and, after a failure, a message.
pub(crate) fn form(status: u16, hidden: &[(&str, &str)], user: &str, message: Option<&str>) -> Reply {
    let mut out = String::from(HEAD);
    // Writing to a String cannot fail.
    if let Some(message) = message {
        let _ = write!(out, r#"<p class="message" role="alert">{}</p>"#, escape(message));
    }
    out.push_str(r#"<form method="post" action="/authorize">"#);
    for (name, value) in hidden {
        let _ = write!(out, r#"<input type="hidden" name="{}" value="{}">"#, escape(name), escape(value));
    }
    let _ = write!(
        out,
        r#"<label for="user">Name</label><input id="user" name="user" autocomplete="username" autocapitalize="none" required autofocus value="{}">
<label for="password">Password</label><input id="password" name="password" type="password" autocomplete="current-password" required>
<label for="code">One-time code</label><input id="code" name="code" inputmode="numeric" autocomplete="one-time-code" pattern="[0-9 ]{{6,7}}" required>
<button type="submit">Sign in</button></form></main></body></html>"#,
        escape(user)
    );
    html(status, out)
}

/// An error page, for when there is no valid URL to redirect to.
pub(crate) fn error(message: &str) -> Reply {
    html(400, format!(r#"{HEAD}<p class="message" role="alert">{}</p></main></body></html>"#, escape(message)))
}

const HEAD: &str = r#"<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Clinic sign-in</title>
<meta name="viewport" content="width=device-width"><link rel="stylesheet" href="/style.css"></head>
<body><main><h1>Clinic sign-in</h1><p>Demonstration server</p>"#;

fn html(status: u16, body: String) -> Reply {
    let headers = [
        ("content-type", "text/html; charset=utf-8"),
        ("content-security-policy", POLICY),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
    ];
    Reply { status, headers: headers.map(|(n, v)| (n, v.to_owned())).to_vec(), body }
}

fn escape(text: &str) -> String {
    let escaped = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    escaped.replace('"', "&quot;").replace('\'', "&#39;")
}
