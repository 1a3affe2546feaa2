//! Two tables: what many sites produced and used, and what their services can give.

use std::fmt;
use std::time::Duration;

use energy_sdk::energy_core::model::{Coverage, Forecast, Interval, Reach, Site, WattHours};
use energy_sdk::energy_core::source::{AnySeries, Failed, Fleet, Found, Gathered, Question, SiteOf, SourceIndex};
use energy_sdk::energy_core::time::OffsetDateTime;

/// One energy of one site.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Cell {
    /// So much.
    Energy(WattHours),
    /// The service does not have it, or it was not reported.
    Nothing,
    /// It could not be had.
    Failed,
}

impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Energy(energy) => f.pad(&format!("{:.1} kWh", energy.kilowatt_hours())),
            Self::Nothing => f.pad("–"),
            Self::Failed => f.pad("failed"),
        }
    }
}

/// What is known of one site.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Row {
    /// The site.
    pub(crate) of: SiteOf,
    /// What its modules gave yesterday.
    pub(crate) produced: Cell,
    /// What it used yesterday.
    pub(crate) used: Cell,
    /// What its modules are expected to give tomorrow.
    pub(crate) expected: Cell,
}

/// Yesterday's production and consumption of all sites, and tomorrow's forecast of those whose roofs are known. Beside them
/// what failed.
///
/// - `forecaster`: the source that makes forecasts.
/// - `with_roof`: the site with all that a forecast needs, if that is known.
pub(crate) async fn energies(
    fleet: &Fleet,
    forecaster: SourceIndex,
    now: OffsetDateTime,
    with_roof: impl Fn(&Site) -> Option<Site>,
) -> (Vec<Row>, Vec<Failed>) {
    let sites = fleet.sites().await;
    // A day begins at midnight of the site's own clock, so each site is asked about its own yesterday.
    let production = |of: &SiteOf| of.site.yesterday(now).map(Question::production);
    let produced = fleet.plan_each(&sites.found, production).run().await;
    let consumption = |of: &SiteOf| of.site.yesterday(now).map(Question::consumption);
    let used = fleet.plan_each(&sites.found, consumption).run().await;

    // A forecast is made for any site whose place and planes are known, whichever service it is of.
    let roofs: Vec<(usize, SiteOf)> = (sites.found.iter().enumerate())
        .filter_map(|(row, of)| Some((row, fleet.site(forecaster, with_roof(&of.site)?)?)))
        .collect();
    let asked: Vec<SiteOf> = roofs.iter().map(|(_, of)| of.clone()).collect();
    let forecasts = fleet.forecasts(&asked).await;

    let yesterday = |of: &SiteOf| of.site.yesterday(now).ok();
    let tomorrow = |of: &SiteOf| of.site.tomorrow(now).ok();
    let mut rows: Vec<Row> = (sites.found.iter())
        .map(|of| Row {
            of: of.clone(),
            produced: cell(of, &produced, |series| energy_of(series, yesterday(of)?)),
            used: cell(of, &used, |series| energy_of(series, yesterday(of)?)),
            expected: Cell::Nothing,
        })
        .collect();
    for (row, of) in &roofs {
        let expected = cell(of, &forecasts, |forecast: &Forecast| {
            forecast.energy_in(tomorrow(of)?, Coverage::Partial).value
        });
        if let Some(row) = rows.get_mut(*row) {
            row.expected = expected;
        }
    }
    let failed = sites
        .failed
        .into_iter()
        .chain(produced.failed)
        .chain(used.failed)
        .chain(forecasts.failed);
    // What a service does not have is no failure of this table.
    let failed = failed.filter(|failed| failed.error.as_refusal().is_none());
    (rows, failed.collect())
}

/// The energy of all series together.
fn energy_of(series: &[AnySeries], interval: Interval) -> Option<WattHours> {
    if series.is_empty() {
        return None;
    }
    let energies = series.iter().map(|series| {
        let energy = series.to_energy().ok()??;
        energy.amount_in(interval, Coverage::Partial).ok()?.value
    });
    energies.sum()
}

/// What a site gave, of all answers.
fn cell<T>(of: &SiteOf, answers: &Gathered<Found<T>>, energy: impl Fn(&T) -> Option<WattHours>) -> Cell {
    if let Some(found) = answers.found.iter().find(|found| found.of == *of) {
        return energy(&found.value).map_or(Cell::Nothing, Cell::Energy);
    }
    let of_site = |failed: &&Failed| failed.source == of.source && failed.site.as_ref() == Some(&of.site);
    match answers.failed.iter().find(of_site) {
        Some(failed) if failed.error.as_refusal().is_none() => Cell::Failed,
        _ => Cell::Nothing,
    }
}

/// What each service can give, a line for each capability: service, what, of what, how often, how far back and ahead, and
/// what the account must have for it.
pub(crate) fn capabilities(fleet: &Fleet) -> Vec<[String; 7]> {
    let mut lines = Vec::new();
    for source in fleet.sources() {
        let provider = source.account().provider();
        for capability in source.capabilities().all() {
            let direction = capability.direction.map(|way| format!("{way} of ")).unwrap_or_default();
            let reach = |reach: Reach| match reach {
                Reach::Nothing => String::new(),
                reach => reach.to_string(),
            };
            // Any one is enough; the smallest comes first.
            let needs = match capability.requires_any.as_slice() {
                [] => String::new(),
                [only] => only.to_string(),
                [first, others @ ..] => format!("{first}, or one of {} others", others.len()),
            };
            lines.push([
                provider.to_owned(),
                format!("{direction}{}, {}", capability.quantity, capability.kind),
                capability.level.to_string(),
                capability.resolution.map_or_else(String::new, every),
                reach(capability.back),
                reach(capability.ahead),
                needs,
            ]);
        }
        if source.capabilities().all().is_empty() {
            let nothing = String::new;
            let what = "no series at all".to_owned();
            lines.push([
                provider.to_owned(),
                what,
                nothing(),
                nothing(),
                nothing(),
                nothing(),
                nothing(),
            ]);
        }
    }
    lines
}

/// How far apart points are, in days or minutes.
fn every(step: Duration) -> String {
    match step.as_secs() / 60 {
        minutes if minutes % 1_440 == 0 => format!("{} d", minutes / 1_440),
        minutes => format!("{minutes} min"),
    }
}
