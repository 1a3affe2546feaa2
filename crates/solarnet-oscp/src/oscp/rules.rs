//! Rules that the protocol's schemas do not have, and without which a message makes no sense. They hold for what is made
//! and sent; what others send is read as the schemas say.

use energy_core::BuildError;
use energy_core::check::Direction;

use super::{EnergyMeasurement, ForecastedBlock};

/// A block ends after it begins.
pub(crate) fn block(block: &ForecastedBlock, direction: Direction) -> Result<(), BuildError> {
    if direction == Direction::Sent && block.end_time <= block.start_time {
        return Err(BuildError::new("end_time", "must be after start_time"));
    }
    Ok(())
}

/// A span that is measured does not end before it begins.
pub(crate) fn energy(measurement: &EnergyMeasurement, direction: Direction) -> Result<(), BuildError> {
    let backwards = measurement
        .initial_measure_time
        .is_some_and(|initial| initial > measurement.measure_time);
    if direction == Direction::Sent && backwards {
        return Err(BuildError::new(
            "initial_measure_time",
            "must not be after measure_time",
        ));
    }
    Ok(())
}
