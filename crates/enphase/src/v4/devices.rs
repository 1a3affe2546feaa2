//! Devices of all kinds.

use energy_core::wire::Extra;
use serde::de::DeserializeOwned;

use super::{Device, Devices, LatestDevice, LatestDevices};

impl Devices {
    /// Every device with its kind as the service writes it, those of kinds that are not described too, as far as they
    /// have the shape of a device.
    pub fn all(&self) -> Vec<(String, Device)> {
        let described = [
            ("micros", &self.micros),
            ("meters", &self.meters),
            ("gateways", &self.gateways),
            ("q_relays", &self.q_relays),
            ("acbs", &self.acbs),
            ("encharges", &self.encharges),
            ("enpowers", &self.enpowers),
            ("ev_chargers", &self.ev_chargers),
            ("heat_pump", &self.heat_pump),
            ("iq_collars", &self.iq_collars),
            ("iq_air", &self.iq_air),
            ("generators", &self.generators),
        ];
        by_kind(described, &self.extra)
    }
}

impl LatestDevices {
    /// Every device with its kind as the service writes it, those of kinds that are not described too, as far as they
    /// have the shape of a device.
    pub fn all(&self) -> Vec<(String, LatestDevice)> {
        let described = [
            ("meters", &self.meters),
            ("encharges", &self.encharges),
            ("heat-pump", &self.heat_pump),
            ("evse", &self.evse),
        ];
        by_kind(described, &self.extra)
    }
}

fn by_kind<T: Clone + DeserializeOwned, const N: usize>(
    described: [(&str, &Option<Vec<T>>); N],
    others: &Extra,
) -> Vec<(String, T)> {
    let described = described.into_iter().flat_map(|(kind, devices)| {
        devices
            .iter()
            .flatten()
            .map(move |device| (kind.to_owned(), device.clone()))
    });
    let others = others.fields().iter().flat_map(|(kind, devices)| {
        let devices = serde_json::from_value::<Vec<T>>(devices.clone()).unwrap_or_default();
        devices.into_iter().map(move |device| (kind.clone(), device))
    });
    described.chain(others).collect()
}
