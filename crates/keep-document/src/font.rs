//! Fonts whose letters stand for other characters: "m" of the Symbol font is "μ", and "5 mg" would be read for "5 μg".

/// A font with an encoding of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SymbolFont {
    /// Adobe's and Microsoft's Symbol.
    Symbol,
    /// Wingdings; only boxes, ticks and arrows are known.
    Wingdings,
}

impl SymbolFont {
    /// The font of that name; `None` for one with ordinary letters.
    pub(crate) fn named(name: &str) -> Option<Self> {
        let name = name.trim().trim_matches(['"', '\'']).to_ascii_lowercase();
        match name.as_str() {
            "symbol" | "symbolmt" | "symbol mt" | "standard symbols l" => Some(Self::Symbol),
            "wingdings" => Some(Self::Wingdings),
            _ => None,
        }
    }

    /// The text that the letters stand for; an unknown one becomes U+FFFD, because the letter itself would be wrong.
    pub(crate) fn text(self, text: &str) -> String {
        text.chars().map(|c| self.character(c)).collect()
    }

    fn character(self, c: char) -> char {
        let code = match u32::from(c) {
            // Word stores symbols in the private use area.
            wide @ 0xF000..=0xF0FF => wide & 0xFF,
            // Windows-1252 letters beyond Latin-1 cannot have been meant.
            code => code,
        };
        if code < 0x21 || code == 0xA0 {
            return c;
        }
        // Text that is no longer in the font's encoding, such as a real "μ", stays.
        if code > 0xFF {
            return c;
        }
        match self {
            Self::Symbol => symbol(code),
            Self::Wingdings => wingdings(code),
        }
    }
}

/// Adobe Symbol encoding (Unicode Consortium, MAPPINGS/VENDORS/ADOBE/symbol.txt).
fn symbol(code: u32) -> char {
    const LOW: &str =
        "!∀#∃%&∋()∗+,−./0123456789:;<=>?≅ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ[∴]⊥_\u{203E}αβχδεφγηιϕκλμνοπθρστυϖωξψζ{|}∼";
    const HIGH: &str = "€ϒ′≤⁄∞ƒ♣♦♥♠↔←↑→↓°±″≥×∝∂•÷≠≡≈…⏐⎯↵ℵℑℜ℘⊗⊕∅∩∪⊃⊇⊄⊂⊆∈∉∠∇®©™∏√⋅¬∧∨⇔⇐⇑⇒⇓◊〈®©™∑";
    let found = match code {
        0x21..=0x7E => LOW.chars().nth(usize::try_from(code.saturating_sub(0x21)).unwrap_or(usize::MAX)),
        0xA0..=0xE5 => HIGH.chars().nth(usize::try_from(code.saturating_sub(0xA0)).unwrap_or(usize::MAX)),
        _ => None,
    };
    found.unwrap_or(char::REPLACEMENT_CHARACTER)
}

fn wingdings(code: u32) -> char {
    match code {
        0x6C | 0x9F => '•',
        0x6E | 0xA7 => '▪',
        0x6F | 0x70 | 0x71 | 0x72 | 0xA8 => '☐',
        0xD8 => '➢',
        0xDF | 0xE7 => '←',
        0xE0 | 0xE8 => '→',
        0xE1 | 0xE9 => '↑',
        0xE2 | 0xEA => '↓',
        0xF0 => '⇨',
        0xFB => '✗',
        0xFC => '✓',
        0xFD => '☒',
        0xFE => '☑',
        _ => char::REPLACEMENT_CHARACTER,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_of_symbol_fonts_become_what_they_stand_for() {
        let symbol = |text: &str| SymbolFont::Symbol.text(text);
        assert_eq!(symbol("mabg D W"), "μαβγ Δ Ω");
        assert_eq!(
            symbol("\u{A3} \u{B3} \u{B1} \u{B0} \u{AD} \u{AF} \u{B4} \u{BB} \u{B9} \u{A5} \u{AE} \u{B7}"),
            "≤ ≥ ± ° ↑ ↓ × ≈ ≠ ∞ → •"
        );
        assert_eq!(symbol("\u{F06D}g"), "μγ");
        assert_eq!(symbol("\u{E5}"), "∑");
        assert_eq!(symbol("5 μ"), "5 μ");
        assert_eq!(SymbolFont::Wingdings.text("\u{FE}\u{A8}\u{FD}J"), "☑☐☒\u{FFFD}");
        assert!(SymbolFont::named("'Symbol'") == Some(SymbolFont::Symbol) && SymbolFont::named("Arial").is_none());
    }
}
