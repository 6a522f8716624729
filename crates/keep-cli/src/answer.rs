//! How a verb ends: one JSON object or a few plain lines, and an exit code.

use keep_domain::{ErrorCode, ExitCode};
use keep_session::dto::failure::FailureDto;
use serde_json::{Map, Value, json};

/// What a verb has to say.
#[derive(Debug)]
pub struct Answer {
    /// How it ended.
    pub exit: ExitCode,
    /// The closed code; `ok` or `finding` or the error's name.
    pub code: String,
    /// The contents of the JSON object besides `ok` and `code`.
    pub body: Map<String, Value>,
}

impl Answer {
    /// All well.
    #[must_use]
    pub fn ok(body: Value) -> Self {
        Self { exit: ExitCode::Ok, code: String::from("ok"), body: map(body) }
    }

    /// Something was found that a person must look at.
    #[must_use]
    pub fn finding(body: Value) -> Self {
        Self { exit: ExitCode::Finding, code: String::from("finding"), body: map(body) }
    }

    /// It failed.
    #[must_use]
    pub fn failed(code: ErrorCode) -> Self {
        Self { exit: code.exit_code(), code: code.name(), body: Map::new() }
    }

    /// It failed, with what the session told about it.
    #[must_use]
    pub fn failure(failure: &FailureDto) -> Self {
        let mut answer = Self::failed(failure.code);
        answer.body.insert(String::from("incident"), json!(failure.incident));
        if let Some(wait) = failure.wait_seconds {
            answer.body.insert(String::from("wait_seconds"), json!(wait));
        }
        if let Some(left) = failure.attempts_left {
            answer.body.insert(String::from("attempts_left"), json!(left));
        }
        answer
    }

    /// The one JSON object.
    #[must_use]
    pub fn to_json(&self) -> String {
        let mut object = Map::new();
        object.insert(String::from("ok"), Value::Bool(self.exit == ExitCode::Ok));
        object.insert(String::from("code"), Value::String(self.code.clone()));
        object.extend(self.body.clone());
        Value::Object(object).to_string()
    }

    /// Plain lines for a person.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut lines = vec![crate::wording::sentence(&self.code).to_owned()];
        for (key, value) in &self.body {
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            lines.push(format!("  {key}: {text}"));
        }
        lines.join("\n")
    }
}

fn map(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        Value::Null => Map::new(),
        other => Map::from_iter([(String::from("result"), other)]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_begins_with_ok_and_code() {
        let a = Answer::ok(json!({"slots": 2}));
        assert_eq!(
            serde_json::from_str::<Value>(&a.to_json()).expect("json"),
            json!({"ok": true, "code": "ok", "slots": 2})
        );
        let f = Answer::failed(ErrorCode::ProfileInUse);
        assert_eq!((f.exit as i32, f.code.as_str()), (6, "profile_in_use"));
    }
}
