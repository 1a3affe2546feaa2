//! Names on the wire, and the Rust names made of them.

/// The words of a name: cut at everything that is no letter or digit, and where capitals begin.
fn words(name: &str) -> Vec<String> {
    let letters: Vec<char> = name.chars().collect();
    let mut words = Vec::new();
    let mut word = String::new();
    for (index, letter) in letters.iter().enumerate() {
        if !letter.is_alphanumeric() {
            words.push(std::mem::take(&mut word));
            continue;
        }
        let before = index.checked_sub(1).and_then(|index| letters.get(index));
        let after = letters.get(index + 1);
        let begins = letter.is_uppercase()
            && (before.is_some_and(|before| before.is_lowercase() || before.is_numeric())
                || before.is_some_and(|before| before.is_uppercase())
                    && after.is_some_and(|after| after.is_lowercase()));
        if begins {
            words.push(std::mem::take(&mut word));
        }
        word.extend(letter.to_lowercase());
    }
    words.push(word);
    words.retain(|word| !word.is_empty());
    words
}

/// `retry-at`, `retryAt` and `RetryAt` as `retry_at`.
pub fn snake(name: &str) -> String {
    words(name).join("_")
}

/// `get_estimate` and `getEstimate` as `GetEstimate`.
pub fn pascal(name: &str) -> String {
    words(name)
        .iter()
        .map(|word| {
            let mut letters = word.chars();
            letters
                .next()
                .map(|first| first.to_uppercase().chain(letters).collect::<String>())
                .unwrap_or_default()
        })
        .collect()
}

/// `name` as it may stand in Rust code: a keyword becomes `r#keyword`. None if it is no name at all.
pub fn identifier(name: &str) -> Option<String> {
    let starts = name.starts_with(|letter: char| letter.is_alphabetic() || letter == '_');
    if !starts || name == "_" || !name.chars().all(|letter| letter.is_alphanumeric() || letter == '_') {
        return None;
    }
    if ["self", "Self", "super", "crate"].contains(&name) {
        return Some(format!("{name}_"));
    }
    if syn::parse_str::<syn::Ident>(name).is_ok() {
        Some(name.to_owned())
    } else {
        Some(format!("r#{name}"))
    }
}
