//! The ways into Enphase, each to its end: what is checked, what is granted, what is refused.

use std::time::Duration;

use energy_core::auth::AuthError;
use energy_core::http::{HeaderValue, Method, header};
use energy_core::transport::{HttpRequest, HttpResponse, SendOptions};
use energy_core::{Error, Secret};
use energy_sandbox::{EnphaseApp, EnphasePerson, Fault};
use energy_tests::{MORNING, World, said_by};
use enphase::v4::{
    Application, Client, Credentials, DEFAULT_REDIRECT_URI, ListSystems, authorize, exchange, exchange_code, password,
};
use enphase::{MemoryTokenStore, StoredToken, Url};

/// Where tokens are given out.
const LOGIN: &str = "/oauth/token";
const BACK: &str = "http://localhost:7777/back";
const DAY: Duration = Duration::from_secs(86_400);

fn application(world: &World, app: EnphaseApp) -> Application {
    let keys = world.sandbox.enphase().credentials();
    let keys = if app == EnphaseApp::Watt {
        keys.watt
    } else {
        keys.partner
    };
    Application::new(keys.client_id, keys.client_secret).unwrap()
}

/// A client whose application nobody has authorised yet.
fn nobody(world: &World, app: EnphaseApp) -> Client {
    world.enphase_with(app, MemoryTokenStore::default())
}

/// What a browser would send, and what it would get.
async fn browse(client: &Client, method: Method, url: &str, form: String) -> HttpResponse {
    let mut request = HttpRequest::new(form.into());
    *request.method_mut() = method;
    *request.uri_mut() = url.parse().unwrap();
    let form = HeaderValue::from_static("application/x-www-form-urlencoded");
    request.headers_mut().insert(header::CONTENT_TYPE, form);
    client
        .setup()
        .transport
        .send(request, SendOptions::default())
        .await
        .unwrap()
}

/// Presses a button on the page; where that leads.
async fn press(client: &Client, page: &Url, account: &str, button: &str) -> Url {
    let form = format!("{}&account={account}&decision={button}", page.query().unwrap());
    let url = page.as_str().split('?').next().unwrap();
    let answer = browse(client, Method::POST, url, form).await;
    assert_eq!(answer.status().as_u16(), 303, "{answer:?}");
    Url::parse(answer.headers()["location"].to_str().unwrap()).unwrap()
}

fn parameter(url: &Url, name: &str) -> String {
    let found = url.query_pairs().find(|(key, _)| key == name);
    found.unwrap_or_else(|| panic!("no {name}")).1.into_owned()
}

/// The service wants a person.
fn reauthorise(error: &Error) -> &str {
    let Error::Auth { source, .. } = error else {
        panic!("{error:?}")
    };
    assert!(error.is_unauthorized() && !error.is_retryable());
    match &**source {
        AuthError::Reauthorise(why) => why,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_person_lets_an_application_in_on_the_page() {
    let world = World::at(MORNING).await;
    let (client, application) = (nobody(&world, EnphaseApp::Watt), application(&world, EnphaseApp::Watt));
    reauthorise(&client.send(&ListSystems::new()).await.unwrap_err());
    let asked = authorize(&client, &application, BACK).unwrap();
    let page = browse(&client, Method::GET, asked.url().as_str(), String::new()).await;
    let text = String::from_utf8_lossy(page.body());
    assert!(page.status().is_success() && text.contains("Roof Watch"), "{text}");

    let back = press(&client, asked.url(), "owner%40sandbox.example", "approve").await;
    assert_eq!(parameter(&back, "state"), asked.state().expose());
    assert!(
        world.enphase_requests(LOGIN).is_empty(),
        "until here only the browser has spoken"
    );
    let token = exchange(&client, &application, &asked, &back).await.unwrap();
    assert_eq!(token.expires_at, Some(MORNING + DAY));
    let [login] = &world.enphase_requests(LOGIN)[..] else {
        panic!("one login")
    };
    let query = login.query.as_deref().unwrap();
    assert!(
        query.contains("grant_type=authorization_code") && query.contains("redirect_uri="),
        "{query}"
    );
    assert!(login.header("authorization").unwrap().starts_with("Basic ") && login.body.is_empty());

    let again = exchange(&client, &application, &asked, &back).await.unwrap_err();
    assert!(
        matches!(again, AuthError::Reauthorise(_)),
        "a code is good once: {again:?}"
    );
    let client = world.enphase_with(EnphaseApp::Watt, MemoryTokenStore::new(token));
    assert_eq!(client.send(&ListSystems::new()).await.unwrap().systems.len(), 2);

    // Somebody else lets it in as well: another person's systems.
    let asked = authorize(&client, &application, BACK).unwrap();
    let back = press(&client, asked.url(), "installer%40sandbox.example", "approve").await;
    let token = exchange(&client, &application, &asked, &back).await.unwrap();
    let client = world.enphase_with(EnphaseApp::Watt, MemoryTokenStore::new(token));
    assert_eq!(client.send(&ListSystems::new()).await.unwrap().total, Some(2_500));
}

#[tokio::test]
async fn a_person_says_no_or_comes_back_from_elsewhere() {
    let world = World::at(MORNING).await;
    let (client, application) = (nobody(&world, EnphaseApp::Watt), application(&world, EnphaseApp::Watt));
    let asked = authorize(&client, &application, BACK).unwrap();
    let refused = press(&client, asked.url(), "owner%40sandbox.example", "deny").await;
    let error = exchange(&client, &application, &asked, &refused).await.unwrap_err();
    assert!(
        matches!(&error, AuthError::Reauthorise(why) if why == "access_denied"),
        "{error:?}"
    );

    let back = press(&client, asked.url(), "owner%40sandbox.example", "approve").await;
    let code = parameter(&back, "code");
    let other = authorize(&client, &application, BACK).unwrap();
    assert_ne!(other.state(), asked.state());
    let mut stateless = back.clone();
    stateless.query_pairs_mut().clear().append_pair("code", &code);
    for (authorization, address) in [(&other, &back), (&asked, &stateless)] {
        let error = exchange(&client, &application, authorization, address)
            .await
            .unwrap_err();
        assert!(
            matches!(&error, AuthError::Malformed(why) if why.contains("state")),
            "{error:?}"
        );
        assert!(!said_by(&error).contains(&code));
    }
    assert!(
        world.enphase_requests(LOGIN).is_empty(),
        "a code with another state is not sent"
    );
    exchange(&client, &application, &asked, &back).await.unwrap();
}

#[tokio::test]
async fn a_code_is_read_off_the_page_where_there_is_no_browser_to_come_back() {
    let world = World::at(MORNING).await;
    let (client, application) = (
        nobody(&world, EnphaseApp::Partner),
        application(&world, EnphaseApp::Partner),
    );
    let service = world.sandbox.enphase();
    let approve = || service.approve_authorization(EnphaseApp::Partner, EnphasePerson::Owner, DEFAULT_REDIRECT_URI);
    let code = Secret::new(approve());
    let token = exchange_code(&client, &application, &code, DEFAULT_REDIRECT_URI)
        .await
        .unwrap();
    let client = world.enphase_with(EnphaseApp::Partner, MemoryTokenStore::new(token));
    client.send(&ListSystems::new()).await.unwrap();

    let code = Secret::new(approve());
    let error = exchange_code(&client, &application, &code, BACK).await.unwrap_err();
    assert!(matches!(error, AuthError::Reauthorise(_)), "another address: {error:?}");
    assert!(!said_by(&error).contains(code.expose()));
    let code = Secret::new(approve());
    world.advance(Duration::from_secs(601));
    let error = exchange_code(&client, &application, &code, DEFAULT_REDIRECT_URI)
        .await
        .unwrap_err();
    assert!(matches!(error, AuthError::Reauthorise(_)), "too late: {error:?}");
}

#[tokio::test]
async fn passwords_are_for_partners() {
    let world = World::at(MORNING).await;
    let owner = world.sandbox.enphase().credentials().owner;
    let secret = Secret::new(owner.password.as_str());
    let partner = nobody(&world, EnphaseApp::Partner);
    let application_of = |app| application(&world, app);
    let token = password(&partner, &application_of(EnphaseApp::Partner), &owner.username, &secret)
        .await
        .unwrap();
    assert!(token.refresh.is_some());
    let wrong = Secret::new("avocet-on-mud-3");
    let error = password(&partner, &application_of(EnphaseApp::Partner), &owner.username, &wrong)
        .await
        .unwrap_err();
    assert!(
        !error.is_transient() && !said_by(&error).contains("avocet"),
        "{error:?}"
    );
    let error = password(&partner, &application_of(EnphaseApp::Watt), &owner.username, &secret)
        .await
        .unwrap_err();
    let said = said_by(&error);
    assert!(
        !error.is_transient() && said.contains("This plan may not use passwords"),
        "{said}"
    );
    assert!(!said.contains(&owner.password));

    // A client that has the password logs in by itself, also after a refresh token is dead.
    let credentials = |app| {
        let credentials: Credentials = world.enphase_credentials(app, MemoryTokenStore::default());
        credentials.with_password(owner.username.as_str(), owner.password.as_str())
    };
    let client = world.enphase_builder(credentials(EnphaseApp::Partner)).build().unwrap();
    let before = world.enphase_requests(LOGIN).len();
    client.send(&ListSystems::new()).await.unwrap();
    assert_eq!(world.enphase_requests(LOGIN).len(), before + 1);
    world
        .sandbox
        .enphase()
        .revoke(EnphaseApp::Partner, EnphasePerson::Owner);
    client.send(&ListSystems::new()).await.unwrap();
    assert_eq!(
        world.enphase_requests(LOGIN).len(),
        before + 3,
        "a refresh that was refused, and the password"
    );

    let client = world.enphase_builder(credentials(EnphaseApp::Watt)).build().unwrap();
    let before = world.enphase_requests("/api/").len();
    let error = client.send(&ListSystems::new()).await.unwrap_err();
    assert!(
        error.is_unauthorized() && !said_by(&error).contains(&owner.password),
        "{error:?}"
    );
    assert_eq!(world.enphase_requests("/api/").len(), before);
}

#[tokio::test]
async fn a_wrong_secret_is_told_apart_from_an_outage() {
    let world = World::at(MORNING).await;
    let keys = world.sandbox.enphase().credentials().watt;
    let wrong = Application::new(keys.client_id.as_str(), "godwit-in-reeds-8").unwrap();
    let expired = StoredToken::new("gone").with_refresh("dunlin-6").with_expiry(MORNING);
    let credentials = Credentials::new(keys.api_key.as_str(), wrong, MemoryTokenStore::new(expired.clone())).unwrap();
    let client = world.enphase_builder(credentials).build().unwrap();
    let error = client.send(&ListSystems::new()).await.unwrap_err();
    assert!(error.is_unauthorized() && !error.is_retryable(), "{error:?}");
    let said = said_by(&error);
    assert!(
        !said.contains("godwit") && !said.contains("dunlin") && !said.contains(&keys.api_key),
        "{said}"
    );

    let client = world.enphase_with(EnphaseApp::Watt, MemoryTokenStore::new(expired));
    world.sandbox.enphase().fault(Fault::outage().on_path("/oauth/token"));
    let error = client.send(&ListSystems::new()).await.unwrap_err();
    assert!(error.is_retryable() && !error.is_unauthorized(), "{error:?}");
    assert!(world.enphase_requests("/api/").is_empty());
}
