//! Types that the server has not, or refuses, or fails at.

use crate::fhir_error::FhirError;
use crate::reply::Reply;
use keep_domain::is_r4_type;
use serde::Deserialize;
use std::str::FromStr;

/// Length of an answer that is too large for most clients, bytes.
const HUGE: usize = 80 << 20;

/// The answer to every request for resources of one type.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct TypeAnswer {
    pub(crate) resource_type: String,
    pub(crate) answer: TypeResponse,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TypeResponse {
    /// 404: the type is not in the CapabilityStatement either.
    Missing,
    /// An error status.
    Status(u16),
    /// 200 with a page for a person.
    Html,
    /// 200 with bytes that are not JSON.
    Garbage,
    /// 200 with a bundle of 80 MB.
    Huge,
}

impl TypeResponse {
    pub(crate) fn reply(self) -> Result<Reply, FhirError> {
        Err(match self {
            Self::Missing => FhirError::not_found("unknown resource type"),
            Self::Status(403) => FhirError::forbidden(),
            Self::Status(status) => FhirError { status, ..FhirError::invalid("this type is not answered") },
            Self::Html => {
                return Ok(Reply::new(200, "text/html", String::from("<!doctype html><title>Portal</title>")));
            }
            Self::Garbage => return Ok(Reply::fhir(200, String::from("\u{1}{\"resourceType\":\"Bund\u{0}%%%"))),
            Self::Huge => {
                let (open, close) = (r#"{"resourceType":"Bundle","type":"searchset","x":""#, r#""}"#);
                return Ok(Reply::fhir(200, format!("{open}{}{close}", "x".repeat(HUGE))));
            }
        })
    }
}

impl FromStr for TypeAnswer {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (resource_type, answer) = text.split_once('=').ok_or("not TYPE=ANSWER")?;
        if !is_r4_type(resource_type) {
            return Err(String::from("not a type of FHIR R4"));
        }
        let answer = match answer {
            "404" => TypeResponse::Missing,
            "html" => TypeResponse::Html,
            "garbage" => TypeResponse::Garbage,
            "huge" => TypeResponse::Huge,
            status => match status.parse() {
                Ok(status @ 400..=599) => TypeResponse::Status(status),
                _ => return Err(String::from("must be an error status, html, garbage or huge")),
            },
        };
        Ok(Self { resource_type: resource_type.to_owned(), answer })
    }
}

impl TryFrom<String> for TypeAnswer {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}
