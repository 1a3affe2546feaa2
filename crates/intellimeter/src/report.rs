//! Reports on demand: rows, or files of seven formats.

use bytes::Bytes;
use energy_core::http::header;
use energy_core::time::macros::format_description;
use energy_core::time::{Date, PrimitiveDateTime};
use energy_core::{BuildError, DecodeError, Downloaded, Endpoint, HttpResponse, Operation, RequestParts, UrlValue};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{GetDailyGrandTotal, GetIntervalReport, GetPeriodConsumption, GetSingleGrandTotal, Intellimeter, MeterId};

/// Where a report begins or ends: a day, or a local time of the property.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReportTime {
    /// A day.
    Day(Date),
    /// A local time, to the second.
    At(PrimitiveDateTime),
}

impl From<Date> for ReportTime {
    fn from(day: Date) -> Self {
        Self::Day(day)
    }
}

impl From<PrimitiveDateTime> for ReportTime {
    fn from(at: PrimitiveDateTime) -> Self {
        Self::At(at)
    }
}

impl UrlValue for ReportTime {
    fn url_value(&self) -> Option<String> {
        match self {
            Self::Day(day) => day.url_value(),
            Self::At(at) => at
                .format(format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]"))
                .ok(),
        }
    }
}

/// Which meters a report is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportMeters(Vec<MeterId>);

impl ReportMeters {
    /// All of the property.
    pub const ALL: Self = Self(Vec::new());

    /// These meters.
    ///
    /// # Errors
    ///
    /// For none, and for an id with a comma, which would be taken for two.
    pub fn only<I: Into<MeterId>>(meters: impl IntoIterator<Item = I>) -> Result<Self, BuildError> {
        let meters: Vec<MeterId> = meters.into_iter().map(Into::into).collect();
        if meters.is_empty() {
            return Err(BuildError::new(
                "ids",
                "names no meter; for all of them say `ReportMeters::ALL`",
            ));
        }
        match meters
            .iter()
            .find(|id| id.as_str().is_empty() || id.as_str().contains(','))
        {
            Some(wrong) => Err(BuildError::new("ids", format!("`{wrong}` is no id of a meter"))),
            None => Ok(Self(meters)),
        }
    }
}

impl UrlValue for ReportMeters {
    fn url_value(&self) -> Option<String> {
        if self.0.is_empty() {
            return Some("all".to_owned());
        }
        let ids: Vec<&str> = self.0.iter().map(MeterId::as_str).collect();
        Some(ids.join(","))
    }
}

/// The rows of a report. Their fields are not documented, so they are kept as they came.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ReportRows(pub Value);

impl ReportRows {
    /// The rows, if the report is a list of objects.
    pub fn rows(&self) -> impl Iterator<Item = &Map<String, Value>> {
        self.0.as_array().into_iter().flatten().filter_map(Value::as_object)
    }
}

energy_core::closed_enum! {
    /// The format of a report as a file.
    pub enum ReportFormat {
        /// Comma-separated values.
        Csv = "CSV",
        /// XML.
        Xml = "XML",
        /// JSON, as a file.
        Json = "JSON",
        /// YAML.
        Yaml = "YAML",
        /// A workbook.
        Xlsx = "XLSX",
        /// Tab-separated values.
        Tsv = "TSV",
        /// Statements that fill a table; see `table_name`.
        Mysql = "MYSQL",
    }
}

mod sealed {
    pub trait Sealed {}
}

/// A report: `request.into_file(ReportFormat::Csv)`.
pub trait IntoFile: Endpoint<Api = Intellimeter, Output = ReportRows> + sealed::Sealed + Sized {
    /// The same report as a file.
    ///
    /// Send it to have the file in memory, or let the client [download](energy_core::Call::download) it, which keeps
    /// no more than a piece of it in memory:
    ///
    /// ```no_run
    /// # async fn example(client: intellimeter::Client) -> Result<(), Box<dyn std::error::Error>> {
    /// use energy_core::time::macros::date;
    /// use intellimeter::{GetPeriodConsumption, IntoFile, ReportFile, ReportFormat, ReportMeters};
    ///
    /// let (start, end) = (date!(2026 - 02 - 01), date!(2026 - 03 - 01));
    /// let report = GetPeriodConsumption::new("90c1f2aa", start, end, ReportMeters::ALL).into_file(ReportFormat::Csv);
    /// let mut file: Vec<u8> = Vec::new(); // or a file of tokio's
    /// let done = client
    ///     .call(&report)
    ///     .with_max_body(1 << 30)
    ///     .download(&mut file, |progress| println!("{} bytes", progress.received))
    ///     .await?;
    /// println!("{:?}", ReportFile::name_of(&done));
    /// # Ok(()) }
    /// ```
    fn into_file(self, format: ReportFormat) -> FileRequest<Self> {
        FileRequest { request: self, format }
    }
}

macro_rules! reports {
    ($($report:ident),+) => { $(
        impl sealed::Sealed for $report {}
        impl IntoFile for $report {}
    )+ };
}

reports!(
    GetPeriodConsumption,
    GetSingleGrandTotal,
    GetDailyGrandTotal,
    GetIntervalReport
);

/// A report that is wanted as a file.
#[derive(Clone, Debug, PartialEq)]
#[must_use = "a request does nothing until a client sends it"]
pub struct FileRequest<R> {
    request: R,
    format: ReportFormat,
}

/// A file.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReportFile {
    /// Its name, if the service gave it one.
    pub name: Option<String>,
    /// What the service says it is; empty if it does not.
    pub content_type: String,
    /// The file.
    pub bytes: Bytes,
}

impl ReportFile {
    /// The name that the service gave a file that was downloaded. It is a name and no path, whatever the service says.
    pub fn name_of(downloaded: &Downloaded) -> Option<String> {
        file_name(&downloaded.headers)
    }
}

/// The name in `Content-Disposition`, without any folder.
fn file_name(headers: &energy_core::http::HeaderMap) -> Option<String> {
    let value = headers.get(header::CONTENT_DISPOSITION)?.to_str().ok()?;
    let name = parameter(value, "filename")?;
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
    (!matches!(name, "" | "." | "..")).then(|| name.to_owned())
}

/// A parameter of a header; in quotes it may hold semicolons.
fn parameter<'a>(header: &'a str, wanted: &str) -> Option<&'a str> {
    let (_, mut rest) = header.split_once(';')?;
    loop {
        let (key, behind) = rest.split_once('=')?;
        let behind = behind.trim_start();
        let (value, next) = match behind.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"').unwrap_or((quoted, "")),
            None => behind.split_once(';').unwrap_or((behind, "")),
        };
        if key.trim_matches([' ', ';']).eq_ignore_ascii_case(wanted) {
            return Some(value.trim());
        }
        rest = next;
    }
}

impl<R: IntoFile> Endpoint for FileRequest<R> {
    type Api = Intellimeter;
    type Output = ReportFile;
    const OPERATION: &'static Operation = R::OPERATION;

    fn parts(&self) -> Result<RequestParts, BuildError> {
        let mut parts = self.request.parts()?;
        parts.replace_query("type", &self.format);
        parts.accept("*/*");
        Ok(parts)
    }

    fn decode(&self, response: &HttpResponse) -> Result<ReportFile, DecodeError> {
        let headers = response.headers();
        let stated = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        Ok(ReportFile {
            name: file_name(headers),
            content_type: stated.unwrap_or_default().to_owned(),
            bytes: response.body().clone(),
        })
    }
}
