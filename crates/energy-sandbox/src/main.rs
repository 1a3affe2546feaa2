//! The sandbox as a program: prints one line of JSON, then serves until it is told to stop.

use std::io::{self, Write};
use std::net::SocketAddr;
use std::process::ExitCode;

use energy_sandbox::{
    EnphaseApplication, EnphaseLogin, EnphaseService, Sandbox, SolarlogEnerestApplication, SolarlogEnerestService,
};
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

const HELP: &str = "\
Serves the energy services on this machine.

Usage: energy-sandbox [--listen ADDRESS:PORT] [--at TIME]

  --listen ADDRESS:PORT  where the first service listens, others on the ports after it
                         [default: 127.0.0.1:0, a free port for each]
  --at TIME              a clock that stands still at this RFC 3339 time until
                         POST /__sandbox/advance moves it [default: the time runs]
  --help                 this text

Prints one line of JSON with each service's base URL and credentials, then serves until
Ctrl-C or SIGTERM.
";

/// What the command line asks for.
#[derive(Debug, PartialEq, Eq)]
enum Order {
    Help,
    Serve {
        listen: SocketAddr,
        at: Option<OffsetDateTime>,
    },
}

fn parse(arguments: impl IntoIterator<Item = String>) -> Result<Order, String> {
    let mut listen = SocketAddr::from(([127, 0, 0, 1], 0));
    let mut at = None;
    let mut arguments = arguments.into_iter();
    while let Some(argument) = arguments.next() {
        let (name, attached) = match argument.split_once('=') {
            Some((name, value)) => (name.to_owned(), Some(value.to_owned())),
            None => (argument, None),
        };
        if matches!(name.as_str(), "--help" | "-h") {
            return Ok(Order::Help);
        }
        if !matches!(name.as_str(), "--listen" | "--at") {
            return Err(format!("unknown argument '{name}'"));
        }
        let value = (attached.or_else(|| arguments.next())).ok_or_else(|| format!("{name} needs a value"))?;
        if name == "--listen" {
            listen = value
                .parse()
                .map_err(|_| format!("'{value}' is no address with a port"))?;
        } else {
            let time = OffsetDateTime::parse(&value, &Rfc3339).map_err(|_| format!("'{value}' is no RFC 3339 time"))?;
            at = Some(time);
        }
    }
    Ok(Order::Serve { listen, at })
}

#[tokio::main]
async fn main() -> ExitCode {
    match parse(std::env::args().skip(1)) {
        Ok(Order::Help) => match io::stdout().write_all(HELP.as_bytes()) {
            Ok(()) => ExitCode::SUCCESS,
            Err(_) => ExitCode::FAILURE,
        },
        Ok(Order::Serve { listen, at }) => match serve(listen, at).await {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                complain(&error.to_string());
                ExitCode::FAILURE
            }
        },
        Err(wrong) => {
            complain(&format!("{wrong}\nTry --help."));
            ExitCode::from(2)
        }
    }
}

fn complain(text: &str) {
    // If even that fails there is nowhere left to say so.
    let _ = writeln!(io::stderr(), "energy-sandbox: {text}");
}

async fn serve(listen: SocketAddr, at: Option<OffsetDateTime>) -> Result<(), Box<dyn std::error::Error>> {
    let mut builder = Sandbox::builder().listen(listen);
    if let Some(at) = at {
        builder = builder.at(at);
    }
    let stop = Stop::new()?;
    let sandbox = builder.start().await.map_err(|error| {
        let reason = std::error::Error::source(&error).map(ToString::to_string);
        format!("{error}: {}", reason.unwrap_or_default())
    })?;
    let forecast_solar = sandbox.forecast_solar();
    let keys = forecast_solar.keys();
    let solarnet_oscp = sandbox.solarnet_oscp();
    let credentials = solarnet_oscp.credentials();
    let intellimeter = sandbox.intellimeter();
    let applications = intellimeter.credentials();
    let enphase = enphase_line(sandbox.enphase());
    let line = json!({
        "forecast_solar": {
            "base_url": forecast_solar.base_url(),
            "keys": {
                "personal": keys.personal,
                "professional": keys.professional,
                "administrator": keys.administrator,
                "suspended": keys.suspended,
                "expired": keys.expired,
            },
        },
        "solarnet_oscp": {
            "base_url": solarnet_oscp.base_url(),
            "flexibility_provider_url": solarnet_oscp.flexibility_provider_url(),
            "credentials": {
                "token": credentials.token,
                "secret": credentials.secret,
                "expired_token": credentials.expired_token,
                "expired_secret": credentials.expired_secret,
                "data_token": credentials.data_token,
                "data_secret": credentials.data_secret,
                "unprivileged_token": credentials.unprivileged_token,
                "unprivileged_secret": credentials.unprivileged_secret,
            },
            "node_id": solarnet_oscp.node_id(),
        },
        "intellimeter": {
            "base_url": intellimeter.base_url(),
            "credentials": {
                "admin_client_id": applications.admin_client_id,
                "admin_client_secret": applications.admin_client_secret,
                "user_client_id": applications.user_client_id,
                "user_client_secret": applications.user_client_secret,
            },
            "property_ids": intellimeter.property_ids(),
            "time_zone": intellimeter.time_zone(),
        },
        "enphase": enphase,
        "solarlog_enerest": solarlog_enerest_line(sandbox.solarlog_enerest()),
    });
    {
        let mut out = io::stdout().lock();
        writeln!(out, "{line}")?;
        out.flush()?;
    }
    stop.asked().await;
    sandbox.shutdown().await;
    Ok(())
}

/// Where Enphase is, and who may call it.
fn enphase_line(service: &EnphaseService) -> Value {
    let known = service.credentials();
    let application = |known: &EnphaseApplication| {
        json!({
            "api_key": known.api_key,
            "client_id": known.client_id,
            "client_secret": known.client_secret,
        })
    };
    let login = |known: &EnphaseLogin| {
        json!({
            "username": known.username,
            "password": known.password,
            "v2_user_id": known.v2_user_id,
        })
    };
    let sites = service.sites();
    json!({
        "base_url": service.base_url(),
        "v2_base_url": service.v2_base_url(),
        "credentials": {
            "watt": application(&known.watt),
            "partner": application(&known.partner),
            "v2_key": known.v2_key,
            "owner": login(&known.owner),
            "installer": login(&known.installer),
        },
        "system_ids": [sites.micro_only.system_id, sites.metered.system_id],
    })
}

/// Where Solar-Log WEB Enerest is, and who may call it.
fn solarlog_enerest_line(service: &SolarlogEnerestService) -> Value {
    let known = service.credentials();
    let application = |known: &SolarlogEnerestApplication| {
        json!({
            "base_url": service.base_url(&known.portal),
            "client_id": known.client_id,
            "client_secret": known.client_secret,
        })
    };
    json!({
        "token_url": service.token_url(),
        "credentials": {
            "basic": application(&known.basic),
            "advanced": application(&known.advanced),
            "portal": application(&known.portal),
            "northwind": application(&known.northwind),
            "meadowbank": application(&known.meadowbank),
        },
        "plant_id": service.plant().plant_id,
        "northwind_plant_id": service.northwind_plant_id(),
        "fleet_id": service.fleet_id(),
    })
}

/// The signals that end the program. Listening begins before the line is printed, so that
/// whoever has read it can stop the program.
struct Stop {
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Stop {
    fn new() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
        })
    }

    async fn asked(mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

#[cfg(not(unix))]
impl Stop {
    fn new() -> io::Result<Self> {
        Ok(Self {})
    }

    async fn asked(self) {
        // Without the signal there is nothing to wait for.
        let _ = tokio::signal::ctrl_c().await;
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::{Order, parse};

    fn order(line: &str) -> Result<Order, String> {
        parse(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn arguments_are_read_in_both_forms() {
        let expected = Order::Serve {
            listen: ([127, 0, 0, 1], 8080).into(),
            at: Some(datetime!(2026-06-21 10:00 UTC)),
        };
        let line = "--listen 127.0.0.1:8080 --at=2026-06-21T10:00:00Z";
        assert_eq!(order(line), Ok(expected));
        assert_eq!(order("--at now --help"), Err("'now' is no RFC 3339 time".to_owned()));
        assert_eq!(order("--listen"), Err("--listen needs a value".to_owned()));
        assert_eq!(order("--port 1"), Err("unknown argument '--port'".to_owned()));
        assert_eq!(order("--help"), Ok(Order::Help));
    }
}
