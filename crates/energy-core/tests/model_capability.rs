//! Capabilities: "needs the Advanced package", not "403".

use std::time::Duration;

use energy_core::model::{
    Answer, Capabilities, Capability, Direction, Quantity, Reach, Requirement, ScopeLevel, Shortfall, ValueKind, Wish,
};

const DAY: Duration = Duration::from_secs(86_400);
const QUARTER: Duration = Duration::from_secs(900);
const HOUR: Duration = Duration::from_secs(3_600);

fn plan(name: &str) -> Requirement {
    Requirement::Plan(name.to_owned())
}

fn forecast(resolution: Duration, ahead: Duration) -> Capability {
    Capability::new(Quantity::ActiveEnergy, ValueKind::IntervalSum, ScopeLevel::Pv)
        .with_direction(Direction::Production)
        .with_resolution(resolution)
        .with_ahead(Reach::UpTo(ahead))
}

fn source() -> Capabilities {
    Capabilities::new(vec![
        forecast(HOUR, DAY),
        forecast(2 * QUARTER, 3 * DAY)
            .with_requirement(plan("Personal"))
            .with_requirement(plan("Professional")),
        forecast(QUARTER, 6 * DAY).with_requirement(plan("Professional")),
    ])
}

fn wish() -> Wish {
    Wish::new(Quantity::ActiveEnergy, ScopeLevel::Pv)
}

#[test]
fn what_anybody_can_have() {
    let source = source();
    let answer = source.ask(&wish().with_ahead(DAY), &[]);
    assert_eq!(answer, Answer::Yes(&source.all()[0]));
}

#[test]
fn what_a_plan_would_give() {
    let source = source();
    let wish = wish().with_ahead(2 * DAY);
    let Answer::Needs { capability, needs } = source.ask(&wish, &[]) else {
        panic!("the free plan looks one day ahead")
    };
    assert_eq!(capability, &source.all()[1]);
    assert_eq!(needs, [plan("Personal"), plan("Professional")], "either is enough");
    for granted in ["Personal", "Professional"] {
        assert_eq!(source.ask(&wish, &[plan(granted)]), Answer::Yes(&source.all()[1]));
    }
    let other = Requirement::Package("Personal".to_owned());
    assert!(
        matches!(source.ask(&wish, &[other]), Answer::Needs { .. }),
        "a package is not a plan"
    );
}

#[test]
fn the_nearest_when_no_plan_is_enough() {
    let source = source();
    let wish = wish().with_resolution(Duration::from_secs(300)).with_ahead(2 * DAY);
    let Answer::Less { capability, lacks } = source.ask(&wish, &[]) else {
        panic!("nothing gives five minutes")
    };
    assert_eq!(capability, &source.all()[0]);
    assert_eq!(lacks, [Shortfall::Resolution, Shortfall::Ahead]);
    let Answer::Less { capability, lacks } = source.ask(&wish, &[plan("Professional")]) else {
        panic!("nothing gives five minutes")
    };
    assert_eq!(capability, &source.all()[1], "lacks least and is listed first");
    assert_eq!(lacks, [Shortfall::Resolution]);
}

#[test]
fn another_level_is_less_another_quantity_is_no() {
    let source = source();
    let by_inverter = Wish::new(Quantity::ActiveEnergy, ScopeLevel::Inverter);
    assert!(matches!(source.ask(&by_inverter, &[]), Answer::Less { lacks, .. } if lacks == [Shortfall::Level]));
    let history = wish().with_back(DAY);
    assert!(matches!(source.ask(&history, &[]), Answer::Less { lacks, .. } if lacks == [Shortfall::Back]));
    for no in [
        Wish::new(Quantity::Temperature, ScopeLevel::Pv),
        wish().with_kind(ValueKind::Counter),
        wish().with_direction(Direction::Consumption),
    ] {
        assert_eq!(source.ask(&no, &[plan("Professional")]), Answer::No);
    }
    assert_eq!(Capabilities::default().ask(&wish(), &[]), Answer::No);
}

#[test]
fn only_closed_offers_that_fall_short_are_a_no() {
    let source = Capabilities::new(vec![forecast(HOUR, DAY).with_requirement(plan("Paid"))]);
    assert_eq!(source.ask(&wish().with_ahead(9 * DAY), &[]), Answer::No);
}

#[test]
fn an_unstated_resolution_promises_nothing() {
    let offer =
        Capability::new(Quantity::StateOfCharge, ValueKind::Instant, ScopeLevel::Storage).with_back(Reach::Unlimited);
    let source = Capabilities::new(vec![offer]);
    let wish = Wish::new(Quantity::StateOfCharge, ScopeLevel::Storage).with_back(1_000 * DAY);
    assert!(matches!(source.ask(&wish, &[]), Answer::Yes(_)));
    let finer = wish.with_resolution(QUARTER);
    assert!(matches!(source.ask(&finer, &[]), Answer::Less { lacks, .. } if lacks == [Shortfall::Resolution]));
}

#[test]
fn reach() {
    assert!(Reach::Nothing.covers(Duration::ZERO) && !Reach::Nothing.covers(DAY));
    assert!(Reach::UpTo(DAY).covers(DAY) && !Reach::UpTo(DAY).covers(2 * DAY));
    assert!(Reach::Unlimited.covers(Duration::MAX));
}

#[test]
fn a_list_survives_json() {
    let json = serde_json::to_string(&source()).unwrap();
    assert_eq!(serde_json::from_str::<Capabilities>(&json).unwrap(), source());
}

#[test]
fn exactly_what_is_offered_is_enough() {
    let source = source();
    let wish = wish().with_resolution(HOUR).with_ahead(DAY);
    assert!(matches!(source.ask(&wish, &[]), Answer::Yes(_)));
    let finer = wish.with_resolution(HOUR - Duration::from_secs(1));
    assert!(matches!(source.ask(&finer, &[]), Answer::Needs { .. }));
}
