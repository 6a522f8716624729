//! Referential integrity, as HAPI checks it by default.
//!
//! It is stricter than HAPI in one point: HAPI looks only at elements that a search parameter covers.

use super::request::FhirRequest;
use crate::behaviour::References;
use crate::fhir_error::FhirError;
use crate::storage::{current_version, is_referenced};
use keep_domain::is_r4_type;
use rusqlite::Connection;
use serde_json::Value;

/// Checks that everything that a written resource names is here; 400 if not.
///
/// Called once all entries of a transaction are written, so that they may name each other.
pub(crate) fn check_references(
    connection: &Connection,
    request: &FhirRequest,
    kind: &str,
    text: &str,
) -> Result<(), FhirError> {
    if request.behaviour.references == References::Unchecked {
        return Ok(());
    }
    let resource: Value = serde_json::from_str(text).map_err(|_| FhirError::invalid("the body is not JSON"))?;
    let mut found = Vec::new();
    collect(&resource, kind, &mut found);
    for (path, reference) in found {
        let local = reference.strip_prefix(request.base()).map_or(reference, |r| r.trim_start_matches('/'));
        let (kind, id) = match local.split('/').collect::<Vec<_>>().as_slice() {
            [kind, id] | [kind, id, "_history", _] if is_r4_type(kind) => (*kind, *id),
            _ if local.starts_with('#') => continue,
            _ if local.starts_with("urn:") => {
                return Err(FhirError::processing(&format!(
                    "Invalid resource reference found at path[{path}] - Does not contain resource type - {local}"
                )));
            }
            _ if local.contains("://") => {
                return Err(FhirError::processing(&format!(
                    "Resource contains external reference to URL \"{local}\" but this server is not configured to allow external references"
                )));
            }
            _ => return Err(FhirError::processing(&format!("Invalid resource reference, in path: {path}"))),
        };
        match current_version(connection, kind, id)? {
            None => {
                return Err(FhirError::processing(&format!(
                    "Resource {kind}/{id} not found, specified in path: {path}"
                )));
            }
            Some(stored) if stored.body.is_none() => {
                return Err(FhirError::processing(&format!(
                    "Resource {kind}/{id} is deleted, specified in path: {path}"
                )));
            }
            Some(_) => {}
        }
    }
    Ok(())
}

/// Checks that no current resource names one that was deleted; 409 if one does.
pub(crate) fn check_deletion(
    connection: &Connection,
    request: &FhirRequest,
    kind: &str,
    id: &str,
) -> Result<(), FhirError> {
    if request.behaviour.references == References::Checked && is_referenced(connection, kind, id)? {
        return Err(FhirError::conflict(&format!(
            "Unable to delete {kind}/{id} because at least one resource has a reference to it"
        )));
    }
    Ok(())
}

/// Collects the literal references of a value, each with the path of its element without `reference` and indexes.
fn collect<'a>(value: &'a Value, path: &str, found: &mut Vec<(String, &'a str)>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| collect(item, path, found)),
        Value::Object(members) => {
            for (name, member) in members {
                match member {
                    Value::String(text) if name == "reference" => found.push((path.to_owned(), text)),
                    _ => collect(member, &format!("{path}.{name}"), found),
                }
            }
        }
        _ => {}
    }
}
