use std::sync::LazyLock;
use std::time::Duration;

use energy_core::model::{Capabilities, Capability, Direction, Quantity, Reach, ScopeLevel, ValueKind};
use energy_core::source::DAY;

use crate::Plan;

/// What the estimate has from a plan on: the distance of its samples, and the days after today.
///
/// Of Personal Plus it is not known, and of the plans above Professional neither: they have what the smaller plan has, at
/// least.
const STEPS: [(Plan, Duration, u32); 3] = [
    (Plan::Public, Duration::from_secs(60 * 60), 1),
    (Plan::Personal, Duration::from_secs(30 * 60), 3),
    (Plan::Professional, Duration::from_secs(15 * 60), 6),
];

/// All cost one call. Days come first, or nobody would ever be given them; of plans the smallest, so that less is never
/// promised than comes.
pub(super) static CAPABILITIES: LazyLock<Capabilities> = LazyLock::new(|| {
    let energy = |resolution: fn(Duration) -> Duration| {
        STEPS.map(|(plan, step, days)| expected(Quantity::ActiveEnergy, resolution(step), plan, days))
    };
    let power = STEPS.map(|(plan, step, days)| expected(Quantity::ActivePower, step, plan, days));
    Capabilities::new([energy(|_| DAY), energy(|step| step), power].concat())
});

fn expected(quantity: Quantity, resolution: Duration, plan: Plan, days: u32) -> Capability {
    let kind = match quantity {
        Quantity::ActivePower => ValueKind::Instant,
        _ => ValueKind::IntervalSum,
    };
    let open = Capability::new(quantity, kind, ScopeLevel::Pv)
        .with_direction(Direction::Production)
        .with_resolution(resolution)
        .with_ahead(Reach::UpTo(DAY.saturating_mul(days)));
    // What the smallest plan has, everybody has.
    let plans = Plan::ALL.into_iter().filter(|one| plan > Plan::Public && *one >= plan);
    plans.fold(open, |capability, plan| capability.with_requirement(plan.requirement()))
}
