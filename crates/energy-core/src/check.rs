//! The checks of arguments that generated requests make before anything is sent.

use crate::error::BuildError;

/// A number from `least` to `most`, both included, and finite.
///
/// # Errors
///
/// [`BuildError`] that names the parameter, the value and the range.
pub fn number(name: &'static str, value: f64, least: f64, most: f64) -> Result<(), BuildError> {
    if !value.is_finite() {
        return Err(BuildError::new(name, format!("{value} is not a finite number")));
    }
    if (least..=most).contains(&value) {
        return Ok(());
    }
    Err(BuildError::new(
        name,
        format!("{value} is {}", outside(finite(least), finite(most))),
    ))
}

/// A whole number from `least` to `most`, both included.
///
/// # Errors
///
/// As [`number`].
pub fn integer(name: &'static str, value: i64, least: i64, most: i64) -> Result<(), BuildError> {
    if (least..=most).contains(&value) {
        return Ok(());
    }
    let bound = |limit: i64, none: i64| (limit != none).then(|| limit.to_string());
    Err(BuildError::new(
        name,
        format!("{value} is {}", outside(bound(least, i64::MIN), bound(most, i64::MAX))),
    ))
}

/// A text of `least` to `most` characters.
///
/// # Errors
///
/// As [`number`].
pub fn length(name: &'static str, value: &str, least: usize, most: usize) -> Result<(), BuildError> {
    count(name, "characters", value.chars().count(), least, most)
}

/// A list of `least` to `most` items.
///
/// # Errors
///
/// As [`number`].
pub fn items(name: &'static str, found: usize, least: usize, most: usize) -> Result<(), BuildError> {
    count(name, "items", found, least, most)
}

fn count(name: &'static str, what: &str, found: usize, least: usize, most: usize) -> Result<(), BuildError> {
    if (least..=most).contains(&found) {
        return Ok(());
    }
    let rule = if found < least {
        format!("at least {least} needed")
    } else {
        format!("at most {most} allowed")
    };
    Err(BuildError::new(name, format!("has {found} {what}, {rule}")))
}

fn finite(limit: f64) -> Option<String> {
    limit.is_finite().then(|| limit.to_string())
}

fn outside(least: Option<String>, most: Option<String>) -> String {
    match (least, most) {
        (Some(least), Some(most)) => format!("outside {least} to {most}"),
        (Some(least), None) => format!("below {least}"),
        (None, Some(most)) => format!("above {most}"),
        (None, None) => "not allowed".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_what_is_wrong_with_which_argument() {
        let said = |result: Result<(), BuildError>| result.unwrap_err().to_string();
        assert_eq!(
            said(number("latitude", 91.0, -90.0, 90.0)),
            "latitude: 91 is outside -90 to 90"
        );
        assert_eq!(
            said(number("kwp", f64::NAN, 0.0, f64::INFINITY)),
            "kwp: NaN is not a finite number"
        );
        assert_eq!(
            said(number("kwp", f64::INFINITY, 0.0, f64::INFINITY)),
            "kwp: inf is not a finite number"
        );
        assert_eq!(said(integer("limit", 0, 1, i64::MAX)), "limit: 0 is below 1");
        assert_eq!(
            said(length("id", "ümlaut", 1, 5)),
            "id: has 6 characters, at most 5 allowed"
        );
        assert_eq!(
            said(items("planes", 0, 1, usize::MAX)),
            "planes: has 0 items, at least 1 needed"
        );
    }

    #[test]
    fn lets_the_borders_pass() {
        assert!(number("latitude", 90.0, -90.0, 90.0).is_ok());
        assert!(number("latitude", -90.0, -90.0, 90.0).is_ok());
        assert!(integer("limit", 1, 1, i64::MAX).is_ok());
        assert!(length("id", "ümlaut", 1, 6).is_ok());
    }
}
