//! The two ways in which SNWS2 writes the time of a request.

use time::{OffsetDateTime, UtcOffset};

// By hand: a format description takes as long as the hashes of a request.

/// A time as the headers `X-SN-Date` and `Date` have it: `Tue, 25 Apr 2017 14:30:00 GMT`.
///
/// Any offset is turned into UTC, and parts of a second are left out.
pub fn http_date(at: OffsetDateTime) -> String {
    let at = at.to_offset(UtcOffset::UTC);
    let digits = Digits::of(at);
    let [day, hour, minute, second] = [6, 8, 10, 12].map(|from| digits.text(from, 2));
    let (weekday, month) = (at.weekday().to_string(), at.month().to_string());
    format!(
        "{}, {day} {} {} {hour}:{minute}:{second} GMT",
        weekday.get(..3).unwrap_or_default(),
        month.get(..3).unwrap_or_default(),
        digits.text(0, 4),
    )
}

/// How long [`compact`] is.
pub(super) const COMPACT_LENGTH: usize = 16;

/// A time as the string to sign has it: `20170425T143000Z`.
pub(super) fn compact(at: OffsetDateTime) -> [u8; COMPACT_LENGTH] {
    let Digits(digits) = Digits::of(at.to_offset(UtcOffset::UTC));
    let mut text = *b"........T......Z";
    text[..8].copy_from_slice(&digits[..8]);
    text[9..15].copy_from_slice(&digits[8..]);
    text
}

/// yyyyMMddHHmmss
struct Digits([u8; 14]);

impl Digits {
    fn of(at: OffsetDateTime) -> Self {
        let (year, month, day) = at.to_calendar_date();
        let year = u16::try_from(year).unwrap_or_default();
        let (hour, minute, second) = at.to_hms();
        let mut digits = [b'0'; 14];
        let numbers = [year / 100, year % 100]
            .into_iter()
            .chain([u8::from(month), day, hour, minute, second].map(u16::from));
        for (pair, number) in digits.chunks_exact_mut(2).zip(numbers) {
            for (place, digit) in pair.iter_mut().zip([number / 10 % 10, number % 10]) {
                *place += u8::try_from(digit).unwrap_or_default();
            }
        }
        Self(digits)
    }

    fn text(&self, from: usize, length: usize) -> &str {
        let digits = self.0.get(from..from + length).unwrap_or_default();
        std::str::from_utf8(digits).unwrap_or_default()
    }
}
