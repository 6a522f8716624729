//! What is in force inside a group.

use crate::font::SymbolFont;

/// Where text goes.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) enum Destination {
    /// The text of the document.
    #[default]
    Body,
    /// The table of fonts.
    Fonts,
    /// The instruction of a field, in which a field of a form may be.
    Instruction,
    /// A field of a form.
    FormField,
    /// Nowhere.
    Skipped,
}

/// The properties of a group, which end with it.
#[derive(Clone)]
pub(super) struct Group {
    pub(super) destination: Destination,
    pub(super) font: Option<i32>,
    pub(super) is_crossed_out: bool,
    pub(super) is_deleted: bool,
    pub(super) is_raised: bool,
    pub(super) is_lowered: bool,
    /// Characters that follow each Unicode character for older programs.
    pub(super) skipped_after_unicode: usize,
    /// Whether `\*` came first.
    pub(super) is_starred: bool,
    /// Whether nothing came before.
    pub(super) is_start: bool,
}

impl Default for Group {
    fn default() -> Self {
        Self {
            destination: Destination::Body,
            font: None,
            is_crossed_out: false,
            is_deleted: false,
            is_raised: false,
            is_lowered: false,
            skipped_after_unicode: 1,
            is_starred: false,
            is_start: false,
        }
    }
}

/// A font of the table.
#[derive(Default)]
pub(super) struct Font {
    pub(super) name: String,
    pub(super) code_page: Option<u32>,
}

impl Font {
    /// The encoding of its own, if it has one.
    pub(super) fn symbols(&self) -> Option<SymbolFont> {
        SymbolFont::named(&self.name)
    }
}
