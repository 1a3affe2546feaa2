//! Capacity Providers and Optimizers for the tests: they serve OSCP, write down what they hear, and join SolarNetwork.
#![allow(clippy::expect_used, reason = "a test that cannot be set up should stop")]

use std::sync::{Arc, Mutex, PoisonError};

use solarnet_oscp::oscp::server::{Context, Refusal, System, router};
use solarnet_oscp::oscp::{
    self, AdjustGroupCapacityForecast, GroupCapacityComplianceError, Handshake, HandshakeAcknowledge, Heartbeat,
    MeasurementConfiguration, Register, RequiredBehaviour, SendHandshake, SendRegister, Token, UpdateAssetMeasurements,
    UpdateGroupCapacityForecast, UpdateGroupMeasurements, VersionUrl,
};
use solarnet_oscp::{
    AssetCategory, AssetEnergy, AssetInput, CapacityGroup, CapacityGroupInput, CapacityOptimizer,
    CapacityOptimizerInput, CapacityProvider, CapacityProviderInput, Client, CreateCapacityGroup,
    CreateCapacityOptimizer, CreateCapacityProvider, EnergyDirection, EnergyType, MeasurementPeriod, MeasurementUnit,
    NodeId, OscpRole, Phase, StatisticType,
};

use crate::World;

/// The identifier of the group in the stories.
pub const GROUP: &str = "north-quay";

/// A message that a system took.
#[derive(Clone, Debug, PartialEq)]
pub enum Heard {
    /// SolarNetwork's registration.
    Register(Register),
    /// A handshake.
    Handshake(Handshake),
    /// The answer to a handshake.
    HandshakeAcknowledge(HandshakeAcknowledge),
    /// A sign of life.
    Heartbeat(Heartbeat),
    /// A forecast.
    Forecast(UpdateGroupCapacityForecast),
    /// An adjusted forecast.
    Adjusted(AdjustGroupCapacityForecast),
    /// A forecast that cannot be kept.
    ComplianceError(GroupCapacityComplianceError),
    /// What a group used.
    Group(UpdateGroupMeasurements),
    /// What assets used.
    Assets(UpdateAssetMeasurements),
}

/// What a system writes down, and whether it takes messages at all.
#[derive(Debug, Default)]
struct Book {
    heard: Vec<(Heard, Context)>,
    refusing: bool,
}

/// The half of a system that SolarNetwork talks to.
#[derive(Clone)]
struct Ear {
    towards: Token,
    book: Arc<Mutex<Book>>,
}

impl Ear {
    fn take(&self, message: Heard, context: Context) -> Result<(), Refusal> {
        let mut book = self.book.lock().unwrap_or_else(PoisonError::into_inner);
        if book.refusing {
            return Err(Refusal::unavailable("not today"));
        }
        if let Heard::Register(register) = &message {
            self.towards.replace(register.token.clone());
        }
        book.heard.push((message, context));
        Ok(())
    }
}

macro_rules! hears {
    ($($method:ident($message:ident) as $heard:ident;)+) => {
        impl System for Ear {
            $(
                async fn $method(&self, message: $message, context: Context) -> Result<(), Refusal> {
                    self.take(Heard::$heard(message), context)
                }
            )+
        }
    };
}

hears! {
    register(Register) as Register;
    handshake(Handshake) as Handshake;
    handshake_acknowledge(HandshakeAcknowledge) as HandshakeAcknowledge;
    heartbeat(Heartbeat) as Heartbeat;
    update_group_capacity_forecast(UpdateGroupCapacityForecast) as Forecast;
    adjust_group_capacity_forecast(AdjustGroupCapacityForecast) as Adjusted;
    group_capacity_compliance_error(GroupCapacityComplianceError) as ComplianceError;
    update_group_measurements(UpdateGroupMeasurements) as Group;
    update_asset_measurements(UpdateAssetMeasurements) as Assets;
}

/// A Capacity Provider or Optimizer that runs.
#[derive(Debug)]
pub struct Party {
    /// Where it is reached.
    pub url: String,
    /// What it sends to SolarNetwork; its registration replaces it.
    pub token: Token,
    /// What SolarNetwork has to send to it.
    pub own_token: Token,
    /// Sends its messages.
    pub solarnetwork: oscp::Client,
    book: Arc<Mutex<Book>>,
}

impl Party {
    /// Serves OSCP on a free port, with the token that the creation of the system gave.
    ///
    /// # Panics
    ///
    /// When it cannot listen.
    pub async fn start(world: &World, token: &solarnet_oscp::Secret) -> Self {
        let token = Token::new(token.clone());
        let own_token = Token::random().expect("there is randomness");
        let book = Arc::<Mutex<Book>>::default();
        let ear = Ear {
            towards: token.clone(),
            book: Arc::clone(&book),
        };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("it has an address");
        let app = axum::Router::new().nest("/oscp/2.0", router(&own_token, ear));
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self {
            url: format!("http://{address}/oscp/2.0"),
            solarnetwork: world.flexibility_provider(&token),
            token,
            own_token,
            book,
        }
    }

    /// Refuses all messages from now on, or no longer.
    pub fn refuse(&self, refusing: bool) {
        self.book().refusing = refusing;
    }

    /// What it has heard since it was asked last.
    pub fn heard(&self) -> Vec<(Heard, Context)> {
        std::mem::take(&mut self.book().heard)
    }

    fn book(&self) -> std::sync::MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The registration that it sends.
    ///
    /// # Panics
    ///
    /// Never, as it keeps the rules.
    pub fn registration(&self) -> SendRegister {
        let versions = [VersionUrl::new("2.0", &self.url)];
        SendRegister::new(Register::new(self.own_token.current(), versions).expect("a good message"))
    }

    /// Registers, and shakes hands for these measurements and a heartbeat every minute. What it heard is forgotten.
    ///
    /// # Panics
    ///
    /// When SolarNetwork refuses.
    pub async fn join(&self, world: &World, measurements: MeasurementConfiguration) {
        let service = world.sandbox.solarnet_oscp();
        self.solarnetwork
            .send(&self.registration())
            .await
            .expect("it registers");
        service.settle().await;
        let behaviour = RequiredBehaviour::new([measurements]).and_then(|asked| asked.heartbeat_interval(60.0));
        let handshake = Handshake::new().required_behaviour(behaviour.expect("a good message"));
        let handshake = SendHandshake::new(handshake.expect("a good message"));
        self.solarnetwork.send(&handshake).await.expect("it shakes hands");
        service.settle().await;
        assert_eq!(self.heard().len(), 2, "a call-back and an acknowledgement");
    }
}

/// What an account has set up: both systems and their group.
#[derive(Debug)]
pub struct Quay {
    /// The client that set it up.
    pub account: Client,
    /// The provider, with its first token.
    pub provider: CapacityProvider,
    /// The optimizer, with its first token.
    pub optimizer: CapacityOptimizer,
    /// Reports to the provider every hour, to the optimizer every quarter of an hour.
    pub group: CapacityGroup,
}

impl Quay {
    /// Sets it up.
    ///
    /// # Panics
    ///
    /// When the service refuses.
    pub async fn set_up(world: &World) -> Self {
        let account = world.solarnet_oscp(world.account());
        let provider = CreateCapacityProvider::new(CapacityProviderInput::new("Harbour Grid").enabled(true));
        let provider = account.send(&provider).await.expect("a provider");
        let optimizer = CreateCapacityOptimizer::new(CapacityOptimizerInput::new("Quay Charging").enabled(true));
        let optimizer = account.send(&optimizer).await.expect("an optimizer");
        let (hour, quarter) = (MeasurementPeriod::Hour, MeasurementPeriod::FifteenMinute);
        let group = CapacityGroupInput::new(
            "North quay",
            GROUP,
            provider.config_id,
            hour,
            optimizer.config_id,
            quarter,
        );
        let group = CreateCapacityGroup::new(group.enabled(true));
        let group = account.send(&group).await.expect("a group");
        Self {
            account,
            provider,
            optimizer,
            group,
        }
    }

    /// An asset of the group whose energy is measured in this unit.
    pub fn asset(&self, node: i64, identifier: &str, audience: OscpRole, unit: MeasurementUnit) -> AssetInput {
        let energy = AssetEnergy::new(
            vec!["wattHours".to_owned()],
            unit,
            StatisticType::Difference,
            EnergyType::Total,
            EnergyDirection::Import,
        );
        let asset = AssetInput::new(
            identifier,
            self.group.config_id,
            identifier,
            audience,
            NodeId::from(node),
            "/quay/north/meter",
            AssetCategory::Charging,
            Phase::All,
        );
        asset.enabled(true).energy(energy)
    }

    /// The provider's system, started.
    ///
    /// # Panics
    ///
    /// When it cannot listen.
    pub async fn start_provider(&self, world: &World) -> Party {
        let token = self.provider.token.as_ref().expect("comes with the creation");
        Party::start(world, token).await
    }

    /// The optimizer's system, started.
    ///
    /// # Panics
    ///
    /// When it cannot listen.
    pub async fn start_optimizer(&self, world: &World) -> Party {
        let token = self.optimizer.token.as_ref().expect("comes with the creation");
        Party::start(world, token).await
    }
}
