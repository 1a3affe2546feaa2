//! Enphase's API v2, Enlighten Systems.

use energy_core::ClientBuilder;
use enphase::v2::*;
use enphase::{ConnectionType, SystemStatus};
use time::macros::{date, datetime};

use super::{Connect, Place, Sample, Service};

const KEY: &str = "k-Wagtail/12+ford";
const USER: &str = "7a4d6b324e544d320d";

pub(super) const SERVICE: Service = Service {
    name: "Enphase v2",
    description: "crates/enphase/openapi/v2.yaml",
    operations: OPERATIONS,
    secrets: &[KEY, USER],
    tokens: None,
    samples,
};

impl Connect for EnlightenSystems {
    fn connect(place: &Place) -> ClientBuilder<Self> {
        let credentials = Credentials::new(KEY, USER).expect("key and user are well formed");
        Client::builder(credentials).base_url(&format!("{}/api/v2", place.origin))
    }
}

const SYSTEM: u64 = 902_417;

fn samples() -> Vec<Sample> {
    let systems = ListSystems::new()
        .limit(25)
        .status(SystemStatus::Normal)
        .connection_type(ConnectionType::Ethernet);
    let lifetime = GetEnergyLifetime::new(SYSTEM)
        .start_date(date!(2026 - 06 - 01))
        .end_date(date!(2026 - 06 - 14))
        .production(ProductionDetail::All);
    let used = GetConsumptionLifetime::new(SYSTEM).start_date(date!(2026 - 06 - 01));
    let consumption = GetConsumptionStats::new(SYSTEM)
        .start_at(datetime!(2026-06-15 04:00 UTC))
        .end_at(datetime!(2026-06-15 20:00 UTC));
    let stats = GetStats::new(SYSTEM)
        .start_at(datetime!(2026-06-15 04:00 UTC))
        .end_at(datetime!(2026-06-15 20:00 UTC));
    let meters = GetRgmStats::new(SYSTEM)
        .start_at(datetime!(2026-06-15 04:00 UTC))
        .end_at(datetime!(2026-06-15 20:00 UTC));
    let readings = GetProductionMeterReadings::new(SYSTEM).end_at(datetime!(2026-06-15 20:00 UTC));
    vec![
        Sample::of(systems),
        Sample::of(lifetime),
        Sample::of(used),
        Sample::of(consumption),
        Sample::of(stats),
        Sample::of(meters),
        Sample::of(readings),
        Sample::of(GetMonthlyProduction::new(SYSTEM, date!(2026 - 04 - 11))),
        Sample::of(ListEnvoys::new(SYSTEM)),
        Sample::of(GetInventory::new(SYSTEM)),
        Sample::of(GetSummary::new(SYSTEM).summary_date(date!(2026 - 06 - 15))),
        Sample::of(GetInvertersSummary::new(SYSTEM)),
        Sample::of(SearchSystemId::new("121905003127").datetime_format(DatetimeFormat::Epoch)),
    ]
}
