//! Control words, characters and text.

/// A part of RTF.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Token<'a> {
    /// `{`
    Open,
    /// `}`
    Close,
    /// `\*`
    Star,
    /// A control word and its number.
    Word(&'a [u8], Option<i32>),
    /// A byte in the code page of the font.
    Byte(u8),
    /// Bytes as they stand.
    Text(&'a [u8]),
    /// A character of its own.
    Character(char),
}

/// Splits RTF into tokens.
pub(super) struct Tokens<'a> {
    rest: &'a [u8],
}

impl<'a> Tokens<'a> {
    pub(super) const fn of(rest: &'a [u8]) -> Self {
        Self { rest }
    }

    fn take(&mut self, count: usize) -> &'a [u8] {
        let (taken, rest) = self.rest.split_at_checked(count).unwrap_or((self.rest, &[]));
        self.rest = rest;
        taken
    }

    fn take_while(&mut self, is: impl Fn(u8) -> bool) -> &'a [u8] {
        let end = self.rest.iter().position(|b| !is(*b)).unwrap_or(self.rest.len());
        self.take(end)
    }

    fn control(&mut self) -> Option<Token<'a>> {
        let first = *self.rest.first()?;
        if first.is_ascii_alphabetic() {
            let name = self.take_while(|b| b.is_ascii_alphabetic());
            let is_negative = self.rest.first() == Some(&b'-') && self.rest.get(1).is_some_and(u8::is_ascii_digit);
            self.take(usize::from(is_negative));
            let digits = self.take_while(|b| b.is_ascii_digit());
            let number =
                digits.iter().fold(0i32, |n, d| n.saturating_mul(10).saturating_add(i32::from(d.wrapping_sub(b'0'))));
            let number = (!digits.is_empty()).then_some(if is_negative { number.saturating_neg() } else { number });
            if self.rest.first() == Some(&b' ') {
                self.take(1);
            }
            if name == b"bin" {
                self.take(number.and_then(|n| usize::try_from(n).ok()).unwrap_or_default());
            }
            return Some(Token::Word(name, number));
        }
        self.take(1);
        Some(match first {
            b'*' => Token::Star,
            b'\'' => {
                let digits = self.take(2);
                let byte = std::str::from_utf8(digits).ok().and_then(|d| u8::from_str_radix(d, 16).ok());
                byte.map_or(Token::Text(digits), Token::Byte)
            }
            b'~' => Token::Character('\u{A0}'),
            b'_' => Token::Character('\u{2011}'),
            b'\n' | b'\r' => Token::Word(b"par", None),
            b'\t' => Token::Character('\t'),
            b'\\' => Token::Character('\\'),
            b'{' => Token::Character('{'),
            b'}' => Token::Character('}'),
            // An optional hyphen, an index entry, a formula: none is a character of the text.
            _ => Token::Word(b"", None),
        })
    }
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        let first = loop {
            let first = *self.rest.first()?;
            // Line ends between words mean nothing.
            if !matches!(first, b'\r' | b'\n' | 0) {
                break first;
            }
            self.take(1);
        };
        match first {
            b'{' => {
                self.take(1);
                Some(Token::Open)
            }
            b'}' => {
                self.take(1);
                Some(Token::Close)
            }
            b'\\' => {
                self.take(1);
                self.control()
            }
            _ => Some(Token::Text(self.take_while(|b| !matches!(b, b'{' | b'}' | b'\\' | b'\r' | b'\n' | 0)))),
        }
    }
}
