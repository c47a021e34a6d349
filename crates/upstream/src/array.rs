//! The text form of a Postgres array: `{1,2,NULL,"a\"b",{3}}`.

/// A member: null, a text without its quotes, or an array of its own.
#[derive(Debug, PartialEq)]
pub enum Member {
    /// `NULL`, without quotes.
    Null,
    /// Without its quotes and escapes.
    Text(String),
    /// Of an array with more dimensions.
    Array(Vec<Member>),
}

/// Deeper arrays than Postgres has (`MAXDIM` is 6) are refused.
const DEEPEST: u8 = 6;

/// `None` where the text is no array.
pub fn parse(text: &str) -> Option<Vec<Member>> {
    // `[0:1]={1,2}` says where the indices begin, which no client asks for.
    let text = if text.starts_with('[') { text.split_once('=')?.1 } else { text };
    let mut reader = Reader { rest: text.strip_prefix('{')? };
    let members = reader.members(1)?;
    reader.rest.is_empty().then_some(members)
}

struct Reader<'a> {
    rest: &'a str,
}

impl Reader<'_> {
    fn members(&mut self, depth: u8) -> Option<Vec<Member>> {
        if depth > DEEPEST {
            return None;
        }
        let mut members = Vec::new();
        if self.skip('}') {
            return Some(members);
        }
        loop {
            members.push(if self.skip('{') {
                Member::Array(self.members(depth + 1)?)
            } else if self.skip('"') {
                Member::Text(self.quoted()?)
            } else {
                let end = self.rest.find([',', '}'])?;
                let (word, rest) = self.rest.split_at(end);
                self.rest = rest;
                if word.eq_ignore_ascii_case("null") { Member::Null } else { Member::Text(word.to_owned()) }
            });
            if self.skip('}') {
                return Some(members);
            }
            if !self.skip(',') {
                return None;
            }
        }
    }

    fn quoted(&mut self) -> Option<String> {
        let mut text = String::new();
        loop {
            let end = self.rest.find(['"', '\\'])?;
            text.push_str(self.rest.get(..end)?);
            let found = self.rest.get(end..)?.chars().next()?;
            self.rest = self.rest.get(end + 1..)?;
            if found == '"' {
                return Some(text);
            }
            let escaped = self.rest.chars().next()?;
            text.push(escaped);
            self.rest = self.rest.get(escaped.len_utf8()..)?;
        }
    }

    fn skip(&mut self, wanted: char) -> bool {
        match self.rest.strip_prefix(wanted) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_read_as_postgres_writes_them() {
        let text = |text: &str| Member::Text(text.into());
        assert_eq!(parse("{}"), Some(vec![]));
        assert_eq!(
            parse("{1,NULL,\"NULL\",\"a\\\"b\\\\,}\"}"),
            Some(vec![text("1"), Member::Null, text("NULL"), text("a\"b\\,}")])
        );
        assert_eq!(parse("{{1},{2}}"), Some(vec![Member::Array(vec![text("1")]), Member::Array(vec![text("2")])]));
        assert_eq!(parse("[0:0]={ä}"), Some(vec![text("ä")]));
        for wrong in ["", "{", "{1", "{1,", "{\"a}", "1}", "{1}x", "{{{{{{{1}}}}}}}"] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }
}
