//! The records at a server, read and written without any code of the client.

use crate::people::patient;
use keep_domain::{Clock, SystemClock};
use reqwest::{Client, Method, Response};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use tokio::runtime::Runtime;

/// Records of one transaction.
const AT_ONCE: usize = 250;

/// A server's FHIR base, reached as its administrator would.
#[derive(Clone)]
pub(super) struct Registry {
    runtime: Arc<Runtime>,
    client: Client,
    base: String,
    bearer: Option<String>,
}

impl Registry {
    /// `access`: a bearer token and the authority of the server's certificate, PEM.
    pub(super) fn open(runtime: &Arc<Runtime>, base: String, access: Option<(String, Vec<u8>)>) -> Self {
        let builder = Client::builder().no_proxy();
        let (builder, bearer) = match access {
            Some((token, ca)) => {
                let trusted = reqwest::Certificate::from_pem_bundle(&ca).expect("authority");
                (builder.tls_certs_merge(trusted), Some(token))
            }
            None => (builder, None),
        };
        let client = builder.build().expect("client");
        Self { runtime: Arc::clone(runtime), client, base, bearer }
    }

    fn send(&self, method: Method, path: &str, body: Option<&Value>) -> (u16, Value) {
        let mut request = self.client.request(method, self.url(path)).header("cache-control", "no-cache");
        if let Some(token) = &self.bearer {
            request = request.bearer_auth(token);
        }
        if let Some(body) = body {
            request = request.header("content-type", "application/fhir+json").body(body.to_string());
        }
        self.runtime.block_on(async {
            let response: Response = request.send().await.expect("the server answers");
            let (status, text) = (response.status().as_u16(), response.text().await.expect("a body"));
            (status, serde_json::from_str(&text).unwrap_or(Value::Null))
        })
    }

    /// A path below the base; of a link only what follows the base counts, since the server may not know its address.
    fn url(&self, path: &str) -> String {
        match path.split_once("/fhir") {
            Some((_, below)) if path.contains("://") => format!("{}{below}", self.base),
            _ if path.is_empty() => self.base.clone(),
            _ => format!("{}/{path}", self.base),
        }
    }

    /// Whether the administrator may not read the records of a type.
    pub(super) fn forbids(&self, resource_type: &str) -> bool {
        self.send(Method::GET, &format!("{resource_type}?_count=1"), None).0 == 403
    }

    /// Creates a record and returns its id.
    pub(super) fn post(&self, record: &Value) -> String {
        let kind = record["resourceType"].as_str().expect("a type");
        let (status, made) = self.send(Method::POST, kind, Some(record));
        assert_eq!(status, 201, "{made}");
        made["id"].as_str().expect("an id").to_owned()
    }

    pub(super) fn put(&self, record: &Value) {
        let text = |name: &str| record[name].as_str().expect("a text").to_owned();
        let (status, answer) =
            self.send(Method::PUT, &format!("{}/{}", text("resourceType"), text("id")), Some(record));
        assert!((200..300).contains(&status), "{answer}");
    }

    pub(super) fn delete(&self, key: &str) {
        let (status, answer) = self.send(Method::DELETE, key, None);
        assert!((200..300).contains(&status), "{answer}");
    }

    /// A patient with `results` results; returns the patient's id.
    pub(super) fn seed(&self, results: u64) -> String {
        let mut record: Value = serde_json::from_str(&patient("p1", "González", "Ada")).expect("json");
        record.as_object_mut().expect("an object").remove("id");
        let patient = self.post(&record);
        for _ in 0..results {
            self.post(&result(&patient, "4.25", &hours_ago(24)));
        }
        patient
    }

    /// A patient with `results` results, written by transactions; returns the ids of the patient and of the results.
    pub(super) fn seed_at_once(&self, results: u64) -> (String, Vec<String>) {
        let patient = self.seed(0);
        let time = hours_ago(24);
        let entry =
            json!({"resource": result(&patient, "4.25", &time), "request": {"method": "POST", "url": "Observation"}});
        let mut made = Vec::new();
        while made.len() < usize::try_from(results).expect("a number") {
            let bundle = json!({"resourceType": "Bundle", "type": "transaction", "entry": vec![&entry; AT_ONCE]});
            let (status, answer) = self.send(Method::POST, "", Some(&bundle));
            assert_eq!(status, 200, "{answer}");
            let locations =
                answer["entry"].as_array().into_iter().flatten().map(|e| e["response"]["location"].as_str());
            let ids = locations.filter_map(|at| at?.split('/').nth(1).map(str::to_owned));
            made.extend(ids);
        }
        (patient, made)
    }

    /// The records of a type that are of this patient.
    pub(super) fn of_patient(&self, resource_type: &str, patient: &str) -> Vec<Value> {
        let reference = format!("Patient/{patient}");
        self.all(resource_type).into_iter().filter(|r| r["subject"]["reference"] == reference.as_str()).collect()
    }

    /// All records of a type.
    pub(super) fn all(&self, resource_type: &str) -> Vec<Value> {
        // A server may show all records on each page.
        let mut found: BTreeMap<String, Value> = BTreeMap::new();
        let mut page = Some(format!("{resource_type}?_count=200"));
        while let Some(path) = page {
            let (status, bundle) = self.send(Method::GET, &path, None);
            assert_eq!(status, 200, "{bundle}");
            let entries = bundle["entry"].as_array().cloned().unwrap_or_default();
            found.extend(entries.into_iter().map(|e| (e["resource"]["id"].to_string(), e["resource"].clone())));
            let links = bundle["link"].as_array().cloned().unwrap_or_default();
            let next = links.iter().find(|l| l["relation"] == "next").and_then(|l| l["url"].as_str());
            page = next.map(str::to_owned);
        }
        found.into_values().collect()
    }

    /// The patient's observations with this value.
    pub(super) fn with_value(&self, patient: &str, value: f64) -> Vec<Value> {
        let is_it = |o: &Value| o["valueQuantity"]["value"].as_f64() == Some(value);
        self.of_patient("Observation", patient).into_iter().filter(is_it).collect()
    }
}

/// A time before now, RFC 3339: the chart shows only recent results.
pub(super) fn hours_ago(hours: i64) -> String {
    SystemClock.now().plus_millis(-hours * 3_600_000).to_rfc3339()
}

/// A laboratory result without an id.
pub(super) fn result(patient: &str, value: &str, time: &str) -> Value {
    let value: Value = serde_json::from_str(value).expect("a number");
    json!({
        "resourceType": "Observation",
        "status": "final",
        "category": [{"coding": [{
            "system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": "laboratory",
        }]}],
        "code": {"coding": [{"system": "http://loinc.org", "code": "2345-7"}]},
        "subject": {"reference": format!("Patient/{patient}")},
        "effectiveDateTime": time,
        "valueQuantity": {"value": value, "unit": "mg/dL"},
    })
}
