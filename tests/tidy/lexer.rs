//! Tells code from prose in Rust, TypeScript, JavaScript and Java: enough of a lexer to find comments and literals.

/// A source text twice, line for line: each half has spaces where the other has characters.
pub(crate) struct Halves {
    /// The code, without comments and the contents of strings.
    pub(crate) code: String,
    /// Comments and strings.
    pub(crate) prose: String,
}

/// Splits `text`; `rust` chooses Rust's literals over those of JavaScript and Java.
pub(crate) fn split(text: &str, rust: bool) -> Halves {
    let mut lexer = Lexer { rest: text, rust, halves: Halves { code: String::new(), prose: String::new() }, holes: 0 };
    lexer.run();
    lexer.halves
}

struct Lexer<'a> {
    rest: &'a str,
    rust: bool,
    halves: Halves,
    /// Open `${` of template literals, one digit of depth for each.
    holes: usize,
}

impl Lexer<'_> {
    fn run(&mut self) {
        let mut depths: Vec<usize> = Vec::new();
        while let Some(first) = self.rest.chars().next() {
            if self.rest.starts_with("//") {
                self.prose(self.rest.find('\n').unwrap_or(self.rest.len()));
            } else if self.rest.starts_with("/*") {
                self.prose(self.rest.find("*/").map_or(self.rest.len(), |end| end + 2));
            } else if let Some(length) = self.raw_string() {
                self.prose(length);
            } else if self.rust && first == '\'' {
                match self.char_literal() {
                    Some(length) => self.prose(length),
                    None => self.code(1),
                }
            } else if first == '"' || (!self.rust && first == '\'') {
                self.prose(quoted(self.rest, first, self.rust));
            } else if !self.rust && first == '`' {
                self.template(&mut depths);
            } else if !self.rust && first == '/' && self.regex_may_start() {
                self.prose(regex(self.rest));
            } else {
                match first {
                    '{' => self.holes += 1,
                    '}' if depths.last() == Some(&self.holes) => {
                        depths.pop();
                        self.template(&mut depths);
                        continue;
                    }
                    '}' => self.holes = self.holes.saturating_sub(1),
                    _ => {}
                }
                self.code(first.len_utf8());
            }
        }
    }

    /// From a backtick, or the brace that closes a hole, to the next hole or the end.
    fn template(&mut self, depths: &mut Vec<usize>) {
        let mut escaped = true;
        for (index, c) in self.rest.char_indices() {
            if escaped {
                escaped = false;
            } else if c == '\\' {
                escaped = true;
            } else if c == '`' {
                return self.prose(index + 1);
            } else if self.rest.get(index..).is_some_and(|r| r.starts_with("${")) {
                depths.push(self.holes);
                return self.prose(index + 2);
            }
        }
        self.prose(self.rest.len());
    }

    fn raw_string(&self) -> Option<usize> {
        if !self.rust || self.halves.code.ends_with(|c: char| c.is_alphanumeric() || c == '_') {
            return None;
        }
        let after = self.rest.trim_start_matches(['b', 'c']).strip_prefix('r')?;
        let body = after.trim_start_matches('#').strip_prefix('"')?;
        let end = format!("\"{}", "#".repeat(after.len() - body.len() - 1));
        let start = self.rest.len() - body.len();
        Some(body.find(&end).map_or(self.rest.len(), |found| start + found + end.len()))
    }

    /// The length of a character literal; nothing for a lifetime.
    fn char_literal(&self) -> Option<usize> {
        let body = self.rest.strip_prefix('\'')?;
        if body.starts_with('\\') {
            return body.get(2..)?.find('\'').map(|end| end + 4);
        }
        let length = body.chars().next()?.len_utf8();
        body.get(length..)?.starts_with('\'').then_some(length + 2)
    }

    /// After a value, `/` divides, and after `<` it closes an element.
    fn regex_may_start(&self) -> bool {
        let before = self.halves.code.trim_end();
        before.ends_with(['(', ',', '=', ':', '[', '!', '&', '|', '?', '{', ';']) || before.ends_with("return")
    }

    fn code(&mut self, length: usize) {
        self.take(length, true);
    }

    fn prose(&mut self, length: usize) {
        self.take(length, false);
    }

    fn take(&mut self, length: usize, is_code: bool) {
        let (taken, rest) = self.rest.split_at(length);
        let blank: String = taken.chars().map(|c| if c == '\n' { '\n' } else { ' ' }).collect();
        let (code, prose) = if is_code { (taken, blank.as_str()) } else { (blank.as_str(), taken) };
        self.halves.code.push_str(code);
        self.halves.prose.push_str(prose);
        self.rest = rest;
    }
}

/// The length of a literal between two `quote`s. Only Rust's may span lines: elsewhere it ends with its line, which also
/// makes an apostrophe in the text of a page harmless.
fn quoted(text: &str, quote: char, spans_lines: bool) -> usize {
    let mut escaped = false;
    for (index, c) in text.char_indices().skip(1) {
        if escaped {
            escaped = false;
        } else if c == '\\' {
            escaped = true;
        } else if c == quote {
            return index + 1;
        } else if c == '\n' && !spans_lines {
            return index;
        }
    }
    text.len()
}

fn regex(text: &str) -> usize {
    let (mut escaped, mut class) = (false, false);
    for (index, c) in text.char_indices().skip(1) {
        match c {
            '\n' => return index,
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '[' => class = true,
            ']' => class = false,
            '/' if !class => return index + 1,
            _ => {}
        }
    }
    text.len()
}

#[test]
fn code_and_prose_are_told_apart() {
    let check = |text: &str, rust: bool, code: &str| {
        let halves = split(text, rust);
        assert_eq!(halves.code.split_whitespace().collect::<Vec<_>>().join(" "), code, "{text}");
        let both = |(c, p): (char, char)| if c == ' ' { p } else { c };
        assert_eq!(halves.code.chars().zip(halves.prose.chars()).map(both).collect::<String>(), text);
    };
    check("let a = \"b // \\\" c\"; // d", true, "let a = ;");
    check("f(r#\"a \"b\" c\"#, b'x', '\\'', 'a', '\\u{1f}')", true, "f( , b , , , )");
    check("fn f<'a>(x: &'a str) {} /* y */ z", true, "fn f<'a>(x: &'a str) {} z");
    check("a('b', `c ${d + `e ${f}`} g`, {h: 1}) // i", false, "a( , d + f , {h: 1})");
    check("x = /[/'\"]+/g.exec(y) / 2; 'it\\'s'", false, "x = g.exec(y) / 2;");
    check("<p>don't stop</p>\nnext", false, "<p>don next");
}
