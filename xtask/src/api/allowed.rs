//! Which types of other crates may stand in what ours promise, and why.

use super::leaks::Foreign;

/// A name of another crate that a package may show, with the reason.
#[derive(Clone, Copy, Debug)]
pub struct Allowance {
    /// The package; all of them if none.
    pub package: Option<&'static str>,
    /// The name: the crate, and the last part of its path.
    pub name: &'static str,
    /// Why it may.
    pub reason: &'static str,
}

impl Allowance {
    fn covers(&self, foreign: &Foreign) -> bool {
        self.name == foreign.name && self.package.is_none_or(|package| package == foreign.package)
    }
}

/// The names that are meant to be there.
pub const ALLOWED: &[Allowance] = &[
    Allowance {
        package: None,
        name: "serde_core::Deserialize",
        reason: "what services say can be read by serde, kept and read again",
    },
    Allowance {
        package: None,
        name: "serde_core::Serialize",
        reason: "what services say can be written by serde, to keep it",
    },
    Allowance {
        package: Some("energy-core"),
        name: "futures_core::Stream",
        reason: "pages, pieces and events come as the streams that every runtime knows",
    },
    Allowance {
        package: Some("energy-core"),
        name: "reqwest::ClientBuilder",
        reason: "feature `reqwest`: proxies, certificates and the like are set on it",
    },
    Allowance {
        package: Some("energy-core"),
        name: "serde_core::DeserializeOwned",
        reason: "reads a body into a type that the caller chooses",
    },
    Allowance {
        package: Some("energy-core"),
        name: "serde_core::Deserializer",
        reason: "functions for `serde(with)` in models",
    },
    Allowance {
        package: Some("energy-core"),
        name: "serde_core::Serializer",
        reason: "functions for `serde(with)` in models",
    },
    Allowance {
        package: Some("energy-core"),
        name: "serde_json::Error",
        reason: "line and column of JSON that cannot be read, as the source of an error",
    },
    Allowance {
        package: Some("energy-core"),
        name: "tokio::AsyncWrite",
        reason: "a download goes to any writer of the runtime that the client runs on",
    },
    Allowance {
        package: Some("enphase"),
        name: "futures_core::Stream",
        reason: "live data come as the stream that every runtime knows",
    },
    Allowance {
        package: Some("intellimeter"),
        name: "tokio::AsyncWrite",
        reason: "a generation goes to any writer of the runtime that the client runs on",
    },
    Allowance {
        package: Some("solarnet-oscp"),
        name: "axum::Router",
        reason: "feature `server`: routes that a program adds to its own",
    },
    Allowance {
        package: Some("solarnet-oscp"),
        name: "axum_core::IntoResponse",
        reason: "feature `server`: a handler may answer with a refusal",
    },
];

/// What `judge` says.
#[derive(Debug)]
pub struct Verdict {
    /// A line for each allowance that is used.
    pub allowed: Vec<String>,
    /// What has no reason, and what reason has no use.
    pub findings: Vec<String>,
}

/// Sorts `named` by whether one of `allowances` covers it.
pub fn judge(named: &[Foreign], allowances: &[Allowance]) -> Verdict {
    let mut verdict = Verdict {
        allowed: Vec::new(),
        findings: Vec::new(),
    };
    for foreign in named {
        if !allowances.iter().any(|allowance| allowance.covers(foreign)) {
            verdict.findings.push(format!(
                "{}: `{}` names {}; keep it out of what programs see, or give the reason in xtask/src/api/allowed.rs",
                foreign.place, foreign.item, foreign.name
            ));
        }
    }
    for allowance in allowances {
        let who = allowance.package.unwrap_or("any crate");
        let uses = named.iter().filter(|foreign| allowance.covers(foreign)).count();
        if uses == 0 {
            verdict.findings.push(format!(
                "xtask/src/api/allowed.rs: {} in {who} is allowed, and nothing names it; remove the row",
                allowance.name
            ));
        } else {
            let times = if uses == 1 { "once" } else { &format!("{uses} times") };
            verdict
                .allowed
                .push(format!("{} in {who}, {times}: {}", allowance.name, allowance.reason));
        }
    }
    verdict
}
