use energy_core::model::TimeZone;
use intellimeter::{Fold, InZoneError, LocalTime};
use time::PrimitiveDateTime;

use super::input::Input;

const ZONES: [&str; 8] = [
    "America/Toronto",
    "America/St_Johns",
    "America/Sao_Paulo",
    "Australia/Lord_Howe",
    "Africa/Casablanca",
    "Asia/Kathmandu",
    "Pacific/Apia",
    "UTC",
];

/// Intellimeter's local times: what is read is written and read as the same time again, and an instant that a zone makes
/// of it shows this time on the zone's clock.
///
/// Input: a byte for the zone, and the text.
///
/// # Panics
///
/// When it does not.
pub fn local_time(data: &[u8]) {
    let mut input = Input::new(data);
    let zone = TimeZone::named(input.one_of(&ZONES));
    let Ok(local) = input.text().parse::<LocalTime>() else {
        return;
    };
    assert_eq!(local.to_string().parse(), Ok(local));
    assert_eq!(local.spaced().to_string().parse(), Ok(local));

    let shown = |instant| {
        let there = zone.local(instant).expect("near an instant that is in range");
        LocalTime::from(PrimitiveDateTime::new(there.date(), there.time()))
    };
    match local.in_zone(&zone) {
        Ok(instant) => assert_eq!(shown(instant), local),
        Err(InZoneError::Twice { earlier, later, .. }) => {
            assert!(earlier < later, "{earlier} {later}");
            assert_eq!([shown(earlier), shown(later)], [local, local]);
            assert_eq!(local.in_zone_fold(&zone, Fold::Earlier), Ok(earlier));
            assert_eq!(local.in_zone_fold(&zone, Fold::Later), Ok(later));
        }
        Err(InZoneError::Never { jump, .. }) => {
            assert!(shown(jump) > local, "the clock was set forward over it");
            assert!(
                shown(jump - time::Duration::NANOSECOND) < local,
                "and showed less before"
            );
        }
        Err(_) => {}
    }
}
