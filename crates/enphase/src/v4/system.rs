use energy_core::model::TimeZone;

use super::System;

impl System {
    /// Its time zone, in which its days begin and end; the service does not always know it.
    pub fn time_zone(&self) -> Option<TimeZone> {
        self.timezone.as_deref().map(TimeZone::named)
    }
}
