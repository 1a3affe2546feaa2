use std::error::Error;
use std::fmt::Debug;
use std::sync::Arc;
use std::time::Duration;

use energy_core::auth::oauth::Application;
use energy_core::auth::{MemoryTokenStore, StoredToken};
use energy_core::clock::{Clock, FixedJitter, ManualClock};
use energy_core::http::{HeaderValue, StatusCode, header};
use energy_core::{Api, ApiClient, ClientBuilder, Endpoint, Secret};
use enphase::v4::Enphase;
use intellimeter::Intellimeter;
use solarlog_enerest::SolarLogEnerest;

use super::answers::status;
use super::calls::{assert_hidden, ended, with_secrets};
use super::input::Input;
use crate::requests::{Answer, Answering, NOW};
use crate::said_by;

const KEY: &str = "8b27+dipper/weir";
const CLIENT_SECRET: &str = "s3c-Ouzel/under+the=fall";
const TOKEN: &str = "tok-Goosander-1-upstream";
const REFRESH: &str = "ref-Goosander-1-downstream";
const CODE: &str = "code-Kingfisher-66";
const PASSWORD: &str = "Merganser 2 merganser";
/// Nobody waits longer for the login of a device.
const A_DAY: Duration = Duration::from_secs(86_400);

/// What is shown of what came, or all that the error shows.
type Shown = Result<String, String>;

/// A way to get a token.
#[derive(Clone, Copy, Debug)]
enum Login {
    EnphaseRefresh,
    EnphaseCode,
    EnphasePassword,
    IntellimeterRefresh,
    IntellimeterApplication,
    IntellimeterDevice,
    SolarLog,
}

const LOGINS: [Login; 7] = [
    Login::EnphaseRefresh,
    Login::EnphaseCode,
    Login::EnphasePassword,
    Login::IntellimeterRefresh,
    Login::IntellimeterApplication,
    Login::IntellimeterDevice,
    Login::SolarLog,
];

/// Any answer of a token endpoint, in any way to log in: it ends, in time; no refusal shows a secret that went out, and no
/// token that came is shown; and the same answer is heard as the same. The names and scopes in a success are shown as
/// they come, so an error that follows one may hold anything.
///
/// Input: a byte for the way; one that is odd where the service refuses the token that came, or has begun the login of a
/// device; two for the status (above 100); one for the media type; and the body, in which 0xFE and a byte stand for a
/// secret.
///
/// # Panics
///
/// When it does not hold.
pub fn logins(data: &[u8]) {
    let mut input = Input::new(data);
    let login = input.one_of(&LOGINS);
    let odd = input.byte() % 2 == 1;
    let mut answer = Answer {
        status: status(&mut input),
        ..Answer::default()
    };
    let media_type = HeaderValue::from_static(input.one_of(&["application/json", "text/html", ""]));
    if !media_type.is_empty() {
        answer = answer.with_header(header::CONTENT_TYPE, media_type);
    }
    let answer = answer.with_body(with_secrets(input.rest(), login.secrets()).into());
    let refused = !answer.status.is_success();
    let outcome = tried(login, odd, answer.clone());
    assert_eq!(tried(login, odd, answer), outcome);
    if refused || outcome.is_ok() {
        let (Ok(shown) | Err(shown)) = outcome;
        let secrets = login.secrets().iter();
        secrets.for_each(|secret| assert_hidden(&shown, secret));
    }
}

/// How the login ended.
fn tried(login: Login, odd: bool, given: Answer) -> Shown {
    let mut operations = Answer::json("[]");
    let mut given = vec![given];
    match login {
        Login::IntellimeterDevice if odd => given.insert(0, Answer::json(DEVICE)),
        _ if odd => operations.status = StatusCode::UNAUTHORIZED,
        _ => {}
    }
    let visit = Visit {
        answering: Arc::new(Answering::with_token_answers(operations, login.path(), given)),
        clock: ManualClock::new(NOW),
    };
    let outcome = ended(visit.log_in(login));
    assert!(visit.clock.elapsed() <= A_DAY, "it took {:?}", visit.clock.elapsed());
    outcome
}

/// How a device's login begins.
const DEVICE: &str = r#"{"device_code": "dev-Smew-5-icefloe", "user_code": "QXGR-TLPN", "interval": "0:00:05",
    "verification_uri": "https://service.example/device", "expires_in": "0:02:00"}"#;

impl Login {
    fn path(self) -> &'static str {
        match self {
            Self::EnphaseRefresh | Self::EnphaseCode | Self::EnphasePassword => "/oauth/token",
            Self::IntellimeterRefresh | Self::IntellimeterApplication | Self::IntellimeterDevice => "/api/v1/auth",
            Self::SolarLog => "/auth/token",
        }
    }

    /// What it sends to get a token.
    fn secrets(self) -> &'static [&'static str] {
        match self {
            Self::EnphaseRefresh => &[CLIENT_SECRET, REFRESH],
            Self::EnphaseCode => &[CLIENT_SECRET, CODE],
            Self::EnphasePassword => &[CLIENT_SECRET, PASSWORD],
            Self::IntellimeterRefresh => &[REFRESH, TOKEN],
            Self::IntellimeterApplication | Self::IntellimeterDevice | Self::SolarLog => &[CLIENT_SECRET],
        }
    }
}

/// A login that is tried once.
struct Visit {
    answering: Arc<Answering>,
    clock: ManualClock,
}

impl Visit {
    async fn log_in(&self, login: Login) -> Shown {
        let application = Application::new("weir-keeper", CLIENT_SECRET).expect("the application is well formed");
        match login {
            Login::EnphaseRefresh => {
                self.send(self.enphase(application), enphase::v4::ListSystems::new())
                    .await
            }
            Login::EnphaseCode => {
                let (client, code) = (self.enphase(application.clone()), Secret::new(CODE));
                let redirect = enphase::v4::DEFAULT_REDIRECT_URI;
                token(enphase::v4::exchange_code(&client, &application, &code, redirect).await)
            }
            Login::EnphasePassword => {
                let (client, password) = (self.enphase(application.clone()), Secret::new(PASSWORD));
                token(enphase::v4::password(&client, &application, "keeper@weir.example", &password).await)
            }
            Login::IntellimeterRefresh => {
                let login = intellimeter::Credentials::person(application, expired());
                self.send(self.intellimeter(login), intellimeter::GetCompany::new())
                    .await
            }
            Login::IntellimeterApplication => {
                let login = intellimeter::Credentials::application(application, intellimeter::Scopes::all());
                self.send(self.intellimeter(login), intellimeter::GetCompany::new())
                    .await
            }
            Login::IntellimeterDevice => {
                let client = self.intellimeter(intellimeter::Credentials::none());
                let mut device = match intellimeter::device(&client, &application).await {
                    Ok(device) => device,
                    Err(error) => return Err(said_by(&error)),
                };
                token(device.wait().await)
            }
            Login::SolarLog => {
                let login = solarlog_enerest::Credentials::new(application, solarlog_enerest::Package::Basic)
                    .token_url("https://service.example/auth/token");
                let builder = ApiClient::<SolarLogEnerest>::builder(login);
                let client = self.build(builder.base_url("https://service.example/api/v1/weir"));
                self.send(client, solarlog_enerest::ListPlants::new()).await
            }
        }
    }

    fn enphase(&self, application: Application) -> ApiClient<Enphase> {
        let login = enphase::v4::Credentials::new(KEY, application, expired()).expect("the key is well formed");
        self.build(ApiClient::builder(login).base_url("https://service.example"))
    }

    fn intellimeter(&self, login: intellimeter::Credentials) -> ApiClient<Intellimeter> {
        self.build(ApiClient::builder(login).base_url("https://service.example/api/v1"))
    }

    fn build<A: Api>(&self, builder: ClientBuilder<A>) -> ApiClient<A> {
        let builder = builder
            .transport(Arc::clone(&self.answering))
            .clock(self.clock.clone())
            .jitter(FixedJitter(0.5));
        builder.build().expect("the client is built")
    }

    async fn send<E: Endpoint<Output: Debug>>(&self, client: ApiClient<E::Api>, request: E) -> Shown {
        told(client.send(&request).await)
    }
}

/// A token that has to be renewed before it is used.
fn expired() -> MemoryTokenStore {
    let token = StoredToken::new(TOKEN).with_refresh(REFRESH);
    MemoryTokenStore::new(token.with_expiry(NOW - Duration::from_secs(60)))
}

/// The same of a token. Its scopes are shown, whatever the service calls them.
fn token<E: Error + 'static>(result: Result<StoredToken, E>) -> Shown {
    told(result.map(|token| token.with_scopes([])))
}

fn told<T: Debug, E: Error + 'static>(result: Result<T, E>) -> Shown {
    match result {
        Ok(given) => Ok(format!("{given:?}")),
        Err(error) => Err(said_by(&error)),
    }
}
