use saphyr::{LoadableYamlNode, Scalar, Yaml};
use serde_json::Value;
use xtask::description::{Description, yaml};

/// The generator's YAML reader: any text is read or refused with a line that exists, what is read says what the parser
/// alone says, and JSON, which is YAML too, is read as itself.
///
/// # Panics
///
/// When it does not.
pub fn yaml(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let lines = text.split(['\n', '\r']).count();
    if let Err(problems) = Description::parse("fuzzed.yaml", &text) {
        assert!(!problems.is_empty(), "refused without a reason");
        for problem in problems {
            // The end of the text is the beginning of a line that is not there.
            let exists = problem.line.is_some_and(|line| (1..=lines + 1).contains(&line));
            assert!(exists, "{problem} of {lines} lines");
        }
    }
    let Ok(node) = yaml::parse("fuzzed.yaml", &text) else {
        return;
    };
    let json = node.to_json();
    let documents = Yaml::load_from_str(&text).expect("the same parser has read it");
    assert_eq!(documents.len(), 1, "the reader takes one document");
    assert_eq!(as_json(&documents[0]), json);

    let again = yaml::parse("written.yaml", &json.to_string()).expect("JSON is YAML");
    assert_eq!(again.to_json(), json);
}

fn as_json(yaml: &Yaml<'_>) -> Value {
    match yaml {
        Yaml::Value(Scalar::Boolean(value)) => Value::from(*value),
        Yaml::Value(Scalar::Integer(value)) => Value::from(*value),
        Yaml::Value(Scalar::FloatingPoint(value)) => Value::from(value.into_inner()),
        Yaml::Value(Scalar::String(value)) => Value::from(value.as_ref()),
        Yaml::Sequence(items) => items.iter().map(as_json).collect(),
        Yaml::Mapping(entries) => entries
            .iter()
            .map(|(key, value)| match as_json(key) {
                Value::String(key) => (key, as_json(value)),
                key => (key.to_string(), as_json(value)),
            })
            .collect(),
        _ => Value::Null,
    }
}
