//! Content types with parameters (RFC 2045, section 5.1).

/// A content type, its names in lower case.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ContentType {
    /// Type and subtype, for example `text/plain`; empty where none is declared.
    pub essence: String,
    /// The declared character set.
    pub charset: Option<String>,
}

impl ContentType {
    /// Reads a content type as systems write it: any case, quotes, spaces.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let mut parts = text.split(';');
        let essence = parts.next().unwrap_or_default().trim().to_ascii_lowercase();
        let charset = parts.find_map(|part| {
            let (name, value) = part.split_once('=')?;
            let value = value.trim().trim_matches(['"', '\'']).trim();
            (name.trim().eq_ignore_ascii_case("charset") && !value.is_empty()).then(|| value.to_ascii_lowercase())
        });
        Self { essence, charset }
    }

    /// Whether it is one of these.
    pub(crate) fn is_one_of(&self, names: &[&str]) -> bool {
        names.contains(&self.essence.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_read_as_systems_write_them() {
        let of = |text: &str| {
            let found = ContentType::parse(text);
            (found.essence, found.charset)
        };
        assert_eq!(
            of("Text/Plain; Charset=\"ISO-8859-1\"; format=flowed"),
            ("text/plain".into(), Some("iso-8859-1".into()))
        );
        assert_eq!(of("text/html;charset = utf-8"), ("text/html".into(), Some("utf-8".into())));
        assert_eq!(of(" application/pdf "), ("application/pdf".into(), None));
        assert_eq!(of("text/plain; charset="), ("text/plain".into(), None));
        assert_eq!(of(""), (String::new(), None));
    }
}
