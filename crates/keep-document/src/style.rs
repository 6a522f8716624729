//! The few declarations of a style attribute that change what is said.

use crate::font::SymbolFont;

/// What a style changes.
#[derive(Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Style {
    pub(crate) is_crossed_out: bool,
    pub(crate) is_raised: bool,
    pub(crate) is_lowered: bool,
    /// Whether spaces and line breaks count.
    pub(crate) keeps_spaces: bool,
    /// `None` where the style names no font.
    pub(crate) font: Option<Option<SymbolFont>>,
}

impl Style {
    /// Reads a style attribute.
    pub(crate) fn parse(style: &str) -> Self {
        let mut found = Self::default();
        for declaration in style.split(';') {
            let Some((name, value)) = declaration.split_once(':') else { continue };
            let value = value.trim().to_ascii_lowercase();
            match name.trim().to_ascii_lowercase().as_str() {
                "text-decoration" | "text-decoration-line" => found.is_crossed_out |= value.contains("line-through"),
                "vertical-align" => {
                    found.is_raised = value.starts_with("super");
                    found.is_lowered = value.starts_with("sub");
                }
                "white-space" => found.keeps_spaces = value.starts_with("pre") || value.starts_with("break-spaces"),
                "font-family" | "font" | "mso-ascii-font-family" => {
                    found.font = found.font.or_else(|| Some(font_of(&value)))
                }
                _ => {}
            }
        }
        found
    }
}

/// The first font of a list, or the last word of a `font` shorthand.
fn font_of(value: &str) -> Option<SymbolFont> {
    let first = value.split(',').next().unwrap_or_default();
    SymbolFont::named(first).or_else(|| SymbolFont::named(first.rsplit(' ').next().unwrap_or_default()))
}

/// Whether a style sheet contains something that changes what is said and is not applied.
pub(crate) fn sheet_matters(sheet: &str) -> bool {
    let sheet = sheet.to_ascii_lowercase();
    let plain: String = sheet.chars().filter(|c| !c.is_whitespace()).collect();
    ["line-through", "content:", "display:none", "visibility:hidden", "font-family:symbol", "font-family:wingdings"]
        .iter()
        .any(|rule| plain.contains(rule))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_changes_meaning_is_found() {
        assert!(Style::parse("color:red; TEXT-DECORATION: underline LINE-THROUGH").is_crossed_out);
        assert!(Style::parse("vertical-align:super").is_raised && Style::parse("vertical-align: sub").is_lowered);
        assert!(Style::parse("white-space: pre-wrap").keeps_spaces);
        assert_eq!(Style::parse("font-family: Symbol, serif").font, Some(Some(SymbolFont::Symbol)));
        assert_eq!(Style::parse("font: 12pt Symbol").font, Some(Some(SymbolFont::Symbol)));
        assert_eq!(Style::parse("font-family: Arial").font, Some(None));
        assert!(Style::parse("display:none") == Style::default());
        assert!(sheet_matters(".x { text-decoration : line-through }") && sheet_matters(".n:before{content:'NOT '}"));
        assert!(!sheet_matters("p { color: red }"));
    }
}
