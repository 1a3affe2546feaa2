//! Rules between values that no schema can say.

use energy_core::BuildError;
use energy_core::check::Direction;
use time::{Date, Duration, OffsetDateTime};

use super::{
    BatteryMode, BatterySettingsUpdate, GetBatteryLifetime, GetBatteryTelemetry, GetChargerLifetime,
    GetChargerTelemetry, GetConsumptionLifetime, GetConsumptionMeterTelemetry, GetEnchargeTelemetry,
    GetEnergyExportLifetime, GetEnergyExportTelemetry, GetEnergyImportLifetime, GetEnergyImportTelemetry,
    GetEnergyLifetime, GetEvseLifetime, GetEvseTelemetry, GetHeatPumpLifetime, GetHeatPumpTelemetry,
    GetInvertersSummary, GetMicroTelemetry, GetProductionMeterTelemetry, GetProductionMicroTelemetry, GetRgmStats,
    Granularity, ListAlarms, ListEvents, ListMicrosTelemetry, LoadControlUpdate, LoadMode,
};

type Checked = Result<(), BuildError>;

/// The longest time that one answer covers.
const LONGEST: Duration = Duration::WEEK;
const WITH_OVER: &str = "ask for the whole span with `over`";

/// What the service refuses by its own words: `soc_low is mandatory for Advanced_BatteryPowered mode`.
pub(crate) fn load_control(update: &LoadControlUpdate, _: Direction) -> Checked {
    if update.mode == Some(LoadMode::BatteryPowered) && update.soc_low.is_none() {
        return Err(BuildError::new(
            "soc_low",
            "is needed for the mode Advanced_BatteryPowered",
        ));
    }
    Ok(())
}

/// A change of nothing is a call for nothing, and three modes can be asked for.
pub(crate) fn battery_settings(update: &BatterySettingsUpdate, _: Direction) -> Checked {
    if *update == BatterySettingsUpdate::new() {
        return Err(BuildError::new("body", "changes nothing: set one of its fields"));
    }
    match &update.battery_mode {
        None | Some(BatteryMode::SelfConsumption | BatteryMode::Savings | BatteryMode::FullBackup) => Ok(()),
        Some(other) => {
            let reason =
                format!("cannot be `{other}`; the service takes Self-consumption, Savings Mode and Full Backup");
            Err(BuildError::new("battery_mode", reason))
        }
    }
}

/// What the service refuses by its own words: `Envoy serial number or Site id mandatory`.
pub(crate) fn inverters_summary(request: &GetInvertersSummary) -> Checked {
    if request.site_id.is_none() && request.envoy_serial_number.is_none() {
        return Err(BuildError::new("site_id", "or `envoy_serial_number` is needed"));
    }
    Ok(())
}

/// `start_at` and `start_date`, of which one stands for the other.
fn one_of(at: Option<OffsetDateTime>, date: bool, names: [&'static str; 2]) -> Checked {
    if at.is_some() && date {
        let [name, other] = names;
        return Err(BuildError::new(
            name,
            format!("and `{other}` say the same in two ways: leave one out"),
        ));
    }
    Ok(())
}

const BEGINNING: [&str; 2] = ["start_at", "start_date"];

pub(crate) trait Begins {
    fn beginning(&self) -> (Option<OffsetDateTime>, bool);
}

macro_rules! begins {
    ($($request:ty),+ $(,)?) => { $(
        impl Begins for $request {
            fn beginning(&self) -> (Option<OffsetDateTime>, bool) {
                (self.start_at, self.start_date.is_some())
            }
        }
    )+ };
}

begins!(
    GetProductionMicroTelemetry,
    GetProductionMeterTelemetry,
    GetConsumptionMeterTelemetry,
    GetEnergyImportTelemetry,
    GetEnergyExportTelemetry,
    GetBatteryTelemetry,
    GetMicroTelemetry,
    GetEnchargeTelemetry,
    GetEvseTelemetry,
    GetHeatPumpTelemetry,
    GetChargerTelemetry,
);

/// A day or a week is all that chargers have.
pub(crate) fn charger(request: &GetChargerTelemetry) -> Checked {
    if let Some(granularity @ (Granularity::FiveMinutes | Granularity::FifteenMinutes)) = &request.granularity {
        return Err(BuildError::new(
            "granularity",
            format!("cannot be `{granularity}` here; `day` and `week` can"),
        ));
    }
    beginning(request)
}

/// The beginning is said in one way.
pub(crate) fn beginning(request: &impl Begins) -> Checked {
    let (at, date) = request.beginning();
    one_of(at, date, BEGINNING)
}

pub(crate) fn micros(request: &ListMicrosTelemetry) -> Checked {
    one_of(request.start_at, request.start_date.is_some(), BEGINNING)?;
    one_of(request.end_at, request.end_date.is_some(), ["end_at", "end_date"])?;
    span("end_at", request.start_at, request.end_at, "ask day by day")
}

/// A time that ends after it begins, and is not longer than one answer.
fn span(
    name: &'static str,
    start: Option<OffsetDateTime>,
    end: Option<OffsetDateTime>,
    instead: &'static str,
) -> Checked {
    let (Some(start), Some(end)) = (start, end) else {
        return Ok(());
    };
    if end <= start {
        return Err(BuildError::new(name, "is not after the beginning"));
    }
    if end - start > LONGEST {
        return Err(BuildError::new(
            name,
            format!("is more than seven days after the beginning: {instead}"),
        ));
    }
    Ok(())
}

pub(crate) fn stats(request: &GetRgmStats) -> Checked {
    span("end_at", request.start_at, request.end_at, WITH_OVER)
}

pub(crate) trait Happens {
    fn time(&self) -> (OffsetDateTime, Option<OffsetDateTime>);
}

impl Happens for ListEvents {
    fn time(&self) -> (OffsetDateTime, Option<OffsetDateTime>) {
        (self.start_time, self.end_time)
    }
}

impl Happens for ListAlarms {
    fn time(&self) -> (OffsetDateTime, Option<OffsetDateTime>) {
        (self.start_time, self.end_time)
    }
}

pub(crate) fn happenings(request: &impl Happens) -> Checked {
    let (start, end) = request.time();
    span("end_time", Some(start), end, WITH_OVER)
}

fn in_order(start: Option<Date>, end: Option<Date>) -> Checked {
    match (start, end) {
        (Some(start), Some(end)) if end < start => Err(BuildError::new("end_date", "is before `start_date`")),
        _ => Ok(()),
    }
}

pub(crate) trait Days {
    fn first_and_last(&self) -> (Option<Date>, Option<Date>);
}

macro_rules! of_days {
    ($($request:ty),+ $(,)?) => { $(
        impl Days for $request {
            fn first_and_last(&self) -> (Option<Date>, Option<Date>) {
                (self.start_date, self.end_date)
            }
        }
    )+ };
}

of_days!(
    GetEnergyLifetime,
    GetConsumptionLifetime,
    GetBatteryLifetime,
    GetEnergyImportLifetime,
    GetEnergyExportLifetime,
    GetEvseLifetime,
    GetHeatPumpLifetime,
);

pub(crate) fn days(request: &impl Days) -> Checked {
    let (first, last) = request.first_and_last();
    in_order(first, last)
}

pub(crate) fn charger_days(request: &GetChargerLifetime) -> Checked {
    in_order(Some(request.start_date.0), request.end_date.map(|end| end.0))
}
