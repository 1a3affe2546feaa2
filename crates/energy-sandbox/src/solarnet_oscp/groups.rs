//! Capacity groups: a provider, an optimizer, and how often each is told.

use std::sync::Arc;

use time::{Duration, OffsetDateTime};

use super::Shared;
use super::accounts::USER_ID;
use super::input::{Input, path_id};
use super::json::Object;
use super::reply::{Outcome, Problem, Reply};
use super::stamp::stamp;
use super::state::{Dates, Props, Role, State, SystemKey};
use super::words::MEASUREMENT_PERIOD;
use crate::call::Call;

/// A capacity group.
#[derive(Clone, Debug)]
pub(super) struct Group {
    pub(super) id: i64,
    dates: Dates,
    pub(super) name: String,
    pub(super) enabled: bool,
    pub(super) identifier: String,
    pub(super) provider: Side,
    pub(super) optimizer: Side,
    props: Option<Props>,
}

/// What a group has of each kind of system.
#[derive(Clone, Debug)]
pub(super) struct Side {
    pub(super) system: i64,
    period: &'static str,
    /// The end of the period that was sent last.
    pub(super) measured: Option<OffsetDateTime>,
    /// Periods that ended until then are over and done with.
    pub(super) looked_at: OffsetDateTime,
}

impl Side {
    pub(super) fn period(&self) -> Duration {
        let seconds = MEASUREMENT_PERIOD.code(self.period).parse();
        Duration::seconds(seconds.unwrap_or(3600))
    }
}

impl Group {
    pub(super) fn side(&self, role: Role) -> &Side {
        match role {
            Role::Provider => &self.provider,
            Role::Optimizer => &self.optimizer,
        }
    }

    pub(super) fn side_mut(&mut self, role: Role) -> &mut Side {
        match role {
            Role::Provider => &mut self.provider,
            Role::Optimizer => &mut self.optimizer,
        }
    }

    /// The group's system of a role.
    pub(super) fn system(&self, role: Role) -> SystemKey {
        (role, self.side(role).system)
    }

    fn read(call: &Call) -> Result<Self, Problem> {
        let mut input = Input::read(call)?;
        let side = |input: &mut Input, system: &str, period: &str| {
            Ok(Side {
                period: input.needed_word(period, &MEASUREMENT_PERIOD)?,
                system: input.needed_id(system)?,
                measured: None,
                looked_at: call.received,
            })
        };
        let group = Self {
            id: 0,
            dates: Dates::touched(None, call.received),
            name: input.needed_text("name", true, Some(64))?,
            enabled: input.flag("enabled")?.unwrap_or(false),
            identifier: input.needed_text("identifier", true, Some(128))?,
            provider: side(&mut input, "capacityProviderId", "capacityProviderMeasurementPeriod")?,
            optimizer: side(&mut input, "capacityOptimizerId", "capacityOptimizerMeasurementPeriod")?,
            props: input.object("serviceProps")?,
        };
        input.finish()?;
        Ok(group)
    }

    fn write(&self) -> Object {
        Object::new()
            .with("userId", USER_ID)
            .with("configId", self.id)
            .with("created", stamp(self.dates.created))
            .with("modified", stamp(self.dates.modified))
            .with("name", self.name.as_str())
            .with("enabled", self.enabled)
            .with("identifier", self.identifier.as_str())
            .with("capacityProviderMeasurementPeriod", self.provider.period)
            .with("capacityOptimizerMeasurementPeriod", self.optimizer.period)
            .with("capacityProviderId", self.provider.system)
            .with("capacityOptimizerId", self.optimizer.system)
            .with_some("capacityProviderMeasurementDate", self.provider.measured.map(stamp))
            .with_some("capacityOptimizerMeasurementDate", self.optimizer.measured.map(stamp))
            .with_some("serviceProps", self.props.clone())
    }

    /// What the database would refuse.
    fn check(&self, state: &State) -> Result<(), Problem> {
        let mut others = state.groups.values().filter(|other| other.id != self.id);
        if others.any(|other| other.identifier == self.identifier) {
            return Err(Problem::duplicate("identifier"));
        }
        for (role, name) in [
            (Role::Provider, "capacityProviderId"),
            (Role::Optimizer, "capacityOptimizerId"),
        ] {
            if !state.systems.contains_key(&self.system(role)) {
                return Err(Problem::no_such(name));
            }
        }
        Ok(())
    }
}

pub(super) fn list(shared: &Arc<Shared>, _: &Call) -> Outcome {
    let state = shared.state();
    let all: Vec<Object> = state.groups.values().map(Group::write).collect();
    Ok(Reply::data(all))
}

pub(super) fn create(shared: &Arc<Shared>, call: &Call) -> Outcome {
    let mut group = Group::read(call)?;
    let mut state = shared.state();
    group.check(&state)?;
    group.id = state.next("group");
    let reply = Reply::created(group.write(), "capacity-groups", group.id);
    state.groups.insert(group.id, group);
    Ok(reply)
}

pub(super) fn get(shared: &Arc<Shared>, call: &Call) -> Outcome {
    let id = path_id(call, "groupId")?;
    let state = shared.state();
    let group = state.groups.get(&id).ok_or_else(Problem::unknown_object)?;
    Ok(Reply::data(group.write()))
}

pub(super) fn update(shared: &Arc<Shared>, call: &Call) -> Outcome {
    let id = path_id(call, "groupId")?;
    let mut group = Group::read(call)?;
    let mut state = shared.state();
    let before = state.groups.get(&id).ok_or_else(Problem::unknown_object)?;
    group.id = id;
    group.dates = Dates::touched(Some(before.dates), call.received);
    for role in [Role::Provider, Role::Optimizer] {
        let (old, new) = (before.side(role), group.side_mut(role));
        (new.measured, new.looked_at) = (old.measured, old.looked_at);
    }
    group.check(&state)?;
    let data = group.write();
    state.groups.insert(id, group);
    Ok(Reply::data(data))
}

pub(super) fn delete(shared: &Arc<Shared>, call: &Call) -> Outcome {
    let id = path_id(call, "groupId")?;
    shared.state().remove_group(id);
    Ok(Reply::done())
}
