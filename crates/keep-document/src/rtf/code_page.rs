//! Windows code pages by number.

use crate::charset::{decode_named, dos};

/// Decodes text of a code page; bytes that are invalid in it become U+FFFD.
pub(super) fn decode(page: u32, bytes: &[u8]) -> String {
    let name = match page {
        437 => return dos(437, bytes),
        850 | 858 => return dos(850, bytes),
        932 => "shift_jis",
        936 => "gbk",
        949 => "euc-kr",
        950 => "big5",
        874 => "windows-874",
        1250 => "windows-1250",
        1251 => "windows-1251",
        1253 => "windows-1253",
        1254 => "windows-1254",
        1255 => "windows-1255",
        1256 => "windows-1256",
        1257 => "windows-1257",
        1258 => "windows-1258",
        10_000 => "macintosh",
        10_007 => "x-mac-cyrillic",
        65_001 => "utf-8",
        _ => "windows-1252",
    };
    decode_named(name, bytes)
}
