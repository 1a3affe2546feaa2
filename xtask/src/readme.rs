//! The commands that README.md tells people to run, so that what is run and what is told cannot drift apart.

/// The first command line of a fenced block that starts with `start`; without a prompt and without a comment.
///
/// # Errors
/// There is none, or it needs a shell.
pub fn command(readme: &str, start: &str) -> Result<Vec<String>, String> {
    let mut fenced = false;
    for line in readme.lines() {
        let line = line.trim();
        if line.starts_with("```") {
            fenced = !fenced;
            continue;
        }
        let line = line.strip_prefix("$ ").unwrap_or(line);
        let follows = |rest: &str| rest.is_empty() || rest.starts_with(' ');
        if !fenced || !line.strip_prefix(start).is_some_and(follows) {
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
