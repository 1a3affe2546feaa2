use std::sync::LazyLock;
use std::time::Duration;

use energy_core::model::{Capabilities, Capability, Direction, Quantity, Reach, ScopeLevel, ValueKind};
use energy_core::source::DAY;

use crate::{Audience, Availability, Channel, Function, Package};

/// The distance of the values of a day.
pub(super) const FIVE_MINUTES: Duration = Duration::from_secs(300);

/// The distance of months, and of years: nominal, the longest there are.
pub(super) const MONTH: Duration = DAY.saturating_mul(31);
pub(super) const YEAR: Duration = DAY.saturating_mul(366);

/// The quantities of sensor boxes, and the channels that have them: a box gives a series of each channel, so that two of
/// temperature are told apart by the channel alone (`info().source`).
pub(super) const OF_SENSORS: [(Quantity, ValueKind, &[Channel]); 4] = [
    (Quantity::Irradiance, ValueKind::Instant, &[Channel::Irradiation]),
    (Quantity::Insolation, ValueKind::DayToDate, &[Channel::Insolation]),
    (
        Quantity::Temperature,
        ValueKind::Instant,
        &[Channel::TempModule, Channel::TempAmbient],
    ),
    (Quantity::WindSpeed, ValueKind::Instant, &[Channel::WindVelocity]),
];

/// The coarser, the fewer calls.
pub(super) static CAPABILITIES: LazyLock<Capabilities> = LazyLock::new(|| {
    let energy = |level, resolution| produced(Quantity::ActiveEnergy, ValueKind::IntervalSum, level, resolution);
    let power = |level| produced(Quantity::ActivePower, ValueKind::Instant, level, FIVE_MINUTES);
    let mut all = Vec::from([YEAR, MONTH, DAY, FIVE_MINUTES].map(|resolution| energy(ScopeLevel::Pv, resolution)));
    all.push(power(ScopeLevel::Pv));
    all.push(energy(ScopeLevel::Inverter, FIVE_MINUTES));
    all.push(power(ScopeLevel::Inverter));
    all.extend(OF_SENSORS.map(|(quantity, kind, _)| known(quantity, kind, ScopeLevel::Sensor, FIVE_MINUTES)));
    Capabilities::new(all)
});

fn produced(quantity: Quantity, kind: ValueKind, level: ScopeLevel, resolution: Duration) -> Capability {
    known(quantity, kind, level, resolution).with_direction(Direction::Production)
}

/// As far back as there are data, with the packages that have it by the vendor's table.
fn known(quantity: Quantity, kind: ValueKind, level: ScopeLevel, resolution: Duration) -> Capability {
    let (function, least) = match level {
        ScopeLevel::Inverter => (Function::Inverter, Availability::Yes),
        ScopeLevel::Sensor => (Function::Sensor, Availability::Yes),
        _ => (Function::Production, Availability::PlantTotals),
    };
    let open = Capability::new(quantity, kind, level)
        .with_resolution(resolution)
        .with_back(Reach::Unlimited);
    let packages = [Package::Basic, Package::Advanced].into_iter();
    packages
        // Of readings, both audiences have the same.
        .filter(|package| function.availability(*package, Audience::User) >= least)
        .fold(open, |capability, package| {
            capability.with_requirement(package.requirement())
        })
}
