//! What the account has.

use std::collections::BTreeMap;

use serde_json::{Map, Value};
use time::OffsetDateTime;

use super::assets::Asset;
use super::groups::Group;
use super::instructions::Instruction;
use super::settings::Settings;
use super::systems::System;
use crate::noise;

/// The two kinds of systems of others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Role {
    Provider,
    Optimizer,
}

impl Role {
    /// As it stands in JSON.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Provider => "CapacityProvider",
            Self::Optimizer => "CapacityOptimizer",
        }
    }

    /// As it stands in source ids.
    pub(super) fn alias(self) -> &'static str {
        match self {
            Self::Provider => "cp",
            Self::Optimizer => "co",
        }
    }
}

/// Which system: each role counts its own ids.
pub(super) type SystemKey = (Role, i64);

/// Free-form properties of an entity.
pub(super) type Props = Map<String, Value>;

/// Everything that can be changed. The maps keep the order of ids, as lists do.
#[derive(Debug, Default)]
pub(super) struct State {
    pub(super) user_settings: Option<Settings>,
    pub(super) systems: BTreeMap<SystemKey, System>,
    pub(super) groups: BTreeMap<i64, Group>,
    pub(super) group_settings: BTreeMap<i64, Settings>,
    pub(super) assets: BTreeMap<i64, Asset>,
    pub(super) instructions: BTreeMap<i64, Instruction>,
    counters: BTreeMap<&'static str, i64>,
}

impl State {
    /// The next number of a kind, from 1.
    pub(super) fn next(&mut self, kind: &'static str) -> i64 {
        let counter = self.counters.entry(kind).or_default();
        *counter += 1;
        *counter
    }

    /// A new token: base64 of 48 bytes.
    pub(super) fn new_token(&mut self) -> String {
        let number = self.next("token");
        let words = (0..6).flat_map(|part| noise::hash(&[number, part, 48]).to_be_bytes());
        super::crypt::base64(&words.collect::<Vec<u8>>())
    }

    /// A new id for a request, of the shape of a UUID.
    pub(super) fn new_request_id(&mut self) -> String {
        let number = self.next("request");
        let (high, low) = (noise::hash(&[number, 1]), noise::hash(&[number, 2]));
        format!(
            "{:08x}-{:04x}-4{:03x}-8{:03x}-{:012x}",
            high >> 32,
            (high >> 16) & 0xFFFF,
            high & 0xFFF,
            low >> 52,
            low & 0xFFFF_FFFF_FFFF
        )
    }

    /// Removes a system with its groups, their settings and their assets.
    pub(super) fn remove_system(&mut self, key: SystemKey) {
        self.systems.remove(&key);
        let groups: Vec<i64> = (self.groups.iter())
            .filter(|(_, group)| group.system(key.0) == key)
            .map(|(id, _)| *id)
            .collect();
        for group in groups {
            self.remove_group(group);
        }
    }

    /// Removes a group with its settings and assets.
    pub(super) fn remove_group(&mut self, id: i64) {
        self.groups.remove(&id);
        self.group_settings.remove(&id);
        self.assets.retain(|_, asset| asset.group != id);
    }
}

/// When an entity was made and changed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Dates {
    pub(super) created: OffsetDateTime,
    pub(super) modified: OffsetDateTime,
}

impl Dates {
    /// Made now, or changed now if it was there before.
    pub(super) fn touched(before: Option<Self>, now: OffsetDateTime) -> Self {
        Self {
            created: before.map_or(now, |dates| dates.created),
            modified: now,
        }
    }
}
