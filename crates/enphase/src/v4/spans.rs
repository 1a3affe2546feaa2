//! Spans of any length, in as few calls as the service allows: see [`Spanned::over`](crate::Spanned::over).

use std::time::Duration;

use time::OffsetDateTime;

use super::{
    Alarm, AlarmList, BatteryInterval, BatteryTelemetry, ChargerInterval, ChargerTelemetry, ConsumptionInterval,
    ConsumptionMeterTelemetry, EnchargeTelemetry, EnergyExportTelemetry, EnergyImportTelemetry, Event, EventList,
    EvseTelemetry, ExportInterval, GetBatteryTelemetry, GetChargerTelemetry, GetConsumptionMeterTelemetry,
    GetEnchargeTelemetry, GetEnergyExportTelemetry, GetEnergyImportTelemetry, GetEvseTelemetry, GetHeatPumpTelemetry,
    GetMicroTelemetry, GetProductionMeterTelemetry, GetProductionMicroTelemetry, GetRgmStats, Granularity,
    HeatPumpTelemetry, ImportInterval, ListAlarms, ListEvents, LoadInterval, MeterProductionInterval, MicroInterval,
    MicroTelemetry, ProductionInterval, ProductionMeterTelemetry, ProductionMicroTelemetry, RgmReading, RgmStats,
};
use crate::{LabelledByEnd, Reading, Spanned};

const DAY: Duration = Duration::from_secs(86_400);
const WEEK: Duration = Duration::from_secs(7 * 86_400);

/// How long an answer of this granularity is; a week where the request does not say.
fn length(granularity: Option<&Granularity>) -> Duration {
    match granularity {
        Some(Granularity::FiveMinutes) => Duration::from_secs(300),
        Some(Granularity::FifteenMinutes) => Duration::from_secs(900),
        Some(Granularity::Day) => DAY,
        _ => WEEK,
    }
}

/// The granularity to ask for: the one that was set, or the smallest that will do.
fn to_ask_for(set: Option<&Granularity>, from: OffsetDateTime, until: OffsetDateTime) -> Granularity {
    match set {
        Some(granularity) => granularity.clone(),
        None if until - from <= DAY => Granularity::Day,
        None => Granularity::Week,
    }
}

/// Requests with `start_at` and `granularity`.
macro_rules! telemetry {
    ($($request:ty, $answer:ty, $interval:ty);+ $(;)?) => { $(
        impl Spanned for $request {
            type Item = Reading<$interval>;

            fn longest(&self) -> Duration {
                length(self.granularity.as_ref())
            }

            fn at(&self, from: OffsetDateTime, until: OffsetDateTime) -> Self {
                let mut request = self.clone();
                request.start_date = None;
                request.start_at = Some(from);
                request.granularity = Some(to_ask_for(self.granularity.as_ref(), from, until));
                request
            }

            fn begins(answer: &$answer) -> Option<OffsetDateTime> {
                answer.start_at
            }

            fn ends(answer: &$answer) -> Option<OffsetDateTime> {
                answer.end_at
            }

            fn items(answer: $answer) -> Vec<Self::Item> {
                answer.into_readings()
            }

            fn label(item: &Self::Item) -> Option<OffsetDateTime> {
                Some(item.data.end_at())
            }

            /// A week is listed as possible everywhere, and described for meters and batteries alone.
            fn smaller(&self) -> Option<Self> {
                self.granularity.is_none().then(|| self.clone().granularity(Granularity::Day))
            }
        }
    )+ };
}

telemetry! {
    GetProductionMicroTelemetry, ProductionMicroTelemetry, ProductionInterval;
    GetProductionMeterTelemetry, ProductionMeterTelemetry, MeterProductionInterval;
    GetConsumptionMeterTelemetry, ConsumptionMeterTelemetry, ConsumptionInterval;
    GetEnergyImportTelemetry, EnergyImportTelemetry, ImportInterval;
    GetEnergyExportTelemetry, EnergyExportTelemetry, ExportInterval;
    GetBatteryTelemetry, BatteryTelemetry, BatteryInterval;
    GetMicroTelemetry, MicroTelemetry, MicroInterval;
    GetEnchargeTelemetry, EnchargeTelemetry, BatteryInterval;
    GetEvseTelemetry, EvseTelemetry, LoadInterval;
    GetHeatPumpTelemetry, HeatPumpTelemetry, LoadInterval;
    GetChargerTelemetry, ChargerTelemetry, ChargerInterval;
}

impl Spanned for GetRgmStats {
    type Item = RgmReading;

    fn longest(&self) -> Duration {
        WEEK
    }

    /// Without an end the answer goes to the present or for a week; an end in the future would be refused.
    fn at(&self, from: OffsetDateTime, _: OffsetDateTime) -> Self {
        let mut request = self.clone();
        request.start_at = Some(from);
        request.end_at = None;
        request
    }

    /// Nothing in the answer says it.
    fn ends(_: &RgmStats) -> Option<OffsetDateTime> {
        None
    }

    fn present(answer: &RgmStats) -> Option<OffsetDateTime> {
        let reported = answer.meta.as_ref()?.last_report_at?;
        let last = answer.intervals.iter().map(|interval| interval.end_at).max();
        Some(last.map_or(reported, |last| last.max(reported)))
    }

    fn items(answer: RgmStats) -> Vec<Self::Item> {
        answer.into_readings()
    }

    fn label(item: &Self::Item) -> Option<OffsetDateTime> {
        Some(item.interval().end())
    }
}

/// Requests with `start_time` and `end_time`.
macro_rules! happenings {
    ($($request:ty, $answer:ty, $item:ty, $list:ident, $began:ident);+ $(;)?) => { $(
        impl Spanned for $request {
            type Item = $item;

            const LABELLED_BY_END: bool = false;

            fn longest(&self) -> Duration {
                WEEK
            }

            fn at(&self, from: OffsetDateTime, until: OffsetDateTime) -> Self {
                let mut request = self.clone();
                request.start_time = from;
                request.end_time = Some(until);
                request
            }

            fn ends(_: &$answer) -> Option<OffsetDateTime> {
                None
            }

            fn items(answer: $answer) -> Vec<$item> {
                answer.$list
            }

            fn label(item: &$item) -> Option<OffsetDateTime> {
                item.$began
            }
        }
    )+ };
}

happenings! {
    ListEvents, EventList, Event, events, event_start_time;
    ListAlarms, AlarmList, Alarm, alarms, alarm_start_time;
}
