//! What changes while the sandbox runs.

use super::applications::{PARTNER, V2_LIMITS, WATT};
use super::face::EnphaseApp;
use super::quota::Quota;
use super::tokens::Tokens;
use super::v4::settings::Settings;

/// Tokens, counters, settings.
#[derive(Debug)]
pub(super) struct State {
    pub(super) tokens: Tokens,
    watt: Quota,
    partner: Quota,
    pub(super) v2_quota: Quota,
    /// Of the metered site: no other has anything to set.
    pub(super) settings: Settings,
    pub(super) repeat_cursor: bool,
}

impl State {
    pub(super) fn new() -> Self {
        Self {
            tokens: Tokens::default(),
            watt: Quota::new(WATT.limits),
            partner: Quota::new(PARTNER.limits),
            v2_quota: Quota::new(V2_LIMITS),
            settings: Settings::default(),
            repeat_cursor: false,
        }
    }

    pub(super) fn quota(&mut self, app: EnphaseApp) -> &mut Quota {
        match app {
            EnphaseApp::Watt => &mut self.watt,
            EnphaseApp::Partner => &mut self.partner,
        }
    }
}
