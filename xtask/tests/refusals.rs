//! What the reader and the generator refuse, each at its line.

use xtask::codegen::modules;
use xtask::description::Description;
use xtask::problem::Problem;

use crate::common::{DESCRIPTION, METER, assert_says, changed, line_of};

/// The problems of `text`, of reading or of generating.
fn problems(text: &str) -> Vec<Problem> {
    match Description::parse(METER.description, text) {
        Ok(description) => modules(&METER, &description).err().unwrap_or_default(),
        Err(problems) => problems,
    }
}

/// Asserts that the fixture with `from` replaced by `to` is refused at the line that has `part`, with `words`.
fn refused(from: &str, to: &str, part: &str, words: &str) {
    let text = changed(from, to);
    assert_says(&problems(&text), line_of(&text, part), words);
}

#[test]
fn the_fixture_itself_is_fine() {
    assert_eq!(problems(DESCRIPTION), []);
}

#[test]
fn a_problem_is_shown_as_file_line_and_message() {
    let text = changed("x-api:", "x-apy:");
    let shown: Vec<String> = problems(&text).iter().map(ToString::to_string).collect();
    let line = line_of(&text, "x-apy:");
    let start = format!("crates/meter/openapi.yaml:{line}: `x-apy` is not understood in the description");
    assert!(shown.iter().any(|text| text.starts_with(&start)), "{shown:#?}");
}

#[test]
fn unknown_keys_are_refused_wherever_they_stand() {
    for (from, to) in [
        ("x-api: crate", "x-paging: none\nx-api: crate"),
        ("  title: Meter", "  terms: none\n  title: Meter"),
        ("      x-scope:", "      x-paging: none\n      x-scope:"),
        (
            "          x-segments: true",
            "          style: simple\n          x-segments: true",
        ),
        ("      x-id: true", "      readOnly: true\n      x-id: true"),
        (
            "          description: No readings.",
            "          links: {}\n          description: No readings.",
        ),
        (
            "        required: true\n        description: The new",
            "        x-form: true\n        required: true\n        description: The new",
        ),
        ("      name: key\n", "      name: key\n      x-place: path\n"),
        ("components:", "components:\n  requestBodies: {}"),
        ("  /meters:\n    post:", "  /meters:\n    summary: Meters\n    post:"),
    ] {
        let text = changed(from, to);
        let added = to.lines().find(|line| !from.contains(line.trim())).unwrap();
        let key = added.trim().split(':').next().unwrap();
        let line = line_of(&text, added);
        assert_says(&problems(&text), line, &format!("`{key}` is not understood"));
    }
}

#[test]
fn every_problem_is_reported_in_one_run() {
    let text = changed("x-api:", "x-apy:").replace("x-id: true", "x-idea: true");
    let found = problems(&text);
    assert_says(&found, line_of(&text, "x-apy"), "not understood");
    assert_says(&found, line_of(&text, "x-idea"), "not understood");
}

#[test]
fn yaml_that_is_none() {
    let text = "openapi: [3.1.0\ninfo: {}\n";
    assert!(problems(text)[0].message.contains("not valid YAML"));
}

#[test]
fn another_version_of_openapi() {
    refused(
        "openapi: 3.1.0",
        "openapi: 3.0.3",
        "openapi: 3.0.3",
        "`3.0.3` is not understood",
    );
}

#[test]
fn a_key_twice() {
    let text = changed("x-cost: 2", "x-cost: 2\n      x-cost: 3");
    let line = line_of(&text, "x-cost: 3");
    assert_says(&problems(&text), line, "duplicate");
}

#[test]
fn an_operation_id_twice() {
    let text = changed("operationId: setLabel", "operationId: createMeter");
    let line = line_of(&text, "summary: Adds a meter.") - 2;
    assert_says(&problems(&text), line, "`createMeter` is used twice");
}

#[test]
fn a_method_and_path_twice() {
    let text = changed("  /meters/{meter}/label:\n    post:", "  /meters/{other}:\n    post:")
        .replace("  /meters:\n    post:", "  /meters/{meter}:\n    post:");
    let found = problems(&text);
    assert!(
        found
            .iter()
            .any(|problem| problem.message.contains("is described twice")),
        "{found:#?}"
    );
}

#[test]
fn a_reference_that_leads_nowhere() {
    refused("/schemas/NewMeter'", "/schemas/OldMeter'", "OldMeter", "leads nowhere");
}

#[test]
fn a_component_that_nothing_uses() {
    let text = DESCRIPTION.replace(
        "  schemas:\n",
        "  schemas:\n    Spare: {type: string, description: Unused.}\n",
    );
    assert_says(
        &problems(&text),
        line_of(&text, "Spare"),
        "nothing uses components.schemas.Spare",
    );
}

#[test]
fn path_parameters_that_do_not_fit_the_path() {
    refused(
        "readings/{window}:",
        "readings/{other}:",
        "    get:",
        "uses `{other}` in its path",
    );
    refused(
        "readings/{window}:",
        "readings:",
        "    get:",
        "its path does not use it",
    );
    refused(
        "readings/{window}:",
        "readings/{window}.csv:",
        "    get:",
        "mixes words and a parameter",
    );
}

#[test]
fn missing_descriptions() {
    refused(
        "      description: Adds a meter, and gives it back.\n",
        "",
        "operationId: createMeter",
        "has no `description`",
    );
    refused(
        "      summary: Adds a meter.\n",
        "",
        "operationId: createMeter",
        "has no `summary`",
    );
    refused(
        "      x-source: page meters\n",
        "",
        "operationId: createMeter",
        "has no `x-source`",
    );
    refused(
        "          description: The first instant.\n",
        "",
        "- name: since",
        "the parameter since has no `description`",
    );
    refused(
        "      description: Id of a meter.\n",
        "",
        "    MeterId:",
        "the schema MeterId has no description",
    );
    refused(
        ", description: A remark.",
        "",
        "        note:",
        "the property `note` has no description",
    );
    refused(
        "          description: Done.\n",
        "          content: {}\n",
        "content: {}",
        "has no `description`",
    );
    refused(
        "    description: Meters and what they count.\n",
        "",
        "- name: meters",
        "has no `description`",
    );
}

#[test]
fn security_schemes_and_tags_that_are_not_declared() {
    refused(
        "        - key: []\n",
        "        - token: []\n",
        "- token: []",
        "`token` is not declared",
    );
    refused(
        "tags: [meters]",
        "tags: [metres]",
        "tags: [metres]",
        "`metres` is not declared",
    );
}

#[test]
fn a_json_response_without_an_example() {
    let text = DESCRIPTION.replace("              example: {meter: {id: m-1, keys: [{secret: s-1}]}}\n", "");
    let line = line_of(&text, "operationId: createMeter");
    let found = problems(&text);
    assert!(
        found
            .iter()
            .any(|problem| problem.line > Some(line) && problem.message.contains("needs an example"))
    );
}

#[test]
fn a_plan_and_a_scope_together() {
    refused(
        "      x-scope:",
        "      x-plan: Big\n      x-scope:",
        "operationId: listReadings",
        "x-plan and x-scope",
    );
}

#[test]
fn limits_that_nothing_would_check() {
    refused("maxLength: 40}", "pattern: a}", "pattern: a}", "the pattern of X-Trace");
    refused(
        "schema: {type: number, minimum: 0}",
        "schema: {type: number, exclusiveMinimum: 0}",
        "exclusiveMinimum",
        "not checked",
    );
}

#[test]
fn limits_of_a_body_that_nothing_would_check() {
    refused(
        "pattern: '\\S'",
        "pattern: '[a-z]'",
        "pattern: '[a-z]'",
        "the pattern of name",
    );
    refused(
        "number, minimum: 0, description: The price",
        "number, exclusiveMinimum: 0, description: The price",
        "exclusiveMinimum: 0, description: The price",
        "rate has a limit",
    );
}

#[test]
fn an_envelope_without_the_member() {
    refused(
        "x-unwrap: meter",
        "x-unwrap: metre",
        "x-unwrap: metre",
        "`metre` is no property",
    );
}

#[test]
fn a_property_whose_default_is_not_rust() {
    refused(
        "counts., x-default: \"true\"",
        "counts., x-default: \"tr ue\"",
        "tr ue",
        "`tr ue` is not Rust",
    );
}

#[test]
fn schemas_that_need_a_name_or_a_rust_type() {
    let property = "note: {type: [string, \"null\"]";
    refused(
        property,
        "note: {type: string, enum: [a]",
        "        note:",
        "an enum needs a name",
    );
    refused(
        property,
        "note: {type: object, properties: {a: {type: string, description: A.}}",
        "        note:",
        "an object with properties needs a name",
    );
    refused(
        property,
        "note: {oneOf: [{type: string}]",
        "        note:",
        "need an x-rust-type",
    );
    refused(
        property,
        "note: {type: [string, integer]",
        "        note:",
        "several types",
    );
    refused(
        property,
        "note: {type: array, items: {type: string, format: date}",
        "        note:",
        "inside a list",
    );
    refused(
        property,
        "note: {x-rust-type: \"Vec<\"",
        "        note:",
        "is not a Rust type",
    );
    refused(
        property,
        "note: {type: string, format: byte",
        "        note:",
        "format `byte`",
    );
    refused(
        property,
        "note: {type: string, x-instant: hms",
        "        note:",
        "x-instant `hms`",
    );
}

#[test]
fn variants_that_do_not_cover_the_enum() {
    refused(
        "        kwh: {name: KilowattHours, description: Kilowatt-hours.}\n",
        "",
        "enum: [kwh, m3]",
        "missing from x-variants",
    );
    refused(
        "enum: [kwh, m3]",
        "enum: [kwh]",
        "        m3:",
        "not a value of the enum",
    );
    refused(
        "name: CubicMetres",
        "name: KilowattHours",
        "        m3:",
        "two values become",
    );
}

#[test]
fn names_that_clash() {
    refused(
        "x-rust-name: energy",
        "x-rust-name: note",
        "        note:",
        "two properties become the field `note`",
    );
    refused(
        "        - name: limit",
        "        - name: Factor\n          in: query\n          description: Another.\n          schema: {type: number}\n        - name: limit",
        "- name: factor",
        "is taken in this request",
    );
    let text = DESCRIPTION.replace("NewMeter", "CreateMeter");
    let found = problems(&text);
    assert!(
        found
            .iter()
            .any(|problem| problem.message.contains("the type name `CreateMeter` is taken")),
        "{found:#?}"
    );
}

#[test]
fn other_names_that_are_taken() {
    for taken in ["at", "till"] {
        let text = changed(
            "description: When it was replaced., x-alias: [replaced, till]}",
            &format!("description: When it was replaced., x-alias: [replaced, till,\n          {taken}]}}"),
        );
        let line = line_of(&text, &format!("          {taken}]}}"));
        assert_says(&problems(&text), line, &format!("the name `{taken}` is taken"));
    }
}

#[test]
fn bodies_that_cannot_be_sent() {
    refused(
        "          application/x-www-form-urlencoded:",
        "          multipart/form-data:",
        "multipart",
        "are not understood",
    );
    let text = changed("$ref: '#/components/schemas/NewMeter'", "type: object");
    let found = problems(&text);
    let words = "a JSON request body must be a $ref";
    assert!(
        found.iter().any(|problem| problem.message.contains(words)),
        "{found:#?}"
    );
}
