//! Structured header fields (RFC 8941), as far as message signatures use them.

use std::iter::Peekable;
use std::str::Chars;

use super::crypt::{base64, unbase64};

/// A value that is no list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Bare {
    Integer(i64),
    Text(String),
    Token(String),
    Bytes(Vec<u8>),
    Flag(bool),
}

pub(super) type Parameters = Vec<(String, Bare)>;

/// A value with parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Item {
    pub(super) value: Bare,
    pub(super) parameters: Parameters,
}

/// A member of a dictionary.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Member {
    Item(Item),
    List(Vec<Item>, Parameters),
}

/// A parameter by its name.
pub(super) fn find<'a>(parameters: &'a Parameters, name: &str) -> Option<&'a Bare> {
    let found = parameters.iter().find(|(key, _)| key == name);
    found.map(|(_, value)| value)
}

impl Bare {
    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    pub(super) fn integer(&self) -> Option<i64> {
        match self {
            Self::Integer(number) => Some(*number),
            _ => None,
        }
    }

    fn write(&self) -> String {
        match self {
            Self::Integer(number) => number.to_string(),
            Self::Text(text) => format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"")),
            Self::Token(token) => token.clone(),
            Self::Bytes(bytes) => format!(":{}:", base64(bytes)),
            Self::Flag(flag) => format!("?{}", i32::from(*flag)),
        }
    }
}

pub(super) fn write_parameters(parameters: &Parameters) -> String {
    let written = parameters.iter().map(|(name, value)| match value {
        Bare::Flag(true) => format!(";{name}"),
        value => format!(";{name}={}", value.write()),
    });
    written.collect()
}

pub(super) fn write_item(item: &Item) -> String {
    format!("{}{}", item.value.write(), write_parameters(&item.parameters))
}

pub(super) fn write_list(items: &[Item], parameters: &Parameters) -> String {
    let items: Vec<String> = items.iter().map(write_item).collect();
    format!("({}){}", items.join(" "), write_parameters(parameters))
}

/// Reads a dictionary; a name that comes twice keeps its last value.
pub(super) fn dictionary(text: &str) -> Option<Vec<(String, Member)>> {
    let mut reader = Reader(text.trim().chars().peekable());
    let mut members: Vec<(String, Member)> = Vec::new();
    while reader.0.peek().is_some() {
        let name = reader.key()?;
        let member = if reader.takes('=') {
            reader.member()?
        } else {
            Member::Item(Item {
                value: Bare::Flag(true),
                parameters: reader.parameters()?,
            })
        };
        members.retain(|(known, _)| *known != name);
        members.push((name, member));
        reader.spaces();
        if reader.0.peek().is_some() {
            reader.expects(',')?;
            reader.spaces();
            reader.0.peek()?;
        }
    }
    Some(members)
}

struct Reader<'a>(Peekable<Chars<'a>>);

impl Reader<'_> {
    fn takes(&mut self, letter: char) -> bool {
        self.0.next_if_eq(&letter).is_some()
    }

    fn expects(&mut self, letter: char) -> Option<()> {
        self.takes(letter).then_some(())
    }

    fn spaces(&mut self) {
        while self.takes(' ') || self.takes('\t') {}
    }

    fn run(&mut self, fits: impl Fn(char) -> bool) -> String {
        let mut text = String::new();
        while let Some(letter) = self.0.next_if(|&letter| fits(letter)) {
            text.push(letter);
        }
        text
    }

    fn key(&mut self) -> Option<String> {
        let name = self.run(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || "_-.*".contains(letter));
        let starts_well = name.starts_with(|first: char| first.is_ascii_lowercase() || first == '*');
        starts_well.then_some(name)
    }

    fn member(&mut self) -> Option<Member> {
        if !self.takes('(') {
            return self.item().map(Member::Item);
        }
        let mut items = Vec::new();
        loop {
            self.spaces();
            if self.takes(')') {
                return Some(Member::List(items, self.parameters()?));
            }
            items.push(self.item()?);
        }
    }

    fn item(&mut self) -> Option<Item> {
        Some(Item {
            value: self.bare()?,
            parameters: self.parameters()?,
        })
    }

    fn parameters(&mut self) -> Option<Parameters> {
        let mut parameters = Parameters::new();
        while self.takes(';') {
            self.spaces();
            let name = self.key()?;
            let value = if self.takes('=') {
                self.bare()?
            } else {
                Bare::Flag(true)
            };
            parameters.retain(|(known, _)| *known != name);
            parameters.push((name, value));
        }
        Some(parameters)
    }

    fn bare(&mut self) -> Option<Bare> {
        match *self.0.peek()? {
            '"' => self.text(),
            ':' => {
                self.0.next();
                let encoded = self.run(|letter| letter != ':');
                self.expects(':')?;
                unbase64(&encoded).map(Bare::Bytes)
            }
            '?' => {
                self.0.next();
                match self.0.next()? {
                    '0' => Some(Bare::Flag(false)),
                    '1' => Some(Bare::Flag(true)),
                    _ => None,
                }
            }
            first if first == '-' || first.is_ascii_digit() => {
                let number = self.run(|letter| letter == '-' || letter.is_ascii_digit());
                number.parse().ok().map(Bare::Integer)
            }
            first if first == '*' || first.is_ascii_alphabetic() => {
                let token = self.run(|letter| letter.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~:/".contains(letter));
                Some(Bare::Token(token))
            }
            _ => None,
        }
    }

    fn text(&mut self) -> Option<Bare> {
        self.expects('"')?;
        let mut text = String::new();
        loop {
            match self.0.next()? {
                '"' => return Some(Bare::Text(text)),
                '\\' => text.push(self.0.next().filter(|letter| matches!(letter, '"' | '\\'))?),
                letter => text.push(letter),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Bare, Member, dictionary, find, write_list};

    #[test]
    fn what_is_read_is_written_the_same() {
        let list = r#"("@method" "x-a";bs "@query-param";name="a\"b");created=17;ok;off=?0;k=:AAE=:;t=tok"#;
        let members = dictionary(&format!("sig1={list}, b=2")).unwrap_or_default();
        assert_eq!(members.len(), 2);
        let Member::List(items, parameters) = &members[0].1 else {
            panic!("{members:?}");
        };
        assert_eq!(write_list(items, parameters), list);
        assert_eq!(find(parameters, "created"), Some(&Bare::Integer(17)));
        assert_eq!(dictionary("a=(\"b\""), None);
        assert_eq!(dictionary("a=1,"), None);
        assert_eq!(dictionary("A=1"), None);
    }
}
