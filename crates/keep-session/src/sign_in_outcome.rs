//! What a sign-in in the browser ended with, and what IT can mend where it is not enough.

use crate::dto::enrol::{RolesFromDto, RolesTokenFaultDto, SignInProblemDto};
use crate::settings::sign_in::SignInSettings;
use crate::state::sign_in::SignInFailure;
use crate::workstation::Workstation;
use keep_domain::{ErrorCode, Role, Segment};
use keep_sync::{RolesFrom, RolesTokenFault, SignedIn, SyncError, TokenError, VerifiedClaims};

impl Workstation {
    /// The sign-in, if it names a role that counts here.
    pub(crate) fn with_a_role(&self, outcome: Result<SignedIn, SyncError>) -> Result<SignedIn, SignInFailure> {
        let sign_in = self.sign_in_settings().map_err(|error| SignInFailure::from(error.code))?;
        match outcome {
            Ok(signed_in) => match without_role(&sign_in, &signed_in.claims) {
                None => Ok(signed_in),
                problem => Err(SignInFailure { code: ErrorCode::Refused, problem }),
            },
            Err(error) => {
                let problem = match error {
                    SyncError::Token(TokenError::SecondFactor | TokenError::Acr) => {
                        Some(SignInProblemDto::SecondFactor { expected: sign_in.acr })
                    }
                    SyncError::Token(TokenError::Roles(fault)) => Some(roles_token(sign_in.roles.from, fault)),
                    _ => None,
                };
                Err(SignInFailure { code: error.code(), problem })
            }
        }
    }
}

/// What is wrong with the token that should list the roles.
const fn roles_token(from: RolesFrom, fault: RolesTokenFault) -> SignInProblemDto {
    use RolesTokenFaultDto as F;
    let from = match from {
        RolesFrom::IdToken => RolesFromDto::IdToken,
        RolesFrom::AccessToken => RolesFromDto::AccessToken,
        RolesFrom::Userinfo => RolesFromDto::Userinfo,
    };
    let fault = match fault {
        RolesTokenFault::Missing => F::Missing,
        RolesTokenFault::NotSigned => F::NotSigned,
        RolesTokenFault::NotBound => F::NotBound,
        RolesTokenFault::OtherToken => F::OtherToken,
    };
    SignInProblemDto::RolesToken { from, fault }
}

/// What came and what was expected, if the token names no role that counts here.
fn without_role(sign_in: &SignInSettings, claims: &VerifiedClaims) -> Option<SignInProblemDto> {
    if !claims.roles.is_empty() {
        return None;
    }
    let expected = if sign_in.roles.names.is_empty() {
        let own = Role::ALL.iter().map(|role| role.name());
        own.chain([Segment::Restricted.name()]).map(str::to_owned).collect()
    } else {
        sign_in.roles.names.keys().cloned().collect()
    };
    Some(SignInProblemDto::NoRole { claim: sign_in.roles.claim.clone(), named: claims.named_roles.clone(), expected })
}

#[cfg(test)]
mod tests {
    use super::*;
    use keep_sync::RolesClaim;
    use serde_json::json;

    fn claims(roles: Vec<Role>, named: Option<Vec<String>>) -> VerifiedClaims {
        VerifiedClaims {
            issuer: String::from("https://id.example"),
            subject: String::from("bo"),
            name: String::from("Bo"),
            roles,
            named_roles: named,
            restricted: false,
            issued_at: 0,
            auth_time: None,
            acr: None,
            key_id: String::from("k1"),
            jwk: String::from("{}"),
            token_hash: [7; 32],
        }
    }

    #[test]
    fn a_refusal_names_what_came_and_what_counts() {
        let roles: RolesClaim =
            serde_json::from_value(json!({"claim": "realm_access.roles", "names": {"ward-nurse": "nurse"}}))
                .expect("read");
        let sign_in = SignInSettings { roles, ..SignInSettings::default() };
        let came = Some(vec![String::from("offline_access"), String::from("uma_authorization")]);
        let problem = without_role(&sign_in, &claims(Vec::new(), came.clone()));
        let claim = String::from("realm_access.roles");
        let expected = vec![String::from("ward-nurse")];
        assert_eq!(problem, Some(SignInProblemDto::NoRole { claim, named: came, expected }));
        assert_eq!(without_role(&sign_in, &claims(vec![Role::Nurse], None)), None);
        let own = without_role(&SignInSettings::default(), &claims(Vec::new(), None));
        let Some(SignInProblemDto::NoRole { named: None, expected, .. }) = own else { panic!("{own:?}") };
        assert!(expected.contains(&String::from("front-desk")) && expected.contains(&String::from("restricted")));
    }
}
