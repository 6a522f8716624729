//! The clinic's staff: one person per role and a second nurse, with fixed passwords and seeds. For demonstration only.

use super::dice::id_of;

use data_encoding::BASE32_NOPAD;
use keep_domain::Role;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// Someone who works at the demo clinic.
#[derive(Debug)]
pub struct DemoPerson {
    /// What is typed at sign-in.
    pub user: &'static str,
    /// As it is shown.
    pub name: &'static str,
    /// Family name.
    pub family: &'static str,
    /// Given name.
    pub given: &'static str,
    /// `Dr` or nothing.
    pub prefix: &'static str,
    /// FHIR administrative gender.
    pub gender: &'static str,
    /// The one role.
    pub role: Role,
    /// Published, so worth nothing outside a demonstration.
    pub password: &'static str,
}

const fn person(
    user: &'static str,
    name: &'static str,
    (prefix, given, family): (&'static str, &'static str, &'static str),
    gender: &'static str,
    role: Role,
    password: &'static str,
) -> DemoPerson {
    DemoPerson { user, name, family, given, prefix, gender, role, password }
}

/// Everyone, in the order in which they are shown.
pub const STAFF: [DemoPerson; 9] = [
    person("amara", "Amara Okafor", ("", "Amara", "Okafor"), "female", Role::Nurse, "lake-victoria-amara"),
    person("jonas", "Dr Jonas Mbeki", ("Dr", "Jonas", "Mbeki"), "male", Role::Physician, "lake-victoria-jonas"),
    person("leila", "Leila Patel", ("", "Leila", "Patel"), "female", Role::FrontDesk, "lake-victoria-leila"),
    person("daniel", "Daniel Kiptoo", ("", "Daniel", "Kiptoo"), "male", Role::Billing, "lake-victoria-daniel"),
    person("wanjiru", "Wanjiru Kamau", ("", "Wanjiru", "Kamau"), "female", Role::Pharmacist, "lake-victoria-wanjiru"),
    person("rafael", "Rafael Oyelaran", ("", "Rafael", "Oyelaran"), "male", Role::Laboratory, "lake-victoria-rafael"),
    person(
        "ingrid",
        "Ingrid Solberg",
        ("", "Ingrid", "Solberg"),
        "female",
        Role::PrivacyOfficer,
        "lake-victoria-ingrid",
    ),
    person(
        "samuel",
        "Samuel Achieng",
        ("", "Samuel", "Achieng"),
        "male",
        Role::ItAdministrator,
        "lake-victoria-samuel",
    ),
    person("grace", "Grace Wambui", ("", "Grace", "Wambui"), "female", Role::Nurse, "lake-victoria-grace"),
];

impl DemoPerson {
    /// The seed of the sign-in code, base32; derived from the name, so the same on every machine.
    #[must_use]
    pub fn totp_seed(&self) -> String {
        let digest = Sha256::digest(format!("chartkeep demo sign-in seed {}", self.user).as_bytes());
        BASE32_NOPAD.encode(digest.get(..20).unwrap_or_default())
    }

    /// The otpauth URI of the sign-in code.
    #[must_use]
    pub fn otpauth(&self) -> String {
        format!("otpauth://totp/Clinic%20sign-in:{}?secret={}&issuer=Clinic%20sign-in", self.user, self.totp_seed())
    }

    /// What `keep-backend people --json` prints.
    #[must_use]
    pub fn credentials(&self) -> Value {
        json!({"user": self.user, "name": self.name, "role": self.role.name(), "password": self.password, "otpauth": self.otpauth()})
    }

    /// The id of the Practitioner; the same for every seed, because sign-in names it.
    pub(crate) fn practitioner(&self) -> String {
        id_of(0, &format!("practitioner {}", self.user))
    }

    /// `{reference, display}`
    pub(crate) fn reference(&self) -> Value {
        json!({"reference": format!("Practitioner/{}", self.practitioner()), "display": self.name})
    }
}

/// The users file of the demo, passwords in clear; they are hashed before it is kept.
pub(crate) fn users_file() -> String {
    let people: Vec<Value> = STAFF
        .iter()
        .map(|p| {
            json!({
                "user": p.user,
                "subject": id_of(0, &format!("subject {}", p.user)),
                "name": p.name,
                "roles": [p.role],
                "restricted": p.role == Role::Physician,
                "totp": p.totp_seed(),
                "practitioner": p.practitioner(),
                "password": p.password,
            })
        })
        .collect();
    Value::from(people).to_string()
}

/// The id of the clinic's Organization.
pub(crate) fn organization() -> String {
    id_of(0, "organization")
}

/// The id of the clinic's Location.
pub(crate) fn location() -> String {
    id_of(0, "location")
}

/// Organization, Location, Practitioners and their roles.
pub(crate) fn add(lines: &mut Vec<Value>) {
    lines.push(json!({
        "resourceType": "Organization",
        "id": organization(),
        "active": true,
        "name": "Kisumu North Health Centre",
        "telecom": [{"system": "phone", "value": "+254 700 555 000"}],
        "address": [{"line": ["Kakamega Road"], "city": "Kisumu", "country": "KE"}],
    }));
    lines.push(json!({
        "resourceType": "Location",
        "id": location(),
        "status": "active",
        "name": "Kisumu North Health Centre",
        "managingOrganization": {"reference": format!("Organization/{}", organization())},
    }));
    for person in &STAFF {
        let mut name =
            json!({"use": "official", "family": person.family, "given": [person.given], "text": person.name});
        if let (false, Some(members)) = (person.prefix.is_empty(), name.as_object_mut()) {
            members.insert(String::from("prefix"), json!([person.prefix]));
        }
        lines.push(json!({
            "resourceType": "Practitioner",
            "id": person.practitioner(),
            "active": true,
            "identifier": [{"system": "urn:chartkeep:demo:staff", "value": person.user}],
            "name": [name],
            "gender": person.gender,
        }));
        lines.push(json!({
            "resourceType": "PractitionerRole",
            "id": id_of(0, &format!("role {}", person.user)),
            "active": true,
            "practitioner": person.reference(),
            "organization": {"reference": format!("Organization/{}", organization())},
            "code": [{"coding": [{"system": "urn:chartkeep:role", "code": person.role.name()}]}],
            "location": [{"reference": format!("Location/{}", location())}],
        }));
    }
}
