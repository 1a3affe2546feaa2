//! OSCP messages that SolarNetwork sends because it is told to.

use std::fmt;

use energy_core::BuildError;
use energy_core::check::{Direction, Rules};
use serde::Serialize;

use crate::oscp::{
    AdjustGroupCapacityForecast, GroupCapacityComplianceError, Handshake, UpdateAssetMeasurements,
    UpdateGroupMeasurements,
};
use crate::{
    AddOscpInstruction, CapacityOptimizerId, Instruction, InstructionAction, InstructionInput, InstructionParameters,
    InstructionState, NodeId,
};

/// A message that an instruction can send.
///
/// UpdateGroupCapacityForecast is not among them: the service queues it and declines it later, whatever it says.
pub trait InstructionMessage: Serialize + Rules {
    /// What the service calls it.
    const ACTION: InstructionAction;

    #[doc(hidden)]
    fn group_id(&self) -> Option<&str> {
        None
    }
}

macro_rules! instruction_messages {
    ($($message:ident as $action:ident $(, group $group:ident)?;)+) => { $(
        impl InstructionMessage for $message {
            const ACTION: InstructionAction = InstructionAction::$action;
            $(
                fn group_id(&self) -> Option<&str> {
                    Some(&self.$group)
                }
            )?
        }
    )+ };
}

instruction_messages! {
    AdjustGroupCapacityForecast as AdjustGroupCapacityForecast, group group_id;
    GroupCapacityComplianceError as GroupCapacityComplianceError;
    Handshake as Handshake;
    UpdateAssetMeasurements as UpdateAssetMeasurement, group group_id;
    UpdateGroupMeasurements as UpdateGroupMeasurements, group group_id;
}

impl AddOscpInstruction {
    /// The instruction to send `message` for a group, in the name of a node.
    ///
    /// - `optimizer`: the capacity optimizer of the group, in whose place SolarNetwork sends it.
    /// - `group`: the identifier of the group, as in OSCP messages.
    ///
    /// ```
    /// use solarnet_oscp::oscp::GroupCapacityComplianceError;
    /// use solarnet_oscp::{AddOscpInstruction, CapacityOptimizerId, NodeId};
    ///
    /// let message = GroupCapacityComplianceError::new("Three vehicles must leave fully charged.");
    /// let request = AddOscpInstruction::of(NodeId::from(321), CapacityOptimizerId::from(12), "north-quay", &message)?;
    /// # let _ = request;
    /// # Ok::<(), solarnet_oscp::energy_core::BuildError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// A message that breaks a rule of OSCP, or is about another group: the service would decline it.
    pub fn of<M: InstructionMessage>(
        node: NodeId,
        optimizer: CapacityOptimizerId,
        group: impl Into<String>,
        message: &M,
    ) -> Result<Self, BuildError> {
        message.check(Direction::Sent)?;
        let group = group.into();
        if let Some(other) = message.group_id()
            && other != group
        {
            let reason = format!("the message is about `{other}`, and the instruction about `{group}`");
            return Err(BuildError::new("group_id", reason));
        }
        let text = serde_json::to_string(message).map_err(|error| BuildError::new("msg", error.to_string()))?;
        let parameters = InstructionParameters::new(M::ACTION, optimizer.get().to_string(), group, text);
        Ok(Self::new(InstructionInput::new(node, parameters)))
    }
}

/// What became of an instruction. Failure is not an error of HTTP here.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum InstructionOutcome {
    /// Nothing yet. Read it again with [`ViewInstruction`](crate::ViewInstruction).
    Pending,
    /// It was carried out.
    Completed,
    /// It will not be carried out.
    Declined(Declined),
}

/// Why an instruction was declined.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Declined {
    /// Which of the known reasons it is.
    pub reason: DeclinedReason,
    /// The service's words, if it gave any.
    pub message: Option<String>,
}

/// The known reasons for declining an instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DeclinedReason {
    /// No action was named.
    MissingAction,
    /// No capacity optimizer was named.
    MissingOptimizer,
    /// The capacity optimizer is no number.
    InvalidOptimizer,
    /// No group was named.
    MissingGroup,
    /// The account has no such capacity optimizer.
    UnknownOptimizer,
    /// The optimizer has no group with this identifier.
    UnknownGroup,
    /// The capacity provider of the group is not there.
    UnknownProvider,
    /// Anything else: read the message.
    Other,
}

impl DeclinedReason {
    fn of(message: &str) -> Self {
        match message {
            "Missing OSCP action" => Self::MissingAction,
            "Missing capacity optimizer ID" => Self::MissingOptimizer,
            "Invalid capacity optimizer ID" => Self::InvalidOptimizer,
            "Missing group identifier" => Self::MissingGroup,
            "Unknown capacity optimizer" => Self::UnknownOptimizer,
            "Unknown group identifier" => Self::UnknownGroup,
            "Unknown capacity provider" => Self::UnknownProvider,
            _ => Self::Other,
        }
    }
}

impl fmt::Display for Declined {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.message {
            Some(message) => write!(f, "the instruction was declined: {message}"),
            None => f.write_str("the instruction was declined without a reason"),
        }
    }
}

impl std::error::Error for Declined {}

impl Instruction {
    /// What became of it.
    pub fn outcome(&self) -> InstructionOutcome {
        match self.state {
            InstructionState::Completed => InstructionOutcome::Completed,
            InstructionState::Declined => {
                let results = self.result_parameters.as_ref();
                let message = results.and_then(|results| results.get("error")?.as_str().map(str::to_owned));
                let reason = message.as_deref().map_or(DeclinedReason::Other, DeclinedReason::of);
                InstructionOutcome::Declined(Declined { reason, message })
            }
            _ => InstructionOutcome::Pending,
        }
    }

    /// The OSCP message, put together again where the service keeps it in pieces.
    pub fn message(&self) -> String {
        let parameters = self.parameters.iter().flatten();
        parameters
            .filter(|parameter| parameter.name == "msg")
            .map(|parameter| parameter.value.as_str())
            .collect()
    }
}
