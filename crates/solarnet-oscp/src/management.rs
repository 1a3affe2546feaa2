//! What takes more than one call: changing something that the service replaces whole, creating a system that it speaks
//! to, walking all assets.

use std::future::Future;

use energy_core::{Endpoint, Error};

use crate::{
    Asset, AssetId, AssetInput, CapacityGroup, CapacityGroupId, CapacityGroupInput, CapacityGroupSettings,
    CapacityGroupSettingsInput, CapacityOptimizer, CapacityOptimizerId, CapacityOptimizerInput, CapacityProvider,
    CapacityProviderId, CapacityProviderInput, Client, CreateCapacityOptimizer, CreateCapacityProvider, GetAsset,
    GetCapacityGroup, GetCapacityOptimizer, GetCapacityProvider, ListCapacityGroupAssets, ListCapacityGroups,
    SolarNetwork, UpdateAsset, UpdateCapacityGroup, UpdateCapacityOptimizer, UpdateCapacityProvider, UserSettings,
    UserSettingsInput,
};

/// The id of something that [`update`] can change.
pub trait Updatable: Send {
    /// What the id stands for.
    type Entity: Send + 'static;
    /// What is sent to replace it.
    type Input: for<'a> From<&'a Self::Entity> + Send;
    #[doc(hidden)]
    type Get: Endpoint<Api = SolarNetwork, Output = Self::Entity>;
    #[doc(hidden)]
    type Put: Endpoint<Api = SolarNetwork, Output = Self::Entity>;
    #[doc(hidden)]
    fn get(self) -> Self::Get;
    #[doc(hidden)]
    fn put(self, input: Self::Input) -> Self::Put;
}

macro_rules! updatable {
    ($($id:ty: $entity:ty, $input:ty, $get:ident, $put:ident;)+) => { $(
        impl Updatable for $id {
            type Entity = $entity;
            type Input = $input;
            type Get = $get;
            type Put = $put;

            fn get(self) -> $get {
                $get::new(self)
            }

            fn put(self, input: $input) -> $put {
                $put::new(self, input)
            }
        }
    )+ };
}

updatable! {
    CapacityProviderId: CapacityProvider, CapacityProviderInput, GetCapacityProvider, UpdateCapacityProvider;
    CapacityOptimizerId: CapacityOptimizer, CapacityOptimizerInput, GetCapacityOptimizer, UpdateCapacityOptimizer;
    CapacityGroupId: CapacityGroup, CapacityGroupInput, GetCapacityGroup, UpdateCapacityGroup;
    AssetId: Asset, AssetInput, GetAsset, UpdateAsset;
}

/// Changes something and leaves the rest as it is: reads it, lets `change` change it, and sends it back whole.
///
/// The service replaces what it is sent, so an update that begins with nothing loses what it does not repeat: the
/// service properties, and the status of the registration. Two programs that do this at once overwrite each other; the
/// service offers nothing against that.
///
/// ```no_run
/// # async fn example(client: solarnet_oscp::Client) -> Result<(), solarnet_oscp::Error> {
/// use solarnet_oscp::{CapacityProviderId, update};
///
/// let provider = update(&client, CapacityProviderId::from(11), |provider| provider.enabled = false).await?;
/// assert!(!provider.enabled);
/// # Ok(()) }
/// ```
///
/// # Errors
///
/// As [`Client::send`]: of the reading, or of the update.
pub async fn update<I: Updatable + Copy>(
    client: &Client,
    id: I,
    change: impl FnOnce(&mut I::Input) + Send,
) -> Result<I::Entity, Error> {
    let entity = client.send(&id.get()).await?;
    let mut input = I::Input::from(&entity);
    change(&mut input);
    client.send(&id.put(input)).await
}

/// A system that was created and could not be finished. It exists, and its token is in here: nowhere else will it be
/// seen again.
#[derive(Debug, thiserror::Error)]
#[error("it was created, with the token in this error, but its OSCP version could not be set; update it, or delete it")]
#[non_exhaustive]
pub struct Unfinished<T> {
    /// What was created, with its token.
    pub created: Box<T>,
    /// Why it could not be finished.
    pub source: Error,
}

/// Why [`create_and_set_version`] failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CreateError<T: std::fmt::Debug + 'static> {
    /// It was not created, or nothing is known about it: see [`Error::may_have_been_sent`].
    #[error(transparent)]
    NotCreated(#[from] Error),
    /// It was created and not finished.
    #[error(transparent)]
    Unfinished(#[from] Unfinished<T>),
}

/// What [`create_and_set_version`] can create.
pub trait System: Sized + Send {
    /// What it becomes.
    type Created: std::fmt::Debug + Send + 'static;
    #[doc(hidden)]
    fn create(self, client: &Client) -> impl Future<Output = Result<Self::Created, CreateError<Self::Created>>> + Send;
}

macro_rules! system {
    ($($input:ty: $created:ty, $create:ident, $update:ident;)+) => { $(
        impl System for $input {
            type Created = $created;

            async fn create(mut self, client: &Client) -> Result<$created, CreateError<$created>> {
                self.oscp_version.get_or_insert_with(|| "2.0".to_owned());
                let created = client.send(&$create::new(self.clone())).await?;
                match client.send(&$update::new(created.config_id, self)).await {
                    Ok(updated) => Ok(<$created>::with_token(updated, created.token)),
                    Err(source) => Err(Unfinished { created: Box::new(created), source }.into()),
                }
            }
        }

        impl $created {
            fn with_token(mut self, token: Option<energy_core::Secret>) -> Self {
                self.token = token;
                self
            }
        }
    )+ };
}

system! {
    CapacityProviderInput: CapacityProvider, CreateCapacityProvider, UpdateCapacityProvider;
    CapacityOptimizerInput: CapacityOptimizer, CreateCapacityOptimizer, UpdateCapacityOptimizer;
}

/// Creates a capacity provider or optimizer and sets its OSCP version, which takes two calls.
///
/// The service forgets `oscpVersion` when it creates a system, and speaks to no system without it. It is stored by an
/// update alone, or by the system's own registration: whoever does not wait for that needs this function. A version
/// that is not set becomes `2.0`. The token of the answer is that of the creation.
///
/// ```no_run
/// # async fn example(client: solarnet_oscp::Client) -> Result<(), Box<dyn std::error::Error>> {
/// use solarnet_oscp::{CapacityProviderInput, create_and_set_version};
///
/// let provider = CapacityProviderInput::new("Harbour Grid")
///     .enabled(true)
///     .base_url("https://oscp.example.org/oscp/cp/2.0");
/// let created = create_and_set_version(&client, provider).await?;
/// let token = created.token.expect("comes with the creation");
/// # Ok(()) }
/// ```
///
/// # Errors
///
/// [`CreateError`]; where the second call failed it holds what the first one created, with its token.
pub async fn create_and_set_version<S: System>(
    client: &Client,
    system: S,
) -> Result<S::Created, CreateError<S::Created>> {
    system.create(client).await
}

/// Every asset of the account, group by group. The service has no list of all; this takes one call, and one for each
/// group.
///
/// # Errors
///
/// As [`Client::send`]: of the list of groups, or of the first group whose assets could not be read. A group that was
/// deleted meanwhile has none.
pub async fn list_all_assets(client: &Client) -> Result<Vec<Asset>, Error> {
    let mut assets = Vec::new();
    for group in client.send(&ListCapacityGroups::new()).await? {
        match client.send(&ListCapacityGroupAssets::new(group.config_id)).await {
            Ok(found) => assets.extend(found),
            Err(error) if error.is_not_found() => {}
            Err(error) => return Err(error),
        }
    }
    Ok(assets)
}

macro_rules! system_input {
    ($($entity:ty => $input:ty;)+) => { $(
        /// What replaces it with itself. The OAuth client secret is not in it, because it is never read back.
        impl From<&$entity> for $input {
            fn from(entity: &$entity) -> Self {
                Self {
                    name: entity.name.clone(),
                    enabled: entity.enabled,
                    base_url: entity.base_url.clone(),
                    oscp_version: entity.oscp_version.clone(),
                    registration_status: entity.registration_status.clone(),
                    service_props: entity.service_props.clone(),
                }
            }
        }
    )+ };
}

system_input! {
    CapacityProvider => CapacityProviderInput;
    CapacityOptimizer => CapacityOptimizerInput;
}

/// What replaces it with itself.
impl From<&CapacityGroup> for CapacityGroupInput {
    fn from(group: &CapacityGroup) -> Self {
        Self {
            name: group.name.clone(),
            identifier: group.identifier.clone(),
            capacity_provider_id: group.capacity_provider_id,
            capacity_provider_measurement_period: group.capacity_provider_measurement_period.clone(),
            capacity_optimizer_id: group.capacity_optimizer_id,
            capacity_optimizer_measurement_period: group.capacity_optimizer_measurement_period.clone(),
            enabled: group.enabled,
            service_props: group.service_props.clone(),
        }
    }
}

/// What replaces it with itself.
impl From<&Asset> for AssetInput {
    fn from(asset: &Asset) -> Self {
        Self {
            name: asset.name.clone(),
            capacity_group_id: asset.capacity_group_id,
            identifier: asset.identifier.clone(),
            audience: asset.audience.clone(),
            node_id: asset.node_id,
            source_id: asset.source_id.clone(),
            category: asset.category.clone(),
            phase: asset.phase.clone(),
            enabled: asset.enabled,
            instantaneous: asset.instantaneous.clone(),
            energy: asset.energy.clone(),
            service_props: asset.service_props.clone(),
        }
    }
}

macro_rules! settings_input {
    ($($settings:ty => $input:ty;)+) => { $(
        /// What replaces them with themselves.
        impl From<&$settings> for $input {
            fn from(settings: &$settings) -> Self {
                Self {
                    node_id: settings.node_id,
                    publish_to_solar_in: settings.publish_to_solar_in,
                    publish_to_solar_flux: settings.publish_to_solar_flux,
                    source_id_template: settings.source_id_template.clone(),
                }
            }
        }
    )+ };
}

settings_input! {
    UserSettings => UserSettingsInput;
    CapacityGroupSettings => CapacityGroupSettingsInput;
}
