//! Where files of reads are pushed to.

use serde_json::{Map, Value, json};
use time::OffsetDateTime;

use super::access::Visit;
use super::input::{Body, needed, parameter};
use super::property::known_property;
use super::reply::{Outcome, Problem, done, list};
use super::stamp::{cycle, stamp};
use super::state::{Dates, State};

const METHODS: [&str; 7] = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];

/// The format of a pushed file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FileType {
    Csv,
    Json,
    Xml,
}

impl FileType {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Csv => "CSV",
            Self::Json => "JSON",
            Self::Xml => "XML",
        }
    }

    fn read(body: &Body) -> Result<Self, Problem> {
        let name = body.needed_text("file_type")?;
        let known = [Self::Csv, Self::Json, Self::Xml];
        (known.into_iter().find(|kind| kind.name().eq_ignore_ascii_case(&name)))
            .ok_or_else(|| Problem::senseless("'file_type' must be CSV, JSON or XML."))
    }
}

#[derive(Clone, Debug)]
pub(super) struct HttpUpload {
    pub(super) url: String,
    pub(super) body: Option<Map<String, Value>>,
    pub(super) header: Option<Map<String, Value>>,
    pub(super) method: &'static str,
    pub(super) expected_code: i64,
    pub(super) file_type: FileType,
    dates: Dates,
    /// The cycle that was pushed last.
    pub(super) pushed: OffsetDateTime,
}

#[derive(Clone, Debug)]
pub(super) struct FtpsUpload {
    host: String,
    user: String,
    path: Option<String>,
    port: i64,
    file_type: FileType,
    dates: Dates,
}

/// What a body says it is: an object, or nothing.
fn object(body: &Body, name: &str) -> Result<Option<Map<String, Value>>, Problem> {
    match body.value(name) {
        None => Ok(None),
        Some(Value::Object(map)) => Ok(Some(map.clone())),
        Some(_) => Err(Problem::senseless(format!("'{name}' must be a JSON object."))),
    }
}

/// The properties that are asked for.
fn wanted<'a, T>(
    visit: &Visit<'_>,
    state: &State,
    uploads: impl Iterator<Item = (&'a String, &'a T)>,
    json: impl Fn(&str, &T) -> Value,
) -> Outcome
where
    T: 'a,
{
    let property = match parameter(visit.call, "property") {
        Some(id) => Some(known_property(state, id)?),
        None => None,
    };
    let rows = uploads.filter(|(id, _)| property.as_ref().is_none_or(|wanted| wanted == *id));
    list(rows.map(|(id, upload)| json(id, upload)))
}

/// Settings are written over, but stay as old as they are.
fn dates(before: Option<Dates>, now: OffsetDateTime) -> Dates {
    Dates {
        created: before.map_or(now, |dates| dates.created),
        updated: now,
    }
}

pub(super) fn list_http(visit: &Visit<'_>, state: &mut State) -> Outcome {
    wanted(
        visit,
        state,
        state.http_uploads.iter(),
        |property, upload: &HttpUpload| {
            json!({
                "body": upload.body,
                "created": stamp(upload.dates.created),
                "expected_code": upload.expected_code,
                "file_type": upload.file_type.name(),
                "header": upload.header,
                "method": upload.method,
                "property": property,
                "updated": stamp(upload.dates.updated),
                "url": upload.url,
            })
        },
    )
}

pub(super) fn update_http(visit: &Visit<'_>, state: &mut State) -> Outcome {
    let property = known_property(state, needed(visit.call, "property")?)?;
    let body = Body::of(visit.call)?;
    let method = body.text("method")?.unwrap_or_else(|| "POST".to_owned());
    let method = (METHODS.into_iter().find(|known| known.eq_ignore_ascii_case(&method)))
        .ok_or_else(|| Problem::senseless(format!("'method' must be one of {}.", METHODS.join(", "))))?;
    let expected_code = body.whole("expected_code")?.unwrap_or(200);
    if !(100..=599).contains(&expected_code) {
        return Err(Problem::senseless("'expected_code' must be an HTTP status."));
    }
    let before = state.http_uploads.get(&property);
    let upload = HttpUpload {
        url: body.needed_text("url")?,
        body: object(&body, "body")?,
        header: object(&body, "header")?,
        method,
        expected_code,
        file_type: FileType::read(&body)?,
        dates: dates(before.map(|upload| upload.dates), visit.now()),
        pushed: before.map_or_else(|| cycle(visit.now()), |upload| upload.pushed),
    };
    state.http_uploads.insert(property, upload);
    done()
}

pub(super) fn disable_http(visit: &Visit<'_>, state: &mut State) -> Outcome {
    let property = known_property(state, needed(visit.call, "property")?)?;
    match state.http_uploads.remove(&property) {
        Some(_) => done(),
        None => Err(Problem::unknown("HTTP file upload of property", &property)),
    }
}

pub(super) fn list_ftps(visit: &Visit<'_>, state: &mut State) -> Outcome {
    wanted(
        visit,
        state,
        state.ftps_uploads.iter(),
        |property, upload: &FtpsUpload| {
            json!({
                "created": stamp(upload.dates.created),
                "file_type": upload.file_type.name(),
                "host": upload.host,
                "path": upload.path,
                "port": upload.port,
                "property": property,
                "updated": stamp(upload.dates.updated),
                "user": upload.user,
            })
        },
    )
}

pub(super) fn update_ftps(visit: &Visit<'_>, state: &mut State) -> Outcome {
    let property = known_property(state, needed(visit.call, "property")?)?;
    let body = Body::of(visit.call)?;
    let port = body.whole("port")?.unwrap_or(22);
    if !(1..=65535).contains(&port) {
        return Err(Problem::senseless("'port' must be between 1 and 65535."));
    }
    // It is never shown again, and nothing here logs in with it.
    body.needed_text("password")?;
    let before = state.ftps_uploads.get(&property);
    let upload = FtpsUpload {
        host: body.needed_text("host")?,
        user: body.needed_text("user")?,
        path: body.text("path")?,
        port,
        file_type: FileType::read(&body)?,
        dates: dates(before.map(|upload| upload.dates), visit.now()),
    };
    state.ftps_uploads.insert(property, upload);
    done()
}

pub(super) fn disable_ftps(visit: &Visit<'_>, state: &mut State) -> Outcome {
    let property = known_property(state, needed(visit.call, "property")?)?;
    match state.ftps_uploads.remove(&property) {
        Some(_) => done(),
        None => Err(Problem::unknown("FTPS file upload of property", &property)),
    }
}
