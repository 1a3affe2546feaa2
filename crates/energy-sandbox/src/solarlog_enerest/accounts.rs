//! The portals' applications: users with a package, and one that sees the whole portal.

use super::plant::{Plant, Site};

pub(super) const SUNNYHILL: &str = "sunnyhill";
pub(super) const NORTHWIND: &str = "northwind";
pub(super) const MEADOWBANK: &str = "meadowbank";

/// Every portal.
pub(super) const PORTALS: [&str; 3] = [SUNNYHILL, NORTHWIND, MEADOWBANK];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Package {
    Basic,
    Advanced,
}

/// Which plants of its portal an application sees.
#[derive(Clone, Copy, Debug)]
pub(super) enum Reach {
    /// User API: those assigned to its user.
    Assigned(&'static [Site]),
    /// Portal API: all of them, and the fleets.
    Portal,
}

/// An application that asks for tokens.
#[derive(Debug)]
pub(super) struct Application {
    pub(super) portal: &'static str,
    pub(super) client_id: &'static str,
    pub(super) client_secret: &'static str,
    pub(super) package: Package,
    pub(super) reach: Reach,
}

pub(super) static BASIC: Application = Application {
    portal: SUNNYHILL,
    client_id: "sunnyhill-user-basic-0417",
    client_secret: "sandbox.basic.secret.Q3mV8tJ5wE1r",
    package: Package::Basic,
    reach: Reach::Assigned(&[Site::OldDairy]),
};

pub(super) static ADVANCED: Application = Application {
    portal: SUNNYHILL,
    client_id: "sunnyhill-user-advanced-0422",
    client_secret: "sandbox.advanced.secret.Z6cB2yL9pD4k",
    package: Package::Advanced,
    reach: Reach::Assigned(&[Site::OldDairy]),
};

pub(super) static PORTAL: Application = Application {
    portal: SUNNYHILL,
    client_id: "sunnyhill-portal-0003",
    client_secret: "sandbox.portal.secret.F7nX1sG8hU5a",
    package: Package::Advanced,
    reach: Reach::Portal,
};

pub(super) static NORTHWIND_USER: Application = Application {
    portal: NORTHWIND,
    client_id: "northwind-user-advanced-0071",
    client_secret: "sandbox.northwind.secret.R4qT6vM2jC9e",
    package: Package::Advanced,
    reach: Reach::Assigned(&[Site::HarbourHall]),
};

pub(super) static MEADOWBANK_PORTAL: Application = Application {
    portal: MEADOWBANK,
    client_id: "meadowbank-portal-0012",
    client_secret: "sandbox.meadowbank.secret.K2wP7dL4xB6y",
    package: Package::Advanced,
    reach: Reach::Portal,
};

const ALL: [&Application; 5] = [&BASIC, &ADVANCED, &PORTAL, &NORTHWIND_USER, &MEADOWBANK_PORTAL];

pub(super) fn by_client_id(client_id: &str) -> Option<&'static Application> {
    ALL.into_iter().find(|known| known.client_id == client_id)
}

impl Application {
    pub(super) fn sees(&self, plant: &Plant) -> bool {
        match self.reach {
            Reach::Assigned(sites) => sites.contains(&plant.site),
            Reach::Portal => plant.site.portal() == self.portal,
        }
    }

    pub(super) fn is_advanced(&self) -> bool {
        self.package == Package::Advanced
    }

    pub(super) fn sees_fleets(&self) -> bool {
        matches!(self.reach, Reach::Portal)
    }
}
