//! Whose series a call asks for.

use time::Date;

use super::channel::{Channel, Owner, trackers_of};
use super::plant::{Epoch, Kind, Plant};
use super::question;
use super::reply::Problem;
use super::visit::Visit;

/// Something with series of its own, under the id that it has in these days.
#[derive(Clone, Debug)]
pub(super) struct Target {
    pub(super) owner: Owner,
    pub(super) device_id: String,
    from: Date,
    until: Option<Date>,
}

impl Target {
    fn new(owner: Owner, device_id: &str, epoch: &Epoch) -> Self {
        Self {
            owner,
            device_id: device_id.to_owned(),
            from: epoch.from,
            until: epoch.until,
        }
    }

    pub(super) fn contains(&self, date: Date) -> bool {
        self.from <= date && self.until.is_none_or(|until| date < until)
    }

    pub(super) fn device_type(&self) -> &'static str {
        match self.owner {
            Owner::Plant => "Plant",
            Owner::Component(_) => "Component",
            Owner::Tracker(_) => "Mpptracker",
        }
    }
}

/// The components and trackers that the call names, or the plant as a whole.
pub(super) fn named(visit: &Visit<'_>, plant: &Plant, channels: &[Channel]) -> Result<Vec<Target>, Problem> {
    let components = question::all(visit.call, "componentIds[]");
    let trackers = question::all(visit.call, "mppTrackerIds[]");
    if components.is_empty() && trackers.is_empty() {
        return whole(visit, plant, channels);
    }
    visit.needs_advanced("Values of components")?;
    let mut targets = Vec::new();
    for id in components {
        let found = component(plant, id).ok_or_else(|| Problem::unknown("Component"))?;
        targets.push(found);
    }
    for id in trackers {
        let found = tracker(plant, id).ok_or_else(|| Problem::unknown("MPP tracker"))?;
        targets.push(found);
    }
    Ok(targets)
}

/// The components that the call names by ids which are the same in all epochs: an own target for each epoch.
pub(super) fn over_epochs(visit: &Visit<'_>, plant: &Plant) -> Result<Vec<Target>, Problem> {
    visit.needs_advanced("Values of components")?;
    let ids = question::all(visit.call, "xComponentIds[]");
    if ids.is_empty() {
        return Err(Problem::bad("xComponentIds is missing"));
    }
    let mut targets = Vec::new();
    for id in ids {
        let device = plant.devices.iter().find(|device| device.cross_epoch_id == id);
        let device = device.ok_or_else(|| Problem::unknown("Component"))?;
        let owner = Owner::Component(device.kind);
        targets.extend(device.epochs.iter().map(|epoch| Target::new(owner, &epoch.id, epoch)));
    }
    Ok(targets)
}

fn whole(visit: &Visit<'_>, plant: &Plant, channels: &[Channel]) -> Result<Vec<Target>, Problem> {
    let totals = Owner::Plant.channels(plant.site);
    if channels.iter().any(|channel| !totals.contains(channel)) {
        visit.needs_advanced("Values below plant level")?;
    }
    Ok(vec![Target {
        owner: Owner::Plant,
        device_id: plant.id.clone(),
        from: plant.began,
        until: None,
    }])
}

fn component(plant: &Plant, id: &str) -> Option<Target> {
    plant.devices.iter().find_map(|device| {
        let epoch = device.epochs.iter().find(|epoch| epoch.id == id)?;
        Some(Target::new(Owner::Component(device.kind), id, epoch))
    })
}

fn tracker(plant: &Plant, id: &str) -> Option<Target> {
    plant.devices.iter().find_map(|device| {
        let Kind::Inverter(number) = device.kind else {
            return None;
        };
        device.epochs.iter().find_map(|epoch| {
            let place = epoch.tracker_ids.iter().position(|known| known == id)?;
            let owner = Owner::Tracker(trackers_of(number).start + place);
            Some(Target::new(owner, id, epoch))
        })
    })
}
