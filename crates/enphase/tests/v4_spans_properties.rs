//! Of any span of any site: every interval that ends in it comes exactly once, in order, and no call too many is made.

use enphase::Spanned;
use enphase::v4::*;
use proptest::collection::btree_set;
use proptest::prelude::*;

use crate::v4_service::site::*;
use crate::v4_service::*;

fn found(site: &Site, start: i64, end: i64) -> (Vec<i64>, usize) {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let service = site.service();
    let ends = runtime.block_on(async {
        let request = GetEnergyImportTelemetry::new(SYSTEM);
        let mut items = service.client().items(request.over(span(start, end)));
        let mut ends = Vec::new();
        while let Some(reading) = items.next().await {
            ends.push(reading.unwrap().interval.end().unix_timestamp());
        }
        ends
    });
    (ends, service.count())
}

fn sites() -> impl Strategy<Value = Site> {
    let ends = btree_set(0_i64..6 * 672, 0..600);
    let weeks = prop_oneof![4 => Just(Weeks::Given), 1 => Just(Weeks::Days), 1 => Just(Weeks::Refused)];
    let first_day = prop_oneof![2 => Just(0), 1 => 0_i64..50];
    let now = prop_oneof![2 => Just(60 * DAY), 1 => 21 * DAY..42 * DAY];
    (ends, weeks, first_day, now, any::<bool>(), any::<bool>()).prop_map(|(ends, weeks, first, now, rounds, nested)| {
        let first_day = MONDAY + first * DAY;
        let ends = ends.into_iter().map(|number| MONDAY + (number + 1) * QUARTER);
        let mut site = Site::with(ends.filter(|at| *at > first_day));
        site.first_day = first_day;
        site.weeks = weeks;
        site.now = MONDAY + now.max(first * DAY + HOUR);
        site.rounds = rounds;
        site.nested = nested;
        site
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn every_interval_comes_once(site in sites(), start in -DAY..21 * DAY, length in 1..30 * DAY) {
        let (start, end) = (MONDAY + start, MONDAY + start + length);
        let (ends, calls) = found(&site, start, end);
        prop_assert_eq!(ends, site.within(span(start, end)));

        // There is nothing before the first day and after the present.
        let asked = (end.min(site.now) - start.max(site.first_day)).max(1);
        let smallest = match site.weeks {
            Weeks::Given => needed(asked, WEEK),
            _ => needed(asked, DAY),
        };
        // One where a week is refused; one at the end, where a start was rounded down or the answer met the present.
        let refused = usize::from(site.weeks == Weeks::Refused && length > DAY);
        let uneven = usize::from(site.rounds && start % QUARTER != 0 || end > site.now);
        prop_assert!(calls <= smallest + refused + uneven, "{} calls in place of {}", calls, smallest);
    }
}
