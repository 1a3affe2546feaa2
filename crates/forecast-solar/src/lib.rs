#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod actual;
mod answer;
mod api;
mod credentials;
mod failure;
mod file;
mod forecast;
#[rustfmt::skip]
mod generated;
mod parameters;
mod payperuse;
mod plan;
mod plane;
mod stamp;
#[cfg(feature = "unified")]
mod unified;

pub use actual::ReportActual;
pub use answer::{Answer, DayEnergySeries, ForecastSeries, PeriodEnergySeries, PowerSeries, RunningEnergySeries};
pub use api::{Client, ForecastSolar};
pub use credentials::{ApiKey, Credentials};
pub use failure::{Failure, FailureMessage};
pub use file::{File, FileFormat, FileRequest, IntoFile};
pub use forecast::{CrossCheck, DayTotal, Forecast, ForecastError, NaiveStamps};
pub use generated::endpoints::*;
pub use generated::models::*;
pub use parameters::{ChartScript, Damping, Horizon, TimeFormat};
pub use payperuse::{Accounts, ReactivateAccount, UsagePeriod};
pub use plan::Plan;
pub use plane::{Plane, Planes};
pub use stamp::{Stamp, StampTime, Stamped};
#[cfg(feature = "unified")]
pub use unified::ForecastSolarSource;

// What most programs need around a call.
pub use energy_core;
pub use energy_core::{Error, RetryPolicy, Secret};
