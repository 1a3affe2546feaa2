//! A series of whatever quantity.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::model::{
    Amperes, ArithmeticError, Celsius, CounterRule, CubicMeters, Interval, IntervalReading, MetersPerSecond, Percent,
    Quantity, Sample, Series, SeriesInfo, Site, SourceRef, ValueKind, Volts, WattHours, WattHoursPerSquareMeter, Watts,
    WattsPerSquareMeter,
};

/// Writes the enum, what all variants share, and the way to each of them.
macro_rules! any_series {
    ($($(#[$doc:meta])* $variant:ident($point:ty) = $method:ident;)+) => {
        /// A series whose unit is known when it comes: what a source answers.
        ///
        /// ```
        /// use energy_core::model::{IntervalReading, Quantity, Scope, Series, SeriesInfo, ValueKind, WattHours};
        /// use energy_core::source::AnySeries;
        ///
        /// let info = SeriesInfo::new(Scope::Pv, Quantity::ActiveEnergy, ValueKind::IntervalSum);
        /// let series: Series<IntervalReading<WattHours>> = Series::new(info, Vec::new())?;
        /// let any = AnySeries::from(series.clone());
        /// assert_eq!(any.energy(), Some(&series));
        /// assert!(any.power().is_none());
        /// # Ok::<(), energy_core::model::SeriesError>(())
        /// ```
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        #[non_exhaustive]
        pub enum AnySeries {
            $($(#[$doc])* $variant(Series<$point>),)+
        }

        impl AnySeries {
            /// What the points mean.
            pub fn info(&self) -> &SeriesInfo {
                match self { $(Self::$variant(series) => series.info(),)+ }
            }

            /// How many points there are, known or missing.
            pub fn len(&self) -> usize {
                match self { $(Self::$variant(series) => series.len(),)+ }
            }

            /// How many points have a value.
            pub fn known(&self) -> usize {
                match self {
                    $(Self::$variant(series) => series.points().iter().filter(|point| point.value.is_some()).count(),)+
                }
            }

            /// Whether there are no points at all.
            pub fn is_empty(&self) -> bool {
                self.len() == 0
            }

            fn change(&mut self, change: impl FnOnce(&mut SeriesInfo)) {
                match self { $(Self::$variant(series) => change(series.info_mut()),)+ }
            }

            /// The points that share time with `interval`; see [`Series::within`].
            #[must_use]
            pub fn within(self, interval: Interval) -> Self {
                match self { $(Self::$variant(series) => Self::$variant(series.within(interval)),)+ }
            }

            $(
                #[doc = concat!("The series, if it is [`", stringify!($variant), "`](Self::", stringify!($variant), ").")]
                pub fn $method(&self) -> Option<&Series<$point>> {
                    match self {
                        Self::$variant(series) => Some(series),
                        _ => None,
                    }
                }
            )+
        }

        $(
            impl From<Series<$point>> for AnySeries {
                fn from(series: Series<$point>) -> Self {
                    Self::$variant(series)
                }
            }
        )+
    };
}

any_series! {
    /// Energy per interval.
    Energy(IntervalReading<WattHours>) = energy;
    /// What an energy register showed, or a running total of the day.
    EnergyCounter(Sample<WattHours>) = energy_counter;
    /// Power at instants.
    Power(Sample<Watts>) = power;
    /// Power over intervals: their mean, as a rule.
    IntervalPower(IntervalReading<Watts>) = interval_power;
    /// How full batteries are, at instants.
    StateOfCharge(Sample<Percent>) = state_of_charge;
    /// Volume per interval.
    Volume(IntervalReading<CubicMeters>) = volume;
    /// What a volume register showed.
    VolumeCounter(Sample<CubicMeters>) = volume_counter;
    /// Irradiance at instants.
    Irradiance(Sample<WattsPerSquareMeter>) = irradiance;
    /// Insolation since the beginning of the day.
    InsolationCounter(Sample<WattHoursPerSquareMeter>) = insolation_counter;
    /// Temperature at instants.
    Temperature(Sample<Celsius>) = temperature;
    /// Wind speed at instants.
    WindSpeed(Sample<MetersPerSecond>) = wind_speed;
    /// Voltage at instants.
    Voltage(Sample<Volts>) = voltage;
    /// Current at instants.
    Current(Sample<Amperes>) = current;
}

impl AnySeries {
    /// With the time zone of its site, unless it has one, and with the time at which it was fetched: what every answer of
    /// a [`Source`](super::Source) has.
    #[must_use]
    pub fn fetched(mut self, provider: &'static str, site: &Site, at: OffsetDateTime) -> Self {
        self.change(|info| {
            if info.time_zone.is_none() {
                info.time_zone.clone_from(&site.time_zone);
            }
            info.source.get_or_insert_with(|| SourceRef::new(provider)).fetched_at = Some(at);
        });
        self
    }

    /// Energy per interval, whichever way it came: as such, by difference of a register's values (one that runs backwards
    /// was read wrong), or from power, which runs straight between instants no more than one step apart. `None` if it
    /// is not about electric energy, or is of power without a known step.
    ///
    /// # Errors
    ///
    /// Power that is neither of instants nor a mean.
    pub fn to_energy(&self) -> Result<Option<Series<IntervalReading<WattHours>>>, ArithmeticError> {
        Ok(match self {
            Self::Energy(energy) => Some(energy.clone()),
            Self::EnergyCounter(counter) => {
                let rule = match counter.info().kind {
                    ValueKind::DayToDate => CounterRule::Reset,
                    _ => CounterRule::Reject,
                };
                Some(counter.counter_to_intervals(rule)?)
            }
            Self::Power(power) => match power.info().step {
                Some(step) => Some(power.integrate(step)?),
                None => None,
            },
            Self::IntervalPower(power) => Some(power.integrate()?),
            _ => None,
        })
    }

    /// What it measures.
    pub fn quantity(&self) -> Quantity {
        self.info().quantity
    }
}
