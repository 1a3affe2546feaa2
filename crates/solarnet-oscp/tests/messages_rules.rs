//! Every rule of the 26 schemas of OSCP 2.0: what keeps it passes, what breaks it does not.
//!
//! Each schema is a module here, and each kind of rule a test in it.

use serde_json::{Value, json};

use crate::support::schemas::*;

/// The full message with another value in a field.
fn with(object: &Object, field: &str, value: Value) -> Value {
    let mut body = (object.full)();
    assert!(
        body.get(field).is_some(),
        "{}: the full message has no {field}",
        object.schema
    );
    body[field] = value;
    body
}

fn without(object: &Object, field: &str) -> Value {
    let mut body = (object.full)();
    let removed = body.as_object_mut().unwrap().remove(field);
    assert!(removed.is_some(), "{}: the full message has no {field}", object.schema);
    body
}

/// It is read, written as it was, and may be sent.
fn passes(object: &Object, rule: &str, body: Value) {
    let again = (object.read)(&body);
    assert_eq!(again, Ok(body.clone()), "{}, {rule}", object.schema);
    let checked = (object.check)(body);
    assert_eq!(checked, Ok(()), "{}, {rule}", object.schema);
}

/// It is not read, and the error has these words.
fn fails(object: &Object, rule: &str, body: &Value, words: &[&str]) {
    let Err(error) = (object.read)(body) else {
        panic!("{}, {rule}: `{body}` was read", object.schema);
    };
    for words in words {
        assert!(
            error.contains(words),
            "{}, {rule}: `{words}` is not in `{error}`",
            object.schema
        );
    }
}

/// It is read and kept, and must not be sent: the error names the field.
fn only_read(object: &Object, rule: &str, body: Value, field: &str) {
    assert_eq!((object.read)(&body), Ok(body.clone()), "{}, {rule}", object.schema);
    let Err(error) = (object.check)(body) else {
        panic!("{}, {rule}: it may be sent", object.schema);
    };
    assert_eq!(error.parameter, field, "{}, {rule}: {error}", object.schema);
    assert!(
        error.reason.contains("is none of"),
        "{}, {rule}: {error}",
        object.schema
    );
}

/// The full message passes; without a required field it does not, without an optional one it does.
fn required_fields(object: &Object) {
    passes(object, "all fields", (object.full)());
    for field in object.fields {
        let body = without(object, field.name);
        if field.required {
            let missing = format!("missing field `{}`", field.name);
            fails(object, &format!("required {}", field.name), &body, &[&missing]);
            let null = with(object, field.name, Value::Null);
            fails(object, &format!("{} is not null", field.name), &null, &[]);
        } else {
            passes(object, &format!("optional {}", field.name), body);
        }
    }
    let mut fields: Vec<&str> = object.fields.iter().map(|field| field.name).collect();
    let full = (object.full)();
    fields.sort_unstable();
    assert!(
        full.as_object().unwrap().keys().eq(fields),
        "{}: a field is missing in the table",
        object.schema
    );
}

/// A value of each wrong JSON type is refused; a right one was in the full message.
fn types(object: &Object) {
    let every = [
        json!(true),
        json!(5),
        json!(2.5),
        json!("a text"),
        json!(["a list"]),
        json!({"an": "object"}),
    ];
    for field in object.fields {
        let fits = |value: &Value| match field.kind {
            Kind::Text | Kind::Name(_) => value.is_string(),
            Kind::Number | Kind::From(_) => value.is_number(),
            Kind::Whole => value.is_i64(),
            Kind::Names(_) => value.is_array(),
            // A text that is no instant, and lists and objects that are wrong inside.
            Kind::Of(_) | Kind::List(_) | Kind::Instant => false,
        };
        for value in &every {
            let rule = format!("type of {}", field.name);
            let body = with(object, field.name, value.clone());
            match (fits(value), &field.kind) {
                (false, _) => fails(object, &rule, &body, &[]),
                // Whether the name is known is another rule.
                (true, Kind::Name(_) | Kind::Names(_)) => {}
                (true, Kind::Number | Kind::From(_)) => {
                    let again = (object.read)(&body).unwrap();
                    assert_eq!(again[field.name].as_f64(), value.as_f64(), "{}, {rule}", object.schema);
                }
                (true, _) => passes(object, &rule, body),
            }
        }
        let items: &[Value] = match field.kind {
            Kind::List(_) | Kind::Names(_) => &every,
            _ => &[],
        };
        for item in items {
            let is_name = matches!(field.kind, Kind::Names(_)) && item.is_string();
            if !is_name {
                let body = with(object, field.name, json!([item]));
                fails(object, &format!("type of an item of {}", field.name), &body, &[]);
            }
        }
    }
    for value in every.iter().take(4) {
        fails(object, "type of the whole", value, &[]);
    }
}

/// The least number, the least count, and no twins.
fn limits(object: &Object) {
    for field in object.fields {
        let name = field.name;
        match field.kind {
            Kind::From(least) => {
                passes(object, &format!("least {name}"), with(object, name, json!(least)));
                passes(object, &format!("more {name}"), with(object, name, json!(least + 1e9)));
                let below = format!("{name}: ");
                for less in [least - 0.001, -1e9] {
                    let body = with(object, name, json!(less));
                    fails(
                        object,
                        &format!("least {name}"),
                        &body,
                        &[&below, &format!("is below {least}")],
                    );
                }
            }
            Kind::Number => {
                for any in [-1e12, 0.0, 1e-9] {
                    passes(object, &format!("any {name}"), with(object, name, json!(any)));
                }
            }
            Kind::Whole => {
                for any in [-1, 0, i64::MAX] {
                    passes(object, &format!("any {name}"), with(object, name, json!(any)));
                }
            }
            Kind::List(_) => {
                let words = [&format!("{name}: has 0 items"), "at least 1 needed"];
                fails(
                    object,
                    &format!("items of {name}"),
                    &with(object, name, json!([])),
                    &words,
                );
                let one = json!([(object.full)()[name][0]]);
                passes(object, &format!("one item of {name}"), with(object, name, one));
            }
            Kind::Names(names) => {
                let all = json!(names.known);
                passes(object, &format!("different {name}"), with(object, name, all));
                passes(object, &format!("no {name}"), with(object, name, json!([])));
                for twin in [
                    json!([names.known[0], names.known[0]]),
                    json!(["NEW", names.known[0], "NEW"]),
                ] {
                    let body = with(object, name, twin);
                    fails(object, &format!("unique {name}"), &body, &[name, "twice"]);
                }
            }
            Kind::Text | Kind::Instant | Kind::Of(_) | Kind::Name(_) => {}
        }
    }
}

/// Every known name passes; another one is kept, and refused when it is sent.
fn names(object: &Object) {
    for field in object.fields {
        let name = field.name;
        match field.kind {
            Kind::Name(names) => {
                for known in names.known {
                    passes(object, &format!("{name} {known}"), with(object, name, json!(known)));
                }
                for other in ["NEW", "", &names.known[0].to_lowercase()] {
                    only_read(
                        object,
                        &format!("{name} `{other}`"),
                        with(object, name, json!(other)),
                        name,
                    );
                }
            }
            Kind::Names(names) => {
                for known in names.known {
                    passes(object, &format!("{name} {known}"), with(object, name, json!([known])));
                }
                let body = with(object, name, json!([names.known[0], "NEW"]));
                only_read(object, &format!("{name} NEW"), body, &format!("{name}[1]"));
            }
            _ => {}
        }
    }
}

/// What is an instant by RFC 3339, and what is not.
fn instants(object: &Object) {
    for field in object.fields {
        if !matches!(field.kind, Kind::Instant) {
            continue;
        }
        let rule = format!("instant {}", field.name);
        for good in [
            "2026-06-16T13:00:00Z",
            "2026-06-16T13:00:00.123456789Z",
            "2026-06-16T13:00:00-09:30",
            "2024-02-29T23:59:59+14:00",
        ] {
            let body = with(object, field.name, json!(good));
            assert_eq!((object.read)(&body), Ok(body), "{}, {rule}", object.schema);
        }
        for bad in [
            "",
            "tomorrow",
            "2026-06-16",
            "13:00:00Z",
            "2026-06-16T13:00:00",
            "2026-13-16T13:00:00Z",
            "2026-02-29T13:00:00Z",
            "2026-06-16T25:00:00Z",
            "2026-06-16T13:60:00Z",
            "2026-06-16T13:00:00+0200",
        ] {
            fails(
                object,
                &rule,
                &with(object, field.name, json!(bad)),
                &["expected an instant"],
            );
        }
    }
}

/// Objects inside have their own rules, and the error of a message that is to be sent leads to them.
fn inner_objects(object: &Object) {
    for field in object.fields {
        let name = field.name;
        let (place, schema) = match field.kind {
            Kind::Of(schema) => (name.to_owned(), schema),
            Kind::List(schema) => (format!("{name}[0]"), schema),
            _ => continue,
        };
        let inner = OBJECTS.iter().find(|inner| inner.schema == schema).unwrap();
        let put = |changed: Value| match field.kind {
            Kind::List(_) => with(object, name, json!([changed])),
            _ => with(object, name, changed),
        };
        passes(object, &place, put((inner.full)()));
        for inside in inner.fields {
            let at = format!("{place}.{}", inside.name);
            if inside.required {
                let mut changed = (inner.full)();
                changed.as_object_mut().unwrap().remove(inside.name);
                fails(object, &format!("required {at}"), &put(changed), &[inside.name]);
            }
            let mut changed = (inner.full)();
            match inside.kind {
                Kind::From(least) => {
                    changed[inside.name] = json!(least - 0.5);
                    fails(object, &format!("least {at}"), &put(changed), &[inside.name]);
                }
                Kind::Name(_) => {
                    changed[inside.name] = json!("NEW");
                    only_read(object, &format!("{at} NEW"), put(changed), &at);
                }
                Kind::Names(_) => {
                    changed[inside.name] = json!(["NEW"]);
                    only_read(object, &format!("{at} NEW"), put(changed), &format!("{at}[0]"));
                }
                _ => {}
            }
        }
    }
}

/// A module of tests for each object.
macro_rules! object_tests {
    ($($schema:ident: $object:ident;)+) => { $(
        mod $schema {
            use super::*;

            #[test]
            fn requires_its_fields() {
                required_fields(&$object);
            }

            #[test]
            fn refuses_wrong_types() {
                types(&$object);
            }

            #[test]
            fn keeps_limits() {
                limits(&$object);
            }

            #[test]
            fn knows_its_names() {
                names(&$object);
            }

            #[test]
            fn takes_instants() {
                instants(&$object);
            }

            #[test]
            fn keeps_the_rules_of_what_is_inside() {
                inner_objects(&$object);
            }
        }
    )+

        const TESTED_OBJECTS: &[&Object] = &[$(&$object),+];
    };
}

object_tests! {
    adjust_group_capacity_forecast: ADJUST;
    asset_measurement: ASSET;
    energy_measurement: ENERGY;
    error: ERROR;
    forecasted_block: BLOCK;
    group_capacity_compliance_error: COMPLIANCE;
    handshake_acknowledge: ACKNOWLEDGE;
    handshake: HANDSHAKE;
    heartbeat: HEARTBEAT;
    instantaneous_measurement: INSTANTANEOUS;
    paginated_request: PAGINATED;
    register: REGISTER;
    required_behaviour: BEHAVIOUR;
    update_asset_measurements: ASSETS;
    update_group_capacity_forecast: UPDATE;
    update_group_measurements: GROUP;
    version_url: VERSION;
}

/// A test for each enumeration.
macro_rules! name_tests {
    ($($schema:ident: $names:ident;)+) => {
        $(
            #[test]
            fn $schema() {
                let names = &$names;
                assert_eq!(names.of_type, names.known, "{}", names.schema);
                for known in names.known.iter().copied().chain(["NEW", ""]) {
                    assert_eq!((names.read)(known), Ok(json!(known)), "{}", names.schema);
                }
            }
        )+

        const TESTED_NAMES: &[&Names] = &[$(&$names),+];
    };
}

name_tests! {
    asset_category: CATEGORY;
    capacity_forecast_type: FORECAST;
    energy_flow_direction: DIRECTION;
    energy_measurement_unit: ENERGY_UNIT;
    energy_type: ENERGY_TYPE;
    forecasted_block_unit: BLOCK_UNIT;
    instantaneous_measurement_unit: INSTANT_UNIT;
    measurement_configuration: STYLE;
    phase_indicator: PHASE;
}

/// A list of the values in order is no object, whatever a lenient reader makes of it.
#[test]
fn a_list_is_no_object() {
    let taken = OBJECTS.iter().filter(|object| {
        let full = (object.full)();
        let values: Vec<&Value> = object.fields.iter().map(|field| &full[field.name]).collect();
        (object.read)(&json!(values)).is_ok()
    });
    let taken: Vec<&str> = taken.map(|object| object.schema).collect();
    assert!(taken.is_empty(), "read from lists: {taken:?}");
}

#[test]
fn none_of_the_26_schemas_is_missing() {
    let objects = TESTED_OBJECTS.iter().map(|object| object.schema);
    let mut tested: Vec<&str> = objects.chain(TESTED_NAMES.iter().map(|names| names.schema)).collect();
    tested.sort_unstable();
    tested.dedup();
    assert_eq!(tested.len(), 26, "{tested:?}");
    assert_eq!(OBJECTS.len() + NAMES.len(), 26);
}
