//! Scheduled reports that are made on request: queued, asked for, and written to a file.

use std::time::Duration;

use energy_core::http::StatusCode;
use energy_core::url::Url;
use energy_core::{Downloaded, Error, Progress, Secret};
use tokio::io::AsyncWrite;

use crate::{Client, GenerateScheduledReport, GenerationStarted, PollScheduledReport, ScheduledReportId};

/// A report that is being made.
///
/// The service gives an address to ask at, whose host may be its own loopback address. Only the id and the token are
/// taken from it; the question goes to the address that the client was built with.
#[derive(Clone, Debug)]
pub struct Generation {
    report: ScheduledReportId,
    token: Secret,
    interval: Duration,
}

/// Why a report was not made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum GenerationError {
    /// The service could not be asked.
    #[error(transparent)]
    Call(#[from] Error),
    /// The service queued the report and gave no token to ask for it.
    #[error("the service gave no token to ask for the report with")]
    NoToken,
    /// It took longer than was allowed.
    #[error("the report was not there after {waited:?}; ask for it again with the same `Generation`")]
    TooLate {
        /// How long was waited.
        waited: Duration,
    },
}

impl GenerationStarted {
    /// What is needed to ask for the report; nothing if there is no token in the address.
    pub fn generation(&self, report: impl Into<ScheduledReportId>) -> Option<Generation> {
        let address = self.poll_uri.expose();
        // It may be relative, too.
        let url = Url::parse(address)
            .or_else(|_| Url::parse("http://relative.invalid")?.join(address))
            .ok()?;
        let value = |name: &str| {
            let mut pairs = url.query_pairs();
            pairs.find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
        };
        Some(Generation {
            report: value("id")
                .filter(|id| !id.is_empty())
                .map_or_else(|| report.into(), ScheduledReportId::from),
            token: Secret::new(value("token").filter(|token| !token.is_empty())?),
            interval: self.interval.clamp(Duration::from_secs(1), Duration::from_secs(86_400)),
        })
    }
}

impl Generation {
    /// Queues a report.
    ///
    /// # Errors
    ///
    /// As [`Client::send`]; and [`GenerationError::NoToken`].
    pub async fn start(client: &Client, report: impl Into<ScheduledReportId>) -> Result<Self, GenerationError> {
        let report = report.into();
        let started = client.send(&GenerateScheduledReport::new(report.clone())).await?;
        started.generation(report).ok_or(GenerationError::NoToken)
    }

    /// How long to wait between two questions.
    pub fn interval(&self) -> Duration {
        self.interval
    }

    /// Asks at the service's pace, and writes the PDF to `writer` once it is there, telling `progress` after each piece.
    ///
    /// - `patience`: how long to ask at most, by the client's clock.
    ///
    /// # Errors
    ///
    /// [`GenerationError`]. Dropping the future ends the asking; the report goes on being made.
    pub async fn download<W>(
        &self,
        client: &Client,
        patience: Duration,
        writer: &mut W,
        mut progress: impl FnMut(Progress) + Send,
    ) -> Result<Downloaded, GenerationError>
    where
        W: AsyncWrite + Unpin + Send,
    {
        let clock = client.setup().clock;
        let began = clock.elapsed();
        let request = PollScheduledReport::new(self.report.clone(), self.token.clone());
        loop {
            let waited = clock.elapsed().saturating_sub(began);
            if waited.saturating_add(self.interval) > patience {
                return Err(GenerationError::TooLate { waited });
            }
            clock.sleep(self.interval).await;
            match client.call(&request).download(writer, &mut progress).await {
                Ok(done) => return Ok(done),
                Err(error) if error.status() == Some(StatusCode::TOO_EARLY) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
}
