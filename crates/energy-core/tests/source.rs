//! Questions, refusals, plans and what every answer has, of a source made up for the purpose.
#![cfg(all(feature = "test-util", feature = "unified"))]

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use energy_core::Operation;
use energy_core::clock::{Clock, ManualClock};
use energy_core::limit::{Limiter, Quota, Window};
use energy_core::model::{
    Capabilities, Capability, Coverage, Direction, Interval, IntervalReading, Quality, Quantity, Reach, Requirement,
    Sample, Scope, ScopeLevel, Series, SeriesInfo, Shortfall, Site, TimeZone, ValueKind, WattHours, Watts,
};
use energy_core::source::{Account, AnySeries, DAY, Instead, Plan, Question, Source, SourceError};
use energy_core::transport::BoxFuture;
use http::Method;
use time::OffsetDateTime;
use time::macros::datetime;

const NOW: OffsetDateTime = datetime!(2026-05-04 12:00 UTC);
const FIVE_MINUTES: Duration = Duration::from_secs(300);

static READ: Operation = Operation::new("read", Method::GET, "/read");
static LIST: Operation = Operation::new("list", Method::GET, "/list").with_cost(0);

#[derive(Debug)]
struct Login {
    granted: Option<Vec<Requirement>>,
}

impl Account for Login {
    fn provider(&self) -> &'static str {
        "brook"
    }

    fn granted(&self) -> Option<Vec<Requirement>> {
        self.granted.clone()
    }

    fn quotas(&self) -> Vec<Quota> {
        Vec::new()
    }

    fn clock(&self) -> Arc<dyn Clock> {
        Arc::new(ManualClock::new(NOW))
    }
}

/// A water mill: days as long as it stands, five minutes for a week, inverters with the plan Large.
#[derive(Debug)]
struct Mill {
    login: Login,
    capabilities: Capabilities,
    runs: Arc<AtomicU32>,
}

fn large() -> Requirement {
    Requirement::Plan("Large".to_owned())
}

impl Mill {
    fn new(granted: Option<Vec<Requirement>>) -> Self {
        let energy = |level| {
            Capability::new(Quantity::ActiveEnergy, ValueKind::IntervalSum, level).with_direction(Direction::Production)
        };
        let capabilities = Capabilities::new(vec![
            energy(ScopeLevel::Pv).with_resolution(DAY).with_back(Reach::Unlimited),
            energy(ScopeLevel::Pv)
                .with_resolution(FIVE_MINUTES)
                .with_back(Reach::UpTo(7 * DAY)),
            energy(ScopeLevel::Inverter)
                .with_resolution(FIVE_MINUTES)
                .with_back(Reach::UpTo(7 * DAY))
                .with_requirement(large()),
        ]);
        Self {
            login: Login { granted },
            capabilities,
            runs: Arc::default(),
        }
    }
}

impl Source for Mill {
    fn account(&self) -> &dyn Account {
        &self.login
    }

    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    fn sites(&self) -> BoxFuture<'_, Result<Vec<Site>, SourceError>> {
        Box::pin(std::future::ready(Ok(Vec::new())))
    }

    fn plan(&self, site: &Site, question: &Question) -> Result<Plan<Vec<AnySeries>>, SourceError> {
        let capability = self.choose(question)?;
        let runs = Arc::clone(&self.runs);
        let (level, step) = (capability.level, capability.resolution);
        let run = async move {
            runs.fetch_add(1, Ordering::Relaxed);
            Ok(match level {
                ScopeLevel::Inverter => ["a", "b"]
                    .map(|id| energy(Scope::Inverter(id.into()), step.unwrap()).into())
                    .to_vec(),
                _ => vec![energy(Scope::Pv, step.unwrap()).into()],
            })
        };
        Ok(Plan::of_series(self.account(), site, question, capability, run)
            .with_calls(&LIST, 1)
            .with_calls(&READ, 3))
    }
}

/// Four readings before now, of a watt-hour each, and a gap.
fn energy(scope: Scope, step: Duration) -> Series<IntervalReading<WattHours>> {
    let info = SeriesInfo::new(scope, Quantity::ActiveEnergy, ValueKind::IntervalSum).with_step(step);
    let points = (0_u32..5).map(|back| {
        let interval = Interval::ending_at(NOW - step * back, step).unwrap();
        match back {
            2 => IntervalReading::missing(interval),
            _ => IntervalReading::new(interval, WattHours(1.0)),
        }
    });
    Series::new(info, points.collect()).unwrap()
}

fn site() -> Site {
    Site::new("weir").with_time_zone(TimeZone::named("Europe/Berlin"))
}

fn last(length: Duration) -> Interval {
    Interval::ending_at(NOW, length).unwrap()
}

fn refusal(mill: &Mill, question: &Question) -> (Instead, String) {
    let error = mill.plan(&site(), question).unwrap_err();
    assert_eq!(mill.runs.load(Ordering::Relaxed), 0);
    let refusal = error.as_refusal().unwrap();
    assert_eq!(refusal.provider, "brook");
    assert_eq!(refusal.question.as_ref(), Some(question));
    (refusal.instead.clone(), error.to_string())
}

#[test]
fn without_a_resolution_the_cheapest_answer_is_planned() {
    let mill = Mill::new(None);
    let plan = mill.plan(&site(), &Question::production(last(DAY))).unwrap();
    assert_eq!(plan.capability().unwrap().resolution, Some(DAY));
    let fine = Question::production(last(DAY)).with_resolution(FIVE_MINUTES);
    let plan = mill.plan(&site(), &fine).unwrap();
    assert_eq!(plan.capability().unwrap().resolution, Some(FIVE_MINUTES));
    assert_eq!(mill.runs.load(Ordering::Relaxed), 0, "a plan sends nothing");
}

#[test]
fn a_missing_plan_is_named() {
    let question = Question::new(Quantity::ActiveEnergy, ScopeLevel::Inverter, last(DAY));
    let (instead, text) = refusal(&Mill::new(Some(Vec::new())), &question);
    let Instead::With { needs, .. } = instead else {
        panic!("{instead:?}");
    };
    assert_eq!(needs, [large()]);
    assert_eq!(
        text,
        "brook cannot give active energy, each inverter: that needs the plan Large"
    );
    assert!(Mill::new(Some(vec![large()])).plan(&site(), &question).is_ok());
    assert!(
        Mill::new(None).plan(&site(), &question).is_ok(),
        "the service decides when nobody said which plan there is"
    );
}

#[test]
fn what_reaches_too_far_back_is_refused_with_the_nearest() {
    let question = Question::production(last(8 * DAY)).with_resolution(FIVE_MINUTES);
    let (instead, text) = refusal(&Mill::new(None), &question);
    let Instead::Nearest { capability, lacks } = instead else {
        panic!("{instead:?}");
    };
    // The daily one lacks resolution, the fine one reach: the one listed first.
    assert_eq!(capability.resolution, Some(DAY));
    assert_eq!(lacks, [Shortfall::Resolution]);
    assert!(text.contains("points 5 min apart or nearer"), "{text}");
    assert!(text.contains("every 1 d, back any time"), "{text}");
}

#[test]
fn another_quantity_is_refused_with_all_there_is() {
    let question = Question::new(Quantity::StateOfCharge, ScopeLevel::Storage, last(DAY));
    let (instead, text) = refusal(&Mill::new(None), &question);
    assert!(matches!(instead, Instead::Other(all) if all.len() == 3));
    assert!(text.starts_with("brook cannot give state of charge, all batteries; it has production of"));
}

#[test]
fn a_forecast_is_refused_by_who_makes_none() {
    let error = Mill::new(None).plan_forecast(&site()).unwrap_err();
    assert!(error.as_refusal().unwrap().question.is_none());
    assert!(
        error.to_string().starts_with("brook makes no forecasts; it has"),
        "{error}"
    );
}

#[test]
fn an_interval_that_has_begun_reaches_into_the_past_alone() {
    let around = Interval::new(NOW - DAY, NOW + DAY).unwrap();
    let wish = Question::production(around).wish(NOW);
    assert_eq!((wish.back, wish.ahead), (DAY, Duration::ZERO));
    let tomorrow = Interval::new(NOW + DAY, NOW + 2 * DAY).unwrap();
    let wish = Question::production(tomorrow).wish(NOW);
    assert_eq!((wish.back, wish.ahead), (Duration::ZERO, 2 * DAY));
    let error = Mill::new(None)
        .plan(&site(), &Question::production(tomorrow))
        .unwrap_err();
    assert!(error.as_refusal().is_some());
}

#[tokio::test]
async fn every_answer_has_zone_source_and_time_and_stays_within_the_interval() {
    let mill = Mill::new(None);
    // From the middle of one reading to the middle of another.
    let interval = Interval::new(NOW - FIVE_MINUTES * 5 / 2, NOW - FIVE_MINUTES / 2).unwrap();
    let question = Question::production(interval).with_resolution(FIVE_MINUTES);
    let series = mill.readings(&site(), &question).await.unwrap();
    let [series] = &series[..] else {
        panic!("{series:?}");
    };
    let info = series.info();
    assert_eq!(info.time_zone, Some(TimeZone::named("Europe/Berlin")));
    let source = info.source.as_ref().unwrap();
    assert_eq!((source.provider.as_str(), source.fetched_at), ("brook", Some(NOW)));
    let energy = series.energy().unwrap();
    assert_eq!(
        energy.span().unwrap(),
        Interval::ending_at(NOW, FIVE_MINUTES * 3).unwrap()
    );
    assert_eq!((series.len(), series.known()), (3, 2), "a gap stays a gap");
}

#[tokio::test]
async fn devices_that_were_not_asked_for_are_left_out() {
    let mill = Mill::new(None);
    let all = Question::new(Quantity::ActiveEnergy, ScopeLevel::Inverter, last(DAY));
    assert_eq!(mill.readings(&site(), &all).await.unwrap().len(), 2);
    let one = all.with_device("b");
    let series = mill.readings(&site(), &one).await.unwrap();
    assert_eq!(series.len(), 1);
    assert_eq!(series[0].info().scope, Scope::Inverter("b".into()));
}

#[tokio::test]
async fn what_is_still_to_come_is_not_in_the_answer() {
    // A source that lists the coming hours with zeros.
    let mill = Mill::new(None);
    let hour = Duration::from_secs(3_600);
    let around = Interval::new(NOW - hour, NOW + hour).unwrap();
    let info = SeriesInfo::new(Scope::Pv, Quantity::ActiveEnergy, ValueKind::IntervalSum);
    let points = around.split_by(hour / 2).unwrap();
    let series = Series::new(
        info,
        points.map(|half| IntervalReading::new(half, WattHours(0.0))).collect(),
    )
    .unwrap();
    let question = Question::production(around);
    let capability = mill.choose(&question).unwrap();
    let run = std::future::ready(Ok(vec![series.into()]));
    let plan = Plan::of_series(mill.account(), &site(), &question, capability, run);
    let answer = plan.run().await.unwrap();
    assert_eq!(answer[0].energy().unwrap().span(), Interval::new(NOW - hour, NOW).ok());
}

#[tokio::test]
async fn instants_at_both_edges_are_there_so_that_energy_is_known_up_to_them() {
    let mill = Mill::new(None);
    let interval = last(FIVE_MINUTES * 2);
    let info = SeriesInfo::new(Scope::Pv, Quantity::ActivePower, ValueKind::Instant).with_step(FIVE_MINUTES);
    let points = (0_u32..4).map(|back| Sample::new(NOW - FIVE_MINUTES * back, Watts(600.0)));
    let series = Series::new(info, points.collect()).unwrap();
    let question = Question::production(interval);
    let capability = mill.choose(&question).unwrap();
    let run = std::future::ready(Ok(vec![series.into()]));
    let plan = Plan::of_series(mill.account(), &site(), &question, capability, run);
    let answer = plan.run().await.unwrap();
    assert_eq!(answer[0].len(), 3);
    let energy = answer[0].to_energy().unwrap().unwrap();
    let whole = energy.amount_in(interval, Coverage::Full).unwrap();
    assert_eq!(whole.value, Some(WattHours(100.0)));
}

#[test]
fn a_device_named_twice_is_asked_for_once() {
    let question = Question::production(last(DAY))
        .with_device("a")
        .with_device("b")
        .with_device("a");
    assert_eq!(question.devices, ["a".into(), "b".into()]);
}

#[test]
fn a_plan_says_by_how_much_a_quota_is_too_small() {
    let plan = Mill::new(None).plan(&site(), &Question::production(last(DAY))).unwrap();
    assert_eq!((plan.calls(), plan.cost()), (4, 3), "a list is free");
    let limiter = Limiter::new([Window::new("5 a minute", 5, Duration::from_secs(60))]);
    let quotas = |limiter: &Limiter| limiter.quotas(NOW);
    assert_eq!(plan.fits(&quotas(&limiter)[0]), Ok(()));
    limiter.acquire(3, NOW).unwrap();
    let shortage = plan.fits(&quotas(&limiter)[0]).unwrap_err();
    assert_eq!((shortage.cost, shortage.left, shortage.short_by()), (3, 2, 1));
    assert_eq!(
        shortage.to_string(),
        "the plan takes 3 calls, and 2 are left of 5 a minute: 1 too many"
    );
    limiter.acquire(2, NOW).unwrap();
    let shortage = plan.fits(&quotas(&limiter)[0]).unwrap_err();
    assert_eq!(shortage.retry_at, Some(NOW + Duration::from_secs(60)));
    assert!(
        plan.fits(&Quota::default()).is_ok(),
        "a quota of which nothing is known"
    );
}

#[test]
fn a_service_that_wants_no_calls_has_no_quota_left() {
    let limiter = Limiter::new([]);
    let mut told = Quota::default();
    told.retry_at = Some(NOW + Duration::from_secs(60));
    limiter.observe(&told, NOW);
    let quotas = limiter.quotas(NOW);
    assert_eq!(quotas[0].remaining, Some(0));
    assert!(limiter.quotas(NOW + Duration::from_secs(60)).is_empty());
    // A stamp of a clock that is wrong is believed for a month.
    told.retry_at = Some(NOW + 4_000 * DAY);
    limiter.observe(&told, NOW + 2_000 * DAY);
    assert_eq!(limiter.quotas(NOW)[0].retry_at, Some(NOW + 31 * DAY));
}

#[test]
fn energy_is_made_of_what_came_and_of_nothing_else() {
    let info = |kind| SeriesInfo::new(Scope::Pv, Quantity::ActivePower, kind);
    let samples = vec![
        Sample::new(NOW, Watts(1_200.0)),
        Sample::new(NOW + FIVE_MINUTES, Watts(1_200.0)),
        Sample::new(NOW + 3 * FIVE_MINUTES, Watts(1_200.0)),
    ];
    let stepped = Series::new(info(ValueKind::Instant).with_step(FIVE_MINUTES), samples.clone()).unwrap();
    let energy = AnySeries::from(stepped).to_energy().unwrap().unwrap();
    assert_eq!(energy.points()[0].value, Some(WattHours(100.0)));
    assert!(energy.points()[0].quality.contains(Quality::DERIVED));
    assert_eq!(
        energy.points()[1].value,
        None,
        "what is further apart than a step is a gap"
    );

    let unstepped = Series::new(info(ValueKind::Instant), samples).unwrap();
    assert_eq!(AnySeries::from(unstepped).to_energy().unwrap(), None);

    let means = vec![IntervalReading::new(last(Duration::from_secs(1_800)), Watts(500.0))];
    let means = Series::new(info(ValueKind::IntervalMean), means).unwrap();
    let energy = AnySeries::from(means).to_energy().unwrap().unwrap();
    assert_eq!(energy.points()[0].value, Some(WattHours(250.0)));

    let register = SeriesInfo::new(Scope::Site, Quantity::ActiveEnergy, ValueKind::Counter);
    let register = |values: [f64; 2]| {
        let samples = vec![
            Sample::new(NOW - FIVE_MINUTES, WattHours(values[0])),
            Sample::new(NOW, WattHours(values[1])),
        ];
        let series = AnySeries::from(Series::new(register.clone(), samples).unwrap());
        series.to_energy().unwrap().unwrap().points()[0].value
    };
    assert_eq!(register([900.0, 950.0]), Some(WattHours(50.0)));
    assert_eq!(register([950.0, 900.0]), None, "a register does not run backwards");

    let percent = SeriesInfo::new(Scope::Storage, Quantity::StateOfCharge, ValueKind::Instant);
    let percent = AnySeries::StateOfCharge(Series::new(percent, Vec::new()).unwrap());
    assert_eq!(percent.to_energy().unwrap(), None);
}

#[test]
fn a_series_survives_being_stored() {
    let series = AnySeries::from(energy(Scope::Pv, FIVE_MINUTES));
    let text = serde_json::to_string(&series).unwrap();
    assert!(text.starts_with(r#"{"energy":{"#), "{text}");
    assert_eq!(serde_json::from_str::<AnySeries>(&text).unwrap(), series);
}
