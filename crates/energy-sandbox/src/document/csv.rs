//! A document as rows of text.
//!
//! One row per value. The datasets around the value stand first, each followed by the dataset
//! delimiter; then its own key and the value, separated by the column separator:
//! `watts|2026-06-21 12:00:00;3214`.

use super::Document;

/// Writes every value of the document as a row.
pub(crate) fn write(document: &Document, separator: &str, delimiter: &str) -> String {
    let mut rows = String::new();
    let quoting = Quoting { separator, delimiter };
    quoting.visit(document, "", None, &mut rows);
    rows
}

struct Quoting<'a> {
    separator: &'a str,
    delimiter: &'a str,
}

impl Quoting<'_> {
    fn visit(&self, document: &Document, datasets: &str, key: Option<&str>, rows: &mut String) {
        let inside = key.map_or_else(String::new, |key| {
            format!("{datasets}{}{}", self.field(key), self.delimiter)
        });
        match document {
            Document::Map(map) => {
                for (key, value) in map.entries() {
                    self.visit(value, &inside, Some(key), rows);
                }
            }
            Document::List(values) => {
                for (place, value) in values.iter().enumerate() {
                    self.visit(value, &inside, Some(&place.to_string()), rows);
                }
            }
            value => {
                if let Some(key) = key {
                    rows.push_str(datasets);
                    rows.push_str(&self.field(key));
                    rows.push_str(self.separator);
                }
                rows.push_str(&self.field(&plain(value)));
                rows.push('\n');
            }
        }
    }

    /// A field, in quotes if it holds a character with a meaning.
    fn field(&self, text: &str) -> String {
        let special = text.contains(['"', '\n', '\r'])
            || (!self.separator.is_empty() && text.contains(self.separator))
            || (!self.delimiter.is_empty() && text.contains(self.delimiter));
        if special {
            format!("\"{}\"", text.replace('"', "\"\""))
        } else {
            text.to_owned()
        }
    }
}

/// A value without JSON's quotes.
pub(super) fn plain(value: &Document) -> String {
    match value {
        Document::Null => String::new(),
        Document::Text(text) => text.clone(),
        other => other.to_json(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Document, Map};

    #[test]
    fn rows_carry_their_dataset_and_are_quoted_where_needed() {
        let watts = Map::new().with("12:00", 5_i64).with("13:00", "a;b");
        let document = Document::from(Map::new().with("watts", watts));
        assert_eq!(
            super::write(&document, ";", "|"),
            "watts|12:00;5\nwatts|13:00;\"a;b\"\n"
        );
    }
}
