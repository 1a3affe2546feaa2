//! YAML nodes that know their line, and a reader of mappings that refuses keys nobody asked for.

use saphyr::{LoadableYamlNode, MarkedYaml, Scalar, YamlData};

use crate::problem::{Problem, Problems};

/// A node and the line it starts at.
#[derive(Clone, Debug)]
pub struct Node {
    /// The line, counted from one.
    pub line: usize,
    /// The content.
    pub value: Value,
}

/// The content of a node.
#[derive(Clone, Debug)]
pub enum Value {
    /// Nothing.
    Null,
    /// True or false.
    Bool(bool),
    /// A whole number.
    Integer(i64),
    /// A number with a point.
    Float(f64),
    /// A string.
    Text(String),
    /// A sequence.
    List(Vec<Node>),
    /// A mapping, in the order of the file.
    Map(Vec<Entry>),
}

/// A key of a mapping with its node.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The key.
    pub key: String,
    /// The line of the key.
    pub line: usize,
    /// The node.
    pub node: Node,
}

/// Parses `text`, the content of `file`.
///
/// # Errors
/// Text that is not YAML, repeats a key, has several documents, or uses tags.
pub fn parse(file: &str, text: &str) -> Result<Node, Problem> {
    let problem = |line: usize, message: String| Problem {
        file: file.to_owned(),
        line: Some(line),
        message,
    };
    let mut documents = MarkedYaml::load_from_str(text)
        .map_err(|error| problem(error.marker().line(), format!("not valid YAML: {}", error.info())))?;
    if documents.len() != 1 {
        return Err(problem(
            1,
            format!("expected one YAML document, found {}", documents.len()),
        ));
    }
    convert(&documents.remove(0)).map_err(|(line, message)| problem(line, message))
}

fn convert(yaml: &MarkedYaml<'_>) -> Result<Node, (usize, String)> {
    let line = yaml.span.start.line();
    let value = match &yaml.data {
        YamlData::Value(scalar) => match scalar {
            Scalar::Null => Value::Null,
            Scalar::Boolean(value) => Value::Bool(*value),
            Scalar::Integer(value) => Value::Integer(*value),
            Scalar::FloatingPoint(value) => Value::Float(value.into_inner()),
            Scalar::String(value) => Value::Text(value.clone().into_owned()),
        },
        YamlData::Sequence(items) => Value::List(items.iter().map(convert).collect::<Result<_, _>>()?),
        YamlData::Mapping(map) => {
            let mut entries: Vec<Entry> = Vec::with_capacity(map.len());
            for (key, node) in map {
                let line = key.span.start.line();
                let key = match convert(key)?.value {
                    Value::Text(text) => text,
                    Value::Integer(number) => number.to_string(),
                    Value::Bool(value) => value.to_string(),
                    _ => return Err((line, "a key must be a string".to_owned())),
                };
                if entries.iter().any(|entry| entry.key == key) {
                    return Err((line, format!("the key `{key}` stands here twice; remove one of them")));
                }
                let node = convert(node)?;
                entries.push(Entry { key, line, node });
            }
            Value::Map(entries)
        }
        YamlData::Representation(..) | YamlData::Tagged(..) | YamlData::Alias(_) | YamlData::BadValue => {
            return Err((line, "YAML tags are not understood; write the plain value".to_owned()));
        }
    };
    Ok(Node { line, value })
}

impl Node {
    /// The node under `key`, if this is a mapping that has it.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entries()
            .iter()
            .find(|entry| entry.key == key)
            .map(|entry| &entry.node)
    }

    /// The entries of a mapping; none for anything else.
    pub fn entries(&self) -> &[Entry] {
        match &self.value {
            Value::Map(entries) => entries,
            _ => &[],
        }
    }

    /// The string, if this is one.
    pub fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// What kind of node this is, for messages.
    pub fn kind(&self) -> &'static str {
        match self.value {
            Value::Null => "nothing",
            Value::Bool(_) => "a boolean",
            Value::Integer(_) | Value::Float(_) => "a number",
            Value::Text(_) => "a string",
            Value::List(_) => "a list",
            Value::Map(_) => "a mapping",
        }
    }

    /// The same as JSON.
    pub fn to_json(&self) -> serde_json::Value {
        match &self.value {
            Value::Null => serde_json::Value::Null,
            Value::Bool(value) => (*value).into(),
            Value::Integer(value) => (*value).into(),
            Value::Float(value) => (*value).into(),
            Value::Text(value) => value.as_str().into(),
            Value::List(items) => items.iter().map(Node::to_json).collect(),
            Value::Map(entries) => serde_json::Value::Object(
                entries
                    .iter()
                    .map(|entry| (entry.key.clone(), entry.node.to_json()))
                    .collect(),
            ),
        }
    }

    /// The line of what a JSON pointer leads to, as far as it leads.
    pub fn line_at(&self, pointer: &str) -> usize {
        let mut node = self;
        let mut line = self.line;
        for step in pointer.split('/').skip(1) {
            let step = step.replace("~1", "/").replace("~0", "~");
            match &node.value {
                Value::List(items) => match step.parse().ok().and_then(|index: usize| items.get(index)) {
                    Some(item) => {
                        node = item;
                        line = item.line;
                    }
                    None => break,
                },
                Value::Map(entries) => match entries.iter().find(|entry| entry.key == step) {
                    Some(entry) => {
                        node = &entry.node;
                        line = entry.line;
                    }
                    None => break,
                },
                _ => break,
            }
        }
        line
    }
}

/// A mapping being read: every key must be asked for, and those left over are refused.
#[derive(Debug)]
pub struct Fields<'a> {
    place: String,
    line: usize,
    entries: &'a [Entry],
    asked: Vec<&'static str>,
}

impl<'a> Fields<'a> {
    /// Starts reading `node`, which is `place` ("an operation", "info").
    pub fn of(node: &'a Node, place: impl Into<String>, problems: &mut Problems) -> Self {
        let place = place.into();
        if !matches!(node.value, Value::Map(_)) {
            problems.at(
                node.line,
                format!("{place} must be a mapping, and this is {}", node.kind()),
            );
        }
        Self {
            place,
            line: node.line,
            entries: node.entries(),
            asked: Vec::new(),
        }
    }

    /// The line the mapping starts at.
    pub fn line(&self) -> usize {
        self.line
    }

    /// The node under `key`.
    pub fn take(&mut self, key: &'static str) -> Option<&'a Entry> {
        if !self.asked.contains(&key) {
            self.asked.push(key);
        }
        self.entries.iter().find(|entry| entry.key == key)
    }

    /// The string under `key`; anything else there is refused.
    pub fn text(&mut self, key: &'static str, problems: &mut Problems) -> Option<String> {
        let entry = self.take(key)?;
        match entry.node.text().map(str::trim) {
            Some("") => {
                problems.at(entry.line, format!("`{key}` of {} is empty", self.place));
                None
            }
            Some(text) => Some(text.to_owned()),
            None => {
                let kind = entry.node.kind();
                problems.at(
                    entry.line,
                    format!(
                        "`{key}` of {} must be a string, and this is {kind}; quote it",
                        self.place
                    ),
                );
                None
            }
        }
    }

    /// The string under `key`, which must be there.
    pub fn need_text(&mut self, key: &'static str, problems: &mut Problems) -> String {
        let there = self.entries.iter().any(|entry| entry.key == key);
        if !there {
            problems.at(self.line, format!("{} has no `{key}`; add it", self.place));
        }
        self.text(key, problems).unwrap_or_default()
    }

    /// The boolean under `key`; anything else there is refused.
    pub fn boolean(&mut self, key: &'static str, problems: &mut Problems) -> Option<bool> {
        let entry = self.take(key)?;
        if let Value::Bool(value) = entry.node.value {
            return Some(value);
        }
        problems.at(entry.line, format!("`{key}` of {} must be true or false", self.place));
        None
    }

    /// The whole number under `key`; anything else there is refused.
    pub fn integer(&mut self, key: &'static str, problems: &mut Problems) -> Option<i64> {
        let entry = self.take(key)?;
        if let Value::Integer(value) = entry.node.value {
            return Some(value);
        }
        problems.at(entry.line, format!("`{key}` of {} must be a whole number", self.place));
        None
    }

    /// The number under `key`; anything else there is refused.
    pub fn number(&mut self, key: &'static str, problems: &mut Problems) -> Option<f64> {
        let entry = self.take(key)?;
        match entry.node.value {
            Value::Float(value) => Some(value),
            #[allow(clippy::cast_precision_loss, reason = "bounds are small")]
            Value::Integer(value) => Some(value as f64),
            _ => {
                problems.at(entry.line, format!("`{key}` of {} must be a number", self.place));
                None
            }
        }
    }

    /// The nodes of the list under `key`; anything else there is refused.
    pub fn list(&mut self, key: &'static str, problems: &mut Problems) -> &'a [Node] {
        let Some(entry) = self.take(key) else {
            return &[];
        };
        if let Value::List(items) = &entry.node.value {
            return items;
        }
        problems.at(entry.line, format!("`{key}` of {} must be a list", self.place));
        &[]
    }

    /// The strings of the list under `key`, with their lines.
    pub fn texts(&mut self, key: &'static str, problems: &mut Problems) -> Vec<(String, usize)> {
        let mut texts = Vec::new();
        for node in self.list(key, problems) {
            match node.text() {
                Some(text) => texts.push((text.to_owned(), node.line)),
                None => problems.at(node.line, format!("`{key}` of {} must hold strings", self.place)),
            }
        }
        texts
    }

    /// The entries of the mapping under `key`; anything else there is refused.
    pub fn map(&mut self, key: &'static str, problems: &mut Problems) -> &'a [Entry] {
        let Some(entry) = self.take(key) else {
            return &[];
        };
        if let Value::Map(entries) = &entry.node.value {
            return entries;
        }
        problems.at(entry.line, format!("`{key}` of {} must be a mapping", self.place));
        &[]
    }

    /// Refuses the keys that nobody asked for.
    pub fn finish(self, problems: &mut Problems) {
        for entry in self.entries {
            if !self.asked.contains(&entry.key.as_str()) {
                problems.at(
                    entry.line,
                    format!(
                        "`{}` is not understood in {}; the generator reads {}",
                        entry.key,
                        self.place,
                        self.asked.join(", ")
                    ),
                );
            }
        }
    }
}
