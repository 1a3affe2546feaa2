//! All cells, on a few threads: each has a runtime of its own, and captures what its calls trace.

use std::collections::BTreeSet;
use std::sync::Arc;

use energy_tests::requests::Service;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::check;
use crate::document::Row;
use crate::expect::{Expected, expected};
use crate::facts;
use crate::fault::Fault;
use crate::run::{Tried, Usual};
use crate::traced::Traced;

const THREADS: usize = 3;
/// How many operations a thread tries at once.
const AT_ONCE: usize = 16;
/// How many, where most of the time is spent waiting.
const WAITING_AT_ONCE: usize = 48;

/// An operation on its way through the faults.
struct Work {
    number: usize,
    tried: Arc<Tried>,
    /// What is heard when nothing goes wrong; without it nothing can be compared.
    usual: Option<Usual>,
    cells: Vec<(Fault, Option<Expected>)>,
    failures: Vec<String>,
}

/// The rows of the page, in order, and what differs from the rules.
pub(crate) fn run(services: &'static [Service]) -> (Vec<Row>, Vec<String>) {
    let mut parts: Vec<Vec<Work>> = (0..THREADS).map(|_| Vec::new()).collect();
    let mut secrets = BTreeSet::new();
    for (number, tried) in services.iter().flat_map(tried).enumerate() {
        secrets.extend(tried.secrets());
        parts[number % THREADS].push(Work {
            number,
            tried,
            usual: None,
            cells: Vec::new(),
            failures: Vec::new(),
        });
    }
    let (mut done, mut failures) = (Vec::new(), Vec::new());
    std::thread::scope(|scope| {
        let threads: Vec<_> = parts
            .into_iter()
            .map(|part| scope.spawn(|| on_this_thread(part)))
            .collect();
        for thread in threads {
            let (part, traced) = thread.join().expect("no thread panics");
            failures.extend(check::secrets_in(&traced, &secrets));
            done.extend(part);
        }
    });
    done.sort_by_key(|work| work.number);
    let rows = done.iter().map(Work::row).collect();
    failures.extend(done.into_iter().flat_map(|work| work.failures));
    (rows, failures)
}

/// What differs from `rule` in one cell.
pub(crate) fn one(service: &'static Service, operation: &str, fault: Fault, rule: &Expected) -> Vec<String> {
    let tried = tried(service).into_iter().find(|tried| tried.facts.id == operation);
    let tried = tried.expect("the operation has a sample");
    runtime().block_on(async {
        let usual = tried.usual().await.expect("it works when nothing is wrong");
        let differences = tried.differences(fault, &usual, rule).await;
        at(&tried, fault, differences.expect("there is an occasion for it"))
    })
}

/// The operations of a service: each has exactly one sample.
fn tried(service: &'static Service) -> Vec<Arc<Tried>> {
    let mut facts = facts::of(service);
    let samples = (service.samples)().into_iter();
    let tried = samples.map(|sample| {
        let id = sample.operation.id;
        let facts = facts
            .remove(id)
            .unwrap_or_else(|| panic!("{id} is not described, or has two samples"));
        Arc::new(Tried { service, sample, facts })
    });
    let tried = tried.collect();
    assert!(
        facts.is_empty(),
        "{} has operations without a sample: {:?}",
        service.name,
        facts.keys()
    );
    tried
}

fn runtime() -> tokio::runtime::Runtime {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime can be built")
}

/// Does the work, and gives what was traced.
fn on_this_thread(part: Vec<Work>) -> (Vec<Work>, String) {
    let traced = Traced::from_here();
    let part = runtime().block_on(async {
        let part = at_once(AT_ONCE, part, |work| work.through(false)).await;
        at_once(WAITING_AT_ONCE, part, |work| work.through(true)).await
    });
    let traced = traced.text();
    assert!(traced.contains("span call"), "nothing was traced");
    (part, traced)
}

/// Does all the work, so much of it at once.
async fn at_once<F>(limit: usize, part: Vec<Work>, step: fn(Work) -> F) -> Vec<Work>
where
    F: Future<Output = Work> + Send + 'static,
{
    let room = Arc::new(Semaphore::new(limit));
    let mut running = JoinSet::new();
    for work in part {
        let room = Arc::clone(&room);
        running.spawn(async move {
            let _place = room.acquire().await.expect("there is always room some time");
            step(work).await
        });
    }
    running.join_all().await
}

impl Work {
    /// Tries the faults that take time, or all others.
    async fn through(mut self, that_take_time: bool) -> Self {
        if self.usual.is_none() && !that_take_time {
            match self.tried.usual().await {
                Ok(usual) => self.usual = Some(usual),
                Err(failure) => self.failures.push(format!("{}, {failure}", self.tried.service.name)),
            }
        }
        let Some(usual) = &self.usual else { return self };
        for fault in Fault::ALL
            .into_iter()
            .filter(|fault| fault.takes_time() == that_take_time)
        {
            let expected = expected(fault, &self.tried.facts);
            let differences = self.tried.differences(fault, usual, &expected).await;
            self.cells.push((fault, differences.is_some().then_some(expected)));
            self.failures
                .extend(at(&self.tried, fault, differences.unwrap_or_default()));
        }
        self
    }

    fn row(&self) -> Row {
        let cell = |fault| {
            let found = self.cells.iter().find(|(known, _)| *known == fault);
            found.and_then(|(_, expected)| expected.clone())
        };
        Row {
            service: self.tried.service.name,
            facts: self.tried.facts.clone(),
            cells: Fault::ALL.map(cell).into(),
        }
    }
}

/// The differences with the place where they were found.
fn at(tried: &Tried, fault: Fault, differences: Vec<String>) -> Vec<String> {
    let place = format!("{}, {}, {}: ", tried.service.name, tried.facts.id, fault.name());
    differences
        .into_iter()
        .map(|difference| place.clone() + &difference)
        .collect()
}
