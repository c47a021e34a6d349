//! JSON that serde_json refuses and JavaScript reads: deep, with numbers beyond a double's, with surrogates that have no pair.

use super::Fields;
use crate::js::json_text::{NumberShape, without_lone_surrogates};
use crate::value::Value;

/// Of lists and objects within each other: who walks the value later has a stack.
const DEEPEST: usize = 1000;

/// `None` where it is no JSON, or too deep.
pub fn parse(text: &str) -> Option<Value> {
    let paired = without_lone_surrogates(text);
    let mut reader = Reader { rest: paired.as_deref().unwrap_or(text), open: Vec::new() };
    let value = reader.value()?;
    reader.next().is_none().then_some(value)
}

struct Reader<'a> {
    rest: &'a str,
    /// What has begun and not ended, the innermost last.
    open: Vec<Open>,
}

enum Open {
    List(Vec<Value>),
    /// With the name of the member that is being read.
    Object(Fields, String),
}

impl Reader<'_> {
    /// The next character that is no white space.
    fn next(&mut self) -> Option<u8> {
        self.rest = self.rest.trim_start_matches([' ', '\n', '\r', '\t']);
        self.rest.bytes().next()
    }

    fn skip(&mut self, wanted: u8) -> bool {
        let found = self.next() == Some(wanted);
        if found {
            self.rest = &self.rest[1..];
        }
        found
    }

    fn value(&mut self) -> Option<Value> {
        loop {
            let mut value = match self.next()? {
                b'[' => {
                    self.skip(b'[');
                    if !self.skip(b']') {
                        self.begin(Open::List(Vec::new()))?;
                        continue;
                    }
                    Value::list(Vec::new())
                }
                b'{' => {
                    self.skip(b'{');
                    if !self.skip(b'}') {
                        let name = self.name()?;
                        self.begin(Open::Object(Fields::default(), name))?;
                        continue;
                    }
                    Fields::default().into_value()
                }
                _ => self.scalar()?,
            };
            loop {
                match self.open.pop() {
                    None => return Some(value),
                    Some(Open::List(mut values)) => {
                        values.push(value);
                        if self.skip(b',') {
                            self.open.push(Open::List(values));
                            break;
                        }
                        self.skip(b']').then_some(())?;
                        value = Value::list(values);
                    }
                    Some(Open::Object(mut fields, name)) => {
                        fields.set(name, value);
                        if self.skip(b',') {
                            let name = self.name()?;
                            self.open.push(Open::Object(fields, name));
                            break;
                        }
                        self.skip(b'}').then_some(())?;
                        value = fields.into_value();
                    }
                }
            }
        }
    }

    fn begin(&mut self, open: Open) -> Option<()> {
        self.open.push(open);
        (self.open.len() <= DEEPEST).then_some(())
    }

    fn name(&mut self) -> Option<String> {
        self.next().filter(|first| *first == b'"')?;
        let name = self.string()?;
        self.skip(b':').then_some(name)
    }

    fn scalar(&mut self) -> Option<Value> {
        if self.rest.starts_with('"') {
            return self.string().map(Value::text);
        }
        for (word, value) in [("true", Value::Bool(true)), ("false", Value::Bool(false)), ("null", Value::Null)] {
            if let Some(rest) = self.rest.strip_prefix(word) {
                self.rest = rest;
                return Some(value);
            }
        }
        let (number, rest) = self.rest.split_at(NumberShape::of(self.rest.as_bytes())?.len);
        self.rest = rest;
        number.parse().ok().map(|number: f64| Value::from(number))
    }

    /// Up to the next quote that is not escaped.
    fn string(&mut self) -> Option<String> {
        let bytes = self.rest.as_bytes();
        let mut end = 1;
        loop {
            end += memchr::memchr2(b'"', b'\\', bytes.get(end..)?)?;
            match bytes.get(end) {
                Some(b'"') => break,
                _ => end += 2,
            }
        }
        let (string, rest) = self.rest.split_at_checked(end + 1)?;
        self.rest = rest;
        serde_json::from_str(string).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::super::{parse, write};

    #[test]
    fn what_javascript_reads_is_read() {
        let deep = |depth: usize| format!("{}{}{}", "[{\"a\":".repeat(depth), "[]", "}]".repeat(depth));
        let told = |text: &str| {
            let mut out = Vec::new();
            write(&mut out, &parse(text)?);
            Ok::<_, crate::QueryError>(String::from_utf8(out).unwrap())
        };
        for (text, wanted) in [
            (r#" [ 1e400 , -1e400, 1, {"a" : "x\"y", "b": [ ] , "a":{} } ] "#, r#"[null,null,1,{"a":{},"b":[]}]"#),
            (r#"{"a":"\ud83d","b":"\ud83d\ude00"}"#, "{\"a\":\"\u{fffd}\",\"b\":\"😀\"}"),
            ("1e999", "null"),
            (r#"[true,false,null,1e400]"#, "[true,false,null,null]"),
        ] {
            assert_eq!(told(text).unwrap(), wanted, "{text}");
        }
        assert_eq!(told(&deep(450)).unwrap(), deep(450));
        for wrong in [
            &deep(600),
            "[1e400",
            "[1e400}",
            "{\"a\":1e400]",
            "[1e400,]",
            "1e400 x",
            "[1e400 \"\\",
            "[1e400,nul]",
            "{1e400:1}",
        ] {
            assert!(told(wrong).is_err(), "{wrong:.60}");
        }
    }
}
