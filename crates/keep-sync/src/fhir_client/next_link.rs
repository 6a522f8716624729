//! `next` links: what is requested for one, whatever address the server writes into it.

use crate::error::SyncError;
use url::Url;

/// Where the next page is.
#[derive(Clone)]
pub(super) struct NextLink {
    /// Below the configured base.
    pub(super) url: Url,
    /// The scheme, host and port of the link as received, where it leads elsewhere.
    pub(super) elsewhere: Option<String>,
}

impl NextLink {
    /// Resolves `link`, received in a response from `address`.
    ///
    /// A server behind a gateway often writes its inner address. Of such a link only the query is used, on the
    /// configured base.
    // INVARIANT: a server cannot send the client elsewhere: the request stays on the origin and path of the base.
    pub(super) fn resolve(link: &str, address: &Url, base: &Url) -> Result<Self, SyncError> {
        let url = base.join(link).map_err(|_| SyncError::InvalidResponse)?;
        if url.origin() == base.origin() && is_below(&url, base) {
            return Ok(Self { url, elsewhere: None });
        }
        let query = url.query().ok_or(SyncError::InvalidResponse)?;
        // Below an unknown base a search page is recognised by the end of its path.
        let own_path = below(address, base).filter(|own| !own.is_empty() && url.path().ends_with(own));
        let mut own = base.clone();
        if let Some(path) = own_path {
            own.set_path(&format!("{}{path}", base.path().trim_end_matches('/')));
        }
        own.set_query(Some(query));
        own.set_fragment(None);
        let origin = url.origin();
        let elsewhere = if origin.is_tuple() { origin.ascii_serialization() } else { url.scheme().to_owned() };
        Ok(Self { url: own, elsewhere: Some(elsewhere) })
    }
}

fn is_below(url: &Url, base: &Url) -> bool {
    below(url, base).is_some()
}

/// The path of `url` below that of `base`, with its leading slash.
fn below<'u>(url: &'u Url, base: &Url) -> Option<&'u str> {
    let rest = url.path().strip_prefix(base.path().trim_end_matches('/'))?;
    (rest.is_empty() || rest.starts_with('/')).then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(link: &str, requested: &str, elsewhere: Option<&str>) {
        let base = "https://ehr.example/fhir".parse().unwrap();
        let address = "https://ehr.example/fhir/Patient?_count=5".parse().unwrap();
        let found = NextLink::resolve(link, &address, &base).unwrap();
        assert_eq!((found.url.as_str(), found.elsewhere.as_deref()), (requested, elsewhere));
    }

    #[test]
    fn a_link_stays_on_the_configured_base() {
        let pages = "https://ehr.example/fhir?_getpages=7&o=2";
        check(pages, pages, None);
        check("?_getpages=7&o=2", pages, None);
        check("https://ehr.example/fhir/Patient?page=2", "https://ehr.example/fhir/Patient?page=2", None);
        for (link, origin) in [
            ("http://10.0.0.7:8080/fhir?_getpages=7&o=2", "http://10.0.0.7:8080"),
            ("http://ehr.example/fhir?_getpages=7&o=2", "http://ehr.example"),
            ("https://ehr.example:8443/r4?_getpages=7&o=2", "https://ehr.example:8443"),
            ("https://ehr.example/fhirx?_getpages=7&o=2", "https://ehr.example"),
            ("https://someone:x@evil.example/?_getpages=7&o=2#y", "https://evil.example"),
        ] {
            check(link, pages, Some(origin));
        }
        let page = "https://ehr.example/fhir/Patient?page=2";
        check("http://inner:8080/hapi/fhir/Patient?page=2", page, Some("http://inner:8080"));
    }

    #[test]
    fn a_link_without_a_query_elsewhere_is_invalid() {
        let base: Url = "https://ehr.example/fhir".parse().unwrap();
        for link in ["https://evil.example/fhir/Patient", "data:x", "https://[", "/other"] {
            assert!(NextLink::resolve(link, &base, &base).is_err(), "{link}");
        }
    }
}
