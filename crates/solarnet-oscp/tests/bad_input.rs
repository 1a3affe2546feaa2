//! What is refused before anything is sent, and what just passes.

use std::fmt::Debug;

use energy_core::Endpoint;
use serde_json::Value;
use solarnet_oscp::*;

use crate::support::entities::*;
use crate::support::*;

/// Nothing leaves, and the error names the field and what is wrong with it.
async fn names<E>(request: E, parameter: &str, reason: &str)
where
    E: Endpoint<Api = SolarNetwork>,
    E::Output: Debug,
{
    let error = refused(&request).await;
    assert_eq!(error.parameter, parameter, "{error}");
    assert!(error.reason.contains(reason), "`{reason}` is not in: {error}");
}

/// It is sent, with this value at this place.
async fn passes<E>(request: E, pointer: &str, value: &str)
where
    E: Endpoint<Api = SolarNetwork>,
    E::Output: Debug,
{
    let service = Service::answering(Reply::empty(204)).await;
    let _ = service.client().send(&request).await;
    assert_eq!(
        service.one().json().pointer(pointer).and_then(Value::as_str),
        Some(value)
    );
}

/// A text of so many characters, of which one takes two bytes and one takes four.
fn long(characters: usize) -> String {
    let text = "ü🛥".to_owned() + &"x".repeat(characters - 2);
    assert_eq!(text.chars().count(), characters);
    text
}

const BLANK: [&str; 4] = ["", " ", "\t\n", "\u{3000}"];

/// Every request that holds such an input.
async fn provider(change: impl Fn(&mut CapacityProviderInput), parameter: &str, reason: &str) {
    let mut input = CapacityProviderInput::new("Moor Grid");
    change(&mut input);
    names(CreateCapacityProvider::new(input.clone()), parameter, reason).await;
    names(
        UpdateCapacityProvider::new(CapacityProviderId::from(3), input),
        parameter,
        reason,
    )
    .await;
}

async fn optimizer(change: impl Fn(&mut CapacityOptimizerInput), parameter: &str, reason: &str) {
    let mut input = CapacityOptimizerInput::new("Dyke Planner");
    change(&mut input);
    names(CreateCapacityOptimizer::new(input.clone()), parameter, reason).await;
    names(
        UpdateCapacityOptimizer::new(CapacityOptimizerId::from(3), input),
        parameter,
        reason,
    )
    .await;
}

async fn group(change: impl Fn(&mut CapacityGroupInput), parameter: &str, reason: &str) {
    let mut input = group_input();
    change(&mut input);
    names(CreateCapacityGroup::new(input.clone()), parameter, reason).await;
    names(
        UpdateCapacityGroup::new(CapacityGroupId::from(3), input),
        parameter,
        reason,
    )
    .await;
}

async fn asset(change: impl Fn(&mut AssetInput), parameter: &str, reason: &str) {
    let mut input = asset_input().instantaneous(instantaneous()).energy(energy());
    change(&mut input);
    names(CreateAsset::new(input.clone()), parameter, reason).await;
    names(UpdateAsset::new(AssetId::from(3), input), parameter, reason).await;
}

#[tokio::test]
async fn names_and_identifiers_that_are_blank() {
    for blank in BLANK {
        provider(|input| input.name = blank.into(), "name", "is blank").await;
        optimizer(|input| input.name = blank.into(), "name", "is blank").await;
        group(|input| input.name = blank.into(), "name", "is blank").await;
        group(|input| input.identifier = blank.into(), "identifier", "is blank").await;
        asset(|input| input.name = blank.into(), "name", "is blank").await;
        asset(|input| input.identifier = blank.into(), "identifier", "is blank").await;
        asset(|input| input.source_id = blank.into(), "sourceId", "is blank").await;
    }
}

#[tokio::test]
async fn texts_that_are_too_long_by_one() {
    let reason = "has 65 characters, at most 64";
    provider(|input| input.name = long(65), "name", reason).await;
    optimizer(|input| input.name = long(65), "name", reason).await;
    group(|input| input.name = long(65), "name", reason).await;
    asset(|input| input.name = long(65), "name", reason).await;
    asset(|input| input.identifier = long(65), "identifier", reason).await;
    asset(|input| input.source_id = long(65), "sourceId", reason).await;
    let reason = "has 129 characters, at most 128";
    group(|input| input.identifier = long(129), "identifier", reason).await;
    let reason = "has 257 characters, at most 256";
    provider(|input| input.base_url = Some(long(257)), "baseUrl", reason).await;
    optimizer(|input| input.base_url = Some(long(257)), "baseUrl", reason).await;
    let reason = "has 9 characters, at most 8";
    provider(|input| input.oscp_version = Some(long(9)), "oscpVersion", reason).await;
    optimizer(|input| input.oscp_version = Some(long(9)), "oscpVersion", reason).await;
    let reason = "has 256 characters, at most 255";
    let settings = UserSettingsInput::new(NodeId::from(902)).source_id_template(long(256));
    names(UpdateUserSettings::new(settings), "sourceIdTemplate", reason).await;
    let settings = CapacityGroupSettingsInput::new(NodeId::from(902)).source_id_template(long(256));
    let request = UpdateCapacityGroupSettings::new(CapacityGroupId::from(3), settings);
    names(request, "sourceIdTemplate", reason).await;
}

#[tokio::test]
async fn texts_of_just_the_longest_length_pass() {
    let input = CapacityProviderInput::new(long(64))
        .base_url(long(256))
        .oscp_version(long(8));
    let create = || CreateCapacityProvider::new(input.clone());
    passes(create(), "/name", &long(64)).await;
    passes(create(), "/baseUrl", &long(256)).await;
    passes(create(), "/oscpVersion", &long(8)).await;
    let input = CapacityOptimizerInput::new(long(64))
        .base_url(long(256))
        .oscp_version(long(8));
    let update = || UpdateCapacityOptimizer::new(CapacityOptimizerId::from(3), input.clone());
    passes(update(), "/name", &long(64)).await;
    passes(update(), "/baseUrl", &long(256)).await;
    passes(update(), "/oscpVersion", &long(8)).await;
    let mut input = group_input();
    (input.name, input.identifier) = (long(64), long(128));
    passes(CreateCapacityGroup::new(input.clone()), "/name", &long(64)).await;
    passes(CreateCapacityGroup::new(input), "/identifier", &long(128)).await;
    let mut input = asset_input();
    (input.name, input.identifier, input.source_id) = (long(64), long(64), long(64));
    for field in ["/name", "/identifier", "/sourceId"] {
        passes(CreateAsset::new(input.clone()), field, &long(64)).await;
    }
    let settings = UserSettingsInput::new(NodeId::from(902)).source_id_template(long(255));
    passes(UpdateUserSettings::new(settings), "/sourceIdTemplate", &long(255)).await;
    let settings = CapacityGroupSettingsInput::new(NodeId::from(902)).source_id_template(long(255));
    let request = UpdateCapacityGroupSettings::new(CapacityGroupId::from(3), settings);
    passes(request, "/sourceIdTemplate", &long(255)).await;
}

#[tokio::test]
async fn measurements_of_assets() {
    let instant = |input: &mut AssetInput| input.instantaneous.take().unwrap();
    let (place, reason) = ("instantaneous.propertyNames", "has 0 items, at least 1");
    asset(
        |input| {
            let mut measured = instant(input);
            measured.property_names.clear();
            input.instantaneous = Some(measured);
        },
        place,
        reason,
    )
    .await;
    let energy_of = |input: &mut AssetInput| input.energy.take().unwrap();
    asset(
        |input| {
            let mut measured = energy_of(input);
            measured.property_names.clear();
            input.energy = Some(measured);
        },
        "energy.propertyNames",
        reason,
    )
    .await;
    for (factor, reason) in [
        (f64::NAN, "NaN is not a finite number"),
        (f64::INFINITY, "inf is not a finite number"),
        (f64::NEG_INFINITY, "-inf is not a finite number"),
    ] {
        let change = |input: &mut AssetInput| input.instantaneous = Some(instantaneous().multiplier(factor));
        asset(change, "instantaneous.multiplier", reason).await;
        let change = |input: &mut AssetInput| input.energy = Some(energy().multiplier(factor));
        asset(change, "energy.multiplier", reason).await;
    }
}

#[tokio::test]
async fn every_finite_multiplier_passes() {
    for factor in [0.0, -1.0, 1e-12, f64::MAX, f64::MIN] {
        let input = asset_input().energy(energy().multiplier(factor));
        let service = Service::answering(Reply::empty(204)).await;
        let _ = service.client().send(&CreateAsset::new(input)).await;
        let sent = service.one().json();
        assert_eq!(sent["energy"]["multiplier"].as_f64(), Some(factor));
    }
}

#[tokio::test]
async fn measurements_do_not_go_to_the_flexibility_provider() {
    let change = |input: &mut AssetInput| input.audience = OscpRole::FlexibilityProvider;
    asset(change, "audience", "flexibility provider").await;
    for (role, word) in [
        (OscpRole::CapacityProvider, "CapacityProvider"),
        (OscpRole::CapacityOptimizer, "CapacityOptimizer"),
    ] {
        let mut input = asset_input();
        input.audience = role;
        passes(CreateAsset::new(input), "/audience", word).await;
    }
}

/// Properties that break a rule, for every entity that has them.
async fn properties(broken: ServiceProperties, field: &str, reason: &str) {
    let place = format!("serviceProps.{field}");
    let some = || Some(broken.clone());
    provider(|input| input.service_props = some(), &place, reason).await;
    optimizer(|input| input.service_props = some(), &place, reason).await;
    group(|input| input.service_props = some(), &place, reason).await;
    asset(|input| input.service_props = some(), &place, reason).await;
}

#[tokio::test]
async fn an_oauth_secret_needs_its_client() {
    let mut alone = ServiceProperties::new();
    alone.oauth_client_secret = Some(OAUTH_SECRET.into());
    let reason = "needs its token URL and its id";
    properties(alone.clone(), "oauth-client-secret", reason).await;
    let mut without_id = alone.clone();
    without_id.oauth_token_url = Some("https://id.lakeside.example/token".into());
    properties(without_id, "oauth-client-secret", reason).await;
    let mut without_url = alone;
    without_url.oauth_client_id = Some("solarnetwork-at-lakeside".into());
    properties(without_url, "oauth-client-secret", reason).await;

    // A client whose secret the service knows already needs none.
    let mut known = secretive_properties();
    known.oauth_client_secret = None;
    let input = CapacityProviderInput::new("Moor Grid").service_props(known);
    passes(
        CreateCapacityProvider::new(input),
        "/serviceProps/oauth-client-id",
        "solarnetwork-at-lakeside",
    )
    .await;
}

#[tokio::test]
async fn headers_that_cannot_be_sent() {
    for name in ["", "X Api", "X-Api:", "X-Äpi", "X\n"] {
        let broken = ServiceProperties::new().header(name, HEADER_SECRET);
        properties(broken, "http-headers", "cannot be sent as a header").await;
    }
    for value in ["line\nbreak", "line\rbreak", "nothing\0"] {
        let broken = ServiceProperties::new().header("X-Api-Key", value);
        properties(broken.clone(), "http-headers", "`X-Api-Key` cannot be sent as a header").await;
        let request = CreateCapacityGroup::new(group_input().service_props(broken));
        let error = refused(&request).await;
        let shown = format!("{error} {error:?}");
        assert!(
            !shown.contains("line") && !shown.contains("nothing"),
            "the value is shown: {shown}"
        );
    }
}

#[tokio::test]
async fn values_that_the_description_does_not_know_still_pass() {
    // The service is more lenient than its documentation: it decides.
    let input = CapacityProviderInput::new("Moor Grid").registration_status("Paused");
    passes(CreateCapacityProvider::new(input), "/registrationStatus", "Paused").await;
}
