//! Answers in pages: `client.items(request)` streams what all of them hold.

use energy_core::Paginated;

use super::{
    ChargerEvent, ChargerEventList, ChargingSession, ChargingSessionList, GetInvertersSummary, InverterGroup,
    ListChargerEvents, ListChargingSessions, ListMicrosTelemetry, ListSystems, MicroOfMany, MicrosTelemetry,
    SearchSystems, System, SystemsPage,
};

/// Which page an answer is. What it says itself counts: a service that gives a page again is then asked again for what
/// came before, and [`Pages`](energy_core::Pages) ends that with an error.
fn number(asked: Option<u32>, said: Option<i64>) -> u32 {
    let said = said.and_then(|page| page.try_into().ok());
    said.or(asked).unwrap_or(1)
}

/// Whether there is a page after one that ends with this many of `total`.
fn has_more(page: i64, size: i64, on_page: usize, total: Option<i64>) -> bool {
    match total {
        _ if on_page == 0 => false,
        Some(total) => page.saturating_mul(size) < total,
        // Without a total a full page may be the last.
        None => i64::try_from(on_page).unwrap_or(i64::MAX) >= size,
    }
}

/// What the service takes where a request says nothing.
const DEFAULT_SIZE: u32 = 10;

macro_rules! pages_of_systems {
    ($($request:ty),+) => { $(
        impl Paginated for $request {
            type Item = System;

            fn next(&self, page: &SystemsPage) -> Option<Self> {
                let number = number(self.page, page.current_page);
                let size = page.size.unwrap_or(self.size.unwrap_or(DEFAULT_SIZE).into());
                let more = has_more(number.into(), size, page.systems.len(), page.total);
                more.then(|| self.clone().page(number.saturating_add(1)))
            }

            fn items(page: SystemsPage) -> Vec<System> {
                page.systems
            }
        }
    )+ };
}

pages_of_systems!(ListSystems, SearchSystems);

impl Paginated for GetInvertersSummary {
    type Item = InverterGroup;

    /// The answer says nothing of pages: one that is not full is the last.
    fn next(&self, page: &Vec<InverterGroup>) -> Option<Self> {
        let inverters = page.iter().map(|group| group.micro_inverters.len()).sum();
        let (number, size) = (self.page.unwrap_or(1), self.size.unwrap_or(DEFAULT_SIZE));
        let more = has_more(number.into(), size.into(), inverters, None);
        more.then(|| self.clone().page(number.saturating_add(1)))
    }

    fn items(page: Vec<InverterGroup>) -> Vec<InverterGroup> {
        page
    }
}

impl Paginated for ListMicrosTelemetry {
    type Item = MicroOfMany;

    fn next(&self, page: &MicrosTelemetry) -> Option<Self> {
        let number = number(self.page, page.page);
        let size = page.page_size.unwrap_or(self.size.unwrap_or(DEFAULT_SIZE).into());
        let more = has_more(number.into(), size, page.devices.len(), page.total_devices);
        more.then(|| self.clone().page(number.saturating_add(1)))
    }

    fn items(page: MicrosTelemetry) -> Vec<MicroOfMany> {
        page.devices
    }
}

/// Requests that pass over what was given before. Whether `count` is that of the page or of all is not documented, so a
/// page that is not full is the last.
macro_rules! pages_by_offset {
    ($($request:ty, $answer:ty, $item:ty, $list:ident);+) => { $(
        impl Paginated for $request {
            type Item = $item;

            fn next(&self, page: &$answer) -> Option<Self> {
                let given = u32::try_from(page.$list.len()).ok()?;
                let full = given > 0 && given >= self.limit.unwrap_or(DEFAULT_SIZE);
                full.then(|| self.clone().offset(self.offset.unwrap_or(0).saturating_add(given)))
            }

            fn items(page: $answer) -> Vec<$item> {
                page.$list
            }
        }
    )+ };
}

pages_by_offset! {
    ListChargerEvents, ChargerEventList, ChargerEvent, events;
    ListChargingSessions, ChargingSessionList, ChargingSession, sessions
}
