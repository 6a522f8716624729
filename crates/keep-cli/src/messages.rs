//! The messages of the program: what happened, what it means for the user, and what to do.

pub mod server_check;

use crate::status::Status;
use keep_domain::ErrorCode;
use keep_session::dto::enrol::{RolesFromDto, RolesTokenFaultDto, SignInProblemDto};
use keep_session::dto::failure::{FieldProblemDto, FieldReasonDto};
use keep_session::dto::sync::{SyncItemStateDto, WaitCauseDto};

/// The message for a status, for the user at the terminal.
#[must_use]
pub const fn message(status: Status) -> &'static str {
    match status {
        Status::Ok => "Done.",
        Status::Finding => "Done, with findings that need attention: see below.",
        Status::Failed(code) => error_message(code),
    }
}

/// What is wrong with an argument or setting, and who can mend it.
#[must_use]
pub fn field_message(problem: &FieldProblemDto) -> String {
    use FieldReasonDto as R;
    match (problem.field.as_str(), problem.reason) {
        ("server", R::NoSignInAddress) => String::from(
            "This server does not say where staff sign in (it has no .well-known/smart-configuration). Give the \
             issuer of the identity provider in the site file or with --issuer.",
        ),
        ("server", R::WrongIssuer) => String::from(
            "The issuer has no OpenID Connect configuration, or it names another issuer. Compare the address with \
             the one in the provider's own .well-known/openid-configuration.",
        ),
        ("server", R::NotAnAddress) => String::from("This is not the address of a server."),
        ("site", R::NotReadable) => String::from("The site file cannot be read, or it is not a signed site file."),
        ("site", R::Missing) => String::from(
            "IT has installed the fingerprint of a site file on this workstation. Enrol with that file: --site FILE",
        ),
        ("site", _) => String::from("The site file is damaged, or was changed after it was signed. Sign it again."),
        ("site_fingerprint", R::NotReadable) => String::from(
            "The fingerprint that IT has installed in /etc/chartkeep/site-fingerprint cannot be read. Nothing is \
             accepted in its place. Make the file readable for all users.",
        ),
        ("site_fingerprint", R::Missing) => String::from(
            "Nothing says whose site file this is. Give the fingerprint that IT has published with \
             --site-fingerprint.",
        ),
        ("site_fingerprint", _) => {
            String::from("The site file is signed with another key than the fingerprint says. Do not use it.")
        }
        ("ca_file", _) => String::from("The file of certificate authorities cannot be read or holds no certificate."),
        (_, R::Missing) => String::from("This is required."),
        (_, reason) => {
            serde_json::to_value(reason).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
        }
    }
}

/// What the provider's token lacks, and who can mend it.
#[must_use]
pub fn sign_in_problem(problem: &SignInProblemDto) -> String {
    match problem {
        SignInProblemDto::NoRole { claim, named: None, .. } => format!(
            "The token has no claim {claim}. At the provider, add the roles to the ID token, or name the right claim \
             and token in the site file (roles.claim, roles.from) or with --roles-claim and --roles-from."
        ),
        SignInProblemDto::NoRole { claim, named: Some(named), expected } => format!(
            "The claim {claim} names {}; none of these is expected here ({}). Map them in the site file (roles.names) \
             or with --role, or give the user a role at the provider.",
            if named.is_empty() { String::from("no role") } else { named.join(", ") },
            expected.join(", ")
        ),
        SignInProblemDto::SecondFactor { expected } if expected.is_empty() => String::from(
            "The provider does not say that it asked for a second factor. Require one there and list its acr in the \
             site file or with --acr, or accept this in the site file (without_second_factor).",
        ),
        SignInProblemDto::RolesToken { from, fault } => roles_token(*from, *fault).to_owned(),
        SignInProblemDto::SecondFactor { expected } => format!(
            "The provider did not confirm any of these authentication contexts (acr): {}. Require the second factor \
             at the provider, or correct the list in the site file.",
            expected.join(", ")
        ),
    }
}

/// What becomes of a change set that is not on the server yet, or what to do about it.
#[must_use]
pub const fn next_step(state: SyncItemStateDto, wait: Option<WaitCauseDto>, is_unverified: bool) -> &'static str {
    use SyncItemStateDto as S;
    use WaitCauseDto as W;
    match (state, wait) {
        (S::Rejected, _) if is_unverified => {
            "Found in a damaged file and not checked. Compare it with the server before you send it again."
        }
        (S::Rejected, _) => {
            "Correct the record in the window, then send it again, or give it up with a reason; `chartkeep export` writes \
             it to a file."
        }
        (S::Conflict, _) => "Decide in the window which version counts.",
        (S::Damaged, _) => "The record is damaged and not sent. Write it again.",
        (S::WaitsForRank, _) => "It is sent when a colleague with clinical access unlocks.",
        (S::Pending, Some(W::NotPermitted)) => {
            "The server does not allow this user to send it. Ask the clinic's IT; it is sent again automatically."
        }
        (S::Pending, Some(W::NotOffered)) => {
            "The server does not offer this at its address. Ask the clinic's IT; it is sent again automatically."
        }
        (S::Pending, Some(W::TooLarge)) => {
            "The record is larger than the server takes. Ask the clinic's IT; it is sent again automatically."
        }
        (S::Pending, Some(W::NotFhir)) => {
            "Something other than the clinic's server answered, such as a network sign-in page. It is sent again \
             automatically."
        }
        (S::Pending, Some(W::Busy | W::ServerError | W::Changing) | None) => "It is sent again automatically.",
    }
}

const fn roles_token(from: RolesFromDto, fault: RolesTokenFaultDto) -> &'static str {
    use RolesFromDto as From;
    use RolesTokenFaultDto as F;
    match (from, fault) {
        (From::Userinfo, F::Missing) => {
            "The provider has no userinfo endpoint. Name another token in the site file (roles.from)."
        }
        (From::Userinfo, F::NotSigned) => {
            "The response of the userinfo endpoint is not a JWT signed by a published key of the provider. Require \
             signed responses for this client at the provider, or name another token in the site file (roles.from)."
        }
        (From::Userinfo, _) => {
            "The signed response of the userinfo endpoint does not name this issuer, user and client with the time of \
             this sign-in (iss, sub, aud, iat). Name another token in the site file (roles.from)."
        }
        (_, F::Missing | F::NotSigned) => {
            "The access token is not a JWT signed by a published key of the provider, so its roles prove nothing. Name \
             another token in the site file (roles.from)."
        }
        (_, F::NotBound) => {
            "The ID token has no at_hash, so nothing proves that the access token belongs to it. Let the provider add \
             at_hash, or name another token in the site file (roles.from)."
        }
        (_, F::OtherToken) => {
            "The access token is not the one that the ID token names, or is of another user or client. Nothing was \
             accepted. Tell IT."
        }
    }
}

const fn error_message(code: ErrorCode) -> &'static str {
    use ErrorCode as E;
    match code {
        E::UnlockRefused => {
            "Incorrect password or code. Nothing was changed. Check both and try again. If both are correct, this \
             computer's clock may be wrong: give the phone's time with --phone-time."
        }
        E::Throttled => "Too many incorrect attempts. Nothing was changed. Wait, then try again.",
        E::SlotHeld => {
            "This user is blocked after too many incorrect attempts. Everything saved is safe. Sign in online to \
             unblock: chartkeep sync --sign-in"
        }
        E::CodeUsed => {
            "This code has already been used. This does not count as a failed attempt. Wait for the next code."
        }
        E::NotEnrolled => {
            "No matching user is enrolled on this workstation. Nothing was changed. Check the name, or enrol the user: \
             chartkeep enrol"
        }
        E::WaitingForGrant => {
            "The user is enrolled but has no access to records yet. A colleague with access must unlock Chartkeep on \
             this workstation once."
        }
        E::LeaseEnded => {
            "The time allowed without a clinic sign-in is over. Everything saved is safe. Sign in online: \
             chartkeep sync --sign-in"
        }
        E::Locked => "Chartkeep is locked. Everything saved is safe. Unlock it and try again.",
        E::Refused => {
            "This user's role does not allow this. Nothing was changed, and the attempt was recorded. Ask a colleague \
             whose role allows it."
        }
        E::KeychainLocked => {
            "The keychain is locked. Records are safe. Unlock it in the operating system, then try again."
        }
        E::KeychainAbsent => {
            "The keychain is not responding. Records are safe but cannot be opened without it. Start the keychain \
             service (Secret Service), then try again."
        }
        E::KeychainKeyMissing => {
            "The device key is missing from the keychain. Nothing was deleted, but the records on this workstation \
             cannot be opened without it. Restore the keychain from a backup. Do not enrol again."
        }
        E::KeychainSlow => {
            "The keychain did not respond in time. Records are safe. Check whether the operating system is \
             asking for a password, then try again."
        }
        E::SlotDamaged => {
            "A key file or settings file is damaged or was changed outside Chartkeep. It was left as it is, and records \
             are not affected. Compare it with a backup; if a user's key file is damaged, enrol that user again."
        }
        E::StoreDamaged => {
            "A part of the records on this workstation failed its integrity check. Nothing was deleted, and synced \
             records are safe on the server. chartkeep doctor names the damaged part."
        }
        E::StoreNewer => {
            "The profile was written by a newer version of Chartkeep. Nothing was changed. Update this program."
        }
        E::StoreStale => {
            "A part of the records on this workstation was replaced by an older copy and may be out of date. Run \
             chartkeep sync before you rely on it."
        }
        E::LedgerDamaged => {
            "The audit log failed its integrity check. It was left as it is. chartkeep audit verify shows where it is \
             damaged."
        }
        E::DiskFull => {
            "The disk is full. The last change was not saved; everything saved before is safe. Free up some disk \
             space, then try again."
        }
        E::ProfileInUse => {
            "Chartkeep is already running with this profile. Nothing was changed. Close it and try again."
        }
        E::ClockWrong => {
            "This computer's clock, or the time given, does not match the trusted time. Nothing was changed. Set the \
             clock, or give the phone's time with --phone-time."
        }
        E::ServerUnreachable => {
            "The server cannot be reached. Everything is saved on this workstation and will be sent later. Check the \
             network and try again."
        }
        E::ServerUntrusted => {
            "The server's certificate is not trusted. Nothing was sent. Check the certificate before you try again: the \
             connection may be intercepted."
        }
        E::ServerGarbled => {
            "The server's reply is not valid FHIR. Nothing was changed. Try again later; if the error persists, check \
             the server."
        }
        E::ServerFailed => {
            "The server reported an error. Everything is saved on this workstation and will be sent again later."
        }
        E::SignInNeeded => {
            "A clinic sign-in is needed. Everything is saved on this workstation. Sign in online to send it: \
             chartkeep sync --sign-in"
        }
        E::SignInFailed => {
            "The sign-in failed or was cancelled. Nothing was changed. Start again and complete it in the browser."
        }
        E::NotAvailable => {
            "The record is not on this workstation, or this user's role cannot see it. Nothing was changed. Sync and \
             try again."
        }
        E::Stale => "The record has changed since it was read. Nothing was changed. Read it again, then try again.",
        E::RecordReplaced => {
            "The patient's record was merged into another one, which takes new entries. Nothing was changed. Open the \
             record that replaced it."
        }
        E::Invalid => "An argument or value is not valid. Nothing was changed. See chartkeep --help.",
        E::ImportBroken => {
            "Some lines of the file could not be read; the others were imported. Correct the lines listed below and \
             import the file again."
        }
        E::AuthorityFileChanged => {
            "The file of certificate authorities is not the one that was set up. Nothing was sent. Restore the old \
             file, or trust the new one: chartkeep trust --ca FILE"
        }
        E::Io => {
            "A file could not be read or written. Everything saved before is safe. Check the path, its permissions and \
             the disk."
        }
        E::Internal => {
            "Chartkeep failed because of a defect. Everything saved before is safe. Report the incident number, if one is \
             shown: it identifies the failure in the log."
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{ErrorCode, Status, message};

    #[test]
    fn every_code_but_internal_has_its_own_message() {
        let defect = message(Status::Failed(ErrorCode::Internal));
        for code in [ErrorCode::UnlockRefused, ErrorCode::Io, ErrorCode::KeychainKeyMissing, ErrorCode::DiskFull] {
            assert_ne!(message(Status::Failed(code)), defect);
        }
    }
}
