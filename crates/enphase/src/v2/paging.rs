use energy_core::Paginated;

use super::{ListSystems, System, SystemPage};

impl Paginated for ListSystems {
    type Item = System;

    fn next(&self, page: &SystemPage) -> Option<Self> {
        let cursor = page.next.as_deref().filter(|cursor| !cursor.is_empty())?;
        Some(self.clone().next(cursor))
    }

    fn items(page: SystemPage) -> Vec<System> {
        page.systems
    }
}
