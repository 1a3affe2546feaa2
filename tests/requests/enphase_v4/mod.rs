//! Enphase's API v4.

mod devices;
mod site;
mod system;

use energy_core::ClientBuilder;
use energy_core::auth::{MemoryTokenStore, StoredToken};
use enphase::v4::{Application, Client, Credentials, Enphase, OPERATIONS, Plan};
use time::{Duration, OffsetDateTime};

use super::{Connect, NOW, Place, Sample, Service, Tokens};

const KEY: &str = "2d80+bittern/reeds";
const TOKEN: &str = "tok-Dunlin-3-ebb";
const REFRESH: &str = "ref-Dunlin-3-flow";
const CLIENT_SECRET: &str = "s3c-Whimbrel/on~ice";

pub(super) const SERVICE: Service = Service {
    name: "Enphase v4",
    description: "crates/enphase/openapi/v4.yaml",
    operations: OPERATIONS,
    secrets: &[
        KEY,
        TOKEN,
        REFRESH,
        CLIENT_SECRET,
        "tok-Dunlin-4-ebb",
        "ref-Dunlin-4-flow",
    ],
    tokens: Some(Tokens {
        path: "/oauth/token",
        answer: r#"{"access_token": "tok-Dunlin-4-ebb", "token_type": "bearer", "refresh_token": "ref-Dunlin-4-flow",
            "expires_in": 86391, "scope": "read write", "enl_uid": "6203", "enl_cid": "", "is_internal_app": false,
            "enl_password_last_changed": "1710000000", "app_type": "system", "jti": "5d1c", "app_Id": "91"}"#,
    }),
    samples,
};

impl Connect for Enphase {
    fn connect(place: &Place) -> ClientBuilder<Self> {
        let application = Application::new("meadow-monitor", CLIENT_SECRET).expect("the application is well formed");
        let token = StoredToken::new(TOKEN)
            .with_refresh(REFRESH)
            .with_expiry(NOW + Duration::hours(20));
        let credentials = Credentials::new(KEY, application, MemoryTokenStore::new(token));
        let credentials = credentials.expect("the key is well formed").plan(Plan::Partner);
        Client::builder(credentials).base_url(&place.origin)
    }
}

const SYSTEM: u64 = 4_120_733;
const GATEWAY: &str = "202417050913";
const MICRO: &str = "202412000417";
const BATTERY: &str = "492409007716";
const CHARGER: &str = "202501184420";

/// The morning of the day before [`NOW`], from which the samples ask.
fn morning() -> OffsetDateTime {
    NOW - Duration::hours(30)
}

fn samples() -> Vec<Sample> {
    let mut samples = system::details();
    samples.extend(site::production());
    samples.extend(site::consumption());
    samples.extend(devices::telemetry());
    samples.extend(system::configuration());
    samples.extend(system::live());
    samples.extend(devices::chargers());
    samples
}
