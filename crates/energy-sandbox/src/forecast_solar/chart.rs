//! Charts to embed in a page, and the scripts that draw them.

use std::sync::{Mutex, PoisonError};

use http::StatusCode;

use super::ForecastSolar;
use super::location::Spot;
use super::plan::Tier;
use super::planes::{self, Plane};
use super::reply::{Refusal, Reply, answer};
use super::visit::Visit;
use crate::call::{Answer, Call};
use crate::document::{Document, Map};
use crate::noise;

/// The charts made so far.
#[derive(Debug, Default)]
pub(super) struct Charts(Mutex<Vec<Chart>>);

#[derive(Clone, Debug)]
struct Chart {
    token: String,
    apikey: String,
    spot: Spot,
    planes: Vec<Plane>,
}

impl Chart {
    fn param(&self) -> Map {
        let mut param = Map::new()
            .with("apikey", self.apikey.as_str())
            .with("lat", self.spot.location.latitude)
            .with("lon", self.spot.location.longitude);
        for (number, plane) in (1..).zip(&self.planes) {
            param.put(format!("dec{number}"), i64::from(plane.declination));
            param.put(format!("az{number}"), i64::from(plane.azimuth));
            param.put(format!("kWp{number}"), plane.kwp);
        }
        param
    }
}

/// The same chart has the same token, however often it is asked for.
pub(super) fn create(service: &ForecastSolar, call: &Call) -> Answer {
    let reply = || -> Result<Reply, Refusal> {
        let visit = Visit::open(service, call, "chart", Tier::Professional)?;
        let spot = visit.spot()?;
        let planes = planes::parse(call.segment("planes").unwrap_or_default())?;
        visit.allows_planes(planes.len())?;
        let apikey = call.segment("key").unwrap_or_default().to_owned();
        let token = noise::alphanumeric(24, &[noise::text(&format!("{apikey} {:?} {planes:?}", spot.location))]);
        let url = format!("{}chart/{token}.js", service.base_url);
        let result = Map::new()
            .with("token", token.as_str())
            .with("url", url.as_str())
            .with("tag", format!("<script src=\"{url}\"></script>"));
        let mut charts = service.charts.0.lock().unwrap_or_else(PoisonError::into_inner);
        if charts.iter().all(|chart| chart.token != token) {
            charts.push(Chart {
                token,
                apikey,
                spot,
                planes,
            });
        }
        Ok(visit.count(Reply::new(result).without_pid()))
    };
    answer(call, reply())
}

pub(super) fn list(service: &ForecastSolar, call: &Call) -> Answer {
    let reply = || -> Result<Reply, Refusal> {
        let visit = Visit::open(service, call, "charts", Tier::Professional)?;
        let charts = service.charts.0.lock().unwrap_or_else(PoisonError::into_inner);
        let own = charts
            .iter()
            .filter(|chart| Some(chart.apikey.as_str()) == call.segment("key"))
            .map(|chart| {
                Document::from(
                    Map::new()
                        .with("token", chart.token.as_str())
                        .with("param", chart.param())
                        .with("comment", ""),
                )
            });
        Ok(visit.count(Reply::new(own.collect::<Vec<_>>()).without_pid()))
    };
    answer(call, reply())
}

/// `/chart/init.js`.
pub(super) fn loader(_: &ForecastSolar, _: &Call) -> Answer {
    script(
        "window.fs = window.fs || {};\n\
         window.fs.chart = function (data) {\n  \
           window.dispatchEvent(new CustomEvent('fs.chart.loaded', { detail: data }));\n\
         };\n"
            .to_owned(),
    )
}

/// `/chart/[history/|clearsky/][:day/]:token.js`; `day` counts from today, which is 0.
pub(super) fn draw(service: &ForecastSolar, call: &Call) -> Answer {
    let found = || -> Option<Answer> {
        let mut parts: Vec<&str> = call.segment("script")?.split('/').collect();
        let token = parts.pop()?.strip_suffix(".js")?.to_owned();
        let mode = match parts.first() {
            Some(&mode @ ("history" | "clearsky")) => {
                parts.remove(0);
                mode
            }
            _ => "estimate",
        };
        let day: u32 = match parts.as_slice() {
            [] => 0,
            [day] => day.parse().ok()?,
            _ => return None,
        };
        let charts = service.charts.0.lock().unwrap_or_else(PoisonError::into_inner);
        let chart = charts.iter().find(|chart| chart.token == token)?;
        // The key stays out of a script that anyone can read.
        let data = Map::new()
            .with("token", chart.token.as_str())
            .with("mode", mode)
            .with("day", day)
            .with("lat", chart.spot.location.latitude)
            .with("lon", chart.spot.location.longitude);
        let data = Document::from(data).to_json();
        Some(script(format!("window.fs.chart({data});\n")))
    };
    found().unwrap_or_else(|| {
        let refusal = Reply::refuse(StatusCode::NOT_FOUND, "Page not found");
        answer(call, Err(refusal))
    })
}

fn script(text: String) -> Answer {
    Answer::new(StatusCode::OK, "application/javascript; charset=utf-8", text)
}
