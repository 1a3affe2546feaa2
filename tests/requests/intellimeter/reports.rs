//! Reports at once and by schedule, and what everybody may read.

use intellimeter::*;
use time::macros::{date, datetime};

use super::{METER, POLL_TOKEN, PROPERTY, REPORT, Sample};

pub(super) fn samples() -> Vec<Sample> {
    let mut samples = at_once();
    samples.extend(scheduled());
    samples.push(Sample::of(ListFaq::new()));
    samples.push(Sample::download(GetUserManual::new()));
    samples
}

fn at_once() -> Vec<Sample> {
    let (start, end) = (date!(2026 - 05 - 01), date!(2026 - 06 - 01));
    let meters = || ReportMeters::only([METER, "e41a90b8"]).expect("there are meters");
    let days = GetDailyGrandTotal::new(
        PROPERTY,
        datetime!(2026-05-01 07:00),
        datetime!(2026-05-08 07:00),
        ReportMeters::ALL,
    );
    vec![
        Sample::of(GetPeriodConsumption::new(PROPERTY, start, end, meters())),
        Sample::of(GetSingleGrandTotal::new(PROPERTY, start, ReportMeters::ALL)),
        Sample::of(days.pretty(true)),
        Sample::of(GetIntervalReport::new(
            PROPERTY,
            start,
            end,
            meters(),
            ReportInterval::Day,
        )),
        Sample::of(GetCounts::new()),
    ]
}

fn scheduled() -> Vec<Sample> {
    let names = vec![ReportName::ConsumptionDaily, ReportName::TopProperties];
    let input = ScheduledReportInput::new("Granary by month", names, Repeat::Month)
        .period(3)
        .start(date!(2026 - 07 - 01))
        .end(date!(2028 - 12 - 31))
        .active(true);
    let update = ScheduledReportUpdate::new()
        .name("Granary by year")
        .reports(vec![ReportName::WeekendTable])
        .repeat(Repeat::Year)
        .period(1)
        .start(date!(2026 - 08 - 01))
        .end(date!(2030 - 01 - 01))
        .active(false);
    vec![
        Sample::of(ListScheduledReports::new()),
        Sample::of(CreateScheduledReport::new(input)),
        Sample::of(UpdateScheduledReport::new(REPORT, update)),
        Sample::of(DeleteScheduledReport::new(REPORT)),
        Sample::of(GenerateScheduledReport::new(REPORT)),
        Sample::download(PollScheduledReport::new(REPORT, POLL_TOKEN)),
    ]
}
