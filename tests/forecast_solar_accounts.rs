//! The life of client accounts, against the sandbox.

use std::time::Duration;

use energy_tests::{BERLIN, MORNING, World, key};
use forecast_solar::{
    Account, Client, CreateAccount, Credentials, DeleteAccount, GetAccount, GetEstimate, GetUsage, ListAccounts, Plane,
    ReactivateAccount, ResetAccountKey, SuspendAccount, UsagePeriod,
};
use time::Month;
use time::macros::date;

fn estimate() -> GetEstimate {
    GetEstimate::new(BERLIN.0, BERLIN.1, Plane::new(35, 0, 5.0))
}

fn administrator(world: &World) -> Client {
    world.forecast_solar(key(&world.sandbox.forecast_solar().keys().administrator))
}

fn customer(world: &World, account: &Account) -> Client {
    world.unlimited(Credentials::key(account.api_key.as_ref().unwrap().expose()).unwrap())
}

#[tokio::test]
async fn an_account_lives_from_creation_to_deletion() {
    let world = World::at(MORNING).await;
    let admin = administrator(&world);
    let account = admin.send(&CreateAccount::new().id("roof-4711")).await.unwrap().result;
    let id = account.id.clone().unwrap();
    assert!(
        id.as_str().ends_with("roof-4711") && id.as_str() != "roof-4711",
        "ids come back with a prefix: {id}"
    );

    let before = customer(&world, &account);
    before.send(&estimate()).await.unwrap();
    before.send(&estimate()).await.unwrap();

    let reset = admin.send(&ResetAccountKey::new("roof-4711")).await.unwrap().result;
    assert_ne!(reset.api_key, account.api_key);
    assert!(
        before.send(&estimate()).await.unwrap_err().is_forbidden(),
        "the old key is unknown now"
    );
    let after = customer(&world, &reset);
    after.send(&estimate()).await.unwrap();

    let suspended = admin.send(&SuspendAccount::new(&id)).await.unwrap().result;
    assert_eq!(suspended.valid_until(), Some(date!(2026 - 06 - 20)), "the day before");
    assert!(after.send(&estimate()).await.unwrap_err().is_unauthorized());

    let again = admin.send(&ReactivateAccount::new(&id)).await.unwrap().result;
    assert_eq!(again.id, Some(id.clone()));
    assert_ne!(again.api_key, reset.api_key);
    customer(&world, &again).send(&estimate()).await.unwrap();

    admin.send(&DeleteAccount::new("roof-4711")).await.unwrap();
    let gone = admin.send(&GetAccount::new(&id)).await.unwrap_err();
    assert!(gone.is_not_found());
    let text = gone.to_string();
    assert!(
        text.contains("wrong administrative key") && text.contains("unknown account id"),
        "{text}"
    );
}

#[tokio::test]
async fn own_and_prefixed_ids_both_work_and_ids_can_be_made() {
    let world = World::at(MORNING).await;
    let admin = administrator(&world);
    let own = admin
        .send(&CreateAccount::new().id("12345678901234567890"))
        .await
        .unwrap()
        .result;
    let made = admin.send(&CreateAccount::new()).await.unwrap().result;
    let prefixed = own.id.clone().unwrap();
    let by_own = admin
        .send(&GetAccount::new("12345678901234567890"))
        .await
        .unwrap()
        .result;
    let by_prefixed = admin.send(&GetAccount::new(&prefixed)).await.unwrap().result;
    assert_eq!(by_own, by_prefixed);

    let all = admin.send(&ListAccounts::new()).await.unwrap().result.0;
    for account in [&own, &made] {
        assert!(
            all.iter().any(|listed| listed.id == account.id),
            "{:?} is listed",
            account.id
        );
    }
}

#[tokio::test]
async fn usage_counts_calls_by_account_and_period() {
    let world = World::at(MORNING).await;
    let admin = administrator(&world);
    let account = admin.send(&CreateAccount::new().id("counted")).await.unwrap().result;
    let client = customer(&world, &account);
    for _ in 0..3 {
        client.send(&estimate()).await.unwrap();
    }
    let id = account.id.unwrap();
    let calls = |usage: &serde_json::Value| -> u64 {
        let periods = usage.as_object().expect("periods");
        periods
            .values()
            .filter_map(|accounts| accounts.get(id.as_str())?.as_u64())
            .sum()
    };
    let periods = [
        UsagePeriod::CurrentYear,
        UsagePeriod::Year(2026),
        UsagePeriod::Month(2026, Month::June),
        UsagePeriod::Day(date!(2026 - 06 - 21)),
    ];
    for period in periods {
        let usage = admin.send(&GetUsage::new(period)).await.unwrap().result;
        assert_eq!(calls(&usage), 3, "{period:?}: {usage}");
    }
    let usage = admin
        .send(&GetUsage::new(UsagePeriod::Month(2026, Month::May)))
        .await
        .unwrap()
        .result;
    assert_eq!(usage.as_object().map_or(0, |_| calls(&usage)), 0);
}

#[tokio::test]
async fn a_key_that_is_no_administrators_and_an_unknown_id_look_alike() {
    let world = World::at(MORNING).await;
    let personal = world.forecast_solar(key(&world.sandbox.forecast_solar().keys().personal));
    let wrong_key = personal.send(&ListAccounts::new()).await.unwrap_err();
    let unknown_id = administrator(&world)
        .send(&SuspendAccount::new("nobody"))
        .await
        .unwrap_err();
    for error in [wrong_key, unknown_id] {
        assert!(error.is_not_found());
        assert!(
            error
                .to_string()
                .contains("wrong administrative key or an unknown account id"),
            "{error}"
        );
    }
}

#[tokio::test]
async fn creating_is_not_repeated_when_its_answer_is_lost() {
    let world = World::at(MORNING).await;
    let admin = administrator(&world);
    let service = world.sandbox.forecast_solar();
    service.fault(energy_sandbox::Fault::lost_answer());
    let lost = admin.send(&CreateAccount::new().id("once")).await.unwrap_err();
    assert!(lost.may_have_been_sent());
    assert_eq!(lost.attempts(), 1);
    assert_eq!(service.request_count(), 1);
    // It was done all the same, and reading it is safe.
    world.advance(Duration::from_secs(1));
    assert!(admin.send(&GetAccount::new("once")).await.is_ok());
}
