//! Rules between the arguments of requests.

use energy_core::BuildError;

use crate::{Day, GetChannels, GetCrossEpochChannels};

fn in_order(from: Day, to: Day) -> Result<(), BuildError> {
    match (from, to) {
        (Day::Date(from), Day::Date(to)) if to < from => {
            Err(BuildError::new("dateTo", format!("{to} is before {from}")))
        }
        _ => Ok(()),
    }
}

pub(crate) fn channels(request: &GetChannels) -> Result<(), BuildError> {
    in_order(request.date_from, request.date_to)
}

pub(crate) fn cross_epoch_channels(request: &GetCrossEpochChannels) -> Result<(), BuildError> {
    in_order(request.date_from, request.date_to)
}
