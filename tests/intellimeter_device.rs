//! A device without a browser waits to be let into Intellimeter, by clocks that move on both sides.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use energy_core::clock::Clock;
use energy_core::transport::BoxFuture;
use energy_tests::{MORNING, World};
use intellimeter::{Credentials, DeviceError, GetOwnAccount, MemoryTokenStore, device};
use time::OffsetDateTime;

/// How many requests asked for a code or a token.
fn logins(world: &World) -> usize {
    let requests = world.sandbox.intellimeter().requests();
    requests.iter().filter(|request| request.path == "/api/v1/auth").count()
}

/// What happens while a device waits.
#[derive(Clone, Copy, Debug)]
enum Meanwhile {
    Nothing,
    /// The service's clock stands still: for it, the next question comes too early.
    Standstill,
    Approval,
    Denial,
}

/// A clock that takes the sandbox along, and a person who acts while it runs.
#[derive(Clone, Debug)]
struct Waiting {
    world: Arc<World>,
    script: Arc<Mutex<(String, VecDeque<Meanwhile>)>>,
}

impl Waiting {
    fn new(world: &Arc<World>) -> Self {
        let script = Arc::default();
        let world = Arc::clone(world);
        Self { world, script }
    }

    fn expect(&self, user_code: &str, script: impl IntoIterator<Item = Meanwhile>) {
        *self.script.lock().unwrap() = (user_code.to_owned(), script.into_iter().collect());
    }
}

impl Clock for Waiting {
    fn now(&self) -> OffsetDateTime {
        self.world.clock.now()
    }

    fn elapsed(&self) -> Duration {
        self.world.clock.elapsed()
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'_, ()> {
        let service = self.world.sandbox.intellimeter();
        let (code, script) = &mut *self.script.lock().unwrap();
        let now = script.pop_front().unwrap_or(Meanwhile::Nothing);
        if !matches!(now, Meanwhile::Standstill) {
            self.world.sandbox.advance(duration);
        }
        match now {
            Meanwhile::Approval => assert!(service.approve_device(code)),
            Meanwhile::Denial => assert!(service.deny_device(code)),
            Meanwhile::Nothing | Meanwhile::Standstill => {}
        }
        self.world.clock.sleep(duration)
    }
}

/// A device that has asked, and the clock it waits by.
async fn waiting_device() -> (Arc<World>, Waiting, intellimeter::DeviceLogin) {
    let world = Arc::new(World::at(MORNING).await);
    let clock = Waiting::new(&world);
    let client = world.intellimeter_builder(Credentials::none()).clock(clock.clone());
    let login = device(&client.build().unwrap(), &world.administrator()).await.unwrap();
    (world, clock, login)
}

fn seconds(world: &World) -> Vec<u64> {
    world.clock.slept().iter().map(Duration::as_secs).collect()
}

#[tokio::test]
async fn a_device_waits_and_slows_down_and_gets_in() {
    use Meanwhile::{Approval, Nothing, Standstill};
    let (world, clock, mut login) = waiting_device().await;
    assert_eq!(login.interval(), Duration::from_secs(5));
    assert_eq!(login.expires_at(), MORNING + Duration::from_secs(600));
    assert!(
        login
            .complete_uri()
            .as_str()
            .contains(&format!("user_code={}", login.user_code()))
    );
    clock.expect(login.user_code(), [Nothing, Standstill, Nothing, Approval]);
    let token = login.wait().await.unwrap();
    assert_eq!(seconds(&world), [5, 5, 10, 10], "slow_down makes it five seconds more");
    assert_eq!(login.interval(), Duration::from_secs(10));
    assert_eq!(logins(&world), 5, "one start, four questions");
    assert_eq!(token.expires_at, Some(clock.now() + Duration::from_secs(3600)));
    let credentials = Credentials::person(world.administrator(), MemoryTokenStore::new(token));
    let client = world.intellimeter_builder(credentials).build().unwrap();
    assert!(client.send(&GetOwnAccount::new()).await.unwrap().admin);
}

#[tokio::test]
async fn a_device_is_denied() {
    let (world, clock, mut login) = waiting_device().await;
    clock.expect(login.user_code(), [Meanwhile::Nothing, Meanwhile::Denial]);
    assert!(matches!(login.wait().await, Err(DeviceError::Denied)));
    assert_eq!(seconds(&world), [5, 5]);
}

#[tokio::test]
async fn a_device_that_nobody_answers_expires() {
    let (world, _, mut login) = waiting_device().await;
    assert!(matches!(login.wait().await, Err(DeviceError::Expired)));
    let waited: u64 = seconds(&world).iter().sum();
    assert_eq!(waited, 595, "as long as the next answer could still be a token");
    assert!(
        !world.sandbox.intellimeter().approve_device("AAAA-AAAA"),
        "there is no such code"
    );

    // For the service the ten minutes are over, though not for the device.
    let (world, _, mut login) = waiting_device().await;
    world.sandbox.advance(Duration::from_secs(600));
    assert!(matches!(login.wait().await, Err(DeviceError::Expired)));
    assert_eq!(seconds(&world), [5], "the service said so");
}
