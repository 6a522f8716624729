//! What the closed codes mean, in sentences for the person at the terminal.

/// What happened, what is safe, what to do next.
#[must_use]
pub fn sentence(code: &str) -> &'static str {
    match code {
        "ok" => "Done.",
        "finding" => "Something needs a person to look at it.",
        "unlock_refused" => {
            "Password or code is wrong. Nothing was changed. If both are right, this computer's clock may be some minutes \
             off: give the phone's time with --phone-time."
        }
        "throttled" => "Too many failed attempts. Wait, then try again.",
        "slot_held" => "This person's key slot is held after too many failed attempts. A sign-in online releases it.",
        "code_used" => "That code was used already. Wait for the next one.",
        "not_enrolled" => "Nobody of that name is enrolled on this workstation.",
        "waiting_for_grant" => "Enrolled, but a colleague who holds the records must unlock once to grant them.",
        "lease_ended" => "The time allowed without a clinic sign-in is over. Sign in online.",
        "locked" => "Chartkeep is locked.",
        "refused" => "This role may not do that. The attempt was recorded.",
        "keychain_locked" => {
            "The keychain is locked. Unlock it in the operating system, then try again. No data is lost."
        }
        "keychain_absent" => {
            "No keychain service answers. Start one (Secret Service), then try again. No data is lost."
        }
        "keychain_key_missing" => {
            "The device key is gone from the keychain although people are enrolled. Records cannot be opened without it; \
             nothing was deleted."
        }
        "keychain_slow" => "The keychain did not answer in time. Try again.",
        "slot_damaged" => {
            "A key slot or settings file was changed outside Chartkeep or is damaged. It was left as it is."
        }
        "store_damaged" => "A segment of the store failed its integrity check. It was kept aside; nothing was deleted.",
        "store_newer" => "The profile was written by a newer Chartkeep. Update this program; nothing was changed.",
        "store_stale" => "An older copy of a segment was put back. Records may be old.",
        "ledger_damaged" => "The audit ledger failed its check. It was left as it is.",
        "disk_full" => "The disk is full. The last save was not made; what was saved before is safe.",
        "profile_in_use" => "Another Chartkeep uses this profile. Close it first.",
        "clock_wrong" => {
            "The clock of this computer, or the time that was given, disagrees with the trusted time. Set the clock, or \
             give the phone's time with --phone-time."
        }
        "server_unreachable" => "The server cannot be reached. Work goes on offline; nothing is lost.",
        "server_untrusted" => "The server's certificate is not trusted. Nothing was sent.",
        "server_garbled" => "The server answered with something that is not FHIR. Nothing was taken over.",
        "server_failed" => "The server answered with an error. What waits is kept and will be sent again.",
        "sign_in_needed" => "Sign in online again. What waits is kept.",
        "sign_in_failed" => "The sign-in failed or was cancelled. Nothing was changed.",
        "not_available" => "That record is not available here.",
        "stale" => "The record changed since it was read.",
        "invalid" => "What was given is not acceptable. See --help.",
        "import_broken" => "Some lines could not be read. The others were imported.",
        "authority_file_changed" => {
            "The file of certificate authorities is not the one that was set up. Nothing was sent. Put the old one back, or \
             take the new one over with: chartkeep trust --ca FILE"
        }
        "io" => "A file could not be read or written.",
        _ => "A defect in Chartkeep. The incident number helps to find it in the log.",
    }
}

#[cfg(test)]
mod tests {
    use keep_domain::ErrorCode;

    #[test]
    fn every_code_but_internal_has_its_own_sentence() {
        let defect = super::sentence("internal");
        for code in [ErrorCode::UnlockRefused, ErrorCode::Io, ErrorCode::KeychainKeyMissing, ErrorCode::DiskFull] {
            assert_ne!(super::sentence(&code.name()), defect);
        }
    }
}
