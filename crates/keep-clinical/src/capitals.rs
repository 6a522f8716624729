//! Family names in capitals (NHS Common User Interface), in the scripts that have them.

use icu_casemap::CaseMapper;
use icu_locale_core::{LanguageIdentifier, langid};

/// A family name in capitals: `GONZÁLEZ`, `van der BERG`, `ΠΑΠΑΔΟΠΟΥΛΟΣ`, `YILMAZ`, `GROẞ`.
///
/// Particles that are recorded in small letters before a capital stay small. Georgian has capitals only for whole
/// headlines, which few fonts have, so it stays as recorded. `language` is that of the person, as a BCP 47 code; with
/// `tr` and `az` an i becomes İ, as it does in a name with a letter that only these languages have.
#[must_use]
pub fn family_capitals(family: &str, language: Option<&str>) -> String {
    let particles = particles(family);
    let (small, name) = family.split_at_checked(particles).unwrap_or(("", family));
    if name.chars().any(is_georgian) {
        return family.to_owned();
    }
    // The one small letter whose usual capital is two letters: GROSS would be another name.
    let name = name.replace('ß', "ẞ");
    let upper = CaseMapper::new().uppercase_to_string(&name, &rules_of(&name, language));
    format!("{small}{upper}")
}

/// The bytes of the leading words without a capital, where a word with one follows.
fn particles(family: &str) -> usize {
    let mut at = 0;
    for word in family.split_inclusive(char::is_whitespace) {
        match word.chars().find(|c| c.is_alphabetic()) {
            Some(first) if first.is_uppercase() => return at,
            Some(first) if !first.is_lowercase() => return 0,
            _ => at += word.len(),
        }
    }
    0
}

fn is_georgian(c: char) -> bool {
    matches!(c, '\u{10d0}'..='\u{10ff}')
}

fn rules_of(name: &str, language: Option<&str>) -> LanguageIdentifier {
    let primary = language.and_then(|l| l.split(['-', '_']).next()).unwrap_or_default();
    if name.chars().any(|c| matches!(c, '\u{370}'..='\u{3ff}' | '\u{1f00}'..='\u{1fff}')) {
        langid!("el")
    } else if primary.eq_ignore_ascii_case("tr")
        || primary.eq_ignore_ascii_case("az")
        || name.contains(['ı', 'ğ', 'Ğ', 'İ'])
    {
        langid!("tr")
    } else {
        langid!("und")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(family: &str, expected: &str) {
        assert_eq!(family_capitals(family, None), expected);
    }

    #[test]
    fn capitals_are_those_of_the_script() {
        check("González", "GONZÁLEZ");
        check("Παπαδόπουλος", "ΠΑΠΑΔΟΠΟΥΛΟΣ");
        check("Μαΐου", "ΜΑΪΟΥ");
        check("Иванова", "ИВАНОВА");
        check("Groß", "GROẞ");
        check("IJzerman", "IJZERMAN");
        check("ĳsbrand", "ĲSBRAND");
        check("ბერიძე", "ბერიძე");
        check("Միքայելյան", "ՄԻՔԱՅԵԼՅԱՆ");
        for name in ["王", "山田", "김", "علي", "کاظمی", "שמש", "ใจดี", "शर्मा", "አበበ", ""]
        {
            check(name, name);
        }
    }

    #[test]
    fn turkish_keeps_its_two_letters_i() {
        check("Yılmaz", "YILMAZ");
        check("İpek", "İPEK");
        check("Dağdelenli", "DAĞDELENLİ");
        check("Demir", "DEMIR");
        for turkish in ["tr", "tr-TR", "az"] {
            assert_eq!(family_capitals("Demir", Some(turkish)), "DEMİR");
        }
    }

    #[test]
    fn particles_stay_small() {
        check("van der Berg", "van der BERG");
        check("de la Cruz", "de la CRUZ");
        check("'t Hart", "'t HART");
        check("Van der Berg", "VAN DER BERG");
        check("van der berg", "VAN DER BERG");
        check("o'brien", "O'BRIEN");
        check("García de la Cruz", "GARCÍA DE LA CRUZ");
    }
}
