use std::fmt;
use std::time::Duration;

use energy_core::auth::AccessRule;
use energy_core::error::RefusedError;
use energy_core::limit::Window;
use energy_core::model::Requirement;
use energy_core::{Operation, RequestParts};

/// The vendor's plans, from the smallest.
///
/// What a plan allows is known from the documentation and from answers; where neither says, nothing is refused and the
/// service decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Plan {
    /// Without a key: one plane, the estimate, steps of an hour, today and tomorrow, 12 calls an hour.
    Public,
    /// One plane; averages and actual production; steps of half an hour, four days, 60 calls an hour.
    Personal,
    /// Several planes.
    PersonalPlus,
    /// Clear sky, time windows, weather, charts; steps of a quarter of an hour, a week.
    Professional,
    /// As Professional, larger.
    ProfessionalPlus,
    /// By agreement.
    Enterprise,
    /// Client accounts that pay by call.
    PayPerUse,
}

impl Plan {
    pub(crate) const ALL: [Self; 7] = [
        Self::Public,
        Self::Personal,
        Self::PersonalPlus,
        Self::Professional,
        Self::ProfessionalPlus,
        Self::Enterprise,
        Self::PayPerUse,
    ];

    /// The vendor's name of the plan.
    pub fn name(self) -> &'static str {
        match self {
            Self::Public => "Public",
            Self::Personal => "Personal",
            Self::PersonalPlus => "Personal Plus",
            Self::Professional => "Professional",
            Self::ProfessionalPlus => "Professional Plus",
            Self::Enterprise => "Enterprise",
            Self::PayPerUse => "Pay-per-use",
        }
    }

    /// How many planes one call may have, where that is known.
    pub fn planes(self) -> Option<usize> {
        (self <= Self::Personal).then_some(1)
    }

    /// The quota, where it is known.
    pub fn quota(self) -> Option<Window> {
        let hour = Duration::from_secs(3600);
        match self {
            Self::Public => Some(Window::new("12 calls an hour (Public)", 12, hour)),
            Self::Personal => Some(Window::new("60 calls an hour (Personal)", 60, hour)),
            _ => None,
        }
    }

    /// What an account has that is on this plan.
    pub(crate) fn requirement(self) -> Requirement {
        Requirement::Plan(self.name().to_owned())
    }

    pub(crate) fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|plan| plan.name() == name)
    }
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Refuses what a plan is known not to have.
#[derive(Debug)]
pub(crate) struct PlanRule(pub(crate) Plan);

impl AccessRule for PlanRule {
    fn permit(&self, operation: &'static Operation, parts: &RequestParts) -> Result<(), RefusedError> {
        let plan = self.0;
        if let Some(needed) = operation.access.and_then(Plan::from_name)
            && plan < needed
        {
            let reason = format!("needs the plan {needed} or a larger one; this client was built for {plan}");
            return Err(RefusedError::new(needed.name(), reason));
        }
        let planes = planes_asked_for(operation, parts);
        if plan.planes().is_some_and(|allowed| planes > allowed) {
            let needed = Plan::PersonalPlus;
            let reason = format!("{planes} planes need the plan {needed} or a larger one; {plan} has one plane");
            return Err(RefusedError::new(needed.name(), reason));
        }
        if plan == Plan::Public && parts.query_pairs().iter().any(|(name, _)| name == "actual") {
            let needed = Plan::Personal;
            return Err(RefusedError::new(
                needed.name(),
                format!("`actual` needs the plan {needed} or a larger one"),
            ));
        }
        Ok(())
    }

    fn granted(&self) -> Option<Vec<Requirement>> {
        Some(vec![self.0.requirement()])
    }
}

/// Each plane is three segments in place of the one that the template has for all. Checks are open to everybody, and
/// nothing is said of how many planes they take.
fn planes_asked_for(operation: &Operation, parts: &RequestParts) -> usize {
    if !operation.path.ends_with("/{planes}") || operation.path.starts_with("/check/") {
        return 0;
    }
    let before = operation.path.matches('/').count() - 1;
    parts.path().len().saturating_sub(before) / 3
}
