//! The rules of descriptions: what generated code checks before anything is sent, and of some values when they are read.

use crate::error::BuildError;
use crate::secret::Secret;

/// Why a value is checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// It was read: names that the description does not know are kept.
    Read,
    /// It is about to be sent: names that the description does not know are refused.
    Sent,
}

/// A value that is sent as JSON and has rules of its own, or holds secrets. Generated from the description.
pub trait Rules {
    /// Says whether the value, and everything in it, keeps its rules.
    ///
    /// # Errors
    ///
    /// [`BuildError`] that names the field, as in `forecasted_blocks[2].capacity`.
    fn check(&self, direction: Direction) -> Result<(), BuildError>;

    /// Collects the secrets in it: should the service repeat one in an error, it is taken out there.
    fn secrets(&self, found: &mut Vec<Secret>) {
        let _ = found;
    }
}

/// Every item of a list keeps its rules.
impl<T: Rules> Rules for Vec<T> {
    fn check(&self, direction: Direction) -> Result<(), BuildError> {
        let mut items = self.iter().enumerate();
        items.try_for_each(|(index, item)| item.check(direction).map_err(|error| error.under(format!("[{index}]"))))
    }

    fn secrets(&self, found: &mut Vec<Secret>) {
        self.iter().for_each(|item| item.secrets(found));
    }
}

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

/// A text with something else than white space in it.
///
/// # Errors
///
/// [`BuildError`] that names the parameter.
pub fn not_blank(name: &'static str, value: &str) -> Result<(), BuildError> {
    if value.trim().is_empty() {
        return Err(BuildError::new(name, "is blank"));
    }
    Ok(())
}

/// A list in which nothing comes twice.
///
/// # Errors
///
/// [`BuildError`] that names the parameter and the place of the second of two.
pub fn unique<T: PartialEq>(name: &'static str, values: &[T]) -> Result<(), BuildError> {
    let twin = (1..values.len()).find(|&index| values[..index].contains(&values[index]));
    match twin {
        Some(index) => Err(BuildError::new(name, format!("item {index} (from 0) is there twice"))),
        None => Ok(()),
    }
}

/// A name that the description knows, where the value is about to be sent.
///
/// # Errors
///
/// [`BuildError`] that names the parameter and the value.
pub fn known(name: &'static str, value: &str, known: &[&str], direction: Direction) -> Result<(), BuildError> {
    if direction == Direction::Read || known.contains(&value) {
        return Ok(());
    }
    Err(BuildError::new(
        name,
        format!("`{value}` is none of {}", known.join(", ")),
    ))
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
    fn says_what_is_wrong_with_a_text_or_list() {
        assert_eq!(not_blank("name", " \t").unwrap_err().to_string(), "name: is blank");
        assert!(not_blank("name", " x ").is_ok());
        assert_eq!(
            unique("styles", &["a", "b", "a"]).unwrap_err().to_string(),
            "styles: item 2 (from 0) is there twice"
        );
        assert!(unique::<u8>("styles", &[]).is_ok());
        let refused = known("phase", "FOUR", &["ONE", "TWO"], Direction::Sent).unwrap_err();
        assert_eq!(
            refused.under("blocks[3]").to_string(),
            "blocks[3].phase: `FOUR` is none of ONE, TWO"
        );
        assert!(known("phase", "FOUR", &["ONE", "TWO"], Direction::Read).is_ok());
    }

    #[test]
    fn lets_the_borders_pass() {
        assert!(number("latitude", 90.0, -90.0, 90.0).is_ok());
        assert!(number("latitude", -90.0, -90.0, 90.0).is_ok());
        assert!(integer("limit", 1, 1, i64::MAX).is_ok());
        assert!(length("id", "ümlaut", 1, 6).is_ok());
    }
}
