//! What the service tells its users about itself: credentials, people, sites and tokens.

use time::{Date, OffsetDateTime};

use super::applications::{PARTNER, Registered, V2_KEY, WATT};
use super::people;
use super::site::{Plant, Site};
use super::world::World;

/// An application for API v4 that every sandbox has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum EnphaseApp {
    /// On the free plan Watt: no device level, no streaming, no configuration, no control.
    Watt,
    /// On the plan Partner: everything, and the password grant.
    Partner,
}

/// Somebody with an account, in whose name an application calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum EnphasePerson {
    /// Has the micro-only and the metered site.
    Owner,
    /// Sees 2,500 systems, those of the owner among them.
    Installer,
}

/// What an application identifies itself with.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct EnphaseApplication {
    /// Goes with every call, as the parameter or the header `key`.
    pub api_key: String,
    /// For the login.
    pub client_id: String,
    /// The secret of `client_id`.
    pub client_secret: String,
}

/// What a person signs in with.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct EnphaseLogin {
    /// An e-mail address.
    pub username: String,
    /// The password.
    pub password: String,
    /// Who this is in API v2.
    pub v2_user_id: String,
}

/// Keys, secrets and people that every sandbox has.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct EnphaseCredentials {
    /// The application on the plan Watt.
    pub watt: EnphaseApplication,
    /// The application on the plan Partner.
    pub partner: EnphaseApplication,
    /// The key of the application for API v2.
    pub v2_key: String,
    /// The home owner.
    pub owner: EnphaseLogin,
    /// The installer.
    pub installer: EnphaseLogin,
}

/// A pair of tokens.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct EnphaseTokens {
    /// Good for a day.
    pub access_token: String,
    /// Good for 30 days, and once.
    pub refresh_token: String,
    /// Seconds until the access token expires.
    pub expires_in: u64,
}

/// One site, with the serial numbers of what is installed there.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct EnphaseSite {
    /// The number of the system.
    pub system_id: u64,
    /// As the service writes it; may be an old name.
    pub time_zone: &'static str,
    /// Midnight of the first day with data.
    pub operational_at: OffsetDateTime,
    /// That day, as the site's clock shows it.
    pub operational_on: Date,
    /// The first whole day that the meters measured, where there are any.
    pub meter_start_date: Option<Date>,
    /// The gateway.
    pub gateway_serial: String,
    /// The microinverters.
    pub micro_serials: Vec<String>,
    /// The production meters in service.
    pub production_meter_serials: Vec<String>,
    /// The consumption meter.
    pub consumption_meter_serial: Option<String>,
    /// The meter of the batteries.
    pub storage_meter_serial: Option<String>,
    /// The Encharge batteries.
    pub battery_serials: Vec<String>,
    /// The EV charger of Enphase's own, which can be monitored and controlled.
    pub charger_serial: Option<String>,
    /// The EV charger of another make.
    pub evse_serial: Option<String>,
}

/// The sites that tests want to know by name.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct EnphaseSites {
    /// 20 microinverters and nothing else.
    pub micro_only: EnphaseSite,
    /// Microinverters, meters, batteries, two EV chargers and a heat pump.
    pub metered: EnphaseSite,
    /// One of the installer's, which stopped reporting five days before the sandbox began.
    pub silent_system_id: u64,
    /// One of the installer's, which began forty days before the sandbox.
    pub young_system_id: u64,
}

fn application(known: &Registered) -> EnphaseApplication {
    EnphaseApplication {
        api_key: known.key.to_owned(),
        client_id: known.client_id.to_owned(),
        client_secret: known.client_secret.to_owned(),
    }
}

fn login(person: EnphasePerson) -> EnphaseLogin {
    let known = people::account(person);
    EnphaseLogin {
        username: known.username.to_owned(),
        password: known.password.to_owned(),
        v2_user_id: known.v2_user_id.to_owned(),
    }
}

/// What every sandbox accepts.
pub(super) fn credentials() -> EnphaseCredentials {
    EnphaseCredentials {
        watt: application(&WATT),
        partner: application(&PARTNER),
        v2_key: V2_KEY.to_owned(),
        owner: login(EnphasePerson::Owner),
        installer: login(EnphasePerson::Installer),
    }
}

fn site(world: &World, site: &Site) -> EnphaseSite {
    let metered = site.plant == Plant::Metered;
    let fleet = site.fleet();
    EnphaseSite {
        system_id: site.id.unsigned_abs(),
        time_zone: site.time_zone(),
        operational_at: site.began,
        operational_on: site.operational,
        meter_start_date: world.meter_start_date(site),
        gateway_serial: fleet.gateway(),
        micro_serials: fleet.micros(),
        production_meter_serials: fleet.production_meters(),
        consumption_meter_serial: metered.then(|| fleet.consumption_meter()),
        storage_meter_serial: metered.then(|| fleet.storage_meter()),
        battery_serials: fleet.batteries(),
        charger_serial: metered.then(|| fleet.charger()),
        evse_serial: metered.then(|| fleet.evse()),
    }
}

/// The sites of this world.
pub(super) fn sites(world: &World) -> EnphaseSites {
    EnphaseSites {
        micro_only: site(world, world.micro_only()),
        metered: site(world, world.metered()),
        silent_system_id: super::site::SILENT.unsigned_abs(),
        young_system_id: super::site::YOUNG.unsigned_abs(),
    }
}
