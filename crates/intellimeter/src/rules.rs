//! Rules of bodies that no schema can express.

use energy_core::BuildError;
use energy_core::check::Direction;
use energy_core::wire::Patch;

use crate::MeterUpdate;

/// A suite that is set is one; to take a meter out of its suite there is `Patch::Clear`.
pub(crate) fn meter(update: &MeterUpdate, _: Direction) -> Result<(), BuildError> {
    match &update.suite {
        Some(Patch::Set(suite)) => energy_core::check::length("suite", suite.as_str(), 1, usize::MAX),
        _ => Ok(()),
    }
}
