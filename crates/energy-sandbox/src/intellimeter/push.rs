//! Pushing: after a read cycle, one file for each property that has an HTTP file upload.

use std::sync::Arc;

use bytes::Bytes;
use http::Method;
use serde_json::Value;
use time::OffsetDateTime;

use super::stamp::cycle;
use super::state::State;
use super::{Shared, push_files};
use crate::outgoing;

/// A file of reads that was pushed, or should have been.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct IntellimeterPush {
    /// The property whose meters are in it.
    pub property: String,
    /// When the meters were read.
    pub read_at: OffsetDateTime,
    /// `CSV`, `JSON` or `XML`.
    pub file_type: String,
    /// The method, in capitals.
    pub method: String,
    /// Where it went.
    pub url: String,
    /// The headers it went with, those of the settings last.
    pub headers: Vec<(String, String)>,
    /// The file.
    pub body: String,
    /// The status that the settings expect.
    pub expected_code: u16,
    /// The status of the answer, or why there is none.
    pub outcome: Result<u16, String>,
}

impl IntellimeterPush {
    /// Whether the answer had the status that the settings expect.
    pub fn succeeded(&self) -> bool {
        self.outcome == Ok(self.expected_code)
    }
}

/// Pushes the newest cycle where it has not been pushed, or everywhere.
pub(super) fn push(shared: &Arc<Shared>, again: bool) {
    let now = shared.clock.now();
    let newest = cycle(now);
    let mut state = shared.state();
    let due: Vec<String> = (state.http_uploads.iter())
        .filter(|(_, upload)| again || upload.pushed < newest)
        .map(|(property, _)| property.clone())
        .collect();
    let files: Vec<IntellimeterPush> = due.iter().filter_map(|id| pack(&mut state, id, newest)).collect();
    drop(state);
    for file in files {
        dispatch(shared, file);
    }
}

fn pack(state: &mut State, property: &str, newest: OffsetDateTime) -> Option<IntellimeterPush> {
    let upload = state.http_uploads.get_mut(property)?;
    upload.pushed = upload.pushed.max(newest);
    let upload = upload.clone();
    let mut headers = vec![(
        "content-type".to_owned(),
        push_files::content_type(upload.file_type).to_owned(),
    )];
    for (name, value) in upload.header.iter().flatten() {
        let value = match value {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        headers.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
        headers.push((name.clone(), value));
    }
    Some(IntellimeterPush {
        property: property.to_owned(),
        read_at: newest,
        file_type: upload.file_type.name().to_owned(),
        method: upload.method.to_owned(),
        url: upload.url,
        headers,
        body: push_files::write(state, property, newest, upload.file_type),
        expected_code: u16::try_from(upload.expected_code).unwrap_or(200),
        outcome: Err("not sent".to_owned()),
    })
}

fn dispatch(shared: &Arc<Shared>, mut file: IntellimeterPush) {
    let busy = shared.pushed.begin();
    let on_the_way = Arc::clone(shared);
    shared.runtime.spawn(async move {
        let method = file.method.parse().unwrap_or(Method::POST);
        let body = Bytes::from(file.body.clone());
        file.outcome = outgoing::send(method, &file.url, &file.headers, body).await;
        on_the_way.pushed.remember(file);
        drop(busy);
    });
}
