//! Money and rates as exact decimals: the API has dollars and cents side by side, so each has its type.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, Mul, Neg, Sub};
use std::str::FromStr;

use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de, ser};

/// A text or number that cannot be held exactly.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MoneyError {
    /// It is no decimal number, as in `12.48` or `1.2e3`.
    #[error("`{text}` is no decimal number")]
    NotANumber {
        /// The beginning of the text.
        text: String,
    },
    /// It has more than 28 digits.
    #[error("`{text}` has more digits than a decimal holds exactly")]
    TooManyDigits {
        /// The beginning of the text.
        text: String,
    },
}

/// Reads a decimal number and loses nothing: a sign, digits with a point or without, an exponent or none.
pub(crate) fn parse_decimal(text: &str) -> Result<Decimal, MoneyError> {
    parse(text, false)
}

/// As [`parse_decimal`], for what a service computed with floats: what stands beyond the 28th decimal place is cut off.
pub(crate) fn parse_float(text: &str) -> Result<Decimal, MoneyError> {
    parse(text, true)
}

fn parse(text: &str, float: bool) -> Result<Decimal, MoneyError> {
    let beginning = || text.chars().take(40).collect::<String>();
    let not_a_number = || MoneyError::NotANumber { text: beginning() };
    let too_many = || MoneyError::TooManyDigits { text: beginning() };

    let (negative, unsigned) = match text.as_bytes().first() {
        Some(b'-') => (true, &text[1..]),
        Some(b'+') => (false, &text[1..]),
        _ => (false, text),
    };
    let (base, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((base, exponent)) => (base, Some(exponent)),
        None => (unsigned, None),
    };
    let (whole, fraction) = base.split_once('.').unwrap_or((base, ""));
    let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if (whole.is_empty() && fraction.is_empty()) || !all_digits(whole) || !all_digits(fraction) {
        return Err(not_a_number());
    }
    let exponent: i64 = match exponent {
        None => 0,
        Some(exponent) => {
            let digits = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
            if digits.is_empty() || !all_digits(digits) {
                return Err(not_a_number());
            }
            // Of one that is longer than any number here, the sign is enough.
            let longest = if exponent.starts_with('-') { i64::MIN } else { i64::MAX };
            exponent.parse().unwrap_or(longest)
        }
    };

    let digits = format!("{whole}{fraction}");
    let mut digits = digits.trim_start_matches('0').to_owned();
    if digits.is_empty() {
        return Ok(Decimal::ZERO);
    }
    let places = i64::try_from(fraction.len()).map_err(|_| too_many())?;
    let mut scale = places.saturating_sub(exponent);
    // Zeros at the end say nothing; those within the limit are kept, so that 122.0 stays 122.0.
    while scale > 0 && digits.ends_with('0') && (scale > i64::from(Decimal::MAX_SCALE) || digits.len() > 28) {
        digits.pop();
        scale -= 1;
    }
    // What a float leaves behind its last real digit says nothing either.
    let surplus = scale.saturating_sub(i64::from(Decimal::MAX_SCALE));
    if float && surplus > 0 {
        let kept = digits
            .len()
            .saturating_sub(usize::try_from(surplus).unwrap_or(usize::MAX));
        digits.truncate(kept);
        if digits.is_empty() {
            return Ok(Decimal::ZERO);
        }
        scale -= surplus;
    }
    if scale < 0 {
        let zeros = usize::try_from(scale.unsigned_abs())
            .ok()
            .filter(|zeros| *zeros < 30)
            .ok_or_else(too_many)?;
        digits.push_str(&"0".repeat(zeros));
        scale = 0;
    }
    let mantissa: i128 = digits.parse().map_err(|_| too_many())?;
    let scale = u32::try_from(scale).map_err(|_| too_many())?;
    Decimal::try_from_i128_with_scale(if negative { -mantissa } else { mantissa }, scale).map_err(|_| too_many())
}

/// The product of two decimals divided by a power of ten, if a decimal holds it exactly.
fn exact_product(a: Decimal, b: Decimal, divided_by_ten_to: u32) -> Option<Decimal> {
    let (a, b) = (a.normalize(), b.normalize());
    let mut mantissa = a.mantissa().checked_mul(b.mantissa())?;
    let mut scale = a.scale() + b.scale() + divided_by_ten_to;
    while scale > 0 && mantissa % 10 == 0 {
        mantissa /= 10;
        scale -= 1;
    }
    Decimal::try_from_i128_with_scale(mantissa, scale).ok()
}

/// The sum of two decimals, if a decimal holds it exactly.
pub(crate) fn exact_sum(a: Decimal, b: Decimal) -> Option<Decimal> {
    let (a, b) = (a.normalize(), b.normalize());
    let scale = a.scale().max(b.scale());
    let raised = |value: Decimal| {
        let factor = 10_i128.checked_pow(scale - value.scale())?;
        value.mantissa().checked_mul(factor)
    };
    Decimal::try_from_i128_with_scale(raised(a)?.checked_add(raised(b)?)?, scale).ok()
}

/// The decimal that a number's shortest text says: 13.0 is 13, not the nearest binary fraction.
fn from_shortest_text(number: f64) -> Result<Decimal, MoneyError> {
    parse_float(&number.to_string())
}

macro_rules! decimal_type {
    ($(#[$meta:meta])* $name:ident, $expected:literal) => {
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Decimal);

        impl $name {
            /// Nothing at all, which is not the same as a missing value.
            pub const ZERO: Self = Self(Decimal::ZERO);

            /// The number.
            pub fn decimal(self) -> Decimal {
                self.0
            }
        }

        impl From<Decimal> for $name {
            fn from(number: Decimal) -> Self {
                Self(if number.is_zero() { Decimal::ZERO } else { number })
            }
        }

        impl From<i64> for $name {
            fn from(number: i64) -> Self {
                Self(Decimal::from(number))
            }
        }

        /// Reads a plain number, without a unit.
        impl FromStr for $name {
            type Err = MoneyError;

            fn from_str(text: &str) -> Result<Self, MoneyError> {
                parse_decimal(text).map(Self)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }

        /// A JSON number.
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let inexact = || ser::Error::custom(format!("{} has more digits than a JSON number keeps", self.0));
                let number: f64 = self.0.to_string().parse().map_err(|_| inexact())?;
                match from_shortest_text(number) {
                    Ok(read) if read == self.0 => serializer.serialize_f64(number),
                    _ => Err(inexact()),
                }
            }
        }

        /// Reads a number by its shortest decimal text, or a numeric text.
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Number;
                impl de::Visitor<'_> for Number {
                    type Value = Decimal;

                    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                        f.write_str($expected)
                    }

                    fn visit_i64<E: de::Error>(self, number: i64) -> Result<Decimal, E> {
                        Ok(number.into())
                    }

                    fn visit_u64<E: de::Error>(self, number: u64) -> Result<Decimal, E> {
                        Ok(number.into())
                    }

                    fn visit_f64<E: de::Error>(self, number: f64) -> Result<Decimal, E> {
                        from_shortest_text(number).map_err(E::custom)
                    }

                    fn visit_str<E: de::Error>(self, text: &str) -> Result<Decimal, E> {
                        parse_float(text.trim()).map_err(E::custom)
                    }
                }
                deserializer.deserialize_any(Number).map(Self::from)
            }
        }
    };
}

decimal_type! {
    /// An amount of money in dollars, exact, and not rounded until [`rounded`](Self::rounded) or
    /// [`cents`](Self::cents) is called.
    ///
    /// Fees and the totals of invoices come in this unit, the rates of utilities in [`CentsPerUnit`]. `Display` shows
    /// the amount rounded to the cent. Source: documentation page, sections Fee and Invoice.
    ///
    /// `+`, `-` and `sum` are exact while the result has no more than 28 digits. Beyond that the last digits are
    /// rounded, and beyond 7.9·10²⁸ dollars the result stays there; [`checked_add`](Self::checked_add) says so instead.
    ///
    /// ```
    /// use intellimeter::Dollars;
    ///
    /// let fees: Dollars = ["6.26".parse::<Dollars>()?, "4.32".parse()?].into_iter().sum();
    /// assert_eq!(fees, Dollars::from_cents(1058));
    /// assert_eq!(fees.to_string(), "$10.58");
    /// assert_eq!("4.615".parse::<Dollars>()?.cents(), 462);
    /// # Ok::<(), intellimeter::MoneyError>(())
    /// ```
    Dollars, "an amount in dollars"
}

decimal_type! {
    /// What one unit of a utility costs, in **cents** per kWh (electricity) or per m³ (water, gas): 13 is $0.13.
    ///
    /// Source: documentation page, section Constants.
    ///
    /// ```
    /// use intellimeter::{CentsPerUnit, Decimal};
    ///
    /// let rate = CentsPerUnit::from(13);
    /// let used: Decimal = "40.215".parse().unwrap();
    /// assert_eq!((rate * used).to_string(), "$5.23");
    /// ```
    CentsPerUnit, "a rate in cents per unit"
}

decimal_type! {
    /// A percentage: 13 is thirteen of a hundred. The tax on invoices comes in this unit.
    ///
    /// Source: documentation page, section Constants.
    ///
    /// ```
    /// use intellimeter::{Dollars, Percent};
    ///
    /// assert_eq!(Percent::from(13).of(Dollars::from(10)), Dollars::from_cents(130));
    /// ```
    Percent, "a percentage"
}

impl Dollars {
    /// An amount in whole cents.
    pub fn from_cents(cents: i64) -> Self {
        Self(Decimal::new(cents, 2))
    }

    pub(crate) fn from_wide_cents(cents: i128) -> Option<Self> {
        Decimal::try_from_i128_with_scale(cents, 2).ok().map(Self)
    }

    /// The amount in whole cents, rounded half away from zero: 0.5 cents are 1, -0.5 are -1. This is the only place
    /// where the crate rounds money.
    pub fn cents(self) -> i128 {
        let (mantissa, scale) = (self.0.mantissa(), self.0.scale());
        let Some(surplus) = scale.checked_sub(2) else {
            return mantissa * 10_i128.pow(2 - scale);
        };
        let unit = 10_i128.pow(surplus);
        let (whole, rest) = (mantissa / unit, mantissa % unit);
        if rest.abs() * 2 >= unit {
            whole + mantissa.signum()
        } else {
            whole
        }
    }

    /// The amount rounded to the cent, half away from zero.
    #[must_use]
    pub fn rounded(self) -> Self {
        // An amount without parts of a cent is what it is; every other has room for its cents.
        match Self::from_wide_cents(self.cents()) {
            Some(rounded) if self.0.scale() > 2 => rounded,
            _ => self,
        }
    }

    /// The exact sum; none if it has more digits than a decimal holds.
    pub fn checked_add(self, other: Self) -> Option<Self> {
        exact_sum(self.0, other.0).map(Self)
    }
}

impl CentsPerUnit {
    /// The exact cost of a quantity in kWh or m³; none if it has more digits than a decimal holds.
    pub fn checked_mul(self, quantity: Decimal) -> Option<Dollars> {
        exact_product(self.0, quantity, 2).map(Dollars)
    }
}

impl Percent {
    /// This part of an amount. Exact to 28 digits, like the sums of [`Dollars`].
    pub fn of(self, amount: Dollars) -> Dollars {
        Dollars(self.0.saturating_mul(amount.0).saturating_mul(Decimal::new(1, 2)))
    }

    /// The exact part of an amount; none if it has more digits than a decimal holds.
    pub fn checked_of(self, amount: Dollars) -> Option<Dollars> {
        exact_product(self.0, amount.0, 2).map(Dollars)
    }
}

/// The cost of a quantity in kWh or m³. Exact to 28 digits, like the sums of [`Dollars`].
impl Mul<Decimal> for CentsPerUnit {
    type Output = Dollars;

    fn mul(self, quantity: Decimal) -> Dollars {
        Dollars(self.0.saturating_mul(quantity).saturating_mul(Decimal::new(1, 2)))
    }
}

impl Add for Dollars {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl Sub for Dollars {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

impl Neg for Dollars {
    type Output = Self;

    fn neg(self) -> Self {
        Self::from(-self.0)
    }
}

impl Sum for Dollars {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::ZERO, Add::add)
    }
}

impl<'a> Sum<&'a Self> for Dollars {
    fn sum<I: Iterator<Item = &'a Self>>(amounts: I) -> Self {
        amounts.copied().sum()
    }
}

/// The amount rounded to the cent, `$12.48` or `-$3.20`.
impl fmt::Display for Dollars {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let cents = self.cents();
        let sign = if cents < 0 { "-" } else { "" };
        let cents = cents.unsigned_abs();
        f.pad(&format!("{sign}${}.{:02}", cents / 100, cents % 100))
    }
}

/// The rate, `13¢`.
impl fmt::Display for CentsPerUnit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{}¢", self.0.normalize()))
    }
}

/// The percentage, `13%`.
impl fmt::Display for Percent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{}%", self.0.normalize()))
    }
}
