//! Many sites of several sources: bounded, in order, and nothing lost for a service that fails.
#![cfg(all(feature = "test-util", feature = "unified"))]

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use energy_core::Operation;
use energy_core::auth::{AuthError, Authenticator, Proof};
use energy_core::clock::{Clock, ManualClock};
use energy_core::limit::Quota;
use energy_core::model::{Capabilities, Interval, Requirement, Site};
use energy_core::source::{Account, AnySeries, Fleet, Plan, Question, Source, SourceError, SourceIndex};
use energy_core::transport::{BoxFuture, HttpRequest, TransportError, TransportErrorKind};
use http::Method;
use time::OffsetDateTime;
use time::macros::datetime;
use tokio::sync::Barrier;

use crate::support::*;

const NOW: OffsetDateTime = datetime!(2026-05-04 12:00 UTC);

static READ: Operation = Operation::new("read", Method::GET, "/read");

#[derive(Debug)]
struct Named(&'static str);

impl Account for Named {
    fn provider(&self) -> &'static str {
        self.0
    }

    fn granted(&self) -> Option<Vec<Requirement>> {
        None
    }

    fn quotas(&self) -> Vec<Quota> {
        Vec::new()
    }

    fn clock(&self) -> Arc<dyn Clock> {
        Arc::new(ManualClock::new(NOW))
    }
}

/// What a site does when it is asked.
type Answers = Arc<dyn Fn(&str) -> BoxFuture<'static, Result<Vec<AnySeries>, SourceError>> + Send + Sync>;

struct Sites {
    account: Named,
    count: usize,
    lists: bool,
    answers: Answers,
    capabilities: Capabilities,
}

impl std::fmt::Debug for Sites {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.account.0)
    }
}

impl Source for Sites {
    fn account(&self) -> &dyn Account {
        &self.account
    }

    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    fn sites(&self) -> BoxFuture<'_, Result<Vec<Site>, SourceError>> {
        let sites = (0..self.count).map(|number| Site::new(number.to_string())).collect();
        Box::pin(async move {
            match self.lists {
                true => Ok(sites),
                false => Err(unreached(self.account.0).await),
            }
        })
    }

    fn plan(&self, site: &Site, _: &Question) -> Result<Plan<Vec<AnySeries>>, SourceError> {
        let (answers, id) = (Arc::clone(&self.answers), site.id.clone());
        let run = async move { answers(id.as_str()).await };
        match site.id.as_str() {
            "unplannable" => Err(SourceError::site(self.account.0, &site.id, "has no weir")),
            _ => Ok(Plan::new(run).with_calls(&READ, 2)),
        }
    }
}

fn source<F, A>(name: &'static str, count: usize, answer: F) -> Sites
where
    F: Fn(&str) -> A + Send + Sync + 'static,
    A: Future<Output = Result<Vec<AnySeries>, SourceError>> + Send + 'static,
{
    Sites {
        account: Named(name),
        count,
        lists: true,
        answers: Arc::new(move |id| Box::pin(answer(id))),
        capabilities: Capabilities::default(),
    }
}

/// What a call to a machine that does not answer ends in.
async fn unreached(provider: &'static str) -> SourceError {
    let script = Script::new([Answer::Fail(TransportErrorKind::Connect)]);
    let (client, _) = client(&script);
    SourceError::call(provider, client.send(&Read).await.unwrap_err())
}

fn question() -> Question {
    Question::production(Interval::ending_at(NOW, Duration::from_secs(3_600)).unwrap())
}

fn ids(sites: &[energy_core::source::SiteOf]) -> Vec<String> {
    sites.iter().map(ToString::to_string).collect()
}

#[tokio::test]
async fn a_source_that_cannot_list_its_sites_loses_no_other() {
    let good = |name| source(name, 2, |_| std::future::ready(Ok(Vec::new())));
    let mut dead = good("dead");
    dead.lists = false;
    let fleet = Fleet::new()
        .with_source(good("brook"))
        .with_source(dead)
        .with_source(good("mill"));
    let sites = fleet.sites().await;
    assert_eq!(ids(&sites.found), ["brook 0", "brook 1", "mill 0", "mill 1"]);
    assert!(!sites.is_complete());
    assert_eq!(sites.incomplete_providers().into_iter().collect::<Vec<_>>(), ["dead"]);
    let failed = &sites.failed[0];
    assert_eq!((failed.source, failed.site.is_none()), (SourceIndex(1), true));
    assert!(failed.error.is_unreachable());
    assert!(failed.to_string().starts_with("sites: dead: "), "{failed}");
}

#[tokio::test]
async fn answers_come_in_the_order_of_the_sites_and_failures_beside_them() {
    let answer = |id: &str| {
        let id = id.to_owned();
        async move {
            // Those asked first answer last.
            for _ in id.parse::<usize>().unwrap_or_default()..10 {
                tokio::task::yield_now().await;
            }
            match id.as_str() {
                "3" => Err(SourceError::data("brook", "nonsense")),
                _ => Ok(Vec::new()),
            }
        }
    };
    let fleet = Fleet::new().with_source(source("brook", 6, answer)).with_concurrency(6);
    let mut sites = fleet.sites().await.found;
    sites.insert(2, fleet.site(SourceIndex(0), Site::new("unplannable")).unwrap());
    assert!(fleet.site(SourceIndex(1), Site::new("nowhere")).is_none());

    let plan = fleet.plan(&sites, &question());
    assert_eq!((plan.calls(SourceIndex(0)), plan.cost(SourceIndex(0))), (12, 12));
    assert_eq!(plan.calls(SourceIndex(1)), 0);
    let mut quota = Quota::default();
    quota.remaining = Some(10);
    assert_eq!(plan.fits(SourceIndex(0), &quota).unwrap_err().short_by(), 2);
    assert!(plan.fits(SourceIndex(1), &quota).is_ok());
    assert_eq!(plan.plans().filter(|(_, plan)| plan.is_err()).count(), 1);
    let answers = plan.run().await;
    let found: Vec<_> = answers.found.iter().map(|found| found.of.site.id.as_str()).collect();
    assert_eq!(found, ["0", "1", "2", "4", "5"]);
    let failed: Vec<_> = answers.failed.iter().map(ToString::to_string).collect();
    assert_eq!(
        failed,
        [
            "site unplannable: brook: the site unplannable has no weir",
            "site 3: brook: the answer makes no series: nonsense",
        ]
    );
}

#[tokio::test]
async fn no_more_sites_are_under_way_than_was_said() {
    #[derive(Default)]
    struct Count {
        now: AtomicU32,
        most: AtomicU32,
    }
    let counts: [Arc<Count>; 2] = Default::default();
    let counted = |count: &Arc<Count>| {
        let count = Arc::clone(count);
        move |_: &str| {
            let count = Arc::clone(&count);
            async move {
                let now = count.now.fetch_add(1, Ordering::SeqCst) + 1;
                count.most.fetch_max(now, Ordering::SeqCst);
                for _ in 0..20 {
                    tokio::task::yield_now().await;
                }
                count.now.fetch_sub(1, Ordering::SeqCst);
                Ok(Vec::new())
            }
        }
    };
    let fleet = Fleet::new()
        .with_source(source("brook", 40, counted(&counts[0])))
        .with_source(source("mill", 40, counted(&counts[1])))
        .with_concurrency(3);
    let sites = fleet.sites().await.found;
    assert_eq!(fleet.readings(&sites, &question()).await.found.len(), 80);
    for count in &counts {
        assert_eq!(
            count.most.load(Ordering::SeqCst),
            3,
            "of each source, and as many as may be"
        );
    }
}

#[tokio::test]
async fn one_slow_source_does_not_hold_up_another() {
    // The slow ones answer when all of the fast ones have.
    let done = Arc::new(Barrier::new(2));
    let (slow, fast) = (Arc::clone(&done), Arc::clone(&done));
    let left = Arc::new(AtomicU32::new(30));
    let fleet = Fleet::new()
        .with_source(source("slow", 1, move |_| {
            let slow = Arc::clone(&slow);
            async move {
                slow.wait().await;
                Ok(Vec::new())
            }
        }))
        .with_source(source("fast", 30, move |_| {
            let (fast, left) = (Arc::clone(&fast), Arc::clone(&left));
            async move {
                if left.fetch_sub(1, Ordering::SeqCst) == 1 {
                    fast.wait().await;
                }
                Ok(Vec::new())
            }
        }))
        .with_concurrency(1);
    let sites = fleet.sites().await.found;
    assert_eq!(fleet.readings(&sites, &question()).await.found.len(), 31);
}

#[tokio::test]
async fn a_service_that_is_not_there_is_given_up_after_three_calls() {
    let calls = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&calls);
    let dead = source("dead", 50, move |_| {
        counted.fetch_add(1, Ordering::SeqCst);
        async { Err(unreached("dead").await) }
    });
    let alive = source("alive", 50, |_| std::future::ready(Ok(Vec::new())));
    let fleet = Fleet::new().with_source(dead).with_source(alive).with_concurrency(1);
    let sites = fleet.sites().await.found;
    let answers = fleet.readings(&sites, &question()).await;
    assert_eq!(calls.load(Ordering::SeqCst), 3);
    assert_eq!((answers.found.len(), answers.failed.len()), (50, 50));
    assert!(answers.failed.iter().all(|failed| failed.error.is_unreachable()));
    let last = answers.failed.last().unwrap().error.to_string();
    assert_eq!(
        last,
        "dead: not asked, because the service was not reached for 3 sites in a row"
    );
    // The next round asks again.
    let _ = fleet.readings(&sites, &question()).await;
    assert_eq!(calls.load(Ordering::SeqCst), 6);
}

#[tokio::test]
async fn a_refusal_in_between_is_no_sign_that_a_service_is_gone() {
    let flaky = source("flaky", 12, |id| {
        let odd = id.parse::<u32>().unwrap() % 3 == 2;
        async move {
            match odd {
                true => Err(SourceError::data("flaky", "nonsense")),
                false => Err(unreached("flaky").await),
            }
        }
    });
    let fleet = Fleet::new().with_source(flaky).with_concurrency(1);
    let sites = fleet.sites().await.found;
    let answers = fleet.readings(&sites, &question()).await;
    let skipped = answers
        .failed
        .iter()
        .filter(|failed| matches!(failed.error, SourceError::Unreachable { .. }));
    assert_eq!(skipped.count(), 0);
}

#[tokio::test]
#[should_panic(expected = "a fault of the source")]
async fn a_panic_in_a_source_is_not_swallowed() {
    let broken = source("broken", 1, |_| async { panic!("a fault of the source") });
    let fleet = Fleet::new().with_source(broken);
    let sites = fleet.sites().await.found;
    let _ = fleet.readings(&sites, &question()).await;
}

#[tokio::test]
async fn a_site_of_another_fleet_is_told_and_not_asked_of_whoever_has_its_place() {
    let answer = |_: &str| std::future::ready(Ok(Vec::new()));
    let here = Fleet::new().with_source(source("here", 1, answer));
    let there = Fleet::new()
        .with_source(source("there", 1, answer))
        .with_source(source("beyond", 1, answer));
    let mut sites = there.sites().await.found;
    sites.extend(here.sites().await.found);
    let answers = here.readings(&sites, &question()).await;
    assert_eq!((answers.found.len(), answers.failed.len()), (1, 2));
    let said = answers.failed[0].to_string();
    assert_eq!(said, "site 0: there: the site 0 is of no source of this fleet");
}

/// What a call ends in whose login cannot reach its server.
async fn without_login(provider: &'static str) -> SourceError {
    let cause = TransportError::new(TransportErrorKind::Timeout, "no answer");
    let login = NoToken(AuthError::transient("no token server", Some(Box::new(cause) as _)));
    let script = Script::new([Answer::ok()]);
    let client = builder(&script, &ManualClock::new(NOW), AnyLogin::new(login))
        .build()
        .unwrap();
    SourceError::call(provider, client.send(&Closed).await.unwrap_err())
}

#[derive(Debug)]
struct NoToken(AuthError);

impl Authenticator for NoToken {
    fn authenticate<'a>(&'a self, _: &'a mut HttpRequest) -> BoxFuture<'a, Result<Proof, AuthError>> {
        Box::pin(std::future::ready(Err(self.0.clone())))
    }
}

#[tokio::test]
async fn a_login_that_is_not_there_counts_as_the_service_and_a_large_answer_does_not() {
    assert!(without_login("dead").await.is_unreachable());
    let script = Script::new([Answer::Fail(TransportErrorKind::TooLarge)]);
    let large = SourceError::call("brook", client(&script).0.send(&Read).await.unwrap_err());
    assert!(!large.is_unreachable(), "{large}");
    assert!(!large.was_not_sent());
    assert!(SourceError::site("brook", &Site::new("1").id, "has no weir").was_not_sent());
}
