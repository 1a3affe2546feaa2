//! Answers that say in words that there is nothing.
#![cfg(feature = "test-util")]

use energy_core::auth::NoLogin;
use energy_core::transport::replay::{Exchange, ReplayTransport};
use energy_core::{
    Api, ApiClient, ApiError, BuildError, CredentialUse, DecodeError, Endpoint, Error, HttpResponse, Operation,
    RequestParts, decode,
};
use http::{Method, StatusCode};
use serde_json::json;
use time::OffsetDateTime;

/// A service that answers 422 and a sentence where there is no meter.
#[derive(Debug)]
struct Tides;

impl Api for Tides {
    const NAME: &'static str = "tides";
    const BASE_URL: &'static str = "https://tides.example";
    type Login = NoLogin;

    fn is_success(response: &HttpResponse) -> bool {
        response.status().is_success() || Self::is_nothing(response)
    }

    fn is_nothing(response: &HttpResponse) -> bool {
        response.status() == StatusCode::UNPROCESSABLE_ENTITY && response.body().starts_with(b"No gauge")
    }

    fn describe_error(response: &HttpResponse, _: OffsetDateTime, error: &mut ApiError) {
        error.message = String::from_utf8_lossy(response.body()).into_owned();
    }
}

struct GetLevel;

impl Endpoint for GetLevel {
    type Api = Tides;
    type Output = Option<f64>;
    const OPERATION: &'static Operation =
        &Operation::new("getLevel", Method::GET, "/level").with_credentials(CredentialUse::None);

    fn parts(&self) -> Result<RequestParts, BuildError> {
        let mut parts = RequestParts::new();
        parts.literal("level");
        Ok(parts)
    }

    fn decode(&self, response: &HttpResponse) -> Result<Option<f64>, DecodeError> {
        decode::json_or_empty(Self::OPERATION, response, <Self::Api as Api>::is_nothing)
    }
}

async fn get(exchange: Exchange) -> Result<Option<f64>, Error> {
    let replay = ReplayTransport::new([exchange]);
    let client = ApiClient::<Tides>::builder(NoLogin).transport(replay).build().unwrap();
    client.send(&GetLevel).await
}

fn level(status: u16) -> Exchange {
    Exchange::get("/level").status(status)
}

#[tokio::test]
async fn a_sentence_is_read_as_nothing() {
    assert_eq!(get(level(422).body("No gauge at this pier")).await.unwrap(), None);
    assert_eq!(get(level(204)).await.unwrap(), None);
    assert_eq!(get(level(200).body(json!(1.25))).await.unwrap(), Some(1.25));
}

#[tokio::test]
async fn other_words_are_a_failure_and_a_success_is_still_read() {
    let error = get(level(422).body("The pier is unknown")).await.unwrap_err();
    assert!(error.to_string().contains("The pier is unknown"), "{error}");
    let error = get(level(200).body("No gauge at this pier")).await.unwrap_err();
    assert!(matches!(error, Error::Decode(_)), "{error}");
}
