//! Reports in every format they are offered in.

use serde_json::{Map, Value};

use super::office::xlsx;
use super::reply::{Outcome, Problem, download, ok};
use crate::call::Answer;

/// Rows under names.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) columns: Vec<&'static str>,
    pub(super) rows: Vec<Vec<Value>>,
}

/// The format of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    Raw,
    Csv,
    Xml,
    Json,
    Yaml,
    Xlsx,
    Tsv,
    Mysql,
}

const FORMATS: [(&str, Format, &str, &str); 8] = [
    ("RAW", Format::Raw, "json", "application/json"),
    ("CSV", Format::Csv, "csv", "text/csv; charset=utf-8"),
    ("XML", Format::Xml, "xml", "application/xml"),
    ("JSON", Format::Json, "json", "application/json"),
    ("YAML", Format::Yaml, "yaml", "application/yaml"),
    (
        "XLSX",
        Format::Xlsx,
        "xlsx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ),
    ("TSV", Format::Tsv, "tsv", "text/tab-separated-values; charset=utf-8"),
    ("MYSQL", Format::Mysql, "sql", "application/sql"),
];

impl Format {
    /// By its name, in any case: the page writes it both ways.
    pub(super) fn named(name: &str) -> Result<Self, Problem> {
        let found = FORMATS.iter().find(|(known, ..)| known.eq_ignore_ascii_case(name));
        found
            .map(|(_, format, ..)| *format)
            .ok_or_else(|| Problem::bad(format!("There is no report type '{name}'.")))
    }

    /// The type and the name of a file.
    pub(super) fn file(self, name: &str, bytes: impl Into<bytes::Bytes>) -> Answer {
        let found = FORMATS.iter().find(|(_, format, ..)| *format == self);
        let (extension, content_type) = found.map_or(("bin", "application/octet-stream"), |known| (known.2, known.3));
        download(content_type, &format!("{name}.{extension}"), bytes)
    }
}

/// How a report is to be written.
#[derive(Debug)]
pub(super) struct Style<'a> {
    pub(super) format: Format,
    pub(super) pretty: bool,
    pub(super) table_name: &'a str,
}

impl Table {
    /// The rows as JSON.
    pub(super) fn json(&self) -> Value {
        let object = |row: &Vec<Value>| {
            let cells = self.columns.iter().zip(row);
            cells
                .map(|(name, value)| ((*name).to_owned(), value.clone()))
                .collect::<Map<_, _>>()
        };
        self.rows.iter().map(|row| Value::Object(object(row))).collect()
    }

    pub(super) fn answer(&self, name: &str, style: &Style<'_>) -> Outcome {
        let bytes = match style.format {
            Format::Raw => return ok(&self.json()),
            Format::Csv => self.separated(",").into_bytes(),
            Format::Tsv => self.separated("\t").into_bytes(),
            Format::Xml => self.xml(style.pretty).into_bytes(),
            Format::Json if style.pretty => serde_json::to_vec_pretty(&self.json()).unwrap_or_default(),
            Format::Json => self.json().to_string().into_bytes(),
            Format::Yaml => self.yaml().into_bytes(),
            Format::Xlsx => xlsx(&self.columns, &self.rows),
            Format::Mysql => self.sql(style).into_bytes(),
        };
        Ok(style.format.file(name, bytes))
    }

    /// The names, then the rows.
    pub(super) fn separated(&self, separator: &str) -> String {
        let field = |text: &str| {
            let special = text.contains(separator) || text.contains(['"', '\n', '\r', '\t']);
            if special {
                format!("\"{}\"", text.replace('"', "\"\""))
            } else {
                text.to_owned()
            }
        };
        let mut text = self.columns.join(separator);
        text.push('\n');
        for row in &self.rows {
            let fields: Vec<String> = row.iter().map(|value| field(&plain(value))).collect();
            text.push_str(&fields.join(separator));
            text.push('\n');
        }
        text
    }

    fn xml(&self, pretty: bool) -> String {
        let (line, indent) = if pretty { ("\n", "    ") } else { ("", "") };
        let mut text = format!("<?xml version=\"1.0\" encoding=\"UTF-8\" ?>{line}<report>{line}");
        for row in &self.rows {
            text.push_str(&format!("{indent}<item>{line}"));
            for (name, value) in self.columns.iter().zip(row) {
                let value = escape(&plain(value));
                text.push_str(&format!("{indent}{indent}<{name}>{value}</{name}>{line}"));
            }
            text.push_str(&format!("{indent}</item>{line}"));
        }
        text.push_str("</report>\n");
        text
    }

    fn yaml(&self) -> String {
        if self.rows.is_empty() {
            return "[]\n".to_owned();
        }
        let mut text = String::new();
        for row in &self.rows {
            for (place, (name, value)) in self.columns.iter().zip(row).enumerate() {
                // A JSON value is a YAML value.
                let mark = if place == 0 { "- " } else { "  " };
                text.push_str(&format!("{mark}{name}: {value}\n"));
            }
        }
        text
    }

    fn sql(&self, style: &Style<'_>) -> String {
        if self.rows.is_empty() {
            return String::new();
        }
        let (line, indent) = if style.pretty { ("\n", "    ") } else { (" ", "") };
        let value = |value: &Value| match value {
            Value::String(text) => format!("'{}'", text.replace('\\', "\\\\").replace('\'', "''")),
            Value::Null => "NULL".to_owned(),
            other => other.to_string(),
        };
        let rows: Vec<String> = (self.rows.iter())
            .map(|row| format!("{indent}({})", row.iter().map(value).collect::<Vec<_>>().join(", ")))
            .collect();
        format!(
            "INSERT INTO `{}` (`{}`) VALUES{line}{};\n",
            style.table_name.replace('`', "``"),
            self.columns.join("`, `"),
            rows.join(&format!(",{line}"))
        )
    }
}

/// A value without JSON's quotes; null is empty.
pub(super) fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// As text in XML.
pub(super) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
