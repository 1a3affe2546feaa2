//! Doc comments: prose from a description, wrapped and safe for rustdoc.

use super::Item;
use crate::description::Schema;

/// Columns that a generated comment may take, indentation and slashes included.
const WIDTH: usize = 100;

/// Lines of a doc comment, without slashes.
#[derive(Clone, Debug, Default)]
pub struct Docs {
    lines: Vec<String>,
    width: usize,
}

impl Docs {
    /// An empty comment that stands at `indentation`.
    pub fn new(indentation: usize) -> Self {
        Self {
            lines: Vec::new(),
            width: WIDTH - indentation - 4,
        }
    }

    /// Adds prose as a paragraph (or several) of its own.
    pub fn paragraph(&mut self, prose: &str) -> &mut Self {
        let text = prose.trim();
        if text.is_empty() {
            return self;
        }
        if !self.lines.is_empty() {
            self.lines.push(String::new());
        }
        self.flow(text);
        self
    }

    /// Adds prose as an entry of a list.
    pub fn bullet(&mut self, prose: &str) -> &mut Self {
        let listed = self
            .lines
            .last()
            .is_some_and(|line| line.starts_with("- ") || line.starts_with("  "));
        if !self.lines.is_empty() && !listed {
            self.lines.push(String::new());
        }
        let prose = prose.split_whitespace().collect::<Vec<_>>().join(" ");
        wrap(&mut self.lines, &escape(&prose), "- ", "  ", self.width);
        self
    }

    /// The lines, without slashes.
    pub fn lines(&self) -> &[String] {
        &self.lines
    }

    /// The lines as `#[doc]` attributes.
    pub fn attributes(&self) -> proc_macro2::TokenStream {
        let lines = self.lines.iter().map(|line| {
            if line.is_empty() {
                String::new()
            } else {
                format!(" {line}")
            }
        });
        quote::quote!(#(#[doc = #lines])*)
    }

    /// The comment as text, each line indented and ended.
    pub fn text(&self, indentation: &str) -> Item {
        self.lines
            .iter()
            .map(|line| {
                if line.is_empty() {
                    format!("{indentation}///\n")
                } else {
                    format!("{indentation}/// {line}\n")
                }
            })
            .collect()
    }

    /// Wraps paragraphs; lists, tables and fenced code keep their lines.
    fn flow(&mut self, text: &str) {
        let mut prose = String::new();
        let mut fenced = false;
        for line in text.lines() {
            let trimmed = line.trim();
            if trimmed.starts_with("```") {
                self.settle(&mut prose);
                let plain = !fenced && trimmed == "```";
                self.lines.push(if plain {
                    "```text".to_owned()
                } else {
                    trimmed.to_owned()
                });
                fenced = !fenced;
            } else if fenced {
                self.lines.push(line.trim_end().to_owned());
            } else if trimmed.is_empty() {
                self.settle(&mut prose);
                if self.lines.last().is_some_and(|line| !line.is_empty()) {
                    self.lines.push(String::new());
                }
            } else if trimmed.starts_with('|') {
                self.settle(&mut prose);
                self.lines.push(trimmed.to_owned());
            } else if trimmed.starts_with("- ") || trimmed.starts_with("* ") {
                self.settle(&mut prose);
                prose = trimmed.to_owned();
            } else {
                if !prose.is_empty() {
                    prose.push(' ');
                }
                prose.push_str(trimmed);
            }
        }
        self.settle(&mut prose);
    }

    fn settle(&mut self, prose: &mut String) {
        let text = std::mem::take(prose);
        if text.is_empty() {
            return;
        }
        match text.strip_prefix("- ").or_else(|| text.strip_prefix("* ")) {
            Some(entry) => wrap(&mut self.lines, &escape(entry), "- ", "  ", self.width),
            None => wrap(&mut self.lines, &escape(&text), "", "", self.width),
        }
    }
}

/// Breaks `text` into lines, never before a word that would start a list, a heading or a quotation.
fn wrap(lines: &mut Vec<String>, text: &str, first: &str, rest: &str, width: usize) {
    let mut line = first.to_owned();
    let mut empty = true;
    for word in pieces(text) {
        let long = line.chars().count() + 1 + word.chars().count() > width;
        if !empty && long && !starts_markup(word) {
            lines.push(std::mem::replace(&mut line, rest.to_owned()));
            empty = true;
        }
        if !empty {
            line.push(' ');
        }
        line.push_str(word);
        empty = false;
    }
    lines.push(line);
}

/// Words, with a code span as one of them.
fn pieces(text: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut start = None;
    let mut code = false;
    for (index, letter) in text.char_indices() {
        if letter == '`' {
            code = !code;
        }
        if letter.is_whitespace() && !code {
            pieces.extend(start.take().and_then(|start| text.get(start..index)));
        } else if start.is_none() {
            start = Some(index);
        }
    }
    pieces.extend(start.and_then(|start| text.get(start..)));
    pieces
}

fn starts_markup(word: &str) -> bool {
    let number = word.trim_end_matches(['.', ')']);
    matches!(word, "-" | "+" | "*" | ">" | "=")
        || word.starts_with('#')
        || (number.len() < word.len() && number.chars().all(|letter| letter.is_ascii_digit()))
}

/// Makes brackets, angles and bare addresses harmless outside code spans; `[text](address)` stays a link.
pub fn escape(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(letter) = rest.chars().next() {
        let taken = match letter {
            '`' => rest.get(1..).and_then(|inner| inner.find('`')).map_or(1, |end| end + 2),
            '[' => link(rest).unwrap_or(0),
            '<' if rest.starts_with("<http") => rest.find('>').map_or(0, |end| end + 1),
            _ => 0,
        };
        if taken > 0 {
            out.push_str(rest.get(..taken).unwrap_or_default());
            rest = rest.get(taken..).unwrap_or_default();
        } else if rest.starts_with("https://") || rest.starts_with("http://") {
            let end = rest.find(|letter: char| letter.is_whitespace() || ")>\"'`".contains(letter));
            let address = rest.get(..end.unwrap_or(rest.len())).unwrap_or_default();
            let bare = address.trim_end_matches(['.', ',', ';', ':']);
            out.push_str(&format!("<{bare}>"));
            rest = rest.get(bare.len()..).unwrap_or_default();
        } else {
            if matches!(letter, '[' | ']' | '<' | '>') {
                out.push('\\');
            }
            out.push(letter);
            rest = rest.get(letter.len_utf8()..).unwrap_or_default();
        }
    }
    out
}

/// The length of the `[text](address)` that `text` starts with.
fn link(text: &str) -> Option<usize> {
    let close = text.find("](")?;
    if text.get(1..close)?.contains(['[', ']']) {
        return None;
    }
    Some(close + text.get(close..)?.find(')')? + 1)
}

/// The remarks about a value: unit, limits, where the fact comes from, how sure it is.
pub fn remarks(schema: &Schema, limits: &str) -> String {
    let mut remarks = Vec::new();
    if let Some(unit) = &schema.unit {
        remarks.push(format!("Unit: {unit}."));
    }
    if !limits.is_empty() {
        remarks.push(limits.to_owned());
    }
    if let Some(source) = &schema.source {
        remarks.push(format!("Source: {}", sentence(source)));
    }
    if let Some(certainty) = &schema.certainty {
        remarks.push(format!("Certainty: {certainty}."));
    }
    if schema.deprecated {
        remarks.push("The vendor advises against it.".to_owned());
    }
    remarks.join(" ")
}

/// `text` with a full stop, unless it ends in one.
pub fn sentence(text: &str) -> String {
    let text = text.trim();
    if text.ends_with(['.', '!', '?']) {
        text.to_owned()
    } else {
        format!("{text}.")
    }
}
