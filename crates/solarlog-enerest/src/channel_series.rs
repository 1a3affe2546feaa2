use energy_core::model::{
    Celsius, DeviceId, Direction, Interval, IntervalReading, MetersPerSecond, Percent, Quantity, Sample, Scope, Series,
    SeriesError, SeriesInfo, SourceRef, TimeZone, ValueKind, WattHours, WattHoursPerSquareMeter, Watts,
    WattsPerSquareMeter, ZoneError,
};
use time::{Date, Duration, OffsetDateTime};

use crate::{Channel, DeviceType, Unit};

/// The values of one channel of one device, in order.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct ChannelSeries {
    /// The device: a component by the id that it keeps, a tracker, the plant.
    pub device: Option<String>,
    /// What the device is.
    pub device_type: Option<DeviceType>,
    /// What is measured.
    pub channel: Channel,
    /// The unit of the values.
    pub unit: Option<Unit>,
    /// The values; a gap is `None`.
    pub points: Vec<Sample<f64>>,
}

/// How long the steps of an answer are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Period {
    /// Days, as of [`GetMonth`](crate::GetMonth).
    Day,
    /// Months, as of [`GetYear`](crate::GetYear).
    Month,
    /// Years, as of [`GetLifetime`](crate::GetLifetime).
    Year,
}

/// Why values cannot become a series of a unit.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum UnitError {
    /// They have another unit.
    #[error("{channel} comes in {}, not in {wanted}", found.as_ref().map_or("no unit", Unit::as_str))]
    Other {
        /// The channel.
        channel: Channel,
        /// The unit that was asked for.
        wanted: Unit,
        /// The unit that came.
        found: Option<Unit>,
    },
    /// The time zone is not known.
    #[error(transparent)]
    Zone(#[from] ZoneError),
    /// A period without a place in the calendar.
    #[error("the period at {at} is beyond the calendar")]
    Calendar {
        /// Its beginning.
        at: OffsetDateTime,
    },
    /// Values that do not make a series.
    #[error(transparent)]
    Series(#[from] SeriesError),
}

/// `name`, unit, quantity, kind, type of the values.
macro_rules! of_unit {
    ($($(#[$doc:meta])* $name:ident, $unit:ident, $quantity:ident, $kind:ident, $type:ident);+ $(;)?) => { $(
        $(#[$doc])*
        ///
        /// # Errors
        ///
        /// Values of another unit.
        pub fn $name(&self) -> Result<Series<Sample<$type>>, UnitError> {
            self.has(Unit::$unit)?;
            let points = self.points.iter().map(|sample| Sample {
                at: sample.at,
                value: sample.value.map($type),
                quality: sample.quality,
            });
            let info = self.info(Quantity::$quantity, ValueKind::$kind);
            Ok(Series::new(info, points.collect())?)
        }
    )+ };
}

impl ChannelSeries {
    of_unit! {
        /// Power. Whether a value is one of a moment or a mean over five minutes is not documented; it is taken for the
        /// former.
        watts, Watt, ActivePower, Instant, Watts;
        /// What an energy counter showed. That `ProdEtotal` counts on is inferred from its name.
        counter, WattHour, ActiveEnergy, Counter, WattHours;
        /// Irradiance.
        irradiance, WattPerSquareMeter, Irradiance, Instant, WattsPerSquareMeter;
        /// Insolation since the beginning of the day.
        insolation, WattHourPerSquareMeter, Insolation, DayToDate, WattHoursPerSquareMeter;
        /// Temperature.
        temperature, Celsius, Temperature, Instant, Celsius;
        /// Wind speed.
        wind_speed, MeterPerSecond, WindSpeed, Instant, MetersPerSecond;
        /// How full a battery is. That there is such a channel is inferred.
        state_of_charge, Percent, StateOfCharge, Instant, Percent;
    }

    /// Energy by day, month or year, of answers that have one value for each: intervals in the plant's own time zone, days
    /// of 23 to 25 hours.
    ///
    /// # Errors
    ///
    /// Values of another unit, or a zone that is not known.
    pub fn energy_by(&self, period: Period, zone: &TimeZone) -> Result<Series<IntervalReading<WattHours>>, UnitError> {
        self.has(Unit::WattHour)?;
        let points = self.points.iter().map(|sample| {
            let interval = period.at(sample.at, zone)?;
            Ok(IntervalReading {
                interval,
                value: sample.value.map(WattHours),
                quality: sample.quality,
            })
        });
        let points: Result<Vec<_>, UnitError> = points.collect();
        let info = self
            .info(Quantity::ActiveEnergy, ValueKind::IntervalSum)
            .with_time_zone(zone.clone());
        Ok(Series::new(info, points?)?)
    }

    fn has(&self, wanted: Unit) -> Result<(), UnitError> {
        if self.unit.as_ref() == Some(&wanted) {
            return Ok(());
        }
        Err(UnitError::Other {
            channel: self.channel.clone(),
            wanted,
            found: self.unit.clone(),
        })
    }

    fn info(&self, quantity: Quantity, kind: ValueKind) -> SeriesInfo {
        let source = SourceRef::new("solarlog-enerest").with_resource(self.channel.as_str());
        let info = SeriesInfo::new(self.scope(), quantity, kind).with_source(source);
        let name = self.channel.as_str();
        let of_energy = matches!(quantity, Quantity::ActivePower | Quantity::ActiveEnergy);
        if of_energy && name.starts_with("Prod") {
            info.with_direction(Direction::Production)
        } else if of_energy && name.starts_with("Cons") {
            info.with_direction(Direction::Consumption)
        } else {
            info
        }
    }

    /// Whose values they are. What kind of component it is, is not in the answer: the name of the channel tells. What has
    /// an id and is nothing known is something that measures.
    fn scope(&self) -> Scope {
        let name = self.channel.as_str();
        let Some(id) = self.device.as_deref().map(DeviceId::new) else {
            return of_plant(name);
        };
        match &self.device_type {
            Some(DeviceType::Plant) => of_plant(name),
            Some(DeviceType::MppTracker) => Scope::MppTracker(id),
            Some(DeviceType::Component) if name.starts_with("Prod") => Scope::Inverter(id),
            Some(DeviceType::Component) if name.starts_with("Bat") => Scope::Battery(id),
            Some(DeviceType::Component) if name.starts_with("Cons") || name.starts_with("Meter") => Scope::Meter(id),
            _ => Scope::Sensor(id),
        }
    }
}

/// Totals of a plant.
fn of_plant(channel: &str) -> Scope {
    if channel.starts_with("Prod") {
        Scope::Pv
    } else if channel.starts_with("Bat") {
        Scope::Storage
    } else {
        Scope::Site
    }
}

impl Period {
    /// The period that holds `at`, in `zone`.
    fn at(self, at: OffsetDateTime, zone: &TimeZone) -> Result<Interval, UnitError> {
        if self == Self::Day {
            return Ok(zone.day_at(at)?);
        }
        let day = zone.date_at(at)?;
        let beyond = || UnitError::Calendar { at };
        let first_of = |date: Date| date.replace_day(1).map_err(|_| beyond());
        let first_of_year = |year: i32| Date::from_ordinal_date(year, 1).map_err(|_| beyond());
        let (first, next) = if self == Self::Year {
            (first_of_year(day.year())?, first_of_year(day.year() + 1)?)
        } else {
            let first = first_of(day)?;
            (first, first_of(first.saturating_add(Duration::days(31)))?)
        };
        let (start, end) = (zone.start_of_day(first)?, zone.start_of_day(next)?);
        Interval::new(start, end).map_err(|_| beyond())
    }
}
