//! Rules of the management API that no schema can express.

use energy_core::BuildError;
use energy_core::check::Direction;

use crate::{AssetInput, OscpRole};

/// SolarNetwork itself, the Flexibility Provider, gets no measurements.
pub(crate) fn asset(asset: &AssetInput, _: Direction) -> Result<(), BuildError> {
    if asset.audience == OscpRole::FlexibilityProvider {
        return Err(BuildError::new(
            "audience",
            "measurements go to the capacity provider or the capacity optimizer, not to the flexibility provider",
        ));
    }
    Ok(())
}
