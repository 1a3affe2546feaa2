use bytes::Bytes;
use energy_core::{BuildError, DecodeError, Endpoint, HttpResponse, Operation, RequestParts};

use crate::ForecastSolar;

/// The form of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FileFormat {
    /// CSV. Fields are separated by a semicolon and data sets by a vertical bar unless given.
    Csv {
        /// Separator of fields; `TAB` for a tab.
        separator: Option<String>,
        /// Delimiter of data sets.
        delimiter: Option<String>,
    },
    /// XML.
    Xml,
}

impl FileFormat {
    fn content_type(&self) -> &'static str {
        match self {
            Self::Csv { .. } => "text/csv",
            Self::Xml => "application/xml",
        }
    }
}

/// Any request of this crate, asked for as a file: `request.into_csv()`, `request.into_xml()`.
pub trait IntoFile: Endpoint<Api = ForecastSolar> + Sized {
    /// The same answer as CSV.
    fn into_csv(self) -> FileRequest<Self> {
        self.into_file(FileFormat::Csv {
            separator: None,
            delimiter: None,
        })
    }

    /// The same answer as XML.
    fn into_xml(self) -> FileRequest<Self> {
        self.into_file(FileFormat::Xml)
    }

    /// The same answer in this form.
    fn into_file(self, format: FileFormat) -> FileRequest<Self> {
        FileRequest { request: self, format }
    }
}

impl<R: Endpoint<Api = ForecastSolar>> IntoFile for R {}

/// A request whose answer is wanted as a file.
#[derive(Clone, Debug, PartialEq)]
#[must_use = "a request does nothing until a client sends it"]
pub struct FileRequest<R> {
    request: R,
    format: FileFormat,
}

/// An answer as a file.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct File {
    /// What the service says it is.
    pub content_type: String,
    /// The file.
    pub bytes: Bytes,
}

impl<R: Endpoint<Api = ForecastSolar>> Endpoint for FileRequest<R> {
    type Api = ForecastSolar;
    type Output = File;
    const OPERATION: &'static Operation = R::OPERATION;

    fn parts(&self) -> Result<RequestParts, BuildError> {
        let content_type = self.format.content_type();
        if !R::OPERATION.formats.contains(&content_type) {
            let reason = format!("{} has no form as {content_type}", R::OPERATION.id);
            return Err(BuildError::new("format", reason));
        }
        let mut parts = self.request.parts()?;
        parts.accept(content_type);
        if let FileFormat::Csv { separator, delimiter } = &self.format {
            parts.header_if("x-separator", separator.as_ref())?;
            parts.header_if("x-delimiter", delimiter.as_ref())?;
        }
        Ok(parts)
    }

    fn decode(&self, response: &HttpResponse) -> Result<File, DecodeError> {
        let stated = response.headers().get(energy_core::http::header::CONTENT_TYPE);
        let stated = stated.and_then(|value| value.to_str().ok()).unwrap_or_default();
        let wanted = self.format.content_type();
        let fits = stated.starts_with(wanted) || (self.format == FileFormat::Xml && stated.starts_with("text/xml"));
        if !fits {
            let reason = format!("{wanted} was asked for, the content type is `{stated}`");
            return Err(DecodeError::new(R::OPERATION, response, reason));
        }
        Ok(File {
            content_type: stated.to_owned(),
            bytes: response.body().clone(),
        })
    }
}
