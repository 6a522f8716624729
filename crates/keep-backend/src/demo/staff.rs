//! The clinic's staff: one person per role and a second nurse, with fixed passwords and seeds for demonstration only.

use super::seeded_rng::derive_id;
use data_encoding::BASE32_NOPAD;
use keep_domain::Role;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// A member of the demo clinic's staff.
#[derive(Debug)]
pub(crate) struct StaffMember {
    /// User name at sign-in.
    pub(crate) user: &'static str,
    /// `Dr` or empty.
    prefix: &'static str,
    given: &'static str,
    family: &'static str,
    /// FHIR administrative gender.
    gender: &'static str,
    pub(crate) role: Role,
    /// Published, so never to be used outside a demonstration.
    pub(crate) password: &'static str,
}

const fn member(
    user: &'static str,
    [prefix, given, family]: [&'static str; 3],
    gender: &'static str,
    role: Role,
    password: &'static str,
) -> StaffMember {
    StaffMember { user, prefix, given, family, gender, role, password }
}

pub(crate) const NURSE: &StaffMember = &STAFF[0];
pub(crate) const PHYSICIAN: &StaffMember = &STAFF[1];
pub(crate) const LAB_TECHNICIAN: &StaffMember = &STAFF[5];
pub(crate) const SECOND_NURSE: &StaffMember = &STAFF[8];

/// All staff, in the order in which `keep-backend people` prints them.
pub(crate) const STAFF: [StaffMember; 9] = [
    member("amara", ["", "Amara", "Okafor"], "female", Role::Nurse, "lake-victoria-amara"),
    member("jonas", ["Dr", "Jonas", "Mbeki"], "male", Role::Physician, "lake-victoria-jonas"),
    member("leila", ["", "Leila", "Patel"], "female", Role::FrontDesk, "lake-victoria-leila"),
    member("daniel", ["", "Daniel", "Kiptoo"], "male", Role::Billing, "lake-victoria-daniel"),
    member("wanjiru", ["", "Wanjiru", "Kamau"], "female", Role::Pharmacist, "lake-victoria-wanjiru"),
    member("rafael", ["", "Rafael", "Oyelaran"], "male", Role::Laboratory, "lake-victoria-rafael"),
    member("ingrid", ["", "Ingrid", "Solberg"], "female", Role::PrivacyOfficer, "lake-victoria-ingrid"),
    member("samuel", ["", "Samuel", "Achieng"], "male", Role::ItAdministrator, "lake-victoria-samuel"),
    member("grace", ["", "Grace", "Wambui"], "female", Role::Nurse, "lake-victoria-grace"),
];

impl StaffMember {
    /// Full name with its prefix.
    pub(crate) fn name(&self) -> String {
        format!("{} {} {}", self.prefix, self.given, self.family).trim_start().to_owned()
    }

    /// Seed of the one-time code, base32; derived from the user name, so the same on every machine.
    pub(crate) fn totp_seed(&self) -> String {
        let digest = Sha256::digest(format!("chartkeep demo sign-in seed {}", self.user).as_bytes());
        BASE32_NOPAD.encode(digest.get(..20).unwrap_or_default())
    }

    /// The otpauth URI of the one-time code.
    pub(crate) fn otpauth(&self) -> String {
        format!("otpauth://totp/Clinic%20sign-in:{}?secret={}&issuer=Clinic%20sign-in", self.user, self.totp_seed())
    }

    /// What `keep-backend people --json` prints.
    pub(crate) fn credentials(&self) -> Value {
        json!({"user": self.user, "name": self.name(), "role": self.role.name(), "password": self.password, "otpauth": self.otpauth()})
    }

    /// The id of the Practitioner; the same for every seed, because the users file refers to it.
    pub(crate) fn practitioner(&self) -> String {
        derive_id(0, &format!("practitioner {}", self.user))
    }

    /// `{reference, display}`
    pub(crate) fn reference(&self) -> Value {
        json!({"reference": format!("Practitioner/{}", self.practitioner()), "display": self.name()})
    }
}

/// The demo's users file with plain passwords; they are hashed before it is stored.
pub(crate) fn users_file() -> String {
    let people: Vec<Value> = STAFF
        .iter()
        .map(|p| {
            json!({
                "user": p.user,
                "subject": derive_id(0, &format!("subject {}", p.user)),
                "name": p.name(),
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
    derive_id(0, "organization")
}

/// The id of the clinic's Location.
pub(crate) fn location() -> String {
    derive_id(0, "location")
}

/// Adds Organization, Location, Practitioners and their PractitionerRoles.
pub(crate) fn add_staff(lines: &mut Vec<Value>) {
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
            json!({"use": "official", "family": person.family, "given": [person.given], "text": person.name()});
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
            "id": derive_id(0, &format!("role {}", person.user)),
            "active": true,
            "practitioner": person.reference(),
            "organization": {"reference": format!("Organization/{}", organization())},
            "code": [{"coding": [{"system": "urn:chartkeep:role", "code": person.role.name()}]}],
            "location": [{"reference": format!("Location/{}", location())}],
        }));
    }
}
