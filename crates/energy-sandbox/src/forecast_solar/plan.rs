//! What a key may do: the subscription plans.

/// A subscription plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Plan {
    /// As `account` in the answer of `/info`.
    pub(super) name: &'static str,
    pub(super) level: i64,
    pub(super) planes: usize,
    pub(super) tier: Tier,
    /// Calls per period.
    pub(super) limit: u32,
    /// Seconds.
    pub(super) period: u32,
    /// Minutes between two samples.
    pub(super) step: u32,
    /// Local days, today included.
    pub(super) days: u32,
    /// Coordinates are rounded to so many decimals.
    pub(super) decimals: i32,
}

/// The three steps at which features are added.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Tier {
    /// `estimate`.
    Public,
    /// And `history`, and correction by `actual`.
    Personal,
    /// And `clearsky`, time windows, weather, charts.
    Professional,
}

/// Without a key.
pub(super) const PUBLIC: Plan = Plan {
    name: "Public",
    level: 0,
    planes: 1,
    tier: Tier::Public,
    limit: 12,
    period: 3600,
    step: 60,
    days: 2,
    decimals: 2,
};

pub(super) const PERSONAL: Plan = Plan {
    name: "Personal",
    level: 1,
    planes: 1,
    tier: Tier::Personal,
    limit: 60,
    period: 3600,
    step: 30,
    days: 4,
    decimals: 4,
};

/// The period of a minute is a decision of ours: only the limit of 5 is known, from clients.
pub(super) const PROFESSIONAL: Plan = Plan {
    name: "Professional",
    level: 3,
    planes: 3,
    tier: Tier::Professional,
    limit: 5,
    period: 60,
    step: 15,
    days: 7,
    decimals: 4,
};

/// Clients of the pay-per-use administration, and the administrator. The quota is a decision
/// of ours: none is published.
pub(super) const PAY_PER_USE: Plan = Plan {
    name: "Pay-per-use",
    level: 5,
    planes: 4,
    tier: Tier::Professional,
    limit: 60,
    period: 60,
    step: 15,
    days: 7,
    decimals: 4,
};

/// The key for trying things out, at one place only. What it may do besides is a decision of
/// ours: everything, with the public quota.
pub(super) const DEMO: Plan = Plan {
    name: "Demo",
    limit: 12,
    period: 3600,
    ..PROFESSIONAL
};
