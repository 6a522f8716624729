//! The control words that matter.

use super::Document;
use super::group::Destination;
use crate::piece::Omitted;

/// Groups that contain no text of the document; a group that begins with `\*` and is not read is one as well.
const SKIPPED: [&[u8]; 30] = [
    b"colortbl",
    b"stylesheet",
    b"info",
    b"listtable",
    b"listoverridetable",
    b"rsidtbl",
    b"filetbl",
    b"revtbl",
    b"bkmkstart",
    b"bkmkend",
    b"objdata",
    b"objclass",
    b"objname",
    b"themedata",
    b"datastore",
    b"colorschememapping",
    b"latentstyles",
    b"xmlnstbl",
    b"generator",
    b"nonshppict",
    b"sp",
    b"private",
    b"pgdsctbl",
    b"userprops",
    b"docvar",
    b"fontemb",
    b"falt",
    b"panose",
    b"atnid",
    b"atnauthor",
];
/// Groups that begin with `\*` and contain text of the document.
const READ: [&[u8]; 4] = [b"shpinst", b"annotation", b"pntext", b"shptxt"];

impl Document {
    pub(super) fn word(&mut self, name: &[u8], number: Option<i32>) {
        let destination = self.group.destination;
        if destination == Destination::Skipped || (destination == Destination::Instruction && name != b"formfield") {
            return;
        }
        if name != b"u" {
            self.flush();
        }
        if self.begins_destination(name) || self.group.destination == Destination::FormField {
            return self.form_word(name, number);
        }
        if let Some(c) = character(name) {
            return self.character(c);
        }
        let is_on = number != Some(0);
        match name {
            b"u" => self.unit(number.unwrap_or_default()),
            b"uc" => self.group.skipped_after_unicode = number.and_then(|n| usize::try_from(n).ok()).unwrap_or(1),
            b"ansi" => self.code_page = self.code_page.or(Some(1252)),
            b"mac" => self.code_page = Some(10_000),
            b"pc" => self.code_page = Some(437),
            b"pca" => self.code_page = Some(850),
            b"ansicpg" => {
                self.code_page = number.and_then(|n| u32::try_from(n).ok()).filter(|n| *n != 0).or(self.code_page)
            }
            b"deff" => self.default_font = number.unwrap_or_default(),
            b"f" => self.group.font = number,
            b"fcharset" | b"cpg" if self.group.destination == Destination::Fonts => self.font_charset(name, number),
            b"strike" | b"striked" => self.group.is_crossed_out = is_on,
            b"deleted" => self.group.is_deleted = is_on,
            b"super" => (self.group.is_raised, self.group.is_lowered) = (is_on, false),
            b"sub" => (self.group.is_raised, self.group.is_lowered) = (false, is_on),
            b"nosupersub" => (self.group.is_raised, self.group.is_lowered) = (false, false),
            b"up" => self.group.is_raised = number.is_none_or(|n| n > 0),
            b"dn" => self.group.is_lowered = number.is_none_or(|n| n > 0),
            b"plain" => {
                (self.group.is_crossed_out, self.group.is_deleted) = (false, false);
                (self.group.is_raised, self.group.is_lowered) = (false, false);
                self.group.font = None;
            }
            _ => {}
        }
    }

    /// Whether the word says where the text of its group goes.
    fn begins_destination(&mut self, name: &[u8]) -> bool {
        let is_starred = self.group.is_starred;
        match name {
            b"fonttbl" => self.group.destination = Destination::Fonts,
            b"fldinst" => self.group.destination = Destination::Instruction,
            b"formfield" => self.group.destination = Destination::FormField,
            b"pict" => {
                self.omit(Omitted::Image);
                self.group.destination = Destination::Skipped;
            }
            b"object" => self.omit(Omitted::Embedded),
            b"shppict" => return true,
            _ if SKIPPED.contains(&name) => self.group.destination = Destination::Skipped,
            _ if is_starred && !READ.contains(&name) => self.group.destination = Destination::Skipped,
            _ => return false,
        }
        true
    }

    fn form_word(&mut self, name: &[u8], number: Option<i32>) {
        match (name, number) {
            (b"fftype", Some(kind)) => self.checkbox.is_one = kind == 1,
            (b"ffdefres", Some(n)) => self.checkbox.default = n == 1,
            // 25 means that there is none.
            (b"ffres", Some(n @ (0 | 1))) => self.checkbox.result = Some(n == 1),
            _ => {}
        }
    }

    fn font_charset(&mut self, name: &[u8], number: Option<i32>) {
        let Some(font) = self.group.font.map(|n| self.fonts.entry(n).or_default()) else { return };
        let number = number.and_then(|n| u32::try_from(n).ok());
        font.code_page = if name == b"cpg" { number } else { number.and_then(code_page_of).or(font.code_page) };
    }
}

/// The code page of a `\fcharset`; `None` for the document's own.
const fn code_page_of(charset: u32) -> Option<u32> {
    Some(match charset {
        0 => 1252,
        77 => 10_000,
        128 => 932,
        129 => 949,
        134 => 936,
        136 => 950,
        161 => 1253,
        162 => 1254,
        163 => 1258,
        177 => 1255,
        178 => 1256,
        186 => 1257,
        204 => 1251,
        222 => 874,
        238 => 1250,
        254 => 437,
        255 => 850,
        _ => return None,
    })
}

/// Control words that stand for a character.
const fn character(name: &[u8]) -> Option<char> {
    Some(match name {
        b"par" | b"line" | b"sect" | b"page" | b"column" | b"row" | b"nestrow" | b"lbr" | b"softline" => '\n',
        b"tab" | b"cell" | b"nestcell" => '\t',
        b"emdash" => '—',
        b"endash" => '–',
        b"lquote" => '‘',
        b"rquote" => '’',
        b"ldblquote" => '“',
        b"rdblquote" => '”',
        b"bullet" => '•',
        b"emspace" | b"enspace" | b"qmspace" => ' ',
        b"ltrmark" => '\u{200E}',
        b"rtlmark" => '\u{200F}',
        b"zwj" => '\u{200D}',
        b"zwnj" => '\u{200C}',
        _ => return None,
    })
}
