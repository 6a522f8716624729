//! The CapabilityStatement and the SMART discovery document.

use super::call::Reply;
use crate::backend::Backend;
use crate::storage::{Kind, terms_of};
use keep_domain::R4_TYPES;
use serde_json::{Value, json};

/// `GET /metadata` (FHIR R4 5.2).
pub(crate) fn capability_statement(backend: &Backend) -> Reply {
    let resources: Vec<Value> = R4_TYPES.iter().map(|kind| resource(kind)).collect();
    let statement = json!({
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": "2026-11-01",
        "kind": "instance",
        "software": {"name": "keep-backend", "version": env!("CARGO_PKG_VERSION")},
        "implementation": {"description": "Embedded backend for demonstration and tests", "url": backend.fhir_base()},
        "fhirVersion": "4.0.1",
        "format": ["application/fhir+json", "json"],
        "rest": [{
            "mode": "server",
            "security": {
                "cors": false,
                "service": [{"coding": [{"system": "http://terminology.hl7.org/CodeSystem/restful-security-service", "code": "SMART-on-FHIR"}]}],
            },
            "resource": resources,
            "interaction": [{"code": "transaction"}, {"code": "batch"}],
        }],
    });
    Reply::json(200, statement.to_string())
}

fn resource(kind: &str) -> Value {
    let audit = kind == "AuditEvent";
    let interactions: Vec<Value> =
        ["read", "vread", "create", "update", "delete", "history-instance", "history-type", "search-type"]
            .into_iter()
            .filter(|code| !audit || *code != "delete")
            .map(|code| json!({"code": code}))
            .collect();
    let mut parameters = vec![json!({"name": "_id", "type": "token"}), json!({"name": "_lastUpdated", "type": "date"})];
    parameters.extend(terms_of(kind).map(|term| {
        let kind = match term.kind {
            Kind::Token | Kind::Contact => "token",
            Kind::Text => "string",
            Kind::Reference => "reference",
            Kind::Date => "date",
        };
        json!({"name": term.name, "type": kind})
    }));
    json!({
        "type": kind,
        "interaction": interactions,
        "versioning": "versioned-update",
        "readHistory": true,
        "updateCreate": true,
        "conditionalCreate": true,
        "conditionalRead": "not-match",
        "searchParam": parameters,
    })
}

/// `GET /.well-known/smart-configuration` (SMART App Launch 2).
pub(crate) fn smart_configuration(backend: &Backend) -> Value {
    let issuer = backend.issuer();
    json!({
        "issuer": issuer,
        "jwks_uri": format!("{issuer}/jwks"),
        "authorization_endpoint": format!("{issuer}/authorize"),
        "token_endpoint": format!("{issuer}/token"),
        "revocation_endpoint": format!("{issuer}/revoke"),
        "grant_types_supported": ["authorization_code"],
        "code_challenge_methods_supported": ["S256"],
        "scopes_supported": ["openid", "fhirUser", "offline_access", "user/*.cruds"],
        "response_types_supported": ["code"],
        "capabilities": ["launch-standalone", "client-public", "sso-openid-connect", "permission-offline", "permission-user", "permission-v2"],
    })
}
