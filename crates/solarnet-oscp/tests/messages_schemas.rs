//! The tables of rules against the published schemas of OSCP 2.0.

use std::io::Write;
use std::path::Path;

use serde_json::{Value, json};

use crate::support::schemas::*;

/// What the published schema says of a field, in the words of the tables.
fn published(field: &Field) -> Value {
    let reference = |schema: &str| json!({"$ref": format!("{schema}.json")});
    match field.kind {
        Kind::Text => json!({"type": "string"}),
        Kind::Number => json!({"type": "number"}),
        // The facts give the least heartbeat interval; the schema file leaves it out.
        Kind::From(least) if field.name == "heartbeat_interval" && least == 1.0 => json!({"type": "number"}),
        Kind::From(least) => json!({"type": "number", "minimum": least}),
        Kind::Whole => json!({"type": "integer"}),
        Kind::Instant => json!({"type": "string", "format": "date-time"}),
        Kind::Of(schema) => reference(schema),
        Kind::List(schema) => json!({"type": "array", "items": reference(schema), "minItems": 1}),
        Kind::Name(names) => reference(names.schema),
        Kind::Names(names) => json!({"type": "array", "uniqueItems": true, "items": reference(names.schema)}),
    }
}

/// Equal, where 0 and 0.0 are.
fn same(ours: &Value, theirs: &Value) -> bool {
    match (ours, theirs) {
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len()
                && a.iter()
                    .all(|(key, value)| b.get(key).is_some_and(|other| same(value, other)))
        }
        (Value::Number(a), Value::Number(b)) => a.as_f64() == b.as_f64(),
        _ => ours == theirs,
    }
}

/// The tables against the published schemas, where they lie beside the working copy; they are not part of the project.
#[test]
fn the_tables_agree_with_the_published_schemas() {
    let folder = "../../../shared/vendors/solarnet-oscp/oscp20-json-schema";
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    if !folder.is_dir() {
        // Written past the harness, which keeps the output of a test that passes to itself.
        let note = b"note: there are no OSCP schemas beside this working copy; only the tables were tested\n";
        std::io::stderr().write_all(note).unwrap();
        return;
    }
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 26);
    let load = |schema: &str| -> Value {
        let path = folder.join(format!("{schema}.json"));
        serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
    };
    for names in NAMES {
        let published = load(names.schema);
        assert_eq!(
            (&published["type"], &published["enum"]),
            (&json!("string"), &json!(names.known))
        );
    }
    for object in OBJECTS {
        let theirs = load(object.schema);
        assert_eq!(theirs["type"], "object", "{}", object.schema);
        let required: Vec<&str> = object
            .fields
            .iter()
            .filter(|field| field.required)
            .map(|field| field.name)
            .collect();
        let theirs_required = theirs.get("required").cloned().unwrap_or(json!([]));
        assert_eq!(json!(required), theirs_required, "{}", object.schema);
        let properties = theirs["properties"].as_object().unwrap();
        assert_eq!(properties.len(), object.fields.len(), "{}", object.schema);
        for field in object.fields {
            let (ours, theirs) = (published(field), &properties[field.name]);
            assert!(
                same(&ours, theirs),
                "{}, {}: {ours} is not {theirs}",
                object.schema,
                field.name
            );
        }
    }
}
