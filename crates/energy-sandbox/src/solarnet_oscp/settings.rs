//! Where measurements and forecasts are published: settings of the account and of groups.

use std::sync::Arc;

use time::OffsetDateTime;

use super::Shared;
use super::accounts::USER_ID;
use super::input::{Input, must_fit, path_id};
use super::json::Object;
use super::reply::{Outcome, Problem, Reply};
use super::stamp::stamp;
use super::state::Dates;
use crate::call::Call;

/// The settings of the account or of one group.
#[derive(Clone, Debug)]
pub(super) struct Settings {
    group: Option<i64>,
    dates: Dates,
    publish_to_solar_in: bool,
    publish_to_solar_flux: bool,
    node: i64,
    pub(super) source_id_template: Option<String>,
}

impl Settings {
    fn read(call: &Call, group: Option<i64>) -> Result<Self, Problem> {
        let mut input = Input::read(call)?;
        let settings = Self {
            group,
            dates: Dates::touched(None, call.received),
            publish_to_solar_in: input.flag("publishToSolarIn")?.unwrap_or(true),
            publish_to_solar_flux: input.flag("publishToSolarFlux")?.unwrap_or(true),
            node: input.needed_id("nodeId")?,
            source_id_template: input.text("sourceIdTemplate")?,
        };
        input.finish()?;
        must_fit("sourceIdTemplate", settings.source_id_template.as_deref(), 255)?;
        Ok(settings)
    }

    fn replacing(mut self, before: Option<&Self>, now: OffsetDateTime) -> Self {
        self.dates = Dates::touched(before.map(|before| before.dates), now);
        self
    }

    fn write(&self) -> Object {
        Object::new()
            .with_some("groupId", self.group)
            .with("userId", USER_ID)
            .with("created", stamp(self.dates.created))
            .with("modified", stamp(self.dates.modified))
            .with("publishToSolarIn", self.publish_to_solar_in)
            .with("publishToSolarFlux", self.publish_to_solar_flux)
            .with("nodeId", self.node)
            .with_some("sourceIdTemplate", self.source_id_template.clone())
    }
}

pub(super) fn get_user(shared: &Arc<Shared>, _: &Call) -> Outcome {
    Ok(Reply::maybe(shared.state().user_settings.as_ref().map(Settings::write)))
}

pub(super) fn update_user(shared: &Arc<Shared>, call: &Call) -> Outcome {
    let settings = Settings::read(call, None)?;
    let mut state = shared.state();
    let settings = settings.replacing(state.user_settings.as_ref(), call.received);
    let data = settings.write();
    state.user_settings = Some(settings);
    Ok(Reply::data(data))
}

pub(super) fn delete_user(shared: &Arc<Shared>, _: &Call) -> Outcome {
    shared.state().user_settings = None;
    Ok(Reply::done())
}

pub(super) fn list_of_groups(shared: &Arc<Shared>, _: &Call) -> Outcome {
    let state = shared.state();
    let all: Vec<Object> = state.group_settings.values().map(Settings::write).collect();
    Ok(Reply::data(all))
}

pub(super) fn get_of_group(shared: &Arc<Shared>, call: &Call) -> Outcome {
    let group = path_id(call, "groupId")?;
    let state = shared.state();
    Ok(Reply::maybe(state.group_settings.get(&group).map(Settings::write)))
}

pub(super) fn update_of_group(shared: &Arc<Shared>, call: &Call) -> Outcome {
    let group = path_id(call, "groupId")?;
    let settings = Settings::read(call, Some(group))?;
    let mut state = shared.state();
    if !state.groups.contains_key(&group) {
        return Err(Problem::no_such("groupId"));
    }
    let settings = settings.replacing(state.group_settings.get(&group), call.received);
    let data = settings.write();
    state.group_settings.insert(group, settings);
    Ok(Reply::data(data))
}

pub(super) fn delete_of_group(shared: &Arc<Shared>, call: &Call) -> Outcome {
    let group = path_id(call, "groupId")?;
    shared.state().group_settings.remove(&group);
    Ok(Reply::done())
}
