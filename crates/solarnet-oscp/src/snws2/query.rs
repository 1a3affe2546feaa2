//! Query and form fields in the form that is signed.

use std::borrow::Cow;

use url::form_urlencoded;

const UPPER_HEX: &[u8; 16] = b"0123456789ABCDEF";

/// The parameters of a query, as they stand in a URL, in the form that is signed.
///
/// They are decoded as the service decodes them (a plus is a space, what is not UTF-8 becomes U+FFFD, empty pieces
/// between ampersands are left out), sorted by the decoded names' UTF-16 code units, where equal names keep their
/// order, and encoded with everything but `A-Z a-z 0-9 - _ . ~` as `%XX`. A name without a value gets an equals sign.
///
/// A character outside the Basic Multilingual Plane, such as an emoji, is signed as `%3F%3F`: the service writes it so
/// when it checks (it encodes the two halves of such a character one by one), and would refuse the right encoding.
///
/// ```
/// use solarnet_oscp::snws2::canonical_query;
///
/// assert_eq!(canonical_query("sourceId=/power/*&nodeId=1+2&all"), "all=&nodeId=1%202&sourceId=%2Fpower%2F%2A");
/// ```
pub fn canonical_query(query: &str) -> String {
    canonical_form(query, &[])
}

/// As [`canonical_query`], with the fields of a form behind the query's parameters of the same name.
pub fn canonical_form(query: &str, form: &[u8]) -> String {
    if query.is_empty() && form.is_empty() {
        return String::new();
    }
    let mut parameters: Vec<(Cow<'_, str>, Cow<'_, str>)> = form_urlencoded::parse(query.as_bytes())
        .chain(form_urlencoded::parse(form))
        .collect();
    parameters.sort_by(|(one, _), (other, _)| one.encode_utf16().cmp(other.encode_utf16()));
    let mut text = String::with_capacity(query.len() + form.len() + 16);
    for (name, value) in &parameters {
        if !text.is_empty() {
            text.push('&');
        }
        push_encoded(&mut text, name);
        text.push('=');
        push_encoded(&mut text, value);
    }
    text
}

fn push_encoded(text: &mut String, decoded: &str) {
    for character in decoded.chars() {
        match character {
            'A'..='Z' | 'a'..='z' | '0'..='9' | '-' | '_' | '.' | '~' => text.push(character),
            '\u{10000}'.. => text.push_str("%3F%3F"),
            _ => {
                for byte in character.encode_utf8(&mut [0; 4]).bytes() {
                    text.push('%');
                    text.push(char::from(UPPER_HEX[usize::from(byte >> 4)]));
                    text.push(char::from(UPPER_HEX[usize::from(byte & 15)]));
                }
            }
        }
    }
}
