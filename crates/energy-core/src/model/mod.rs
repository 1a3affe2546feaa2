//! Energy data in one language, whatever service they come from.
//!
//! | you have | type |
//! |---|---|
//! | a number with a unit | [`Watts`], [`WattHours`], [`KilowattPeak`], [`WattsPerSquareMeter`], [`WattHoursPerSquareMeter`], [`Celsius`], [`MetersPerSecond`], [`Percent`], [`Volts`], [`Amperes`], [`CubicMeters`] |
//! | a stretch of time | [`Interval`], half-open and in UTC |
//! | a value at an instant | [`Sample`] |
//! | a value over an interval | [`IntervalReading`] |
//! | many of either, with what they mean | [`Series`], described by [`SeriesInfo`] |
//! | what is measured, which way, in what relation to time | [`Quantity`], [`Direction`], [`ValueKind`] |
//! | whose value it is | [`Scope`]; without the device, [`ScopeLevel`] |
//! | doubts about a value | [`Quality`] |
//! | a place with an installation | [`Site`], [`PvPlane`], [`Coordinates`], [`Tilt`], [`Azimuth`] |
//! | local days | [`TimeZone`], [`LocalInstant`], [`DailyTotal`] |
//! | expected production | [`Forecast`] |
//! | what a service could give | [`Capabilities`], asked with a [`Wish`] for an [`Answer`] |
//!
//! | you want | ask |
//! |---|---|
//! | energy from power samples | [`Series::integrate`](Series#method.integrate), on given intervals [`Series::integrate_over`] |
//! | mean power from energy, energy from mean power | [`Series::mean_rate`], [`Series::integrate`](Series#method.integrate-1) |
//! | energy from a meter's register | [`Series::counter_to_intervals`] with a [`CounterRule`] |
//! | other intervals | [`Series::resample`], one interval [`Series::amount_in`] |
//! | local days | [`Series::daily_totals`] |
//! | several devices as one | [`Series::sum_of`] |
//! | two series side by side | [`Series::join`], [`Forecast::against`] |
//!
//! # What holds everywhere
//!
//! - **Missing is `None`, never zero.** Time that no point covers is unknown too.
//! - **Instants are [`OffsetDateTime`](time::OffsetDateTime)s**, compared as instants; intervals
//!   are kept in UTC. Local time enters through a [`TimeZone`] only.
//! - **An interval says where it starts and ends.** Whether a service labels it by its start or
//!   its end is settled where its answers are read.
//! - **Power is signed only as [`Direction::Net`]**, positive into the site. Energy is two
//!   registers, one per direction, neither negative.
//! - **Instants, means, sums, counters and running totals of the day are different things**, and
//!   only the methods above turn one into another.
//!
//! # Features
//!
//! Everything here is always there. Without **`time-zones`**, which compiles the IANA database
//! in, zones given by name can be stored but not asked: they answer [`ZoneError::NoDatabase`].

mod arithmetic;
mod capability;
mod forecast;
mod geo;
mod interval;
mod point;
mod quality;
mod quantity;
mod scope;
mod series;
mod site;
mod units;
pub(crate) mod words;
mod zone;

pub use arithmetic::{ArithmeticError, CounterRule, Coverage, DailyTotal, Joined};
pub use capability::{Answer, Capabilities, Capability, Reach, Requirement, Shortfall, Wish};
pub use forecast::{Forecast, ForecastError, ForecastModel, Quantile};
pub use geo::{Azimuth, Coordinates, GeoError, Tilt};
pub use interval::{Interval, IntervalError, IntervalSteps};
pub use point::{IntervalReading, Point, Sample};
pub use quality::Quality;
pub use quantity::{Direction, Quantity, ValueKind};
pub use scope::{DeviceId, Scope, ScopeLevel};
pub use series::{Series, SeriesError, SeriesInfo, SourceRef};
pub use site::{PvPlane, Site, SiteId};
pub use units::{
    Amount, Amperes, Celsius, CubicMeters, KilowattPeak, MetersPerSecond, Percent, Rate, Volts, WattHours,
    WattHoursPerSquareMeter, Watts, WattsPerSquareMeter,
};
pub use zone::{LocalInstant, TimeZone, ZoneError};
