//! Folding of names, numbers and phones to what is searched: no case, no diacritics, no punctuation.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// The words of a text: letters and digits, decomposed (Unicode NFKD), without marks, in lower case.
pub(crate) fn words(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut word = String::new();
    for c in text.nfkd().filter(|c| !is_combining_mark(*c)) {
        match c {
            // An apostrophe joins: O'Brien is found as obrien.
            '\'' | '’' | 'ʼ' => {}
            // Letters that have no decomposition.
            'ß' => word.push_str("ss"),
            'ø' | 'Ø' => word.push('o'),
            'ł' | 'Ł' => word.push('l'),
            'æ' | 'Æ' => word.push_str("ae"),
            'đ' | 'Đ' => word.push('d'),
            c if c.is_alphanumeric() => word.extend(c.to_lowercase()),
            _ if !word.is_empty() => found.push(std::mem::take(&mut word)),
            _ => {}
        }
    }
    if !word.is_empty() {
        found.push(word);
    }
    found
}

/// An identifier as it is compared: letters and digits in upper case.
pub(crate) fn number(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase).collect()
}

/// The digits of a text.
pub(crate) fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_fold_to_plain_words() {
        let check = |text: &str, expected: &[&str]| assert_eq!(words(text), expected, "{text}");
        check("González Núñez", &["gonzalez", "nunez"]);
        check("O'Brien-Smith Jr.", &["obrien", "smith", "jr"]);
        check("Strauß Søren Łukasz", &["strauss", "soren", "lukasz"]);
        check("Nguyễn Thị", &["nguyen", "thi"]);
        check("Иванов 山田", &["иванов", "山田"]);
        check("  ", &[]);
        assert_eq!(number("ch-004 471"), "CH004471");
        assert_eq!(digits("+1 (555) 010-1"), "15550101");
    }
}
