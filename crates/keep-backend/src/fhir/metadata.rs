//! The CapabilityStatement and the SMART discovery document.

use crate::behaviour::{Behaviour, ClientIds, Feature, TypeResponse, VersionIds};
use crate::origin::Origin;
use crate::reply::Reply;
use crate::storage::{ParamType, params_for};
use keep_domain::R4_TYPES;
use serde_json::{Value, json};

/// `GET /metadata` (FHIR R4 5.2).
pub(crate) fn capability_statement(base: &str, behaviour: &Behaviour) -> Reply {
    let types = R4_TYPES.iter().filter(|kind| behaviour.answer_for(kind) != Some(TypeResponse::Missing));
    let resources: Vec<Value> = types.map(|kind| resource(kind, behaviour)).collect();
    let interactions: Vec<Value> = [("transaction", Feature::Transaction), ("batch", Feature::Batch)]
        .into_iter()
        .filter(|(_, feature)| behaviour.has(*feature))
        .map(|(code, _)| json!({"code": code}))
        .collect();
    let statement = json!({
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": "2026-11-01",
        "kind": "instance",
        "software": {"name": "keep-backend", "version": env!("CARGO_PKG_VERSION")},
        "implementation": {"description": "Embedded backend for demonstration and tests", "url": base},
        "fhirVersion": "4.0.1",
        "format": ["application/fhir+json", "json"],
        "rest": [{
            "mode": "server",
            "security": {
                "cors": false,
                "service": [{"coding": [{"system": "http://terminology.hl7.org/CodeSystem/restful-security-service", "code": "SMART-on-FHIR"}]}],
            },
            "resource": resources,
            "interaction": interactions,
        }],
    });
    Reply::fhir(200, statement.to_string())
}

fn resource(kind: &str, behaviour: &Behaviour) -> Value {
    let immutable = kind == "AuditEvent";
    let interactions: Vec<Value> =
        ["read", "vread", "create", "update", "delete", "history-instance", "history-type", "search-type"]
            .into_iter()
            .filter(|code| !immutable || *code != "delete")
            .filter(|code| *code != "history-type" || behaviour.has(Feature::TypeHistory))
            .map(|code| json!({"code": code}))
            .collect();
    let mut parameters = vec![json!({"name": "_id", "type": "token"}), json!({"name": "_lastUpdated", "type": "date"})];
    parameters.extend(params_for(kind).map(|param| {
        let param_type = match param.param_type {
            ParamType::Token | ParamType::Contact => "token",
            ParamType::Text => "string",
            ParamType::Reference => "reference",
            ParamType::Date => "date",
        };
        json!({"name": param.name, "type": param_type})
    }));
    let mut resource = json!({
        "type": kind,
        "interaction": interactions,
        "versioning": if behaviour.version_ids == VersionIds::Constant { "no-version" } else { "versioned-update" },
        "readHistory": true,
        "conditionalCreate": behaviour.has(Feature::ConditionalCreate),
        "conditionalRead": "not-match",
        "searchParam": parameters,
    });
    if let (true, Some(members)) = (behaviour.client_ids != ClientIds::Accepted, resource.as_object_mut()) {
        members.insert(String::from("updateCreate"), json!(behaviour.client_ids == ClientIds::Announced));
    }
    resource
}

/// `GET /.well-known/smart-configuration` (SMART App Launch 2).
pub(crate) fn smart_configuration(Origin(issuer): &Origin) -> Value {
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
