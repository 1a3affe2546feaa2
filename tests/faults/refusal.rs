//! How each service refuses: its own statuses, headers and bodies. Each repeats what it was sent, because some services do,
//! and no error may.

use serde_json::{Value, json};
use time::format_description::well_known::Rfc3339;
use time::{Duration, OffsetDateTime};

use crate::facts::Vendor;
use crate::fault::Fault;
use crate::wire::{Answer, Request};

/// How long a service wants to be left alone that says when to come back.
pub(crate) const WAIT: Duration = Duration::seconds(20);

/// What a service says of a fault, in its own words; `None` where it says nothing of its own.
pub(crate) fn words(vendor: Vendor, fault: Fault) -> Option<&'static str> {
    match fault {
        Fault::Status(_) => Some(out_of_order(vendor)),
        Fault::Busy | Fault::BusyUntil => Some(used_up(vendor)),
        Fault::Revoked => Some(no_longer_good(vendor)),
        Fault::Clock { .. } => Some(SKEWED),
        _ => None,
    }
}

const SKEWED: &str = "Date skew too large";

fn out_of_order(vendor: Vendor) -> &'static str {
    match vendor {
        Vendor::EnphaseV2 => "No data for the time being.",
        _ => "Out of order",
    }
}

fn used_up(vendor: Vendor) -> &'static str {
    match vendor {
        Vendor::ForecastSolar => "The calls of this hour are used up",
        Vendor::EnphaseV2 => "Usage limit exceeded for plan Kilowatt",
        Vendor::EnphaseV4 => "Usage limit exceeded for plan Partner",
        _ => "Too Many Requests",
    }
}

fn no_longer_good(vendor: Vendor) -> &'static str {
    match vendor {
        Vendor::ForecastSolar => "The subscription has ended",
        Vendor::EnphaseV2 => "Not authorized to access requested resource",
        Vendor::EnphaseV4 => "User is not authorized",
        Vendor::Intellimeter | Vendor::SolarLog | Vendor::Oscp => "Unauthorized",
        Vendor::SolarNetwork => "Expired token",
    }
}

/// The status of too many calls.
pub(crate) fn too_often(vendor: Vendor) -> u16 {
    match vendor {
        // That of conflicts is this service's word for it.
        Vendor::EnphaseV2 => 409,
        _ => 429,
    }
}

/// A failure that is the service's own.
pub(crate) fn failure(vendor: Vendor, request: &Request, status: u16) -> Answer {
    let words = out_of_order(vendor);
    let body = match vendor {
        Vendor::ForecastSolar => forecast_solar(status, words),
        Vendor::EnphaseV2 => json!({ "errorCode": 7, "errorMessages": [words] }),
        Vendor::EnphaseV4 => enphase_v4(status, "Internal Error", words),
        Vendor::Intellimeter => intellimeter(status, words),
        Vendor::SolarLog | Vendor::Oscp => json!({ "message": words }),
        Vendor::SolarNetwork => json!({ "success": false, "message": words }),
    };
    answer(request, status, body)
}

/// Too many calls, with a time to come back if `until` is one.
pub(crate) fn busy(vendor: Vendor, request: &Request, until: Option<OffsetDateTime>) -> Answer {
    let words = used_up(vendor);
    let mut body = match vendor {
        Vendor::ForecastSolar => {
            let mut body = forecast_solar(429, words);
            // Of this refusal alone it is a text.
            body["result"] = words.into();
            body["message"]["ratelimit"] = json!({ "zone": "IP 203.0.113.7", "period": 3600, "limit": 12 });
            body
        }
        Vendor::EnphaseV2 => json!({ "reason": "409", "message": [words] }),
        Vendor::EnphaseV4 => enphase_v4(429, "Too Many Requests", words),
        Vendor::Intellimeter => intellimeter(429, words),
        Vendor::SolarLog | Vendor::Oscp => json!({ "message": words }),
        Vendor::SolarNetwork => json!({ "success": false, "message": words }),
    };
    let header = until.and_then(|until| match vendor {
        Vendor::ForecastSolar => {
            let until = until.format(&Rfc3339).expect("it has a year");
            body["message"]["ratelimit"]["retry-at"] = until.clone().into();
            Some(("x-ratelimit-retry-at", until))
        }
        Vendor::SolarNetwork => Some((
            "x-sn-rate-limit-retry-after",
            (until.unix_timestamp_nanos() / 1_000_000).to_string(),
        )),
        Vendor::Intellimeter | Vendor::SolarLog | Vendor::Oscp => {
            Some(("retry-after", WAIT.whole_seconds().to_string()))
        }
        Vendor::EnphaseV2 | Vendor::EnphaseV4 => {
            body["period"] = "minute".into();
            body["period_start"] = (until - Duration::MINUTE).unix_timestamp().into();
            body["period_end"] = until.unix_timestamp().into();
            body["limit"] = 50.into();
            None
        }
    });
    let mut answer = answer(request, too_often(vendor), body);
    answer.headers.extend(header);
    answer
}

/// A login that is not, or no longer, good.
pub(crate) fn unauthorized(vendor: Vendor, request: &Request) -> Answer {
    let words = no_longer_good(vendor);
    let body = match vendor {
        Vendor::ForecastSolar => forecast_solar(401, words),
        Vendor::EnphaseV2 => json!({ "reason": "401", "message": [words] }),
        Vendor::EnphaseV4 => enphase_v4(401, "Not Authorized", words),
        Vendor::Intellimeter => intellimeter(401, words),
        Vendor::SolarLog | Vendor::Oscp => json!({ "message": words }),
        Vendor::SolarNetwork => json!({ "success": false, "code": "401", "message": words }),
    };
    answer(request, 401, body)
}

/// A signature whose time is too far from the service's.
pub(crate) fn skewed(request: &Request) -> Answer {
    answer(request, 403, json!({ "success": false, "message": SKEWED }))
}

/// What a gateway says in the service's place.
pub(crate) fn page(request: &Request, status: u16) -> Answer {
    let text = format!(
        "<!doctype html>\n<html><head><title>Gateway</title></head><body><h1>Nobody is at home</h1>\n<pre>{}\n{}\n{}</pre>\
         </body></html>\n",
        request.line, request.authorization, request.body
    );
    Answer {
        status,
        headers: vec![("content-type", "text/html; charset=utf-8".to_owned())],
        body: text.into_bytes(),
    }
}

/// A redirect that takes everything with it.
pub(crate) fn redirect(request: &Request, elsewhere: &str) -> Answer {
    let target = request.line.split(' ').nth(1).unwrap_or_default();
    let mut answer = answer(request, 307, json!({}));
    answer.headers.push(("location", format!("{elsewhere}{target}")));
    answer
}

fn forecast_solar(status: u16, text: &str) -> Value {
    json!({
        "result": null,
        "message": { "code": status, "type": "error", "text": text, "pid": "5hT2wQ9c", "info": [] },
    })
}

fn enphase_v4(status: u16, message: &str, details: &str) -> Value {
    json!({ "message": message, "details": details, "code": status })
}

fn intellimeter(status: u16, error: &str) -> Value {
    json!({ "code": status, "error": error, "message": "see the documentation" })
}

fn answer(request: &Request, status: u16, mut body: Value) -> Answer {
    body["received"] = json!([request.line, request.authorization, request.body]);
    Answer {
        status,
        headers: vec![
            ("content-type", "application/json".to_owned()),
            ("x-received", format!("{} {}", request.line, request.authorization)),
        ],
        body: body.to_string().into_bytes(),
    }
}
