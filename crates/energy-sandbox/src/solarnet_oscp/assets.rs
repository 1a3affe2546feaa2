//! Assets: what is measured in a group, and for whom.

use std::sync::Arc;

use serde_json::Value;

use super::Shared;
use super::accounts::{NODE_IDS, USER_ID};
use super::input::{Input, must_fit, path_id};
use super::json::Object;
use super::reply::{Outcome, Problem, Reply};
use super::stamp::stamp;
use super::state::{Dates, Props, State};
use super::words::{ASSET_CATEGORY, AUDIENCE, ENERGY_DIRECTION, ENERGY_TYPE, MEASUREMENT_UNIT, PHASE, STATISTIC_TYPE};
use crate::call::Call;

/// An asset.
#[derive(Clone, Debug)]
pub(super) struct Asset {
    pub(super) id: i64,
    dates: Dates,
    name: String,
    pub(super) enabled: bool,
    pub(super) group: i64,
    pub(super) identifier: String,
    pub(super) audience: &'static str,
    node: i64,
    pub(super) source: String,
    pub(super) category: &'static str,
    pub(super) phase: &'static str,
    pub(super) instantaneous: Option<Measure>,
    pub(super) energy: Option<Energy>,
    props: Option<Props>,
}

/// Which properties of the node's data are measured, and how.
#[derive(Clone, Debug)]
pub(super) struct Measure {
    property_names: Vec<String>,
    pub(super) unit: &'static str,
    multiplier: Option<Value>,
    statistic_type: &'static str,
}

/// The same for energy.
#[derive(Clone, Debug)]
pub(super) struct Energy {
    pub(super) measure: Measure,
    pub(super) kind: &'static str,
    pub(super) direction: &'static str,
}

impl Measure {
    fn read(input: &mut Input) -> Result<Self, Problem> {
        Ok(Self {
            property_names: input.needed_texts("propertyNames")?,
            unit: input.needed_word("unit", &MEASUREMENT_UNIT)?,
            multiplier: input.number("multiplier")?,
            statistic_type: input.needed_word("statisticType", &STATISTIC_TYPE)?,
        })
    }

    fn write(&self) -> Object {
        Object::new()
            .with("propertyNames", self.property_names.clone())
            .with("unit", self.unit)
            .with_some("multiplier", self.multiplier.clone())
            .with("statisticType", self.statistic_type)
    }
}

impl Energy {
    fn read(input: &mut Input) -> Result<Self, Problem> {
        Ok(Self {
            measure: Measure::read(input)?,
            kind: input.needed_word("type", &ENERGY_TYPE)?,
            direction: input.needed_word("direction", &ENERGY_DIRECTION)?,
        })
    }

    fn write(&self) -> Object {
        (self.measure.write())
            .with("type", self.kind)
            .with("direction", self.direction)
    }
}

impl Asset {
    fn read(call: &Call) -> Result<Self, Problem> {
        let mut input = Input::read(call)?;
        let asset = Self {
            id: 0,
            dates: Dates::touched(None, call.received),
            name: input.needed_text("name", true, Some(64))?,
            enabled: input.flag("enabled")?.unwrap_or(false),
            group: input.needed_id("capacityGroupId")?,
            identifier: input.needed_text("identifier", false, None)?,
            audience: input.needed_word("audience", &AUDIENCE)?,
            node: input.needed_id("nodeId")?,
            source: input.needed_text("sourceId", false, Some(64))?,
            category: input.needed_word("category", &ASSET_CATEGORY)?,
            phase: input.needed_word("phase", &PHASE)?,
            instantaneous: input.within("instantaneous", Measure::read)?,
            energy: input.within("energy", Energy::read)?,
            props: input.object("serviceProps")?,
        };
        input.finish()?;
        Ok(asset)
    }

    fn write(&self) -> Object {
        Object::new()
            .with("userId", USER_ID)
            .with("configId", self.id)
            .with("created", stamp(self.dates.created))
            .with("modified", stamp(self.dates.modified))
            .with("name", self.name.as_str())
            .with("enabled", self.enabled)
            .with("capacityGroupId", self.group)
            .with("identifier", self.identifier.as_str())
            .with("audience", self.audience)
            .with("nodeId", self.node)
            .with("sourceId", self.source.as_str())
            .with("category", self.category)
            .with("phase", self.phase)
            .with_some("instantaneous", self.instantaneous.as_ref().map(Measure::write))
            .with_some("energy", self.energy.as_ref().map(Energy::write))
            .with_some("serviceProps", self.props.clone())
    }

    /// What the account or the database would refuse.
    fn check(&self, state: &State) -> Result<(), Problem> {
        if !NODE_IDS.contains(&self.node) {
            return Err(Problem::access_denied());
        }
        must_fit("identifier", Some(&self.identifier), 64)?;
        let mut others = state.assets.values().filter(|other| other.id != self.id);
        if others.any(|other| (other.group, &other.identifier) == (self.group, &self.identifier)) {
            return Err(Problem::duplicate("identifier"));
        }
        if state.groups.contains_key(&self.group) {
            Ok(())
        } else {
            Err(Problem::no_such("capacityGroupId"))
        }
    }
}

pub(super) fn list_of_group(shared: &Arc<Shared>, call: &Call) -> Outcome {
    let group = path_id(call, "groupId")?;
    let state = shared.state();
    let assets = state.assets.values().filter(|asset| asset.group == group);
    Ok(Reply::data(assets.map(Asset::write).collect::<Vec<_>>()))
}

pub(super) fn create(shared: &Arc<Shared>, call: &Call) -> Outcome {
    let mut asset = Asset::read(call)?;
    let mut state = shared.state();
    asset.check(&state)?;
    asset.id = state.next("asset");
    let reply = Reply::created(asset.write(), "assets", asset.id);
    state.assets.insert(asset.id, asset);
    Ok(reply)
}

pub(super) fn get(shared: &Arc<Shared>, call: &Call) -> Outcome {
    let id = path_id(call, "assetId")?;
    let state = shared.state();
    let asset = state.assets.get(&id).ok_or_else(Problem::unknown_object)?;
    Ok(Reply::data(asset.write()))
}

pub(super) fn update(shared: &Arc<Shared>, call: &Call) -> Outcome {
    let id = path_id(call, "assetId")?;
    let mut asset = Asset::read(call)?;
    let mut state = shared.state();
    let before = state.assets.get(&id).ok_or_else(Problem::unknown_object)?;
    asset.id = id;
    asset.dates = Dates::touched(Some(before.dates), call.received);
    asset.check(&state)?;
    let data = asset.write();
    state.assets.insert(id, asset);
    Ok(Reply::data(data))
}

pub(super) fn delete(shared: &Arc<Shared>, call: &Call) -> Outcome {
    let id = path_id(call, "assetId")?;
    shared.state().assets.remove(&id);
    Ok(Reply::done())
}
