//! The handlers of API v2.

pub(super) mod inventory;
pub(super) mod lifetime;
pub(super) mod readings;
pub(super) mod reply;
pub(super) mod stats;
pub(super) mod summary;
pub(super) mod systems;
pub(super) mod visit;
