//! What the tests of the signers share.

use std::sync::Arc;

use energy_core::HttpRequest;
use energy_core::auth::{AuthError, Authenticator, Proof};
use energy_core::clock::ManualClock;
use energy_core::http::{HeaderMap, HeaderName, HeaderValue};
use energy_sandbox::Sandbox;
use solarnet_oscp::{Client, Credentials, ListCapacityProviders, UpdateUserSettings, UserSettingsInput};
use time::macros::datetime;
use time::{Date, OffsetDateTime};

pub(crate) const SECRET: &str = "test-token-secret";

/// Headers from names and values.
pub(crate) fn headers(pairs: &[(&str, &str)]) -> HeaderMap {
    let mut map = HeaderMap::new();
    for (name, value) in pairs {
        let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
        map.append(name, HeaderValue::from_bytes(value.as_bytes()).unwrap());
    }
    map
}

/// A request as a client hands it to its signer.
pub(crate) fn request(method: &str, url: &str, pairs: &[(&str, &str)], body: impl Into<String>) -> HttpRequest {
    let mut request = HttpRequest::new(body.into().into());
    *request.method_mut() = method.parse().unwrap();
    *request.uri_mut() = url.parse().unwrap();
    *request.headers_mut() = headers(pairs);
    request
}

/// A signer whose clock stands at this time, and the clock.
pub(crate) fn signer(login: Credentials, at: OffsetDateTime) -> (Arc<dyn Authenticator>, ManualClock) {
    let clock = ManualClock::new(at);
    (login.authenticator(Arc::new(clock.clone())).unwrap(), clock)
}

/// Adds the proof.
pub(crate) async fn prove(
    signer: &Arc<dyn Authenticator>,
    mut request: HttpRequest,
) -> Result<(HttpRequest, Proof), AuthError> {
    let proof = signer.authenticate(&mut request).await?;
    Ok((request, proof))
}

/// The request as this login signs it at this time.
pub(crate) async fn proven(login: Credentials, at: OffsetDateTime, request: HttpRequest) -> HttpRequest {
    prove(&signer(login, at).0, request).await.unwrap().0
}

/// The one value of a header.
pub(crate) fn header<'a>(request: &'a HttpRequest, name: &str) -> &'a str {
    let mut values = request.headers().get_all(name).iter();
    let value = values.next().unwrap_or_else(|| panic!("no {name}"));
    assert!(values.next().is_none(), "{name} stands there twice");
    value.to_str().unwrap()
}

/// Calls the sandbox, whose server side shares no code with the signers, without and with a body.
pub(crate) async fn the_sandbox_takes(login: impl Fn(&str, &str, Date) -> Credentials) {
    let now = datetime!(2026-06-21 23:59:30 UTC);
    let sandbox = Sandbox::builder().at(now).start().await.unwrap();
    let service = sandbox.solarnet_oscp();
    let tokens = service.credentials();
    let call = async |secret: &str| {
        let client = Client::builder(login(&tokens.token, secret, now.date()))
            .base_url(service.base_url())
            .clock(ManualClock::new(now))
            .build()
            .unwrap();
        client.send(&ListCapacityProviders::new()).await?;
        let settings = UserSettingsInput::new(service.node_id());
        client.send(&UpdateUserSettings::new(settings)).await.map(|_| ())
    };
    call(&tokens.secret).await.unwrap();
    let refused = call("another-secret").await.unwrap_err();
    assert!(refused.is_unauthorized(), "{refused:?}");
}

/// Bytes in lower-case hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
