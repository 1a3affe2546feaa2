//! Tokens as text: one item at a time, with room between the members of an `impl`.

use proc_macro2::TokenStream;

use super::Item;

/// Prints the items in `tokens`.
///
/// # Errors
/// Tokens that are not Rust, which is a mistake of the generator or of an `x-rust-type`.
pub fn print(tokens: TokenStream) -> Result<Item, String> {
    let text = tokens.to_string();
    let file: syn::File =
        syn::parse2(tokens).map_err(|error| format!("the generated code is not Rust ({error}): {text}"))?;
    Ok(spread(&prettyplease::unparse(&file)))
}

/// Puts a blank line before each member that has a comment, is a function, or follows a member of several lines.
fn spread(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let mut out = String::with_capacity(text.len() + 64);
    let mut inside_impl = false;
    let mut inside_data = false;
    for (index, line) in lines.iter().enumerate() {
        if !line.starts_with(' ') {
            inside_impl = line.starts_with("impl") || (inside_impl && !line.starts_with('}'));
        }
        let previous = index
            .checked_sub(1)
            .and_then(|index| lines.get(index))
            .copied()
            .unwrap_or_default();
        if inside_impl && starts_member(line) && !starts_attribute(previous) && previous.starts_with(' ') {
            let several = previous == "    }" || !starts_member(previous);
            let documented = line.trim_start().starts_with("///");
            let function = lines
                .iter()
                .skip(index)
                .find(|line| !starts_attribute(line))
                .is_some_and(|line| line.contains("fn "));
            if several || documented || function {
                out.push('\n');
            }
        }
        // prettyplease indents the calls after a broken call twice.
        let shown = if inside_data {
            line.strip_prefix("    ").unwrap_or(line)
        } else {
            line
        };
        inside_data = (inside_data || (line.starts_with("    pub const OPERATION") && line.ends_with('(')))
            && !line.ends_with(';');
        out.push_str(shown);
        out.push('\n');
    }
    out
}

fn starts_attribute(line: &str) -> bool {
    line.starts_with("    ///") || line.starts_with("    #[")
}

fn starts_member(line: &str) -> bool {
    ["///", "#[", "pub ", "fn ", "const ", "type "]
        .iter()
        .any(|start| line.strip_prefix("    ").is_some_and(|line| line.starts_with(start)))
}
