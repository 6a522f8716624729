//! Parts of the answers of the program.

use serde_json::Value;

/// The values of these fields.
pub(super) fn values(of: &Value, fields: &[&str]) -> Value {
    fields.iter().map(|field| of[*field].clone()).collect()
}

/// These fields of each row of a list.
pub(super) fn rows(list: &Value, fields: &[&str]) -> Value {
    list.as_array().expect("a list").iter().map(|row| values(row, fields)).collect()
}

pub(super) fn list(of: &Value) -> std::slice::Iter<'_, Value> {
    of.as_array().map(Vec::as_slice).unwrap_or_default().iter()
}

/// A quantity in one text.
pub(super) fn number_and_unit(value: &Value) -> String {
    let part = |name: &str| value["quantity"][name].as_str().unwrap_or_default();
    format!("{} {}", part("number"), part("unit")).trim().to_owned()
}
