//! What a verb prints, as one JSON object or a few lines of text, and how it exits.

use crate::messages::{field_message, message};
use crate::status::Status;
use keep_domain::{ErrorCode, ExitCode};
use keep_session::dto::failure::FailureDto;
use serde_json::{Map, Value, json};

/// The output of a verb.
#[derive(Debug)]
pub struct Report {
    /// How the verb ended.
    pub status: Status,
    /// The members of the JSON object besides `ok` and `code`.
    pub body: Map<String, Value>,
    /// The text in place of one line per member.
    pub text: Option<String>,
}

impl Report {
    /// Success with the members of the object `body`.
    #[must_use]
    pub fn ok(body: Value) -> Self {
        Self::new(Status::Ok, body)
    }

    /// Findings that need attention, with the members of the object `body`.
    #[must_use]
    pub fn finding(body: Value) -> Self {
        Self::new(Status::Finding, body)
    }

    /// An error with the members of the object `body`; `Value::Null` for none.
    #[must_use]
    pub fn failed(code: ErrorCode, body: Value) -> Self {
        Self::new(Status::Failed(code), body)
    }

    fn new(status: Status, body: Value) -> Self {
        let body = match body {
            Value::Object(members) => members,
            _ => Map::new(),
        };
        Self { status, body, text: None }
    }

    /// The exit code of the program.
    #[must_use]
    pub const fn exit_code(&self) -> ExitCode {
        self.status.exit_code()
    }

    /// The JSON object, on one line.
    #[must_use]
    pub fn to_json(&self) -> String {
        let mut object = Map::new();
        object.insert(String::from("ok"), Value::Bool(self.status == Status::Ok));
        object.insert(String::from("code"), Value::from(self.status.name()));
        object.extend(self.body.clone());
        Value::Object(object).to_string()
    }

    /// The message, and one line per member.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut lines = vec![message(self.status).to_owned()];
        if let Some(text) = &self.text {
            lines.push(text.clone());
            return lines.join("\n");
        }
        for (key, value) in &self.body {
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            lines.push(format!("  {key}: {text}"));
        }
        lines.join("\n")
    }
}

impl From<ErrorCode> for Report {
    fn from(code: ErrorCode) -> Self {
        Self::failed(code, Value::Null)
    }
}

impl From<FailureDto> for Report {
    fn from(failure: FailureDto) -> Self {
        let mut report = Self::failed(failure.code, json!({ "incident": failure.incident }));
        let numbers = [("wait_seconds", failure.wait_seconds), ("attempts_left", failure.attempts_left)];
        let given = numbers.into_iter().filter_map(|(key, number)| Some((key.to_owned(), json!(number?))));
        report.body.extend(given);
        let fields: Map<String, Value> =
            failure.fields.iter().map(|problem| (problem.field.clone(), json!(field_message(problem)))).collect();
        if !fields.is_empty() {
            report.body.insert(String::from("fields"), Value::Object(fields));
        }
        report
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_json_object_has_ok_and_code() {
        let a = Report::ok(json!({"slots": 2}));
        assert_eq!(
            serde_json::from_str::<Value>(&a.to_json()).expect("json"),
            json!({"ok": true, "code": "ok", "slots": 2})
        );
        let f = Report::from(ErrorCode::ProfileInUse);
        assert_eq!((f.exit_code() as i32, f.status.name()), (6, "profile_in_use"));
    }
}
