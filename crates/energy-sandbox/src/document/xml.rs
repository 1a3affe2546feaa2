//! A document as XML.
//!
//! An object's keys become elements where XML allows the name, and `<item key="…">` where it
//! does not (time stamps); the elements of a list become `<item>`.

use super::{Document, csv::plain};

/// Writes the document inside one root element.
pub(crate) fn write(root: &str, document: &Document) -> String {
    let mut text = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    element(root, None, document, &mut text);
    text.push('\n');
    text
}

fn element(name: &str, key: Option<&str>, document: &Document, text: &mut String) {
    text.push('<');
    text.push_str(name);
    if let Some(key) = key {
        text.push_str(&format!(" key=\"{}\"", escape(key)));
    }
    text.push('>');
    match document {
        Document::Map(map) => {
            for (key, value) in map.entries() {
                if is_name(key) {
                    element(key, None, value, text);
                } else {
                    element("item", Some(key), value, text);
                }
            }
        }
        Document::List(values) => {
            for value in values {
                element("item", None, value, text);
            }
        }
        value => text.push_str(&escape(&plain(value))),
    }
    text.push_str(&format!("</{name}>"));
}

fn is_name(key: &str) -> bool {
    key.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && key
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'))
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::super::{Document, Map};

    #[test]
    fn stamps_become_keys_and_text_is_escaped() {
        let document = Document::from(Map::new().with("12:00", "a<b").with("retry-at", 1_i64));
        assert!(
            super::write("response", &document)
                .ends_with("<response><item key=\"12:00\">a&lt;b</item><retry-at>1</retry-at></response>\n")
        );
    }
}
