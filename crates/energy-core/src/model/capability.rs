//! What a source can give, asked before it is called.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{Direction, Quantity, ScopeLevel, ValueKind};

/// What an account must have for a capability.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Requirement {
    /// A subscription plan of this name.
    Plan(String),
    /// A bookable package of this name.
    Package(String),
    /// A permission of this name, granted to the application or the user.
    Permission(String),
}

/// How far a source reaches from now, back or ahead.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Reach {
    /// Not at all.
    Nothing,
    /// At least this far. "Today and tomorrow" is what is certain late in the evening: a day.
    UpTo(Duration),
    /// As far as there are data.
    Unlimited,
}

impl Reach {
    /// Whether it is far enough.
    pub fn covers(self, distance: Duration) -> bool {
        match self {
            Self::Nothing => distance.is_zero(),
            Self::UpTo(limit) => distance <= limit,
            Self::Unlimited => true,
        }
    }
}

/// One thing a source can give.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Capability {
    /// What it measures or expects.
    pub quantity: Quantity,
    /// How its values relate to time.
    pub kind: ValueKind,
    /// Which way energy flows; `None` where that means nothing.
    pub direction: Option<Direction>,
    /// How deep into the installation it looks.
    pub level: ScopeLevel,
    /// The finest distance between points; `None` if the source does not say.
    pub resolution: Option<Duration>,
    /// How far into the past.
    pub back: Reach,
    /// How far into the future.
    pub ahead: Reach,
    /// **Any one** of these is enough; none listed means that nothing is needed.
    pub requires_any: Vec<Requirement>,
}

impl Capability {
    /// A capability open to everybody that reaches neither back nor ahead: the present.
    pub fn new(quantity: Quantity, kind: ValueKind, level: ScopeLevel) -> Self {
        Self {
            quantity,
            kind,
            direction: None,
            level,
            resolution: None,
            back: Reach::Nothing,
            ahead: Reach::Nothing,
            requires_any: Vec::new(),
        }
    }

    /// Flowing this way.
    #[must_use]
    pub fn with_direction(mut self, direction: Direction) -> Self {
        self.direction = Some(direction);
        self
    }

    /// With points this far apart.
    #[must_use]
    pub fn with_resolution(mut self, resolution: Duration) -> Self {
        self.resolution = Some(resolution);
        self
    }

    /// Reaching this far into the past.
    #[must_use]
    pub fn with_back(mut self, back: Reach) -> Self {
        self.back = back;
        self
    }

    /// Reaching this far into the future.
    #[must_use]
    pub fn with_ahead(mut self, ahead: Reach) -> Self {
        self.ahead = ahead;
        self
    }

    /// Needing this; with several, any one of them is enough.
    #[must_use]
    pub fn with_requirement(mut self, requirement: Requirement) -> Self {
        self.requires_any.push(requirement);
        self
    }

    fn granted_by(&self, granted: &[Requirement]) -> bool {
        self.requires_any.is_empty() || self.requires_any.iter().any(|one| granted.contains(one))
    }
}

/// What somebody wants from a source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Wish {
    /// The quantity.
    pub quantity: Quantity,
    /// The level.
    pub level: ScopeLevel,
    /// The kind of value; `None` takes any.
    pub kind: Option<ValueKind>,
    /// The direction; `None` takes any.
    pub direction: Option<Direction>,
    /// Points at most this far apart; `None` takes any distance.
    pub resolution: Option<Duration>,
    /// How far into the past.
    pub back: Duration,
    /// How far into the future.
    pub ahead: Duration,
}

impl Wish {
    /// A quantity at a level, at present, of any kind and direction.
    pub fn new(quantity: Quantity, level: ScopeLevel) -> Self {
        Self {
            quantity,
            level,
            kind: None,
            direction: None,
            resolution: None,
            back: Duration::ZERO,
            ahead: Duration::ZERO,
        }
    }

    /// Of this kind.
    #[must_use]
    pub fn with_kind(mut self, kind: ValueKind) -> Self {
        self.kind = Some(kind);
        self
    }

    /// Flowing this way.
    #[must_use]
    pub fn with_direction(mut self, direction: Direction) -> Self {
        self.direction = Some(direction);
        self
    }

    /// With points at most this far apart.
    #[must_use]
    pub fn with_resolution(mut self, resolution: Duration) -> Self {
        self.resolution = Some(resolution);
        self
    }

    /// Reaching this far into the past.
    #[must_use]
    pub fn with_back(mut self, back: Duration) -> Self {
        self.back = back;
        self
    }

    /// Reaching this far into the future.
    #[must_use]
    pub fn with_ahead(mut self, ahead: Duration) -> Self {
        self.ahead = ahead;
        self
    }

    fn is_about(&self, capability: &Capability) -> bool {
        self.quantity == capability.quantity
            && self.kind.is_none_or(|kind| kind == capability.kind)
            && self
                .direction
                .is_none_or(|direction| capability.direction == Some(direction))
    }

    fn lacks(&self, capability: &Capability) -> Vec<Shortfall> {
        let mut lacks = Vec::new();
        if self.level != capability.level {
            lacks.push(Shortfall::Level);
        }
        // A source that does not state its resolution has not promised one.
        if let Some(wanted) = self.resolution
            && capability.resolution.is_none_or(|offered| offered > wanted)
        {
            lacks.push(Shortfall::Resolution);
        }
        if !capability.back.covers(self.back) {
            lacks.push(Shortfall::Back);
        }
        if !capability.ahead.covers(self.ahead) {
            lacks.push(Shortfall::Ahead);
        }
        lacks
    }
}

/// In what respect an offer falls short of a wish.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Shortfall {
    /// It looks at another level of the installation.
    Level,
    /// Its points are further apart, or it does not say how far.
    Resolution,
    /// It does not reach far enough into the past.
    Back,
    /// It does not reach far enough into the future.
    Ahead,
}

/// Whether a source can fulfil a wish, and what is needed instead.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Answer<'a> {
    /// Yes, with this.
    Yes(&'a Capability),
    /// Yes, once the account has any one of `needs`.
    Needs {
        /// What would fulfil the wish.
        capability: &'a Capability,
        /// Any one of these is enough.
        needs: &'a [Requirement],
    },
    /// Not quite: this comes nearest and is open to the account.
    Less {
        /// The nearest that the account can have.
        capability: &'a Capability,
        /// In what it falls short; never empty.
        lacks: Vec<Shortfall>,
    },
    /// No, under no plan.
    No,
}

/// All that a source can give.
///
/// ```
/// use energy_core::model::{
///     Answer, Capabilities, Capability, Direction, Quantity, Requirement, ScopeLevel, ValueKind,
///     Wish,
/// };
///
/// let advanced = Requirement::Package("Advanced".to_owned());
/// let power = |level| {
///     Capability::new(Quantity::ActivePower, ValueKind::Instant, level)
///         .with_direction(Direction::Production)
/// };
/// let source = Capabilities::new(vec![
///     power(ScopeLevel::Site),
///     power(ScopeLevel::Inverter).with_requirement(advanced.clone()),
/// ]);
///
/// let wish = Wish::new(Quantity::ActivePower, ScopeLevel::Inverter);
/// let needed = [advanced.clone()];
/// assert!(matches!(source.ask(&wish, &[]), Answer::Needs { needs, .. } if needs == needed));
/// assert!(matches!(source.ask(&wish, &[advanced]), Answer::Yes(_)));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Capabilities(Vec<Capability>);

impl Capabilities {
    /// A source that can give these; where several fit a wish, the one listed first wins.
    pub fn new(capabilities: Vec<Capability>) -> Self {
        Self(capabilities)
    }

    /// Everything that is listed, in order.
    pub fn all(&self) -> &[Capability] {
        &self.0
    }

    /// Whether an account that has `granted` can have what is wished.
    ///
    /// Answers, in this order: what it can have now; what it could have under another plan or
    /// package; the nearest it can have now, which is the offer that lacks least; no.
    pub fn ask(&self, wish: &Wish, granted: &[Requirement]) -> Answer<'_> {
        let mut needs = None;
        let mut less: Option<(&Capability, Vec<Shortfall>)> = None;
        for capability in self.0.iter().filter(|offer| wish.is_about(offer)) {
            let lacks = wish.lacks(capability);
            match (lacks.is_empty(), capability.granted_by(granted)) {
                (true, true) => return Answer::Yes(capability),
                (true, false) => {
                    needs.get_or_insert(capability);
                }
                (false, true) => {
                    if less.as_ref().is_none_or(|(_, least)| lacks.len() < least.len()) {
                        less = Some((capability, lacks));
                    }
                }
                (false, false) => {}
            }
        }
        match (needs, less) {
            (Some(capability), _) => Answer::Needs {
                capability,
                needs: &capability.requires_any,
            },
            (None, Some((capability, lacks))) => Answer::Less { capability, lacks },
            (None, None) => Answer::No,
        }
    }
}
