//! Text from bytes in any character set of the web (WHATWG Encoding Standard) and in UTF-32.

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// Decoded text.
pub(crate) struct Decoded {
    pub(crate) text: String,
    /// The character set, where it was not declared or the declaration does not hold.
    pub(crate) guessed: Option<&'static str>,
}

/// Decodes `bytes`; `declared` is the name of a character set.
///
/// A byte order mark decides. A declaration holds if the bytes are valid in it. Without one, valid UTF-8 is UTF-8, and
/// anything else is taken for windows-1252, in which all bytes are characters.
pub(crate) fn decode(bytes: &[u8], declared: Option<&str>) -> Decoded {
    if let Some(text) = utf_32(bytes, declared) {
        return Decoded { text, guessed: None };
    }
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        let rest = bytes.get(mark..).unwrap_or_default();
        return exactly(encoding, rest).map_or_else(|| guess(rest), |text| Decoded { text, guessed: None });
    }
    if let Some(page) = declared.and_then(dos_page) {
        return Decoded { text: dos(page, bytes), guessed: None };
    }
    let named = declared.and_then(encoding_named);
    let by_name = named.filter(|encoding| !is_ascii_in_name_only(declared, bytes) && fits(encoding, bytes));
    match by_name.and_then(|encoding| exactly(encoding, bytes)) {
        Some(text) => Decoded { text, guessed: None },
        None => guess(bytes),
    }
}

/// The encoding of that name; systems also write Java's and Microsoft's names.
fn encoding_named(name: &str) -> Option<&'static Encoding> {
    let name = name.trim().to_ascii_lowercase();
    let alias = match name.as_str() {
        "utf8mb4" | "utf-8-sig" => "utf-8",
        "cp1252" | "ansi" | "windows1252" | "latin-1" | "iso8859_1" | "iso-8859-1-windows-3.1-latin-1" => {
            "windows-1252"
        }
        "latin-2" => "iso-8859-2",
        "latin-9" | "latin9" => "iso-8859-15",
        "cp932" | "ms932" | "windows-932" => "shift_jis",
        "cp936" | "ms936" | "windows-936" => "gbk",
        "cp949" | "ms949" | "windows-949" => "euc-kr",
        "cp950" | "ms950" | "windows-950" => "big5",
        "gb-18030" => "gb18030",
        other => other,
    };
    let found = Encoding::for_label_no_replacement(alias.as_bytes());
    found.or_else(|| {
        // "iso8859-1", "ISO_8859_1", "windows_1251", "cp1251".
        let plain: String = alias.chars().filter(char::is_ascii_alphanumeric).collect();
        let digits = |prefix: &str| plain.strip_prefix(prefix).filter(|rest| rest.bytes().all(|b| b.is_ascii_digit()));
        let iso = digits("iso8859").map(|part| format!("iso-8859-{part}"));
        let windows = digits("windows").or_else(|| digits("cp")).or_else(|| digits("ms"));
        let windows = windows.filter(|w| w.starts_with("12")).map(|page| format!("windows-{page}"));
        iso.or(windows).and_then(|label| Encoding::for_label_no_replacement(label.as_bytes()))
    })
}

fn dos_page(name: &str) -> Option<u32> {
    match name.to_ascii_lowercase().as_str() {
        "ibm437" | "cp437" | "437" => Some(437),
        "ibm850" | "cp850" | "850" | "ibm00858" | "cp858" => Some(850),
        _ => None,
    }
}

/// US-ASCII is declared by programs that send something else.
fn is_ascii_in_name_only(declared: Option<&str>, bytes: &[u8]) -> bool {
    let is_ascii = declared.is_some_and(|name| name.to_ascii_lowercase().contains("ascii"));
    is_ascii && !bytes.is_ascii()
}

/// Whether text of that encoding may look like this: UTF-16 has an even length, and its order may be the other one.
fn fits(encoding: &'static Encoding, bytes: &[u8]) -> bool {
    let is_utf_16 = encoding == UTF_16LE || encoding == UTF_16BE;
    !is_utf_16 || utf_16_order(bytes).is_none_or(|found| found == encoding)
}

/// The order of bytes that look like UTF-16: zeros at every other place, as in any Latin text.
fn utf_16_order(bytes: &[u8]) -> Option<&'static Encoding> {
    let sample = bytes.get(..bytes.len().min(512)).unwrap_or_default();
    if sample.len() < 4 || !bytes.len().is_multiple_of(2) {
        return None;
    }
    let zeros = |odd: usize| sample.iter().skip(odd).step_by(2).filter(|b| **b == 0).count();
    let (even, odd, enough) = (zeros(0), zeros(1), sample.len().div_ceil(4));
    match (even, odd) {
        (0, odd) if odd >= enough => Some(UTF_16LE),
        (even, 0) if even >= enough => Some(UTF_16BE),
        _ => None,
    }
}

fn exactly(encoding: &'static Encoding, bytes: &[u8]) -> Option<String> {
    encoding.decode_without_bom_handling_and_without_replacement(bytes).map(std::borrow::Cow::into_owned)
}

fn guess(bytes: &[u8]) -> Decoded {
    if let Some(text) = utf_16_order(bytes).and_then(|order| exactly(order, bytes)) {
        return Decoded { text, guessed: Some("UTF-16") };
    }
    match exactly(UTF_8, bytes) {
        // Bytes that are valid UTF-8 by chance are as good as impossible.
        Some(text) => Decoded { text, guessed: None },
        None => Decoded {
            text: WINDOWS_1252.decode_without_bom_handling(bytes).0.into_owned(),
            guessed: Some("windows-1252"),
        },
    }
}

/// Decodes bytes in a known encoding; invalid ones become U+FFFD.
pub(crate) fn decode_named(name: &str, bytes: &[u8]) -> String {
    let encoding = Encoding::for_label_no_replacement(name.as_bytes()).unwrap_or(WINDOWS_1252);
    encoding.decode_without_bom_handling(bytes).0.into_owned()
}

/// Text of DOS: code page 850, or else 437.
pub(crate) fn dos(page: u32, bytes: &[u8]) -> String {
    const PAGE_437: &str = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{A0}";
    const PAGE_850: &str = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×ƒáíóúñÑªº¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐└┴┬├─┼ãÃ╚╔╩╦╠═╬¤ðÐÊËÈıÍÎÏ┘┌█▄¦Ì▀ÓßÔÒõÕµþÞÚÛÙýÝ¯´\u{AD}±‗¾¶§÷¸°¨·¹³²■\u{A0}";
    let high: Vec<char> = if page == 850 { PAGE_850 } else { PAGE_437 }.chars().collect();
    let character = |byte: &u8| match byte.checked_sub(0x80) {
        None => char::from(*byte),
        Some(at) => high.get(usize::from(at)).copied().unwrap_or(char::REPLACEMENT_CHARACTER),
    };
    bytes.iter().map(character).collect()
}

fn utf_32(bytes: &[u8], declared: Option<&str>) -> Option<String> {
    let name = declared.map(str::to_ascii_lowercase);
    let (little, body) = match (bytes, name.as_deref()) {
        ([0xFF, 0xFE, 0, 0, rest @ ..], _) => (true, rest),
        ([0, 0, 0xFE, 0xFF, rest @ ..], _) => (false, rest),
        (_, Some("utf-32le")) => (true, bytes),
        (_, Some("utf-32be" | "utf-32")) => (false, bytes),
        _ => return None,
    };
    let (units, rest) = body.as_chunks::<4>();
    let read = |unit: &[u8; 4]| if little { u32::from_le_bytes(*unit) } else { u32::from_be_bytes(*unit) };
    if !rest.is_empty() {
        return None;
    }
    units.iter().map(|unit| char::from_u32(read(unit))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(bytes: &[u8], declared: Option<&str>, text: &str, guessed: Option<&str>) {
        let found = decode(bytes, declared);
        assert_eq!((found.text.as_str(), found.guessed), (text, guessed), "{declared:?} {bytes:?}");
    }

    #[test]
    fn declared_character_sets_are_read() {
        for (name, bytes, text) in [
            ("utf-8", "Größe".as_bytes(), "Größe"),
            ("UTF8", "Größe".as_bytes(), "Größe"),
            ("iso-8859-1", b"Gr\xF6\xDFe 1,70 m", "Größe 1,70 m"),
            ("latin1", b"Gr\xF6\xDFe", "Größe"),
            ("ISO8859_1", b"Gr\xF6\xDFe", "Größe"),
            ("cp1252", b"5 \x80", "5 €"),
            ("iso-8859-15", b"5 \xA4", "5 €"),
            ("iso-8859-2", b"\xB3\xF3d\xBC", "łódź"),
            ("iso-8859-5", b"\xD2\xE0\xD0\xE7", "врач"),
            ("iso-8859-6", b"\xE3\xE6", "كن"),
            ("iso-8859-7", b"\xE3\xE9\xE1", "για"),
            ("iso-8859-8", b"\xE0\xE1", "אב"),
            ("iso-8859-9", b"I\xFE\xFDk", "Işık"),
            ("windows-1250", b"\x9Elut\xFD", "žlutý"),
            ("windows-1251", b"\xC0\xF1\xEF\xE8\xF0\xE8\xED", "Аспирин"),
            ("cp1251", b"\xC0\xF1", "Ас"),
            ("koi8-r", b"\xE1\xD3", "Ас"),
            ("windows-1253", b"\xE3", "γ"),
            ("windows-1254", b"\xFE", "ş"),
            ("windows-1255", b"\xE0", "א"),
            ("windows-1256", b"\xC7", "ا"),
            ("windows-1257", b"\xE0", "ą"),
            ("windows-1258", b"\xD0", "Đ"),
            ("windows-874", b"\xA1", "ก"),
            ("tis-620", b"\xA1", "ก"),
            ("macintosh", b"\x8A", "ä"),
            ("shift_jis", b"\x83A\x83X", "アス"),
            ("cp932", b"\x83A", "ア"),
            ("euc-jp", b"\xA5\xA2", "ア"),
            ("iso-2022-jp", b"\x1B$B%\"\x1B(B", "ア"),
            ("gbk", b"\xB0\xA2", "阿"),
            ("gb2312", b"\xB0\xA2", "阿"),
            ("gb18030", b"\xB0\xA2", "阿"),
            ("big5", b"\xAA\xFC", "阿"),
            ("euc-kr", b"\xBE\xC6", "아"),
            ("utf-16le", b"A\0\xDF\0", "Aß"),
            ("utf-16be", b"\0A\0\xDF", "Aß"),
            ("utf-16", b"\xFE\xFF\0A\0\xDF", "Aß"),
            ("IBM850", b"Gr\x94\xE1e", "Größe"),
            ("cp437", b"\xE6g \xF1 \xF2", "µg ± ≥"),
            ("utf-32", b"\0\0\0A\0\0\0\xDF", "Aß"),
        ] {
            check(bytes, Some(name), text, None);
        }
    }

    #[test]
    fn a_mark_decides_over_the_declaration() {
        check(b"\xEF\xBB\xBFGr\xC3\xB6\xC3\x9Fe", Some("iso-8859-1"), "Größe", None);
        check(b"\xFF\xFEA\0", Some("utf-8"), "A", None);
        check(b"\xFF\xFE\0\0A\0\0\0", None, "A", None);
    }

    #[test]
    fn without_a_usable_declaration_the_bytes_decide() {
        check("Größe".as_bytes(), None, "Größe", None);
        check(b"Gr\xF6\xDFe", None, "Größe", Some("windows-1252"));
        check(b"Gr\xF6\xDFe", Some("utf-8"), "Größe", Some("windows-1252"));
        check("Größe".as_bytes(), Some("us-ascii"), "Größe", None);
        check(b"5 \xB5g", Some("ascii"), "5 µg", Some("windows-1252"));
        check(b"G\0r\0\xF6\0", None, "Grö", Some("UTF-16"));
        check(b"\0G\0r\0\xF6", Some("utf-16"), "Grö", Some("UTF-16"));
        check(b"Gr\xF6\xDFe", Some("x-nonsense"), "Größe", Some("windows-1252"));
        check(b"", Some("utf-8"), "", None);
    }
}
