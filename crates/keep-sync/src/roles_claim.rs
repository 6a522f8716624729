//! Where a provider lists the roles of a user, and what it calls them.

use keep_domain::{Role, Segment};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// The most names that are kept of a claim, and the longest, for the message of a refusal.
const MOST_NAMES: usize = 32;
const LONGEST_NAME: usize = 64;

/// The signed token that lists the roles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RolesFrom {
    /// The ID token.
    #[default]
    IdToken,
    /// The access token, a JWT that the ID token names by `at_hash`.
    AccessToken,
    /// The response of the userinfo endpoint, as a signed JWT.
    Userinfo,
}

impl RolesFrom {
    fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// The claim that lists the roles.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RolesClaim {
    /// The token that has the claim.
    #[serde(skip_serializing_if = "RolesFrom::is_default")]
    pub from: RolesFrom,
    /// The claim's name, or names joined by dots (`realm_access.roles`).
    pub claim: String,
    /// What the provider calls each role. If any is given, no other name counts; otherwise Chartkeep's own names do.
    pub names: BTreeMap<String, RoleName>,
}

/// What a name in the claim stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum RoleName {
    /// A role.
    Role(Role),
    /// The assignment of the restricted segment.
    Restricted,
}

/// What a token says of the roles of its user.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct NamedRoles {
    pub(crate) roles: Vec<Role>,
    pub(crate) restricted: bool,
    /// The names in the claim as given; `None` without the claim.
    pub(crate) named: Option<Vec<String>>,
}

impl Default for RolesClaim {
    fn default() -> Self {
        Self { from: RolesFrom::default(), claim: String::from("roles"), names: BTreeMap::new() }
    }
}

impl RoleName {
    fn of(name: &str) -> Option<Self> {
        if name == Segment::Restricted.name() { Some(Self::Restricted) } else { Role::from_name(name).map(Self::Role) }
    }
}

impl TryFrom<String> for RoleName {
    type Error = String;

    fn try_from(name: String) -> Result<Self, String> {
        Self::of(&name).ok_or_else(|| format!("not a role of Chartkeep: {name}"))
    }
}

impl From<RoleName> for String {
    fn from(name: RoleName) -> Self {
        match name {
            RoleName::Role(role) => role.name().to_owned(),
            RoleName::Restricted => Segment::Restricted.name().to_owned(),
        }
    }
}

impl RolesClaim {
    /// Reads the claim, which may be a list or a space-separated string.
    pub(crate) fn read(&self, claims: &Value) -> NamedRoles {
        // A claim's own name may contain dots (`https://ehr.example/roles`), so the whole name is tried first.
        let found = claims.get(&self.claim).or_else(|| self.claim.split('.').try_fold(claims, |at, step| at.get(step)));
        let entries: Vec<&str> = match found {
            Some(Value::Array(list)) => list.iter().filter_map(Value::as_str).collect(),
            Some(Value::String(text)) => text.split_whitespace().collect(),
            _ => return NamedRoles::default(),
        };
        let (mut roles, mut restricted) = (BTreeSet::new(), false);
        for entry in &entries {
            match self.meaning(entry) {
                Some(RoleName::Role(role)) => drop(roles.insert(role)),
                Some(RoleName::Restricted) => restricted = true,
                None => {}
            }
        }
        let short = |name: &&str| name.chars().take(LONGEST_NAME).collect();
        let named = Some(entries.iter().take(MOST_NAMES).map(short).collect());
        NamedRoles { roles: roles.into_iter().collect(), restricted, named }
    }

    fn meaning(&self, name: &str) -> Option<RoleName> {
        if self.names.is_empty() { RoleName::of(name) } else { self.names.get(name).copied() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn claim(value: Value) -> RolesClaim {
        serde_json::from_value(value).expect("a roles claim")
    }

    #[test]
    fn names_of_the_provider_count_only_as_the_table_says() {
        // As Keycloak 26 lists them for a user of a new realm, with one role of the hospital added.
        let token = json!({"realm_access": {"roles": ["offline_access", "uma_authorization", "ward-nurse", "nurse"]}});
        let table = claim(json!({"claim": "realm_access.roles", "names": {"ward-nurse": "pharmacist"}}));
        let read = table.read(&token);
        assert_eq!((read.roles, read.restricted), (vec![Role::Pharmacist], false));
        assert_eq!(read.named.map(|n| n.len()), Some(4));
        let own = claim(json!({"claim": "realm_access.roles"})).read(&token);
        assert_eq!(own.roles, [Role::Nurse]);
        let hiv =
            claim(json!({"claim": "realm_access.roles", "names": {"ward-nurse": "nurse", "nurse": "restricted"}}));
        let read = hiv.read(&token);
        assert_eq!((read.roles, read.restricted), (vec![Role::Nurse], true));
    }

    #[test]
    fn a_token_without_the_claim_differs_from_one_without_roles() {
        let settings = RolesClaim::default();
        assert_eq!(settings.read(&json!({"sub": "x"})).named, None);
        assert_eq!(settings.read(&json!({"roles": 7})).named, None);
        assert_eq!(settings.read(&json!({"roles": []})).named, Some(Vec::new()));
        assert_eq!(
            settings.read(&json!({"roles": "default-roles uma"})).named,
            Some(vec!["default-roles".into(), "uma".into()])
        );
    }

    #[test]
    fn settings_of_an_earlier_version_are_written_as_they_were() {
        let old = r#"{"claim":"realm_access.roles","names":{"ward-nurse":"nurse"}}"#;
        let read: RolesClaim = serde_json::from_str(old).expect("read");
        assert_eq!((read.from, serde_json::to_string(&read).expect("json").as_str()), (RolesFrom::IdToken, old));
        assert!(serde_json::from_str::<RolesClaim>(r#"{"from":"session"}"#).is_err());
    }

    #[test]
    fn a_table_with_an_unknown_role_is_refused() {
        assert!(serde_json::from_value::<RolesClaim>(json!({"names": {"arzt": "doctor"}})).is_err());
    }
}
