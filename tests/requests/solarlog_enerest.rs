//! Solar-Log WEB Enerest.

use energy_core::ClientBuilder;
use solarlog_enerest::*;
use time::macros::date;

use super::{Connect, Place, Sample, Tokens};

/// Where the real service has it, on a host of its own.
const TOKEN_PATH: &str = "/auth/realms/quotaapi/protocol/openid-connect/token";
const CLIENT_SECRET: &str = "s3c-Godwit/digs+for=worms";

pub(super) const SERVICE: super::Service = super::Service {
    name: "Solar-Log Enerest",
    description: "crates/solarlog-enerest/openapi.yaml",
    operations: OPERATIONS,
    secrets: &[CLIENT_SECRET, "tok-Sanderling-2-tideline"],
    tokens: Some(Tokens {
        path: TOKEN_PATH,
        answer: r#"{"access_token": "tok-Sanderling-2-tideline", "expires_in": 300, "refresh_expires_in": 0,
            "token_type": "Bearer", "not-before-policy": 0, "scope": "profile email"}"#,
    }),
    samples,
};

impl Connect for SolarLogEnerest {
    fn connect(place: &Place) -> ClientBuilder<Self> {
        let application =
            Application::new("vineyard-evaluation", CLIENT_SECRET).expect("the application is well formed");
        let origin = &place.origin;
        let credentials = Credentials::new(application, Package::Advanced)
            .of_portal()
            .token_url(&format!("{origin}{TOKEN_PATH}"));
        Client::builder(credentials).base_url(&format!("{origin}/api/v1/vineyard"))
    }
}

const PLANT: &str = "6f1b0d7e-2c93-4a55-b8d4-90e3fa17c26b";
const FLEET: &str = "1c9e44a8-d05b-4f72-8a3d-77b2e6105fd9";
const INVERTER: &str = "b2a7c3f0-5e18-4d69-9c04-f8612d7e3a95";
const INVERTER_KEPT: &str = "40d86e1b-9f7a-4c23-a5b8-3ce9027f61d4";

fn samples() -> Vec<Sample> {
    let (first, last) = (date!(2026 - 06 - 14), date!(2026 - 06 - 15));
    let channels = GetChannels::new(PLANT, [Channel::ProdPac, Channel::ProdPdc], first, last)
        .component_ids([ComponentId::from(INVERTER)]);
    let kept = CrossEpochId::from(INVERTER_KEPT);
    let across = GetCrossEpochChannels::new(PLANT, [kept], [Channel::ProdEtotal], first, Day::Today);
    let lifetime = GetLifetime::new(PLANT).channel_names([Channel::ProdEtotal, Channel::Insolation]);
    vec![
        Sample::of(ListPlants::new()),
        Sample::of(GetPlant::new(PLANT)),
        Sample::of(GetPlantAddress::new(PLANT)),
        Sample::of(ListPlantContacts::new(PLANT)),
        Sample::of(GetFleet::new(FLEET)),
        Sample::of(ListComponents::new(PLANT, last)),
        Sample::of(GetPlantVisualization::new(PLANT)),
        Sample::of(channels),
        Sample::of(across),
        Sample::of(GetMonth::new(PLANT, 2026, 5, [Channel::ProdEtotal])),
        Sample::of(GetYear::new(PLANT, 2025).channel_names([Channel::ProdEtotal])),
        Sample::of(lifetime),
    ]
}
