use std::collections::HashMap;

use crate::{Component, ComponentId, CrossEpochId};

/// Which ids a component had in the epochs of its plant, so that its values become one series.
///
/// Add the components of every epoch that matters: of the first and the last day of what is asked for, and of each day on
/// which an epoch begins ([`Component::epoch_active_from`]). An id that is not known stays a device of its own, and so do
/// trackers, of which no id is known that stays.
#[derive(Clone, Debug, Default)]
pub struct Epochs(HashMap<ComponentId, CrossEpochId>);

impl Epochs {
    /// Nothing yet: every id is a component of its own.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds the components of a day, as [`ListComponents`](crate::ListComponents) gives them.
    #[must_use]
    pub fn with<'a>(mut self, components: impl IntoIterator<Item = &'a Component>) -> Self {
        let known = components
            .into_iter()
            .filter_map(|component| Some((component.id.clone(), component.cross_epoch_id.clone()?)));
        self.0.extend(known);
        self
    }

    /// The id that the component keeps.
    pub fn cross_epoch_id(&self, component: &ComponentId) -> Option<&CrossEpochId> {
        self.0.get(component)
    }
}
