//! What a finding about a server means for the clinic, and what to change.

use keep_session::cases::server_check::{CheckResult, ServerCheck, ServerFinding};

/// What is tried, in words.
#[must_use]
pub const fn subject(check: ServerCheck) -> &'static str {
    use ServerCheck as C;
    match check {
        C::Connection => "connection and certificate",
        C::Metadata => "CapabilityStatement of FHIR R4",
        C::Clock => "clock",
        C::SignInAddress => "the FHIR base says where to sign in",
        C::Provider => "the provider's own description",
        C::Pkce => "PKCE with S256",
        C::OfflineAccess => "scope offline_access",
        C::SignIn => "sign-in with a second factor",
        C::Roles => "roles of the user",
        C::Protected => "records need an access token",
        C::Token => "the server takes the token",
        C::Types => "types of a chart",
        C::Sort => "_sort=_lastUpdated",
        C::LastUpdated => "_lastUpdated=ge",
        C::Count => "_count",
        C::Total => "number of matches",
        C::Elements => "_elements=id,meta",
        C::PageLinks => "page links",
        C::TypeHistory => "history of a type since a time",
        C::Versions => "versions of records",
        C::Transaction => "transaction",
        C::Batch => "batch",
        C::PackedBodies => "packed request bodies",
        C::UpdateAsCreate => "ids made by Chartkeep",
        C::IfMatch => "If-Match",
        C::ConditionalCreate => "If-None-Exist",
    }
}

/// The result, in one word or two.
#[must_use]
pub const fn result(result: CheckResult) -> &'static str {
    match result {
        CheckResult::Works => "works",
        CheckResult::Without => "missing",
        CheckResult::Blocks => "STOPS THE WORK",
        CheckResult::NotTried => "not tried",
    }
}

/// What it means for the clinic that something is missing.
#[must_use]
pub const fn consequence(check: ServerCheck) -> &'static str {
    use ServerCheck as C;
    match check {
        C::Connection => "Nothing can be sent or received.",
        C::Metadata => "Chartkeep does not know what the server can do, and does not sync with it.",
        C::Clock => "Sign-ins fail where the clocks differ by more than a minute.",
        C::SignInAddress => "Nobody can be enrolled without the issuer in the site file or with --issuer.",
        C::Provider | C::Pkce => "Nobody can sign in.",
        C::OfflineAccess => "Staff sign in again whenever the provider ends their session.",
        C::SignIn => "Nobody can be enrolled.",
        C::Roles => "A sign-in without a role is refused.",
        C::Protected => "Everyone who reaches the server can read its records.",
        C::Token => "Nothing can be sent or received.",
        C::Types => "These records are not received; the chart opens without them and says so.",
        C::Sort | C::LastUpdated => {
            "Each sync reads everything again, and an interrupted one starts from the beginning."
        }
        C::Count => "Pages are as large as the server makes them: slow connections may time out.",
        C::Total => "Chartkeep cannot compare counts and compares lists of ids instead.",
        C::Elements => "Lists for comparison are as large as the records.",
        C::PageLinks => "Chartkeep goes on at its own address, which may cost a request more for each page.",
        C::TypeHistory => "A record that was deleted at the server disappears only at the next comparison of ids.",
        C::Versions => "Before each change the record is read and its content compared.",
        C::Transaction => {
            "A visit is sent in batches, or record by record; an interruption leaves a part of it for the next sync."
        }
        C::Batch => "Audit events and comparisons take one request each.",
        C::PackedBodies => "A visit takes about seven times as many bytes.",
        C::UpdateAsCreate => "Records get the server's ids once they are sent; Chartkeep keeps both.",
        C::IfMatch => {
            "Unless the server states that it checks versions, a record is read and compared before it is changed; a change made elsewhere in between can be overwritten."
        }
        C::ConditionalCreate => "After a lost answer Chartkeep searches for the record before it sends it again.",
    }
}

/// What IT can change, and where.
#[must_use]
pub const fn change(check: ServerCheck) -> &'static str {
    use ServerCheck as C;
    match check {
        C::Connection => "Check the address, the firewall, and whether the certificate's authority is given with --ca.",
        C::Metadata => "Check that the address is the FHIR R4 base: its /metadata must be a CapabilityStatement.",
        C::Clock => "Set the clock of the server, or of the gateway in front of it, by NTP.",
        C::SignInAddress => "Serve .well-known/smart-configuration below the FHIR base (docs/it), or name the issuer.",
        C::Provider => "Compare the issuer with the one in its own .well-known/openid-configuration, byte by byte.",
        C::Pkce => "Allow PKCE with S256 for the client at the provider.",
        C::OfflineAccess => "Offer the scope offline_access at the provider.",
        C::SignIn => "Require a second factor and list its acr in the site file, or accept its absence there.",
        C::Roles => {
            "Say in the site file where the roles are and what they are called (roles.from, roles.claim, roles.names)."
        }
        C::Protected => "Require an access token for everything but /metadata and .well-known.",
        C::Token => "Let the server accept access tokens of this issuer for this client and audience.",
        C::Types => "Enable these types where the clinic uses them.",
        C::Sort | C::LastUpdated | C::Count | C::Total | C::Elements => "Enable this search parameter at the server.",
        C::PageLinks => "Tell the server its public address (HAPI: server_address).",
        C::TypeHistory => "Enable type history at the server.",
        C::Versions | C::IfMatch => "Enable versions and If-Match at the server.",
        C::Transaction | C::Batch => "Enable this interaction at the server.",
        C::PackedBodies => "Let the server or its gateway unpack Content-Encoding: gzip.",
        C::UpdateAsCreate => "Allow ids made by clients (HAPI: client_id_strategy).",
        C::ConditionalCreate => "Enable conditional create at the server.",
    }
}

/// The findings as a table, each that is missing followed by its consequence and what to change.
#[must_use]
pub fn table(findings: &[ServerFinding]) -> String {
    let mut lines = Vec::new();
    for finding in findings {
        lines.push(format!("{:<40} {:<15} {}", subject(finding.check), result(finding.result), finding.found));
        if matches!(finding.result, CheckResult::Without | CheckResult::Blocks) {
            lines.push(format!("    {}", consequence(finding.check)));
            lines.push(format!("    To change: {}", change(finding.check)));
        }
    }
    lines.join("\n")
}
