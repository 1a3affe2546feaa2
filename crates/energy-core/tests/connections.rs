//! How many exchanges a client has under way at once, and how calls wait for their turn.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use energy_core::auth::{AuthError, Authenticator, NoLogin, Proof};
use energy_core::clock::{Clock, ManualClock};
use energy_core::limit::{Limiter, Window};
use energy_core::transport::{
    BoxFuture, Buffered, HttpRequest, SendOptions, StreamingResponse, Transport, TransportError, TransportErrorKind,
};
use energy_core::{ApiClient, RetryPolicy};
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;

use crate::support::{Answer, AnyLogin, Read, START, Script, Sun, builder, seconds};

/// Answers a request once it is let through, and counts how many are there at once.
#[derive(Clone, Debug)]
struct Gate(Arc<State>);

#[derive(Debug)]
struct State {
    passes: Semaphore,
    inside: AtomicUsize,
    most: AtomicUsize,
    came: AtomicUsize,
    /// How the first ones end that are let through: with a broken connection.
    broken: AtomicUsize,
}

impl Gate {
    fn closed() -> Self {
        Self(Arc::new(State {
            passes: Semaphore::new(0),
            inside: AtomicUsize::new(0),
            most: AtomicUsize::new(0),
            came: AtomicUsize::new(0),
            broken: AtomicUsize::new(0),
        }))
    }

    fn let_through(&self, requests: usize) {
        self.0.passes.add_permits(requests);
    }

    fn inside(&self) -> usize {
        self.0.inside.load(Ordering::SeqCst)
    }

    fn came(&self) -> usize {
        self.0.came.load(Ordering::SeqCst)
    }

    fn most(&self) -> usize {
        self.0.most.load(Ordering::SeqCst)
    }

    /// A client that sends through it, over at most so many connections.
    fn client(&self, connections: usize, clock: &ManualClock) -> ApiClient<Sun> {
        let builder = builder(&Script::new([]), clock, AnyLogin::new(NoLogin));
        let builder = builder.transport(self.clone()).retry(RetryPolicy::none());
        builder.max_connections(connections).build().unwrap()
    }
}

/// Leaves when it is dropped, so that a call that is given up leaves as well.
struct Inside(Gate);

impl Drop for Inside {
    fn drop(&mut self) {
        self.0.0.inside.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Transport for Gate {
    fn open(&self, _: HttpRequest, options: SendOptions) -> BoxFuture<'_, Result<StreamingResponse, TransportError>> {
        Box::pin(async move {
            let state = &self.0;
            state.came.fetch_add(1, Ordering::SeqCst);
            let inside = state.inside.fetch_add(1, Ordering::SeqCst) + 1;
            state.most.fetch_max(inside, Ordering::SeqCst);
            let _inside = Inside(self.clone());
            state.passes.acquire().await.unwrap().forget();
            assert!(options.timeout > seconds(0), "an attempt has time left");
            let broken = state
                .broken
                .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
            match broken {
                Ok(_) => Err(TransportError::new(TransportErrorKind::Interrupted, "broke off")),
                Err(_) => Ok(http::Response::new(Buffered::boxed("3".into()))),
            }
        })
    }
}

/// Lets everything go on that can.
async fn settle() {
    for _ in 0..50 {
        tokio::task::yield_now().await;
    }
}

fn read(client: &ApiClient<Sun>) -> JoinHandle<Result<serde_json::Value, energy_core::Error>> {
    let client = client.clone();
    tokio::spawn(async move { client.send(&Read).await })
}

#[tokio::test]
async fn no_more_than_allowed_are_under_way_and_all_have_their_turn() {
    let gate = Gate::closed();
    let client = gate.client(3, &ManualClock::new(START));
    let calls: Vec<_> = (0..10).map(|_| read(&client)).collect();
    settle().await;
    assert_eq!((gate.inside(), gate.came()), (3, 3));
    gate.let_through(4);
    settle().await;
    assert_eq!((gate.inside(), gate.came()), (3, 7), "who is done makes room");
    gate.let_through(6);
    for call in calls {
        assert_eq!(call.await.unwrap().unwrap(), 3);
    }
    assert_eq!((gate.most(), gate.came()), (3, 10));
}

#[tokio::test]
async fn a_hundred_by_default() {
    let gate = Gate::closed();
    let builder = builder(&Script::new([]), &ManualClock::new(START), AnyLogin::new(NoLogin));
    let client = builder.transport(gate.clone()).build().unwrap();
    let _calls: Vec<_> = (0..120).map(|_| read(&client)).collect();
    settle().await;
    assert_eq!(gate.inside(), 100);
}

#[tokio::test]
async fn clones_share_them() {
    let gate = Gate::closed();
    let client = gate.client(2, &ManualClock::new(START));
    let _calls: Vec<_> = (0..5).map(|_| read(&client.clone())).collect();
    settle().await;
    assert_eq!(gate.inside(), 2);
}

#[tokio::test]
async fn a_call_that_is_given_up_makes_room() {
    let gate = Gate::closed();
    let client = gate.client(1, &ManualClock::new(START));
    let (under_way, in_line, last) = (read(&client), read(&client), read(&client));
    settle().await;
    in_line.abort();
    under_way.abort();
    settle().await;
    assert_eq!(
        (gate.inside(), gate.came()),
        (1, 2),
        "the last has its turn, the one in line never had"
    );
    gate.let_through(1);
    assert_eq!(last.await.unwrap().unwrap(), 3);
}

#[tokio::test]
async fn standing_in_line_is_not_counted_as_the_services_time() {
    let gate = Gate::closed();
    let clock = ManualClock::new(START);
    let client = gate.client(1, &clock);
    let (first, second) = (read(&client), read(&client));
    settle().await;
    // Longer than the timeout, and longer than the deadline of a call.
    clock.advance(seconds(3600));
    gate.let_through(2);
    assert_eq!(first.await.unwrap().unwrap(), 3);
    assert_eq!(
        second.await.unwrap().unwrap(),
        3,
        "the gate has checked that time was left"
    );
}

/// Waits before it sends again, and tells how many were under way then.
#[derive(Clone, Debug)]
struct Waiting(ManualClock, Gate);

impl Clock for Waiting {
    fn now(&self) -> time::OffsetDateTime {
        self.0.now()
    }

    fn elapsed(&self) -> std::time::Duration {
        self.0.elapsed()
    }

    fn sleep(&self, duration: std::time::Duration) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            settle().await;
            assert_eq!(self.1.inside(), 1, "another call has the connection meanwhile");
            self.0.sleep(duration).await;
        })
    }
}

#[tokio::test]
async fn between_two_attempts_others_have_their_turn() {
    let gate = Gate::closed();
    let clock = ManualClock::new(START);
    let builder = builder(&Script::new([]), &clock, AnyLogin::new(NoLogin));
    let builder = builder.transport(gate.clone()).clock(Waiting(clock, gate.clone()));
    let client = builder.max_connections(1).build().unwrap();
    gate.0.broken.store(1, Ordering::SeqCst);
    let (retried, other) = (read(&client), read(&client));
    settle().await;
    gate.let_through(1);
    settle().await;
    gate.let_through(2);
    assert_eq!(
        (retried.await.unwrap().unwrap(), other.await.unwrap().unwrap()),
        (3.into(), 3.into())
    );
    assert_eq!((gate.most(), gate.came()), (1, 3));
}

/// A login that writes down when it was asked.
#[derive(Clone, Debug)]
struct Dated(ManualClock, Arc<std::sync::Mutex<Vec<time::OffsetDateTime>>>);

impl Authenticator for Dated {
    fn authenticate<'a>(&'a self, _: &'a mut HttpRequest) -> BoxFuture<'a, Result<Proof, AuthError>> {
        self.1.lock().unwrap().push(self.0.now());
        Box::pin(std::future::ready(Ok(Proof::default())))
    }
}

#[tokio::test]
async fn the_login_is_made_when_the_turn_has_come() {
    let gate = Gate::closed();
    let clock = ManualClock::new(START);
    let login = Dated(clock.clone(), Arc::default());
    let builder = builder(&Script::new([]), &clock, AnyLogin::new(login.clone()));
    let client = builder.transport(gate.clone()).max_connections(1).build().unwrap();
    let calls = [read(&client), read(&client)];
    settle().await;
    clock.advance(seconds(900));
    gate.let_through(2);
    for call in calls {
        call.await.unwrap().unwrap();
    }
    let dates = login.1.lock().unwrap().clone();
    assert_eq!(
        dates,
        [START, START + seconds(900)],
        "a date from before the wait would be stale"
    );
}

#[tokio::test]
async fn a_stream_that_has_begun_leaves_its_place_to_others() {
    let script = Script::new([Answer::ok().piece("first"), Answer::new(200).body("3")]);
    let builder = builder(&script, &ManualClock::new(START), AnyLogin::new(NoLogin));
    let client = builder.max_connections(1).build().unwrap();
    let _open = client.call(&Read).stream().await.unwrap();
    assert_eq!(client.send(&Read).await.unwrap(), 3);
}

#[tokio::test]
async fn who_gives_up_in_line_has_spent_nothing_of_the_quota() {
    let gate = Gate::closed();
    let clock = ManualClock::new(START);
    let limiter = Limiter::new(vec![Window::new("2 an hour", 2, seconds(3600))]);
    let builder = builder(&Script::new([]), &clock, AnyLogin::new(NoLogin));
    let builder = builder.transport(gate.clone()).limiter(limiter);
    let client = builder.max_connections(1).build().unwrap();
    let (under_way, in_line) = (read(&client), read(&client));
    settle().await;
    in_line.abort();
    settle().await;
    gate.let_through(2);
    assert_eq!(under_way.await.unwrap().unwrap(), 3);
    assert_eq!(
        read(&client).await.unwrap().unwrap(),
        3,
        "there was a second call in the quota"
    );
    assert!(read(&client).await.unwrap().unwrap_err().is_rate_limited());
}

#[tokio::test]
async fn a_call_is_counted_when_its_turn_has_come() {
    let gate = Gate::closed();
    let clock = ManualClock::new(START);
    let limiter = Limiter::new(vec![Window::new("2 a minute", 2, seconds(60))]);
    let builder = builder(&Script::new([]), &clock, AnyLogin::new(NoLogin));
    let builder = builder.transport(gate.clone()).limiter(limiter);
    let client = builder.max_connections(1).build().unwrap();
    let calls = [read(&client), read(&client)];
    settle().await;
    clock.advance(seconds(59));
    gate.let_through(2);
    for call in calls {
        call.await.unwrap().unwrap();
    }
    // The first has gone out a minute ago, the second just now.
    clock.advance(seconds(2));
    gate.let_through(1);
    read(&client).await.unwrap().unwrap();
    let error = read(&client).await.unwrap().unwrap_err();
    assert_eq!(error.retry_at(), Some(START + seconds(59 + 60)));
}

#[test]
fn none_at_all_is_refused() {
    let builder = builder(&Script::new([]), &ManualClock::new(START), AnyLogin::new(NoLogin));
    let error = builder.max_connections(0).build().unwrap_err();
    assert_eq!(error.parameter, "max_connections");
    assert!(error.to_string().contains("1 or more"), "{error}");
}

/// Never answers an async call, and a blocking one at once.
#[cfg(feature = "blocking")]
#[derive(Debug)]
struct OnlyBlocking;

#[cfg(feature = "blocking")]
impl Transport for OnlyBlocking {
    fn open(&self, _: HttpRequest, _: SendOptions) -> BoxFuture<'_, Result<StreamingResponse, TransportError>> {
        if std::thread::current().name() == Some("energy-blocking") {
            let answer = http::Response::new(Buffered::boxed("3".into()));
            return Box::pin(std::future::ready(Ok(answer)));
        }
        Box::pin(std::future::pending())
    }
}

#[cfg(feature = "blocking")]
#[tokio::test]
async fn a_blocking_call_does_not_wait_for_the_runtime_that_it_holds_up() {
    let builder = builder(&Script::new([]), &ManualClock::new(START), AnyLogin::new(NoLogin));
    let client = builder.transport(OnlyBlocking).max_connections(1).build().unwrap();
    let _under_way = read(&client);
    settle().await;
    assert_eq!(client.blocking().send(&Read).unwrap(), 3);
}
