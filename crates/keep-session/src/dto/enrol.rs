//! Enrolment: online sign-in, password, code, first sync.

use keep_domain::{ErrorCode, Role};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// `enrol_begin`: where to sign in.
#[derive(Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct EnrolBeginDto {
    /// The FHIR base address; `None` = the profile's configured server.
    pub server: Option<String>,
    /// The workstation's name, asked once per profile.
    pub workstation: Option<String>,
}

/// Progress of an enrolment; polled by the page.
#[derive(Serialize, TS)]
#[serde(tag = "step", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum EnrolStateDto {
    /// None is running.
    Idle {
        /// The configured server, to be shown in the form.
        server: Option<String>,
        /// The workstation's name, once it has one.
        workstation: Option<String>,
    },
    /// Waits for the browser; the address can be opened by hand.
    Browser {
        /// The address that was opened.
        address: String,
    },
    /// Signed in; wants the workstation password.
    Password {
        /// The name the provider gave.
        name: String,
        /// The role the provider gave.
        role: Role,
        /// Lowest length.
        min_chars: u32,
    },
    /// Shows the code's QR and wants one code back.
    Code {
        /// The otpauth address as an SVG path of dark modules, one unit each.
        qr_path: String,
        /// The number of modules a side, quiet zone included.
        qr_size: u32,
        /// The key for typing, in groups of four.
        manual_key: String,
        /// The account label.
        label: String,
    },
    /// Done: the keys are there, or a colleague has to grant them.
    Done {
        /// The new user id.
        user: String,
        /// Whether a colleague has to unlock first.
        waiting_for_grant: bool,
        /// Names of the files of a damaged slot and its drafts that were set aside.
        set_aside: Vec<String>,
    },
    /// Failed; can begin again.
    Failed {
        /// Why.
        code: ErrorCode,
        /// What came and what was expected, where IT can mend it.
        problem: Option<SignInProblemDto>,
    },
}

/// Why the provider's answer is not enough, for IT.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum SignInProblemDto {
    /// The token names no role that counts here.
    NoRole {
        /// The claim that was looked for.
        claim: String,
        /// The names in it, at most 32; `None` without the claim.
        named: Option<Vec<String>>,
        /// The names that count.
        expected: Vec<String>,
    },
    /// The provider does not say that a second factor was asked for.
    SecondFactor {
        /// The `acr` values of which the site accepts one; empty = a method in `amr`.
        expected: Vec<String>,
    },
    /// The token that should list the roles cannot be used.
    RolesToken {
        /// The token that the site file names.
        from: RolesFromDto,
        /// What is wrong with it.
        fault: RolesTokenFaultDto,
    },
}

/// The signed token that lists the roles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum RolesFromDto {
    /// The ID token.
    IdToken,
    /// The access token.
    AccessToken,
    /// The response of the userinfo endpoint.
    Userinfo,
}

/// Why it cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum RolesTokenFaultDto {
    /// The provider gave none.
    Missing,
    /// It is not a JWT signed by a published key of the provider.
    NotSigned,
    /// The ID token has no `at_hash`.
    NotBound,
    /// It is of another sign-in, user or client.
    OtherToken,
}

/// `enrol_password`.
#[derive(Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct EnrolPasswordDto {
    /// The new workstation password.
    pub password: String,
}

/// `enrol_code`.
#[derive(Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct EnrolCodeDto {
    /// A code from the new seed.
    pub code: String,
    /// Date and time as the phone shows them, RFC 3339: where the code was refused because this computer's clock is off.
    pub phone_time: Option<String>,
}
