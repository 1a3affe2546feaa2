#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

pub use energy_core;

#[cfg(feature = "enphase")]
pub use enphase;
#[cfg(feature = "forecast-solar")]
pub use forecast_solar;
#[cfg(feature = "intellimeter")]
pub use intellimeter;
#[cfg(feature = "solarlog-enerest")]
pub use solarlog_enerest;
#[cfg(feature = "solarnet-oscp")]
pub use solarnet_oscp;
