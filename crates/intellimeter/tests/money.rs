//! Dollars, cents per unit and percent: exact, and not mixed up.

use intellimeter::{CentsPerUnit, Decimal, Dollars, MoneyError, Percent};
use proptest::prelude::*;

fn dollars(text: &str) -> Dollars {
    text.parse().unwrap()
}

#[test]
fn rounds_half_away_from_zero() {
    let cases = [
        ("4.614", 461),
        ("4.615", 462),
        ("4.6149999999999999999999999", 461),
        ("4.625", 463),
        ("0.005", 1),
        ("0.0049", 0),
        ("-0.005", -1),
        ("-0.0049", 0),
        ("-4.615", -462),
        ("7", 700),
        ("7.1", 710),
        ("0.0000000000000000000000000001", 0),
    ];
    for (text, cents) in cases {
        assert_eq!(dollars(text).cents(), cents, "{text}");
        assert_eq!(dollars(text).rounded(), Dollars::from_cents(cents as i64), "{text}");
    }
}

#[test]
fn the_largest_amounts_have_cents() {
    let largest = Dollars::from(Decimal::MAX);
    assert_eq!(largest.cents(), Decimal::MAX.mantissa() * 100);
    assert_eq!(largest.rounded(), largest);
    assert_eq!(largest.checked_add(Dollars::from_cents(1)), None);
    assert_eq!(largest + Dollars::from_cents(100), largest);
    assert_eq!(Percent::from(101).checked_of(largest), None);
    assert_eq!(CentsPerUnit::from(101).checked_mul(Decimal::MAX), None);
}

#[test]
fn shows_dollars_and_cents() {
    let cases = [
        ("12.48", "$12.48"),
        ("12.475", "$12.48"),
        ("0.05", "$0.05"),
        ("-3.2", "-$3.20"),
        ("-0.05", "-$0.05"),
        ("-0.001", "$0.00"),
        ("1234567", "$1234567.00"),
    ];
    for (text, shown) in cases {
        assert_eq!(dollars(text).to_string(), shown, "{text}");
    }
    assert_eq!(format!("{:>8}", dollars("1.5")), "   $1.50");
    assert_eq!(CentsPerUnit::from(13).to_string(), "13¢");
    assert_eq!("13.50".parse::<Percent>().unwrap().to_string(), "13.5%");
}

#[test]
fn a_rate_times_a_quantity_is_dollars() {
    let rate = CentsPerUnit::from(13);
    let used = |text: &str| text.parse::<Decimal>().unwrap();
    assert_eq!(rate * used("40.215"), dollars("5.22795"));
    assert_eq!(rate.checked_mul(used("35.5")), Some(dollars("4.615")));
    assert_eq!(Percent::from(5).of(dollars("10.58")), dollars("0.529"));
}

#[test]
fn amounts_add_up() {
    let sum: Dollars = [dollars("0.1"), dollars("0.2"), -dollars("0.3")].iter().sum();
    assert_eq!(sum, Dollars::ZERO);
    assert_eq!(dollars("1") - dollars("0.01"), Dollars::from_cents(99));
}

#[test]
fn json_numbers_are_read_by_their_text() {
    let read = |json: &str| serde_json::from_str::<CentsPerUnit>(json).unwrap().decimal();
    let cases = [
        ("13.0", "13"),
        ("14.2", "14.2"),
        ("0.1", "0.1"),
        ("13", "13"),
        ("-2", "-2"),
        ("1.5e2", "150"),
        ("2.5e-7", "0.00000025"),
        ("\"14.20\"", "14.2"),
        ("\" 7 \"", "7"),
        ("18446744073709551615", "18446744073709551615"),
    ];
    for (json, text) in cases {
        assert_eq!(read(json), text.parse().unwrap(), "{json}");
    }
    for json in [
        "null",
        "true",
        "\"\"",
        "\"13 cents\"",
        "\"NaN\"",
        "\"1_000\"",
        "1e40",
        "[]",
    ] {
        assert!(serde_json::from_str::<CentsPerUnit>(json).is_err(), "{json}");
    }
}

#[test]
fn written_as_json_numbers_or_not_at_all() {
    let written = |text: &str| serde_json::to_string(&dollars(text));
    assert_eq!(written("10.25").unwrap(), "10.25");
    assert_eq!(written("0.1").unwrap(), "0.1");
    assert_eq!(written("500").unwrap(), "500.0");
    let error = written("0.12345678901234567890123").unwrap_err();
    assert!(error.to_string().contains("digits"), "{error}");
}

#[test]
fn text_is_read_exactly_or_refused() {
    assert_eq!(dollars("+.5"), Dollars::from_cents(50));
    assert_eq!(dollars("5."), Dollars::from(5));
    assert_eq!(dollars("0e999"), Dollars::ZERO);
    assert_eq!(dollars("-0"), Dollars::ZERO);
    assert_eq!(dollars("1.00000000000000000000000000000000000"), Dollars::from(1));
    let fails = |text: &str| text.parse::<Dollars>().unwrap_err();
    for text in ["", ".", "-", "1.2.3", "1e", "e5", "0x10", "1,5", "١"] {
        assert!(matches!(fails(text), MoneyError::NotANumber { .. }), "{text}");
    }
    for text in [
        "1e29",
        "1e-29",
        "1.00000000000000000000000000001",
        "99999999999999999999999999999",
        "1e99999999999999999999",
        "-1.5e-99999999999999999999",
    ] {
        assert!(matches!(fails(text), MoneyError::TooManyDigits { .. }), "{text}");
    }
}

#[test]
fn an_exponent_of_any_length_says_large_or_small() {
    let read = |json: &str| serde_json::from_str::<Dollars>(json);
    for large in ["\"1e99999999999999999999\"", "\"-1.5e9223372036854775807\""] {
        assert!(read(large).is_err(), "{large}");
    }
    for small in ["\"1e-99999999999999999999\"", "\"-1.5e-9223372036854775808\""] {
        assert_eq!(read(small).unwrap(), Dollars::ZERO, "{small}");
    }
}

proptest! {
    #[test]
    fn json_there_and_back(mantissa in -999_999_999_999_999_i64..=999_999_999_999_999, places in 0_u32..=9) {
        let amount = Dollars::from(Decimal::new(mantissa, places));
        let json = serde_json::to_string(&amount).unwrap();
        prop_assert_eq!(serde_json::from_str::<Dollars>(&json).unwrap(), amount);
    }

    #[test]
    fn rounding_is_off_by_half_a_cent_at_most(mantissa: i64, places in 0_u32..=28) {
        let amount = Dollars::from(Decimal::new(mantissa, places));
        let off = (amount.rounded() - amount).decimal().abs();
        prop_assert!(off <= Decimal::new(5, 3));
    }
}
