//! The handlers of API v4.

pub(super) mod chargers;
pub(super) mod configuration;
pub(super) mod control;
pub(super) mod device_telemetry;
pub(super) mod devices;
pub(super) mod events;
pub(super) mod inverters;
pub(super) mod latest;
pub(super) mod lifetime;
pub(super) mod live;
pub(super) mod readings;
pub(super) mod reply;
pub(super) mod rgm;
pub(super) mod settings;
pub(super) mod summary;
pub(super) mod systems;
pub(super) mod telemetry;
pub(super) mod visit;
