//! Folding of names, numbers and phones to what is searched: no case, no diacritics, no punctuation, one form of each
//! letter and digit that people type in several.

use icu_properties::props::{EnumeratedProperty, GeneralCategory};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// The words of a text: letters and digits, decomposed (Unicode NFKD), without marks, without case.
pub(crate) fn words(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut word = String::new();
    for c in text.nfkd().filter(|c| !is_combining_mark(*c)) {
        match c {
            // An apostrophe joins: O'Brien is found as obrien. A tatweel only lengthens a word.
            '\'' | '’' | '‘' | '`' | 'ʼ' | 'ʻ' | '׳' | 'ـ' => {}
            c if c.is_ascii_alphanumeric() => word.push(c.to_ascii_lowercase()),
            c if c.is_alphanumeric() => fold_letter(c, &mut word),
            _ if !word.is_empty() => found.push(std::mem::take(&mut word)),
            _ => {}
        }
    }
    if !word.is_empty() {
        found.push(word);
    }
    found
}

/// Letters that have no decomposition and are typed in another form as well.
fn fold_letter(c: char, word: &mut String) {
    match c {
        'ø' | 'Ø' => word.push('o'),
        'ł' | 'Ł' => word.push('l'),
        'æ' | 'Æ' => word.push_str("ae"),
        'œ' | 'Œ' => word.push_str("oe"),
        'đ' | 'Đ' | 'ð' | 'Ð' => word.push('d'),
        // Arabic and Persian keyboards write yeh, kaf, heh and alef with different letters.
        'ى' | 'ی' | 'ې' | 'ے' => word.push('ي'),
        'ک' | 'ڪ' => word.push('ك'),
        'ة' | 'ہ' | 'ھ' | 'ە' | 'ۃ' => word.push('ه'),
        'ٱ' => word.push('ا'),
        // The final letters of Hebrew, as the final sigma.
        'ך' => word.push('כ'),
        'ם' => word.push('מ'),
        'ן' => word.push('נ'),
        'ף' => word.push('פ'),
        'ץ' => word.push('צ'),
        // Katakana to hiragana.
        '\u{30a1}'..='\u{30f6}' => word.extend(char::from_u32(u32::from(c) - 0x60)),
        c => match digit(c) {
            Some(digit) => word.push(digit),
            // By its capital: dotless i, long s and final sigma have small letters of their own.
            None => word.extend(c.to_uppercase().flat_map(char::to_lowercase)),
        },
    }
}

/// A decimal digit of any script as its ASCII digit. Digits of a script are ten in a row, from zero (Unicode Standard,
/// section 4.6).
fn digit(c: char) -> Option<char> {
    let is_digit = |c: char| GeneralCategory::for_char(c) == GeneralCategory::DecimalNumber;
    if c.is_ascii() || !c.is_numeric() || !is_digit(c) {
        return c.is_ascii_digit().then_some(c);
    }
    let before = (1..50).take_while(|n| char::from_u32(u32::from(c) - n).is_some_and(is_digit)).count();
    char::from_digit(u32::try_from(before % 10).ok()?, 10)
}

/// A text with ASCII digits, ASCII hyphens and characters of ordinary width, as dates and numbers are read.
pub(crate) fn plain(text: &str) -> String {
    if text.is_ascii() {
        return text.to_owned();
    }
    let is_dash = |c: char| GeneralCategory::for_char(c) == GeneralCategory::DashPunctuation || c == '\u{2212}';
    text.nfkc().map(|c| if !c.is_ascii() && is_dash(c) { '-' } else { digit(c).unwrap_or(c) }).collect()
}

/// An identifier as it is compared: letters and digits in upper case.
pub(crate) fn number(text: &str) -> String {
    plain(text).chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase).collect()
}

/// The digits of a text.
pub(crate) fn digits(text: &str) -> String {
    plain(text).chars().filter(char::is_ascii_digit).collect()
}

/// The words under which a name is indexed: its own; those of a compound also as one; and of Chinese, Japanese and
/// Korean, which do not separate words, also every end, so that a given name is found inside a whole name.
pub(crate) fn index_words(name: &str) -> Vec<String> {
    let mut found = Vec::new();
    for token in name.split_whitespace() {
        let parts = words(token);
        found.extend(parts.iter().flat_map(|part| splits(part)).map(|(_, end)| end.to_owned()));
        found.extend((parts.len() > 1).then(|| parts.concat()));
        found.extend(parts);
    }
    found
}

/// The ways to divide a Chinese, Japanese or Korean word into two between its syllables; none of any other word.
pub(crate) fn splits(word: &str) -> Vec<(&str, &str)> {
    if !word.chars().all(is_syllabic) {
        return Vec::new();
    }
    let starts = word.char_indices().skip(1).filter(|(_, c)| starts_syllable(*c)).take(MAX_SYLLABLES);
    starts.filter_map(|(at, _)| word.split_at_checked(at)).collect()
}

/// Names have fewer.
const MAX_SYLLABLES: usize = 12;

/// Han, kana and decomposed Hangul.
pub(crate) fn is_syllabic(c: char) -> bool {
    matches!(c, '\u{1100}'..='\u{11ff}' | '\u{3005}'..='\u{3007}' | '\u{3041}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}'
        | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

/// A vowel or a final consonant of Hangul continues a syllable.
fn starts_syllable(c: char) -> bool {
    !matches!(c, '\u{1160}'..='\u{11ff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[&str]) {
        assert_eq!(words(text), expected, "{text}");
    }

    #[test]
    fn names_fold_to_plain_words() {
        check("González Núñez", &["gonzalez", "nunez"]);
        check("O'Brien-Smith Jr.", &["obrien", "smith", "jr"]);
        check("Strauß Søren Łukasz", &["strauss", "soren", "lukasz"]);
        check("Nguyễn Thị", &["nguyen", "thi"]);
        check("Иванов 山田", &["иванов", "山田"]);
        check("  ", &[]);
        assert_eq!(number("ch-004 471"), "CH004471");
        assert_eq!(digits("+1 (555) 010-1"), "15550101");
    }

    #[test]
    fn letters_that_people_type_in_several_forms_are_one() {
        check("YILMAZ yilmaz Yılmaz Işık ISIK", &["yilmaz", "yilmaz", "yilmaz", "isik", "isik"]);
        check("ΠΑΠΑΔΟΠΟΥΛΟΣ Παπαδόπουλος", &["παπαδοπουλοσ", "παπαδοπουλοσ"]);
        check("علي على علی عـلـي عَلِيّ", &["علي"; 5]);
        check("كريم کریم", &["كريم"; 2]);
        check("فاطمة فاطمه", &["فاطمه"; 2]);
        check("أحمد إحمد آحمد ٱحمد احمد", &["احمد"; 5]);
        check("כהן שלום", &["כהנ", "שלומ"]);
        check("ყიფიანი ᲧᲘᲤᲘᲐᲜᲘ", &["ყიფიანი"; 2]);
        check("タナカ ﾀﾅｶ たなか", &["たなか"; 3]);
        check("Ｓｍｉｔｈ", &["smith"]);
    }

    #[test]
    fn digits_of_every_script_are_digits() {
        for text in ["1974", "۱۹۷۴", "١٩٧٤", "１９７４", "१९७४", "๑๙๗๔", "𝟏𝟗𝟕𝟒"]
        {
            assert_eq!((digits(text), plain(text), number(text)), ("1974".into(), "1974".into(), "1974".into()));
        }
        assert_eq!(plain("ＣＨ－００４／７１ 14–3–1958"), "CH-004/71 14-3-1958");
        assert_eq!(digits("½ 王"), "12");
    }

    #[test]
    fn a_name_without_spaces_is_indexed_by_its_ends() {
        assert_eq!(index_words("王小明"), ["小明", "明", "王小明"]);
        assert_eq!(index_words("Al-Sayed"), ["alsayed", "al", "sayed"]);
        assert_eq!(index_words("علی‌رضا"), ["عليرضا", "علي", "رضا"]);
        // Hangul is searched by its letters and divided between its syllables.
        assert_eq!(splits(&words("김민수").concat()).len(), 2);
        assert!(splits("gonzalez").is_empty() && splits("王a").is_empty());
    }
}
