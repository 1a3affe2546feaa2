//! The sandbox itself: every service, one clock.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use time::OffsetDateTime;

use crate::clock::Clock;
use crate::enphase::EnphaseService;
use crate::forecast_solar::ForecastSolarService;
use crate::intellimeter::IntellimeterService;
use crate::solarlog_enerest::SolarlogEnerestService;
use crate::solarnet_oscp::SolarnetOscpService;

/// The services, running on this machine until this value is dropped.
///
/// ```
/// # async fn example() -> Result<(), energy_sandbox::SandboxError> {
/// use energy_sandbox::Sandbox;
///
/// let sandbox = Sandbox::start().await?;
/// println!("{}", sandbox.forecast_solar().base_url());
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Sandbox {
    clock: Clock,
    forecast_solar: ForecastSolarService,
    solarnet_oscp: SolarnetOscpService,
    intellimeter: IntellimeterService,
    enphase: EnphaseService,
    solarlog_enerest: SolarlogEnerestService,
}

impl Sandbox {
    /// Starts every service on a free port of 127.0.0.1, with a clock that runs.
    ///
    /// # Errors
    ///
    /// [`SandboxError::Listen`] if no port can be had.
    pub async fn start() -> Result<Self, SandboxError> {
        Self::builder().start().await
    }

    /// Starts with other settings.
    pub fn builder() -> SandboxBuilder {
        SandboxBuilder::default()
    }

    /// The Forecast.Solar service.
    pub fn forecast_solar(&self) -> &ForecastSolarService {
        &self.forecast_solar
    }

    /// SolarNetwork's management of OSCP systems, and its Flexibility Provider.
    pub fn solarnet_oscp(&self) -> &SolarnetOscpService {
        &self.solarnet_oscp
    }

    /// Intellimeter: submetering, billing and reports.
    pub fn intellimeter(&self) -> &IntellimeterService {
        &self.intellimeter
    }

    /// Enphase: the Monitoring API v4, and the Systems API v2 before it.
    pub fn enphase(&self) -> &EnphaseService {
        &self.enphase
    }

    /// Solar-Log WEB Enerest: three portals and their login.
    pub fn solarlog_enerest(&self) -> &SolarlogEnerestService {
        &self.solarlog_enerest
    }

    /// What the services believe the time is, in UTC.
    pub fn now(&self) -> OffsetDateTime {
        self.clock.now()
    }

    /// Puts the clock of every service forward. Quotas refill, days pass, accounts expire,
    /// SolarNetwork's Flexibility Provider sends what is due, and Intellimeter reads its meters,
    /// pushes them and makes invoices.
    pub fn advance(&self, by: Duration) {
        self.clock.advance(by);
    }

    /// Stops every service and waits for the end of the requests in progress (a second at
    /// most). Dropping the sandbox stops it too, without waiting.
    pub async fn shutdown(self) {
        tokio::join!(
            self.forecast_solar.shutdown(),
            self.solarnet_oscp.shutdown(),
            self.intellimeter.shutdown(),
            self.enphase.shutdown(),
            self.solarlog_enerest.shutdown()
        );
    }
}

/// Settings of a [`Sandbox`] that is about to start.
#[derive(Clone, Debug)]
pub struct SandboxBuilder {
    at: Option<OffsetDateTime>,
    listen: SocketAddr,
}

impl Default for SandboxBuilder {
    fn default() -> Self {
        Self {
            at: None,
            listen: SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0),
        }
    }
}

impl SandboxBuilder {
    /// A fixed clock: time stands still but for [`Sandbox::advance`].
    #[must_use]
    pub fn at(mut self, time: OffsetDateTime) -> Self {
        self.at = Some(time);
        self
    }

    /// The address of the first service; the others take the ports after it. With port 0 (the
    /// default) each gets a free one.
    #[must_use]
    pub fn listen(mut self, address: SocketAddr) -> Self {
        self.listen = address;
        self
    }

    /// Starts the services.
    ///
    /// # Errors
    ///
    /// [`SandboxError::Listen`] if an address is taken or not this machine's.
    pub async fn start(self) -> Result<Sandbox, SandboxError> {
        let clock = self.at.map_or_else(Clock::real, Clock::fixed);
        let address = self.address(0);
        let forecast_solar = ForecastSolarService::start(address, clock.clone())
            .await
            .map_err(|source| SandboxError::Listen { address, source })?;
        let address = self.address(1);
        let solarnet_oscp = SolarnetOscpService::start(address, clock.clone())
            .await
            .map_err(|source| SandboxError::Listen { address, source })?;
        let address = self.address(2);
        let intellimeter = IntellimeterService::start(address, clock.clone())
            .await
            .map_err(|source| SandboxError::Listen { address, source })?;
        let address = self.address(3);
        let enphase = EnphaseService::start(address, clock.clone())
            .await
            .map_err(|source| SandboxError::Listen { address, source })?;
        let address = self.address(4);
        let solarlog_enerest = SolarlogEnerestService::start(address, clock.clone())
            .await
            .map_err(|source| SandboxError::Listen { address, source })?;
        Ok(Sandbox {
            clock,
            forecast_solar,
            solarnet_oscp,
            intellimeter,
            enphase,
            solarlog_enerest,
        })
    }

    /// The address of the service with this number, from 0.
    fn address(&self, number: u16) -> SocketAddr {
        let mut address = self.listen;
        if address.port() != 0 {
            // After the last port there is only the choice of a free one.
            address.set_port(address.port().checked_add(number).unwrap_or(0));
        }
        address
    }
}

/// Why a sandbox did not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SandboxError {
    /// A service could not listen on its address.
    #[error("cannot listen on {address}")]
    Listen {
        /// The address that was asked for.
        address: SocketAddr,
        /// What the system said.
        source: std::io::Error,
    },
}

#[cfg(test)]
mod tests {
    use super::Sandbox;

    #[test]
    fn services_take_the_ports_one_after_the_other() {
        let ports = |first: u16| {
            let builder = Sandbox::builder().listen(([127, 0, 0, 1], first).into());
            [0, 1, 2, 3, 4].map(|number| builder.address(number).port())
        };
        assert_eq!(ports(8080), [8080, 8081, 8082, 8083, 8084]);
        assert_eq!(ports(0), [0, 0, 0, 0, 0]);
        assert_eq!(ports(u16::MAX), [u16::MAX, 0, 0, 0, 0]);
    }
}
