//! The words, numbers and signs of a recorded instruction.

use super::values::{DayOfYear, Number, ONE};

/// One word, number or sign, in lower case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    /// A number, with its digits for a time of day.
    Number(Number, String),
    /// Letters, with what is inside them: `mg/kg/day`, `q6h`.
    Word(String),
    /// A date in ISO's form.
    Date(DayOfYear),
    /// Any other character.
    Sign(char),
}

/// The longest text that is read; a longer one is shown in full.
const LONGEST: usize = 600;

/// `None` for a text that is too long, or has a number that is not understood.
pub(super) fn tokens(text: &str) -> Option<Vec<Token>> {
    let chars: Vec<char> = text.chars().flat_map(char::to_lowercase).collect();
    if chars.len() > LONGEST {
        return None;
    }
    let mut lexer = Lexer { chars: &chars, at: 0 };
    let mut out = Vec::new();
    while let Some(c) = lexer.look_ahead(0) {
        if c.is_whitespace() {
            lexer.at += 1;
        } else if c.is_ascii_digit() || (c == '.' && lexer.look_ahead(1).is_some_and(|n| n.is_ascii_digit())) {
            out.push(lexer.date().map_or_else(|| lexer.number(), |date| Some(Token::Date(date)))?);
        } else if let Some(part) = fraction_sign(c) {
            lexer.at += 1;
            // "1½" is one number.
            match out.last_mut() {
                Some(Token::Number(whole, _)) if whole.0 % ONE.0 == 0 => *whole = Number(whole.0 + part),
                _ => out.push(Token::Number(Number(part), String::new())),
            }
        } else if is_letter(c) {
            out.push(Token::Word(lexer.word()));
        } else {
            out.push(Token::Sign(c));
            lexer.at += 1;
        }
    }
    Some(out)
}

const fn fraction_sign(c: char) -> Option<i64> {
    match c {
        '½' => Some(500_000),
        '¼' => Some(250_000),
        '¾' => Some(750_000),
        _ => None,
    }
}

fn is_letter(c: char) -> bool {
    c.is_alphabetic() || matches!(c, '%' | '{' | '[' | '°')
}

struct Lexer<'c> {
    chars: &'c [char],
    at: usize,
}

impl Lexer<'_> {
    fn look_ahead(&self, ahead: usize) -> Option<char> {
        self.chars.get(self.at + ahead).copied()
    }

    fn take(&mut self, is_part: impl Fn(char) -> bool) -> String {
        let taken: String = self.chars.iter().skip(self.at).take_while(|c| is_part(**c)).collect();
        self.at += taken.chars().count();
        taken
    }

    /// `2026-11-01`
    fn date(&mut self) -> Option<DayOfYear> {
        let text: String = self.chars.iter().skip(self.at).take(10).collect();
        let is_form = text.len() == 10
            && text.char_indices().all(|(i, c)| if i == 4 || i == 7 { c == '-' } else { c.is_ascii_digit() });
        if !is_form || self.look_ahead(10).is_some_and(|c| c.is_ascii_digit() || c == '-') {
            return None;
        }
        let mut parts = text.split('-').map(str::parse);
        let date = DayOfYear { year: Some(parts.next()?.ok()?), month: parts.next()?.ok()?, day: parts.next()?.ok()? };
        self.at += 10;
        Some(date)
    }

    /// Digits with a decimal point, thousands in groups, or a simple fraction.
    fn number(&mut self) -> Option<Token> {
        let mut digits = self.take(|c| c.is_ascii_digit());
        while self.is_group() {
            self.at += 1;
            digits.push_str(&self.take(|c| c.is_ascii_digit()));
        }
        if self.look_ahead(0) == Some('.') && self.look_ahead(1).is_some_and(|c| c.is_ascii_digit()) {
            self.at += 1;
            let fraction = self.take(|c| c.is_ascii_digit());
            digits = format!("{digits}.{fraction}");
        }
        // A decimal comma could also separate two numbers.
        if self.look_ahead(0) == Some(',') && self.look_ahead(1).is_some_and(|c| c.is_ascii_digit()) {
            return None;
        }
        let number = Number::read(&digits)?;
        if self.look_ahead(0) == Some('/') && self.look_ahead(1).is_some_and(|c| c.is_ascii_digit()) {
            self.at += 1;
            let below = Number::read(&self.take(|c| c.is_ascii_digit()))?;
            let above = number.0.checked_mul(ONE.0)?;
            if below.0 == 0 || above % below.0 != 0 || number.0 >= below.0 {
                return None;
            }
            return Some(Token::Number(Number(above / below.0), String::new()));
        }
        Some(Token::Number(number, digits))
    }

    /// `,000`
    fn is_group(&self) -> bool {
        let digit = |n| self.look_ahead(n).is_some_and(|c| c.is_ascii_digit());
        self.look_ahead(0) == Some(',') && digit(1) && digit(2) && digit(3) && !digit(4)
    }

    /// Letters and digits; a point or a stroke inside belongs to them, a point at the end does not.
    fn word(&mut self) -> String {
        let mut word = String::new();
        while let Some(c) = self.look_ahead(0) {
            let next = self.look_ahead(1);
            let inside = match c {
                '.' => next.is_some_and(char::is_alphabetic) || is_abbreviation(&word),
                '/' | '\'' | '’' => next.is_some_and(|n| n.is_alphanumeric() || n == '[' || n == '{'),
                '_' | '}' | ']' | '²' => true,
                _ => is_letter(c) || c.is_alphanumeric(),
            };
            if !inside {
                break;
            }
            word.push(if c == '’' { '\'' } else { c });
            self.at += 1;
        }
        // "b.i.d." is "bid".
        let dotted = word.contains('.') && word.split('.').all(|p| p.chars().count() <= 1);
        if dotted { word.replace('.', "") } else { word }
    }
}

/// Single letters with points between them, such as `b.i.d`.
fn is_abbreviation(word: &str) -> bool {
    word.contains('.') && word.split('.').all(|p| p.chars().count() == 1)
}
