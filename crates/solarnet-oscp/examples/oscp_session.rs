//! A whole OSCP session. SolarNetwork is the Flexibility Provider (played by the sandbox); this program is both a
//! Capacity Provider, which says how much capacity a quay has, and a Capacity Optimizer, which plans the charging there.
//!
//! Register, handshake, forecast in, adjusted forecast back, heartbeats and measurements out:
//!
//! ```text
//! cargo run -p solarnet-oscp --example oscp_session --features server
//! ```
#![expect(clippy::print_stdout, reason = "printing is what it is for")]

use std::error::Error;
use std::time::Duration;

use energy_core::time::{self, OffsetDateTime};
use energy_sandbox::Sandbox;
use solarnet_oscp::oscp::server::{Context, Refusal, System, router};
use solarnet_oscp::oscp::{
    self, AdjustGroupCapacityForecast, CapacityForecastType, ForecastedBlock, ForecastedBlockUnit, Handshake,
    HandshakeAcknowledge, Heartbeat, MeasurementConfiguration, PhaseIndicator, Register, RequiredBehaviour,
    SendAdjustGroupCapacityForecast, SendHandshake, SendRegister, SendUpdateGroupCapacityForecast, Token,
    UpdateGroupCapacityForecast, UpdateGroupMeasurements, VersionUrl,
};
use solarnet_oscp::{
    AssetCategory, AssetEnergy, AssetInput, CapacityGroupInput, CapacityOptimizerInput, CapacityProviderInput, Client,
    CreateAsset, CreateCapacityGroup, CreateCapacityOptimizer, CreateCapacityProvider, Credentials, EnergyDirection,
    EnergyType, GetCapacityProvider, MeasurementPeriod, MeasurementUnit, NodeId, OscpRole, Phase, StatisticType,
};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

type Outcome<T> = Result<T, Box<dyn Error>>;

/// The group that everything is about.
const GROUP: &str = "north-quay";

/// What both systems have: a name, a way to SolarNetwork, and somebody who wants to know.
#[derive(Clone)]
struct Party {
    name: &'static str,
    /// What this party sends to SolarNetwork. The handler of the registration replaces it.
    token: Token,
    solarnetwork: oscp::Client,
    events: UnboundedSender<String>,
}

impl Party {
    fn tell(&self, event: &str, detail: impl std::fmt::Display) {
        println!("{:>9} <- {event}: {detail}", self.name);
        // Nobody listens once the program ends.
        let _ = self.events.send(event.to_owned());
    }

    fn registered(&self, message: Register) {
        // A real program stores the token before anything else.
        self.token.replace(message.token);
        self.tell("register", "SolarNetwork called back with the token to use from now on");
    }

    fn heartbeat(&self, message: &Heartbeat) {
        self.tell(
            "heartbeat",
            format_args!("SolarNetwork is there until {}", clock(message.offline_mode_at)),
        );
    }

    fn measured(&self, message: &UpdateGroupMeasurements) {
        for energy in &message.measurements {
            let start = energy
                .initial_measure_time
                .map_or_else(String::new, |start| format!("{}–", clock(start)));
            let detail = format!(
                "{} {} from {start}{}",
                energy.value,
                energy.unit,
                clock(energy.measure_time)
            );
            self.tell("measurements", detail);
        }
    }
}

/// The Capacity Provider.
struct Grid(Party);

impl System for Grid {
    async fn register(&self, message: Register, _: Context) -> Result<(), Refusal> {
        self.0.registered(message);
        Ok(())
    }

    async fn handshake_acknowledge(&self, _: HandshakeAcknowledge, context: Context) -> Result<(), Refusal> {
        let answers = context.correlation_id.is_some();
        self.0.tell(
            "handshake_acknowledge",
            format_args!("answers our handshake: {answers}"),
        );
        Ok(())
    }

    async fn heartbeat(&self, message: Heartbeat, _: Context) -> Result<(), Refusal> {
        self.0.heartbeat(&message);
        Ok(())
    }

    async fn adjust_group_capacity_forecast(
        &self,
        message: AdjustGroupCapacityForecast,
        _: Context,
    ) -> Result<(), Refusal> {
        self.0.tell("adjusted forecast", blocks(&message.forecasted_blocks));
        Ok(())
    }

    async fn update_group_measurements(&self, message: UpdateGroupMeasurements, _: Context) -> Result<(), Refusal> {
        self.0.measured(&message);
        Ok(())
    }
}

/// The Capacity Optimizer.
struct Charging(Party);

impl System for Charging {
    async fn register(&self, message: Register, _: Context) -> Result<(), Refusal> {
        self.0.registered(message);
        Ok(())
    }

    async fn handshake_acknowledge(&self, _: HandshakeAcknowledge, _: Context) -> Result<(), Refusal> {
        self.0.tell("handshake_acknowledge", "agreed");
        Ok(())
    }

    async fn heartbeat(&self, message: Heartbeat, _: Context) -> Result<(), Refusal> {
        self.0.heartbeat(&message);
        Ok(())
    }

    async fn update_group_capacity_forecast(
        &self,
        message: UpdateGroupCapacityForecast,
        context: Context,
    ) -> Result<(), Refusal> {
        self.0.tell("forecast", blocks(&message.forecasted_blocks));
        // Ten kilowatts less are enough: nobody charges over lunch.
        let mut wanted = message.forecasted_blocks;
        for block in &mut wanted {
            block.capacity = (block.capacity - 10.0).max(0.0);
        }
        let adjusted = AdjustGroupCapacityForecast::new(message.group_id, message.forecast_type, wanted)
            .map_err(|error| Refusal::invalid(error.to_string()))?;
        let request = SendAdjustGroupCapacityForecast::new(adjusted).correlation_id(context.request_id);
        // The sender waits for our 204, so the answer goes from a task of its own.
        let party = self.0.clone();
        tokio::spawn(async move {
            match party.solarnetwork.send(&request).await {
                Ok(()) => println!("{:>9} -> adjusted forecast", party.name),
                Err(error) => println!("{:>9} -> adjusted forecast failed: {error}", party.name),
            }
        });
        Ok(())
    }

    async fn update_group_measurements(&self, message: UpdateGroupMeasurements, _: Context) -> Result<(), Refusal> {
        self.0.measured(&message);
        Ok(())
    }
}

/// Serves `system`, and registers it with SolarNetwork.
async fn join<S: System>(
    party: Party,
    make: impl FnOnce(Party) -> S,
    events: &mut UnboundedReceiver<String>,
    measurements: MeasurementConfiguration,
) -> Outcome<()> {
    let from_solarnetwork = Token::random()?;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}/oscp/2.0", listener.local_addr()?);
    let app = axum::Router::new().nest("/oscp/2.0", router(&from_solarnetwork, make(party.clone())));
    tokio::spawn(async move { axum::serve(listener, app).await });

    println!("{:>9} -> register at {url}", party.name);
    let register = Register::new(from_solarnetwork.current(), [VersionUrl::new("2.0", url)])?;
    party.solarnetwork.send(&SendRegister::new(register)).await?;
    wait_for(events, "register").await;

    println!(
        "{:>9} -> handshake: a heartbeat every minute, {measurements} measurements",
        party.name
    );
    let behaviour = RequiredBehaviour::new([measurements])?.heartbeat_interval(60.0)?;
    let handshake = Handshake::new().required_behaviour(behaviour)?;
    party.solarnetwork.send(&SendHandshake::new(handshake)).await?;
    wait_for(events, "handshake_acknowledge").await;
    Ok(())
}

#[tokio::main]
async fn main() -> Outcome<()> {
    let sandbox = Sandbox::start().await?;
    let service = sandbox.solarnet_oscp();

    // Somebody with an account sets the group up and hands the two tokens over.
    let keys = service.credentials();
    let account = Client::builder(Credentials::new(keys.token, keys.secret)?)
        .base_url(service.base_url())
        .build()?;
    let grid = account
        .send(&CreateCapacityProvider::new(
            CapacityProviderInput::new("Harbour Grid").enabled(true),
        ))
        .await?;
    let charging = account
        .send(&CreateCapacityOptimizer::new(
            CapacityOptimizerInput::new("Quay Charging").enabled(true),
        ))
        .await?;
    let group = CapacityGroupInput::new(
        "North quay",
        GROUP,
        grid.config_id,
        MeasurementPeriod::FiveMinute,
        charging.config_id,
        MeasurementPeriod::FiveMinute,
    );
    let group = account.send(&CreateCapacityGroup::new(group.enabled(true))).await?;
    for (identifier, audience) in [
        ("quay", OscpRole::CapacityProvider),
        ("chargers", OscpRole::CapacityOptimizer),
    ] {
        let energy = AssetEnergy::new(
            vec!["wattHours".to_owned()],
            MeasurementUnit::KilowattHours,
            StatisticType::Difference,
            EnergyType::Total,
            EnergyDirection::Import,
        );
        let asset = AssetInput::new(
            identifier,
            group.config_id,
            identifier,
            audience,
            NodeId::from(service.node_id()),
            format!("/quay/north/{identifier}"),
            AssetCategory::Charging,
            Phase::All,
        );
        account
            .send(&CreateAsset::new(asset.enabled(true).energy(energy)))
            .await?;
    }

    // The two systems, each with its token, join.
    let (events, mut heard) = unbounded_channel();
    let party = |name, token: Option<solarnet_oscp::Secret>| -> Outcome<Party> {
        let token = Token::new(token.ok_or("a new system has a token")?);
        let solarnetwork = oscp::Client::builder(oscp::Credentials::token(&token)?)
            .base_url(service.flexibility_provider_url())
            .build()?;
        let events = events.clone();
        Ok(Party {
            name,
            token,
            solarnetwork,
            events,
        })
    };
    let provider = party("provider", grid.token)?;
    let optimizer = party("optimizer", charging.token)?;
    join(
        provider.clone(),
        Grid,
        &mut heard,
        MeasurementConfiguration::Intermittent,
    )
    .await?;
    join(optimizer, Charging, &mut heard, MeasurementConfiguration::Intermittent).await?;
    let status = account
        .send(&GetCapacityProvider::new(grid.config_id))
        .await?
        .registration_status;
    println!("            the provider is now {status}");

    // The forecast of the provider comes to the optimizer, and what the optimizer wants comes back.
    let from = sandbox.now().replace_time(time::Time::MIDNIGHT) + time::Duration::hours(34);
    let mut forecast = Vec::new();
    for (quarter, capacity) in [62.5, 60.0, 7.5].into_iter().enumerate() {
        let start = from + time::Duration::minutes(15) * i32::try_from(quarter)?;
        let end = start + time::Duration::minutes(15);
        let unit = ForecastedBlockUnit::Kilowatts;
        forecast.push(ForecastedBlock::new(capacity, PhaseIndicator::All, unit, start, end)?);
    }
    let forecast = UpdateGroupCapacityForecast::new(GROUP, CapacityForecastType::Consumption, forecast)?;
    println!(" provider -> forecast");
    provider
        .solarnetwork
        .send(&SendUpdateGroupCapacityForecast::new(forecast))
        .await?;
    wait_for(&mut heard, "forecast").await;
    wait_for(&mut heard, "adjusted forecast").await;

    // Time passes in the sandbox: heartbeats, and the measurements of the period that has ended.
    sandbox.advance(Duration::from_secs(5 * 60));
    for _ in ["provider", "optimizer"] {
        wait_for(&mut heard, "measurements").await;
    }
    service.settle().await;
    Ok(())
}

/// Passes over what is heard until it is `event`.
async fn wait_for(events: &mut UnboundedReceiver<String>, event: &str) {
    while events.recv().await.is_some_and(|heard| heard != event) {}
}

fn clock(at: OffsetDateTime) -> String {
    format!("{:02}:{:02}", at.hour(), at.minute())
}

fn blocks(blocks: &[ForecastedBlock]) -> String {
    let shown: Vec<String> = blocks
        .iter()
        .map(|block| {
            format!(
                "{}–{} {} {}",
                clock(block.start_time),
                clock(block.end_time),
                block.capacity,
                block.unit
            )
        })
        .collect();
    shown.join(", ")
}
