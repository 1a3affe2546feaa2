//! The applications that developers have registered, and what their plans include.

use super::face::EnphaseApp;

/// A group of operations that an application may or may not use: what Enphase calls an access control.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum AccessControl {
    SystemDetails,
    SiteProduction,
    SiteConsumption,
    DeviceLevel,
    SystemConfigurations,
    Streaming,
    ChargerMonitoring,
    ChargerControl,
}

/// An application as the portal knows it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Registered {
    pub(super) app: EnphaseApp,
    /// As the page on which people let it in shows it.
    pub(super) name: &'static str,
    pub(super) plan: &'static str,
    pub(super) key: &'static str,
    pub(super) client_id: &'static str,
    pub(super) client_secret: &'static str,
    /// Calls a minute and calls a month.
    pub(super) limits: (u32, u32),
}

pub(super) const WATT: Registered = Registered {
    app: EnphaseApp::Watt,
    name: "Roof Watch",
    plan: "Watt",
    key: "5a6e64626f78576174744b6579303031",
    client_id: "sandboxwatt00000000000000000001a",
    client_secret: "sandbox.watt.secret.K4vR8nT1yP6c",
    limits: (10, 1_000),
};

pub(super) const PARTNER: Registered = Registered {
    app: EnphaseApp::Partner,
    name: "Fleet Care",
    plan: "Partner",
    key: "5a6e64626f78506172746e65724b3032",
    client_id: "sandboxpartner0000000000000002b0",
    client_secret: "sandbox.partner.secret.H7mZ2qW9xL3d",
    limits: (300, 1_500_000),
};

/// The key of the one application for API v2, and its limits on the plan Watt.
pub(super) const V2_KEY: &str = "5a6e64626f785632576174744b657933";
pub(super) const V2_PLAN: &str = "Watt";
pub(super) const V2_LIMITS: (u32, u32) = (10, 10_000);

const ALL: [&Registered; 2] = [&WATT, &PARTNER];

pub(super) fn registered(app: EnphaseApp) -> &'static Registered {
    match app {
        EnphaseApp::Watt => &WATT,
        EnphaseApp::Partner => &PARTNER,
    }
}

pub(super) fn by_key(key: &str) -> Option<&'static Registered> {
    ALL.into_iter().find(|known| known.key == key)
}

pub(super) fn by_client_id(client_id: &str) -> Option<&'static Registered> {
    ALL.into_iter().find(|known| known.client_id == client_id)
}

impl Registered {
    /// Whether the plan includes a group of operations.
    pub(super) fn includes(&self, control: AccessControl) -> bool {
        match self.app {
            EnphaseApp::Partner => true,
            EnphaseApp::Watt => matches!(
                control,
                AccessControl::SystemDetails
                    | AccessControl::SiteProduction
                    | AccessControl::SiteConsumption
                    | AccessControl::ChargerMonitoring
            ),
        }
    }
}
