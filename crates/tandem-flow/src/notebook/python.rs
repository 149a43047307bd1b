//! Values as literals of Python, and literals as values.

use serde_json::{Map, Number, Value};

/// A value as a literal; `variable` gives the variable that stands for a value, where one does.
pub(super) fn literal(value: &Value, variable: &dyn Fn(&Value) -> Option<String>) -> String {
    if let Some(variable) = variable(value) {
        return variable;
    }
    match value {
        Value::Null => "None".to_owned(),
        Value::Bool(true) => "True".to_owned(),
        Value::Bool(false) => "False".to_owned(),
        Value::Number(number) => number.to_string(),
        Value::String(text) if text.contains('\n') => long_text(text),
        // JSON escapes nothing that Python reads otherwise.
        Value::String(_) => value.to_string(),
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(|item| literal(item, variable)).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Object(map) => {
            let entry = |(name, value): (&String, &Value)| {
                format!("{}: {}", Value::from(name.as_str()), literal(value, variable))
            };
            let entries: Vec<String> = map.iter().map(entry).collect();
            format!("{{{}}}", entries.join(", "))
        }
    }
}

/// A list as [`literal`] has it, over several lines where it is long; they begin with `indent`.
pub(super) fn list(items: &[Value], indent: &str, variable: &dyn Fn(&Value) -> Option<String>) -> String {
    let mut lines = String::new();
    let mut width = WIDTH;
    for item in items {
        let item = literal(item, variable);
        let more = item.chars().count() + 2;
        if width + more > WIDTH {
            lines.push_str(&format!("\n{indent}    {item},"));
            width = indent.len() + 4 + more;
        } else {
            lines.push_str(&format!(" {item},"));
            width += more;
        }
    }
    format!("[{lines}\n{indent}]")
}

/// A text of several lines as it reads best.
pub(super) fn long_text(text: &str) -> String {
    let escaped =
        text.replace('\\', "\\\\").replace("\"\"\"", "\\\"\\\"\\\"").replace('\r', "\\r").replace('\0', "\\x00");
    // A quote at the end would join those that close the text, unless it is escaped already.
    let escaped = match escaped.strip_suffix('"') {
        Some(start) if (start.len() - start.trim_end_matches('\\').len()) % 2 == 0 => format!("{start}\\\""),
        _ => escaped,
    };
    format!("\"\"\"{escaped}\"\"\"")
}

/// What ends a line of Python, and so a comment.
pub(super) const LINE_ENDS: [char; 2] = ['\n', '\r'];

/// A text as comments: whatever it holds, none of it is code.
pub(super) fn comment(text: &str) -> String {
    let text = text.replace("\r\n", "\n");
    let lines: Vec<String> =
        text.trim_end_matches(LINE_ENDS).split(LINE_ENDS).map(|line| format!("# {line}")).collect();
    lines.join("\n")
}

/// Letters of a line, beyond which a list is put on several.
pub(super) const WIDTH: usize = 110;

/// How deep lists and dicts may lie in one another.
const DEEPEST: usize = 64;

/// Reads `name = literal` lines.
pub(super) struct Reader<'s> {
    chars: Vec<char>,
    at: usize,
    depth: usize,
    variable: &'s dyn Fn(&str) -> Option<Value>,
}

impl<'s> Reader<'s> {
    /// Reads `source`, in which `variable` knows the names that stand for values.
    pub(super) fn new(source: &str, variable: &'s dyn Fn(&str) -> Option<Value>) -> Self {
        Self { chars: source.chars().collect(), at: 0, depth: 0, variable }
    }

    /// Every assignment of a literal, in order; nothing where the source is anything else.
    pub(super) fn assignments(mut self) -> Option<Vec<(String, Value)>> {
        let mut all = Vec::new();
        loop {
            self.space();
            if self.at >= self.chars.len() {
                return Some(all);
            }
            let name = self.name()?;
            self.space();
            self.expect('=')?;
            all.push((name, self.value()?));
        }
    }

    /// One literal, of which more may follow.
    pub(super) fn value(&mut self) -> Option<Value> {
        self.space();
        match *self.chars.get(self.at)? {
            '[' | '(' => self.inside(Self::list),
            '{' => self.inside(Self::dict),
            '"' | '\'' => self.texts(),
            c if c.is_ascii_digit() || matches!(c, '-' | '+' | '.') => self.number(),
            _ => {
                let raw = matches!(self.chars.get(self.at), Some('r' | 'R'));
                if raw && matches!(self.chars.get(self.at + 1), Some('"' | '\'')) {
                    self.at += 1;
                    return self.text(true).map(Value::from);
                }
                match self.name()?.as_str() {
                    "None" => Some(Value::Null),
                    "True" => Some(Value::from(true)),
                    "False" => Some(Value::from(false)),
                    name => (self.variable)(name),
                }
            }
        }
    }

    /// Reads what holds other values, to a depth that no stack minds.
    fn inside(&mut self, read: fn(&mut Self) -> Option<Value>) -> Option<Value> {
        self.depth += 1;
        let value = if self.depth > DEEPEST { None } else { read(self) };
        self.depth -= 1;
        value
    }

    fn list(&mut self) -> Option<Value> {
        let close = if self.chars.get(self.at) == Some(&'[') { ']' } else { ')' };
        self.at += 1;
        let mut items = Vec::new();
        loop {
            self.space();
            if self.take(close) {
                return Some(Value::Array(items));
            }
            items.push(self.value()?);
            self.space();
            if !self.take(',') {
                self.expect(close)?;
                return Some(Value::Array(items));
            }
        }
    }

    fn dict(&mut self) -> Option<Value> {
        self.at += 1;
        let mut map = Map::new();
        loop {
            self.space();
            if self.take('}') {
                return Some(Value::Object(map));
            }
            let name = self.texts()?.as_str()?.to_owned();
            self.space();
            self.expect(':')?;
            map.insert(name, self.value()?);
            self.space();
            if !self.take(',') {
                self.expect('}')?;
                return Some(Value::Object(map));
            }
        }
    }

    fn number(&mut self) -> Option<Value> {
        let start = self.at;
        let part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '+' | '-');
        while self.chars.get(self.at).is_some_and(|c| part(*c)) {
            self.at += 1;
        }
        let text: String = self.chars[start..self.at].iter().filter(|c| **c != '_').collect();
        let text = text.strip_prefix('+').unwrap_or(&text);
        let whole = text.parse::<i64>().map(Number::from).or_else(|_| text.parse::<u64>().map(Number::from)).ok();
        whole.or_else(|| text.parse::<f64>().ok().and_then(Number::from_f64)).map(Value::Number)
    }

    /// Texts beside one another are one.
    fn texts(&mut self) -> Option<Value> {
        let mut whole = self.text(false)?;
        loop {
            let before = self.at;
            self.space();
            match self.chars.get(self.at) {
                Some('"' | '\'') => whole.push_str(&self.text(false)?),
                _ => {
                    self.at = before;
                    return Some(Value::from(whole));
                }
            }
        }
    }

    fn text(&mut self, raw: bool) -> Option<String> {
        let quote = *self.chars.get(self.at).filter(|c| matches!(c, '"' | '\''))?;
        let three = self.chars.get(self.at..self.at + 3).is_some_and(|next| next.iter().all(|c| *c == quote));
        let width = if three { 3 } else { 1 };
        self.at += width;
        let mut text = String::new();
        loop {
            let c = *self.chars.get(self.at)?;
            let closes = self.chars.get(self.at..self.at + width).is_some_and(|next| next.iter().all(|c| *c == quote));
            if closes {
                self.at += width;
                return Some(text);
            }
            self.at += 1;
            match c {
                '\n' if !three => return None,
                '\\' if raw => {
                    text.push('\\');
                    text.push(*self.chars.get(self.at)?);
                    self.at += 1;
                }
                '\\' => self.escape(&mut text)?,
                c => text.push(c),
            }
        }
    }

    fn escape(&mut self, text: &mut String) -> Option<()> {
        let c = *self.chars.get(self.at)?;
        self.at += 1;
        let plain = match c {
            'n' => '\n',
            't' => '\t',
            'r' => '\r',
            'b' => '\u{8}',
            'f' => '\u{c}',
            'a' => '\u{7}',
            'v' => '\u{b}',
            '0' => '\0',
            '\n' => return Some(()),
            '\\' | '\'' | '"' => c,
            'x' | 'u' | 'U' => {
                let width = match c {
                    'x' => 2,
                    'u' => 4,
                    _ => 8,
                };
                let digits: String = self.chars.get(self.at..self.at + width)?.iter().collect();
                self.at += width;
                char::from_u32(u32::from_str_radix(&digits, 16).ok()?)?
            }
            // Python leaves what it doesn't know.
            other => {
                text.push('\\');
                other
            }
        };
        text.push(plain);
        Some(())
    }

    fn name(&mut self) -> Option<String> {
        let start = self.at;
        while self.chars.get(self.at).is_some_and(|c| c.is_alphanumeric() || *c == '_') {
            self.at += 1;
        }
        let name: String = self.chars[start..self.at].iter().collect();
        Some(name).filter(|name| name.starts_with(|c: char| !c.is_numeric()))
    }

    /// Skips spaces, line ends and comments.
    fn space(&mut self) {
        while let Some(c) = self.chars.get(self.at) {
            if *c == '#' {
                while self.chars.get(self.at).is_some_and(|c| *c != '\n') {
                    self.at += 1;
                }
            } else if c.is_whitespace() {
                self.at += 1;
            } else {
                return;
            }
        }
    }

    fn take(&mut self, c: char) -> bool {
        let is = self.chars.get(self.at) == Some(&c);
        self.at += usize::from(is);
        is
    }

    fn expect(&mut self, c: char) -> Option<()> {
        self.take(c).then_some(())
    }
}
