//! Timestamps as SolarNetwork writes them.

use time::OffsetDateTime;
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;

/// `yyyy-MM-dd HH:mm:ss[.ffffff]Z`: up to six decimals, none of them a trailing zero.
pub(super) fn stamp(at: OffsetDateTime) -> String {
    const FORMAT: &[BorrowedFormatItem<'_>] = format_description!("[year]-[month]-[day] [hour]:[minute]:[second]");
    let at = at.to_offset(time::UtcOffset::UTC);
    let whole = at.format(FORMAT).unwrap_or_default();
    let fraction = format!(".{:06}", at.microsecond());
    let fraction = fraction.trim_end_matches('0').trim_end_matches('.');
    format!("{whole}{fraction}Z")
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::stamp;

    #[test]
    fn decimals_end_where_they_say_nothing() {
        let written = |at| stamp(at);
        assert_eq!(written(datetime!(2026-06-21 10:00 UTC)), "2026-06-21 10:00:00Z");
        assert_eq!(
            written(datetime!(2026-06-21 10:00:00.250 UTC)),
            "2026-06-21 10:00:00.25Z"
        );
        assert_eq!(
            written(datetime!(2026-06-21 12:00:00.000_012_999 +2)),
            "2026-06-21 10:00:00.000012Z"
        );
    }
}
