//! The life of what an account manages for OSCP, from creation to deletion.

use std::time::Duration;

use energy_sandbox::RequestRecord;
use energy_tests::oscp_systems::{GROUP, Quay};
use energy_tests::{MORNING, World};
use serde_json::{Value, json};
use solarnet_oscp::{
    AssetInstantaneous, CapacityGroupInput, CapacityGroupSettingsInput, CapacityOptimizerInput, CapacityProviderInput,
    CreateAsset, CreateCapacityGroup, CreateCapacityOptimizer, CreateCapacityProvider, DeleteAsset,
    DeleteCapacityGroup, DeleteCapacityGroupSettings, DeleteCapacityOptimizer, DeleteCapacityProvider,
    DeleteUserSettings, GetAsset, GetCapacityGroup, GetCapacityGroupSettings, GetCapacityOptimizer,
    GetCapacityProvider, GetUserSettings, ListCapacityGroupAssets, ListCapacityGroupSettings, ListCapacityGroups,
    ListCapacityOptimizers, ListCapacityProviders, MeasurementPeriod, MeasurementUnit, NodeId, OauthClient, OscpRole,
    Phase, RegistrationStatus, ServiceProperties, StatisticType, UpdateCapacityGroupSettings, UpdateCapacityProvider,
    UpdateUserSettings, UrlPath, UserSettingsInput, create_and_set_version, list_all_assets, update,
};

const MINUTE: Duration = Duration::from_secs(60);
const OAUTH_SECRET: &str = "tern-7-under-the-jetty";

/// Service properties with everything, and with some that nobody has described.
fn properties() -> ServiceProperties {
    let strange = json!({"berth-count": 12, "pilots": {"on": ["call", null]}});
    let strange: ServiceProperties = serde_json::from_value(strange).unwrap();
    strange
        .oauth(OauthClient::new(
            "https://login.example.org/token",
            "quay-7",
            OAUTH_SECRET,
        ))
        .header("X-Api-Key", "gannet-19-far-out")
        .url_path(UrlPath::Heartbeat, "/alive")
        .group_asset_measurement(true)
        .group_combined_asset_id("all-of-it")
}

/// What `Debug` hides as well.
fn whole(properties: Option<&ServiceProperties>) -> Value {
    serde_json::to_value(properties).unwrap()
}

fn node(world: &World) -> NodeId {
    NodeId::from(world.sandbox.solarnet_oscp().node_id())
}

fn last(world: &World) -> RequestRecord {
    world.sandbox.solarnet_oscp().requests().pop().unwrap()
}

#[tokio::test]
async fn settings_of_the_account_are_none_then_saved_then_none() {
    let world = World::at(MORNING).await;
    let account = world.solarnet_oscp(world.account());
    assert_eq!(account.send(&GetUserSettings::new()).await.unwrap(), None);

    let input = UserSettingsInput::new(node(&world)).publish_to_solar_flux(false);
    let saved = account.send(&UpdateUserSettings::new(input.clone())).await.unwrap();
    assert_eq!((saved.created, saved.modified), (MORNING, MORNING));
    assert_eq!((saved.publish_to_solar_in, saved.publish_to_solar_flux), (true, false));
    assert_eq!((saved.node_id, &saved.source_id_template), (node(&world), &None));
    assert_eq!(account.send(&GetUserSettings::new()).await.unwrap(), Some(saved));

    world.advance(MINUTE);
    let input = input.source_id_template("/oscp/{cp}/{cgIdentifier}");
    let again = account.send(&UpdateUserSettings::new(input)).await.unwrap();
    assert_eq!((again.created, again.modified), (MORNING, MORNING + MINUTE));
    assert_eq!(again.source_id_template.as_deref(), Some("/oscp/{cp}/{cgIdentifier}"));
    let as_it_is = UserSettingsInput::from(&again);
    assert_eq!(account.send(&UpdateUserSettings::new(as_it_is)).await.unwrap(), again);

    for _ in 0..2 {
        account.send(&DeleteUserSettings::new()).await.unwrap();
        assert_eq!(account.send(&GetUserSettings::new()).await.unwrap(), None);
    }
}

#[tokio::test]
async fn settings_of_a_group_come_and_go() {
    let world = World::at(MORNING).await;
    let quay = Quay::set_up(&world).await;
    let (account, group) = (&quay.account, quay.group.config_id);
    assert_eq!(account.send(&GetCapacityGroupSettings::new(group)).await.unwrap(), None);
    assert_eq!(account.send(&ListCapacityGroupSettings::new()).await.unwrap(), []);

    let input = CapacityGroupSettingsInput::new(node(&world)).publish_to_solar_in(false);
    let request = UpdateCapacityGroupSettings::new(group, input.clone());
    let saved = account.send(&request).await.unwrap();
    assert_eq!(saved.group_id, group);
    assert_eq!((saved.publish_to_solar_in, saved.publish_to_solar_flux), (false, true));
    assert_eq!(CapacityGroupSettingsInput::from(&saved), input);
    let read = account.send(&GetCapacityGroupSettings::new(group)).await.unwrap();
    assert_eq!(read.as_ref(), Some(&saved));
    assert_eq!(account.send(&ListCapacityGroupSettings::new()).await.unwrap(), [saved]);

    for _ in 0..2 {
        account.send(&DeleteCapacityGroupSettings::new(group)).await.unwrap();
        assert_eq!(account.send(&GetCapacityGroupSettings::new(group)).await.unwrap(), None);
    }
    assert_eq!(account.send(&ListCapacityGroupSettings::new()).await.unwrap(), []);
}

/// Providers and optimizers have the same life, with types of their own.
macro_rules! a_system_lives {
    ($test:ident, $input:ident, $create:ident, $get:ident, $list:ident, $delete:ident) => {
        #[tokio::test]
        async fn $test() {
            let world = World::at(MORNING).await;
            let account = world.solarnet_oscp(world.account());
            assert_eq!(account.send(&$list::new()).await.unwrap(), []);
            let input = $input::new("Harbour")
                .base_url("https://oscp.example.org/2.0")
                .oscp_version("2.0")
                .service_props(properties());
            let created = account.send(&$create::new(input)).await.unwrap();
            let token = created.token.clone().expect("shown once");
            assert_eq!(token.expose().len(), 64);
            assert!(!format!("{created:?}").contains(token.expose()));
            assert_eq!(created.oscp_version, None, "a creation forgets it");
            assert_eq!(created.registration_status, RegistrationStatus::Pending);
            assert!(!created.enabled);
            assert_eq!((created.created, created.modified), (MORNING, MORNING));
            assert_eq!((created.heartbeat_date, created.offline_date), (None, None));

            let second = account.send(&$create::new($input::new("Second"))).await.unwrap();
            let mut read = account.send(&$get::new(created.config_id)).await.unwrap();
            assert_eq!(read.token.replace(token), None, "never seen again");
            assert_eq!(read, created);
            let listed = account.send(&$list::new()).await.unwrap();
            let ids: Vec<_> = listed.iter().map(|system| system.config_id).collect();
            assert_eq!(ids, [created.config_id, second.config_id], "by id");
            assert!(listed.iter().all(|system| system.token.is_none()));
            assert_ne!(created.flexibility_provider_id, second.flexibility_provider_id);

            world.advance(MINUTE);
            let changed = update(&account, created.config_id, |system| {
                system.enabled = true;
                system.oscp_version = Some("2.0".to_owned());
            });
            let changed = changed.await.unwrap();
            assert_eq!((changed.created, changed.modified), (MORNING, MORNING + MINUTE));
            assert_eq!(changed.oscp_version.as_deref(), Some("2.0"));
            assert_eq!(changed.flexibility_provider_id, created.flexibility_provider_id);
            assert_eq!(
                account.send(&$get::new(created.config_id)).await.unwrap(),
                changed
            );

            for _ in 0..2 {
                account.send(&$delete::new(created.config_id)).await.unwrap();
                let gone = account.send(&$get::new(created.config_id)).await.unwrap_err();
                assert!(gone.is_not_found(), "{gone}");
            }
            assert_eq!(
                account.send(&$list::new()).await.unwrap(),
                [account.send(&$get::new(second.config_id)).await.unwrap()]
            );
        }
    };
}

a_system_lives!(
    a_provider_lives,
    CapacityProviderInput,
    CreateCapacityProvider,
    GetCapacityProvider,
    ListCapacityProviders,
    DeleteCapacityProvider
);
a_system_lives!(
    an_optimizer_lives,
    CapacityOptimizerInput,
    CreateCapacityOptimizer,
    GetCapacityOptimizer,
    ListCapacityOptimizers,
    DeleteCapacityOptimizer
);

#[tokio::test]
async fn creating_with_its_version_takes_two_calls_and_keeps_the_token() {
    let world = World::at(MORNING).await;
    let account = world.solarnet_oscp(world.account());
    let provider = CapacityProviderInput::new("Harbour Grid").service_props(properties());
    let provider = create_and_set_version(&account, provider).await.unwrap();
    assert_eq!(provider.oscp_version.as_deref(), Some("2.0"));
    assert_eq!(provider.token.as_ref().unwrap().expose().len(), 64);
    let optimizer = CapacityOptimizerInput::new("Quay Charging").oscp_version("2.1");
    let optimizer = create_and_set_version(&account, optimizer).await.unwrap();
    assert_eq!(optimizer.oscp_version.as_deref(), Some("2.1"));
    assert!(optimizer.token.is_some());
    assert_eq!(world.sandbox.solarnet_oscp().request_count(), 4);
    let read = account
        .send(&GetCapacityProvider::new(provider.config_id))
        .await
        .unwrap();
    assert_eq!(read.oscp_version.as_deref(), Some("2.0"));
}

#[tokio::test]
async fn an_update_keeps_what_it_does_not_change() {
    let world = World::at(MORNING).await;
    let account = world.solarnet_oscp(world.account());
    let input = CapacityProviderInput::new("Harbour Grid")
        .base_url("https://oscp.example.org/2.0")
        .registration_status(RegistrationStatus::Registered)
        .service_props(properties());
    let created = account.send(&CreateCapacityProvider::new(input)).await.unwrap();
    let mut expected = whole(Some(&properties()));
    assert!(
        expected
            .as_object_mut()
            .unwrap()
            .remove("oauth-client-secret")
            .is_some()
    );
    assert_eq!(
        whole(created.service_props.as_ref()),
        expected,
        "the secret is not read back"
    );

    let changed = update(&account, created.config_id, |provider| {
        provider.name = "Port Grid".to_owned();
    });
    let changed = changed.await.unwrap();
    assert_eq!(changed.name, "Port Grid");
    assert_eq!(changed.registration_status, RegistrationStatus::Registered);
    assert_eq!(changed.base_url, created.base_url);
    assert_eq!(whole(changed.service_props.as_ref()), expected);
    // Without the secret in it the service keeps the one it has; an empty one would replace it.
    let put = last(&world);
    assert_eq!(put.method, "PUT");
    let sent: Value = serde_json::from_slice(&put.body).unwrap();
    assert_eq!(sent["serviceProps"], expected);
    assert_eq!(sent["registrationStatus"], "Registered");

    // Beginning with nothing loses all of it, which is what `update` is for.
    let bare = UpdateCapacityProvider::new(created.config_id, CapacityProviderInput::new("Port Grid"));
    let bare = account.send(&bare).await.unwrap();
    assert_eq!((bare.service_props, bare.base_url), (None, None));
    assert_eq!(bare.registration_status, RegistrationStatus::Pending);
}

#[tokio::test]
async fn a_group_and_its_assets_live() {
    let world = World::at(MORNING).await;
    let quay = Quay::set_up(&world).await;
    let (account, group) = (&quay.account, &quay.group);
    assert_eq!((group.name.as_str(), group.identifier.as_str()), ("North quay", GROUP));
    assert_eq!(group.capacity_provider_id, quay.provider.config_id);
    assert_eq!(group.capacity_optimizer_id, quay.optimizer.config_id);
    assert_eq!(group.capacity_provider_measurement_period, MeasurementPeriod::Hour);
    assert_eq!(group.capacity_provider_measurement_date, None);
    let listed = account.send(&ListCapacityGroups::new()).await.unwrap();
    assert_eq!(listed.as_slice(), std::slice::from_ref(group));

    let node = world.sandbox.solarnet_oscp().node_id();
    let instantaneous = AssetInstantaneous::new(
        vec!["watts".to_owned(), "amps".to_owned()],
        MeasurementUnit::Kilowatts,
        StatisticType::Average,
    );
    let crane = quay.asset(node, "crane-2", OscpRole::CapacityOptimizer, MeasurementUnit::WattHours);
    let crane = crane
        .instantaneous(instantaneous.multiplier(0.001))
        .service_props(properties());
    let asset = account.send(&CreateAsset::new(crane)).await.unwrap();
    assert_eq!(asset.capacity_group_id, group.config_id);
    assert_eq!(asset.instantaneous.as_ref().unwrap().multiplier, Some(0.001));
    assert_eq!(account.send(&GetAsset::new(asset.config_id)).await.unwrap(), asset);

    world.advance(MINUTE);
    let changed = update(account, asset.config_id, |asset| asset.phase = Phase::B)
        .await
        .unwrap();
    assert_eq!(changed.phase, Phase::B);
    assert_eq!((changed.created, changed.modified), (MORNING, MORNING + MINUTE));
    assert_eq!(
        (&changed.energy, &changed.instantaneous),
        (&asset.energy, &asset.instantaneous)
    );
    assert_eq!(changed.service_props, asset.service_props);
    let of_group = account
        .send(&ListCapacityGroupAssets::new(group.config_id))
        .await
        .unwrap();
    assert_eq!(
        last(&world).method,
        "GET",
        "a list is read, whatever the documentation says"
    );
    assert_eq!(of_group, [changed]);

    let renamed = update(account, group.config_id, |group| {
        group.identifier = "south-quay".to_owned();
        group.capacity_optimizer_measurement_period = MeasurementPeriod::Minute;
    });
    let renamed = renamed.await.unwrap();
    assert_eq!(
        (renamed.name.as_str(), renamed.identifier.as_str()),
        ("North quay", "south-quay")
    );
    assert_eq!(renamed.capacity_optimizer_measurement_period, MeasurementPeriod::Minute);
    assert!(renamed.enabled);
    assert_eq!(
        account.send(&GetCapacityGroup::new(group.config_id)).await.unwrap(),
        renamed
    );

    for _ in 0..2 {
        account.send(&DeleteAsset::new(asset.config_id)).await.unwrap();
        assert!(
            account
                .send(&GetAsset::new(asset.config_id))
                .await
                .unwrap_err()
                .is_not_found()
        );
    }
    for _ in 0..2 {
        account.send(&DeleteCapacityGroup::new(group.config_id)).await.unwrap();
        let gone = account.send(&GetCapacityGroup::new(group.config_id)).await.unwrap_err();
        assert!(gone.is_not_found(), "{gone}");
    }
    assert_eq!(account.send(&ListCapacityGroups::new()).await.unwrap(), []);
}

/// A quay with settings of its group, and two groups with an asset each.
async fn furnished(world: &World) -> Quay {
    let quay = Quay::set_up(world).await;
    let node = world.sandbox.solarnet_oscp().node_id();
    let settings = CapacityGroupSettingsInput::new(node);
    let settings = UpdateCapacityGroupSettings::new(quay.group.config_id, settings);
    quay.account.send(&settings).await.unwrap();
    let pontoon = CapacityGroupInput::new(
        "Pontoon",
        "pontoon",
        quay.provider.config_id,
        MeasurementPeriod::TenMinute,
        quay.optimizer.config_id,
        MeasurementPeriod::TwentyMinute,
    );
    let pontoon = quay.account.send(&CreateCapacityGroup::new(pontoon)).await.unwrap();
    for (identifier, group) in [("ferry", pontoon.config_id), ("crane-2", quay.group.config_id)] {
        let mut asset = quay.asset(node, identifier, OscpRole::CapacityProvider, MeasurementUnit::WattHours);
        asset.capacity_group_id = group;
        quay.account.send(&CreateAsset::new(asset)).await.unwrap();
    }
    quay
}

async fn identifiers(quay: &Quay) -> Vec<String> {
    let assets = list_all_assets(&quay.account).await.unwrap();
    assets.into_iter().map(|asset| asset.identifier).collect()
}

#[tokio::test]
async fn all_assets_are_walked_group_by_group() {
    let world = World::at(MORNING).await;
    let quay = furnished(&world).await;
    let before = world.sandbox.solarnet_oscp().request_count();
    assert_eq!(identifiers(&quay).await, ["crane-2", "ferry"]);
    assert_eq!(
        world.sandbox.solarnet_oscp().request_count() - before,
        3,
        "the groups, and each one"
    );
}

#[tokio::test]
async fn a_deletion_takes_along_what_belongs_to_it() {
    let world = World::at(MORNING).await;
    let quay = furnished(&world).await;
    quay.account
        .send(&DeleteCapacityGroup::new(quay.group.config_id))
        .await
        .unwrap();
    assert_eq!(identifiers(&quay).await, ["ferry"]);
    assert_eq!(quay.account.send(&ListCapacityGroupSettings::new()).await.unwrap(), []);

    for by_provider in [true, false] {
        let world = World::at(MORNING).await;
        let quay = furnished(&world).await;
        let account = &quay.account;
        let asset = list_all_assets(account).await.unwrap()[0].config_id;
        if by_provider {
            account
                .send(&DeleteCapacityProvider::new(quay.provider.config_id))
                .await
                .unwrap();
        } else {
            account
                .send(&DeleteCapacityOptimizer::new(quay.optimizer.config_id))
                .await
                .unwrap();
        }
        assert_eq!(account.send(&ListCapacityGroups::new()).await.unwrap(), []);
        assert_eq!(account.send(&ListCapacityGroupSettings::new()).await.unwrap(), []);
        assert!(account.send(&GetAsset::new(asset)).await.unwrap_err().is_not_found());
        let left = (
            account.send(&ListCapacityProviders::new()).await.unwrap().len(),
            account.send(&ListCapacityOptimizers::new()).await.unwrap().len(),
        );
        assert_eq!(left, if by_provider { (0, 1) } else { (1, 0) });
    }
}
