//! Why a source gives no answer.

use std::error::Error as StdError;
use std::fmt;

use time::OffsetDateTime;

use super::Question;
use crate::auth::AuthError;
use crate::error::Error;
use crate::model::words::any_of;
use crate::model::{Answer, Capabilities, Capability, Requirement, Shortfall, SiteId};
use crate::transport::{TransportError, TransportErrorKind};

/// Why a source gives no answer.
///
/// | error | sent? | what to do |
/// |---|---|---|
/// | `Refused` | no | ask for what it says the source can give instead |
/// | `Site` | no | complete the site, or take it from the source that lists it |
/// | `Call` | see [`Error`] | what that says |
/// | `Data` | yes | report it: the service answered something that makes no series |
/// | `Unreachable` | no | try later |
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SourceError {
    /// The source is known not to have it.
    #[error(transparent)]
    Refused(Box<Refusal>),
    /// The site does not say what the source needs to know of it.
    #[error("{provider}: the site {site} {reason}")]
    Site {
        /// The service.
        provider: &'static str,
        /// The site.
        site: SiteId,
        /// What is missing.
        reason: String,
    },
    /// A call failed.
    #[error("{provider}: {source}")]
    Call {
        /// The service.
        provider: &'static str,
        /// Why.
        source: Box<Error>,
    },
    /// An answer makes no series.
    #[error("{provider}: the answer makes no series: {source}")]
    Data {
        /// The service.
        provider: &'static str,
        /// Why.
        source: Box<dyn StdError + Send + Sync>,
    },
    /// Not asked, because the service was not reached for other sites of this round: see [`Fleet`](super::Fleet).
    #[error("{provider}: not asked, because the service was not reached for {failures} sites in a row")]
    Unreachable {
        /// The service.
        provider: &'static str,
        /// For how many.
        failures: u32,
    },
}

impl SourceError {
    /// A call that failed.
    pub fn call(provider: &'static str, error: Error) -> Self {
        let source = Box::new(error);
        Self::Call { provider, source }
    }

    /// An answer that makes no series.
    pub fn data(provider: &'static str, error: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        let source = error.into();
        Self::Data { provider, source }
    }

    /// A site that does not say enough: `reason` goes on after "the site 17".
    pub fn site(provider: &'static str, site: &SiteId, reason: impl Into<String>) -> Self {
        Self::Site {
            provider,
            site: site.clone(),
            reason: reason.into(),
        }
    }

    /// The call that failed, if one did.
    pub fn as_call(&self) -> Option<&Error> {
        match self {
            Self::Call { source, .. } => Some(source),
            _ => None,
        }
    }

    /// What the source refused, if it did.
    pub fn as_refusal(&self) -> Option<&Refusal> {
        match self {
            Self::Refused(refusal) => Some(refusal),
            _ => None,
        }
    }

    /// Whether it is about too many calls, counted by the service or here.
    pub fn is_rate_limited(&self) -> bool {
        self.as_call().is_some_and(Error::is_rate_limited)
    }

    /// Whether the service was not reached, or broke off: no connection, no answer in time, an answer that was not
    /// completed; of the API itself or of its login.
    pub fn is_unreachable(&self) -> bool {
        match self {
            Self::Unreachable { .. } => true,
            Self::Call { source, .. } => exchange_of(source).is_some_and(|error| {
                matches!(
                    error.kind,
                    TransportErrorKind::Connect | TransportErrorKind::Timeout | TransportErrorKind::Interrupted
                )
            }),
            _ => false,
        }
    }

    /// Whether the service was left alone: a refusal, a site that says too little, a quota that is used up.
    pub fn was_not_sent(&self) -> bool {
        match self {
            Self::Refused(_) | Self::Site { .. } | Self::Unreachable { .. } => true,
            Self::Call { source, .. } => matches!(
                source.as_ref(),
                Error::Build { .. } | Error::Refused { .. } | Error::Limited { .. }
            ),
            Self::Data { .. } => false,
        }
    }

    /// When it is worth trying again, if that is known.
    pub fn retry_at(&self) -> Option<OffsetDateTime> {
        self.as_call().and_then(Error::retry_at)
    }
}

/// The failed exchange that an error tells of: of the call, or of its login.
fn exchange_of(error: &Error) -> Option<&TransportError> {
    match error {
        Error::Transport(error) => Some(&error.source),
        Error::Auth { source, .. } => match source.as_ref() {
            AuthError::Transient { source, .. } => source.as_ref()?.downcast_ref(),
            _ => None,
        },
        _ => None,
    }
}

/// A question that a source cannot answer, and what it can give instead.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Refusal {
    /// The service.
    pub provider: &'static str,
    /// What was asked; nothing if it was a forecast.
    pub question: Option<Question>,
    /// What it can give.
    pub instead: Instead,
}

/// What a source can give instead of what was asked.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Instead {
    /// This very thing, once the account has one of `needs`.
    With {
        /// What answers the question.
        capability: Capability,
        /// Any one of these is enough.
        needs: Vec<Requirement>,
    },
    /// This, which comes nearest.
    Nearest {
        /// The offer.
        capability: Capability,
        /// In what it falls short.
        lacks: Vec<Shortfall>,
    },
    /// Other things only; nothing at all if the list is empty.
    Other(Vec<Capability>),
}

impl Refusal {
    /// What answers a question, of `capabilities` for a login that has `granted`.
    ///
    /// # Errors
    ///
    /// The refusal, if nothing does.
    pub(super) fn unless(
        provider: &'static str,
        question: &Question,
        capabilities: &Capabilities,
        granted: &[Requirement],
        now: OffsetDateTime,
    ) -> Result<Capability, Box<Self>> {
        let instead = match capabilities.ask(&question.wish(now), granted) {
            Answer::Yes(capability) => return Ok(capability.clone()),
            Answer::Needs { capability, needs } => Instead::With {
                capability: capability.clone(),
                needs: needs.to_vec(),
            },
            Answer::Less { capability, lacks } => Instead::Nearest {
                capability: capability.clone(),
                lacks,
            },
            Answer::No => Instead::Other(capabilities.all().to_vec()),
        };
        Err(Box::new(Self {
            provider,
            question: Some(question.clone()),
            instead,
        }))
    }
}

impl StdError for Refusal {}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.question {
            Some(question) => write!(f, "{} cannot give {question}", self.provider)?,
            None => write!(f, "{} makes no forecasts", self.provider)?,
        }
        match &self.instead {
            Instead::With { needs, .. } => write!(f, ": that needs {}", any_of(needs)),
            Instead::Nearest { capability, lacks } => {
                let lacks: Vec<String> = lacks.iter().map(ToString::to_string).collect();
                write!(f, "; the nearest it has is {capability} ({})", lacks.join(", "))
            }
            Instead::Other(all) if all.is_empty() => f.write_str("; it has no series at all"),
            Instead::Other(all) => {
                f.write_str("; it has")?;
                for (index, capability) in all.iter().enumerate() {
                    write!(f, "{} {capability}", if index == 0 { "" } else { ";" })?;
                }
                Ok(())
            }
        }
    }
}
