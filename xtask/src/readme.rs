//! The commands that README.md tells people to run, so that what is run and what is told cannot drift apart.

use crate::documents;

/// The first command line of a fenced block that starts with `start`; without a prompt and without a comment.
///
/// # Errors
/// There is none, or it needs a shell.
pub fn command(readme: &str, start: &str) -> Result<Vec<String>, String> {
    let blocks = documents::blocks(readme);
    for line in blocks.iter().flat_map(|block| block.text.lines()) {
        let line = line.trim();
        let line = line.strip_prefix("$ ").unwrap_or(line);
        let follows = |rest: &str| rest.is_empty() || rest.starts_with(' ');
        if !line.strip_prefix(start).is_some_and(follows) {
            continue;
        }
        let line = line.split(" #").next().unwrap_or(line);
        if line.contains(['|', '&', ';', '<', '>', '$', '"', '\'', '\\', '`']) {
            return Err(format!(
                "README.md: `{line}` needs a shell; write a plain command on one line"
            ));
        }
        return Ok(line.split_whitespace().map(str::to_owned).collect());
    }
    Err(format!(
        "README.md: no fenced line starts with `{start}`; add the command there"
    ))
}
