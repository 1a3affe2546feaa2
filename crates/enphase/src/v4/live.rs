//! What happens at a site now, frame by frame.

use std::pin::Pin;
use std::task::{Context, Poll};

use energy_core::Error;
use energy_core::events::{Event, Events};
use futures_core::Stream;
use serde_json::Value;
use time::OffsetDateTime;

use super::{Client, GetLiveData, LiveFrame};
use crate::Refusal;

/// Frames of live data: a [`Stream`], or [`LiveData::next`] without a stream library.
///
/// It ends when the time is over that was asked for, and after an error. Nobody connects again: each call costs money
/// beyond the plan.
#[derive(Debug)]
#[must_use = "frames are read as they are asked for"]
pub struct LiveData {
    events: Events,
    ended: bool,
}

/// Why live data ended before their time.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LiveDataError {
    /// The call failed: it was refused, or the connection broke.
    #[error(transparent)]
    Call(#[from] Error),
    /// The service ended the stream in its own words.
    #[error("the service ended the live data: {}{}", .0.messages.join(": "), .0.code.as_deref().map(|code| format!(" [{code}]")).unwrap_or_default())]
    Ended(Box<Refusal>),
    /// A frame that is none.
    #[error("a frame of live data cannot be read: {reason}")]
    Unreadable {
        /// What is wrong with it.
        reason: String,
        /// The frame as it came.
        frame: String,
    },
}

/// Asks for live data; sent once, whatever happens.
///
/// ```no_run
/// # async fn example(client: enphase::v4::Client) -> Result<(), Box<dyn std::error::Error>> {
/// use enphase::v4::{GetLiveData, live_data};
///
/// let mut frames = live_data(&client, &GetLiveData::new(4711203).duration(60)).await?;
/// while let Some(frame) = frames.next().await {
///     let now = frame?.data;
///     println!("{:?} W produced, {:?} W used", now.pv_power, now.consumption_power);
/// }
/// # Ok(()) }
/// ```
///
/// # Errors
///
/// A site or gateway without live data, a wrong `duration`, and all that any call may end with.
pub async fn live_data(client: &Client, request: &GetLiveData) -> Result<LiveData, Error> {
    let events = client.call(request).events().await?;
    Ok(LiveData { events, ended: false })
}

impl LiveData {
    /// The next frame, or `None` at the end.
    pub async fn next(&mut self) -> Option<Result<LiveFrame, LiveDataError>> {
        std::future::poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }
}

impl Stream for LiveData {
    type Item = Result<LiveFrame, LiveDataError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.ended {
            return Poll::Ready(None);
        }
        Pin::new(&mut self.events).poll_next(context).map(|event| {
            let frame = event?.map_err(LiveDataError::Call).and_then(|event| read(&event));
            self.ended = frame.is_err();
            Some(frame)
        })
    }
}

/// The frame of an event, which the service puts into one more object, or does not.
fn read(event: &Event) -> Result<LiveFrame, LiveDataError> {
    let unreadable = |error: serde_json::Error| LiveDataError::Unreadable {
        reason: error.to_string(),
        frame: event.data.clone(),
    };
    let mut frame: Value = serde_json::from_str(&event.data).map_err(unreadable)?;
    if let Some(inner) = frame.get_mut("data")
        && (inner.get("data").is_some() || inner.get("error").is_some())
    {
        frame = inner.take();
    }
    if frame.get("error").is_some() {
        let refusal = serde_json::from_value(frame).map_err(unreadable)?;
        return Err(LiveDataError::Ended(Box::new(refusal)));
    }
    serde_json::from_value(frame).map_err(unreadable)
}

impl LiveFrame {
    /// When it was measured. The service counts milliseconds since 1970, in error frames sometimes seconds.
    pub fn at(&self) -> Option<OffsetDateTime> {
        /// As seconds, in the year 5138; as milliseconds, in 1973.
        const NO_SECONDS: i64 = 100_000_000_000;
        let epoch = self.timestamp_epoch?;
        if epoch < NO_SECONDS {
            OffsetDateTime::from_unix_timestamp(epoch).ok()
        } else {
            OffsetDateTime::from_unix_timestamp_nanos(i128::from(epoch) * 1_000_000).ok()
        }
    }
}
