//! `cargo xtask spec`: examples, tests, routes.
#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod common;

use common::{METER, ROUTES, TESTS, assert_says, changed, line_of, put, workspace};
use xtask::checks::spec::{Counts, check};
use xtask::codegen::write::write;
use xtask::evidence::{routes_in, tests_in};
use xtask::problem::Problem;

/// The workspace of the fixture with its files written, and with some of them replaced.
fn checked(files: &[(&str, &str)]) -> Result<Counts, Vec<Problem>> {
    let folder = workspace();
    write(folder.path(), &[METER]).unwrap();
    for (path, text) in files {
        put(folder.path(), path, text);
    }
    check(folder.path(), &METER, &[METER])
}

#[test]
fn counts_what_is_there() {
    let counts = checked(&[]).unwrap();
    assert_eq!(
        counts,
        Counts {
            operations: 3,
            schemas: 10,
            examples: 3,
            routes: 4
        }
    );
}

#[test]
fn an_example_that_its_schema_does_not_allow() {
    let text = changed("kWh: 1.5", "kWh: much");
    let problems = checked(&[(METER.description, &text)]).unwrap_err();
    assert_says(
        &problems,
        line_of(&text, "kWh: much"),
        "the response 200 of listReadings (application/json) says at /0/kWh",
    );
}

#[test]
fn an_example_that_lacks_what_is_required() {
    let text = changed(
        "example: {id: m-1, unit: kwh, enabled: true",
        "example: {id: m-1, enabled: true",
    );
    let problems = checked(&[(METER.description, &text)]).unwrap_err();
    assert_says(
        &problems,
        line_of(&text, "example: {id: m-1, enabled: true"),
        "the body of createMeter",
    );
}

#[test]
fn an_example_of_a_parameter_a_property_and_a_schema() {
    let text = changed(
        "          description: How many readings.",
        "          description: How many readings.\n          example: 501",
    );
    assert_says(
        &checked(&[(METER.description, &text)]).unwrap_err(),
        line_of(&text, "example: 501"),
        "the parameter limit",
    );
    let text = changed("description: When.}", "description: When., examples: [noon]}");
    assert_says(
        &checked(&[(METER.description, &text)]).unwrap_err(),
        line_of(&text, "[noon]"),
        "at of the schema Reading",
    );
    let text = changed(
        "      maxLength: 12",
        "      maxLength: 12\n      examples: [much-too-long-for-an-id]",
    );
    assert_says(
        &checked(&[(METER.description, &text)]).unwrap_err(),
        line_of(&text, "much-too-long"),
        "the schema MeterId",
    );
}

#[test]
fn an_operation_without_a_test() {
    let problems = checked(&[("crates/meter/tests/meter.rs", &TESTS.replace("    #[test]\n", ""))]).unwrap_err();
    let line = line_of(common::DESCRIPTION, "operationId: setLabel") - 1;
    assert_says(
        &problems,
        line,
        "setLabel has no test; write a test function `set_label`",
    );
    assert_eq!(problems.len(), 1);
}

#[test]
fn an_operation_without_a_route_and_a_route_without_an_operation() {
    let text = ROUTES.replace("\"createMeter\"", "\"makeMeter\"");
    let problems = checked(&[(&METER.sandbox_routes(), &text)]).unwrap_err();
    let line = line_of(common::DESCRIPTION, "operationId: createMeter") - 1;
    assert_says(&problems, line, "createMeter has no route");
    assert!(
        problems
            .iter()
            .any(|problem| { problem.message.contains("`makeMeter`, which is no operation") })
    );
}

#[test]
fn a_route_of_another_method() {
    let text = ROUTES.replace("Route::post(\"createMeter\"", "Route::put(\"createMeter\"");
    let problems = checked(&[(&METER.sandbox_routes(), &text)]).unwrap_err();
    assert!(
        problems[0].message.contains("by PUT, and the description says POST"),
        "{problems:#?}"
    );
}

#[test]
fn a_request_type_that_was_never_generated() {
    let folder = workspace();
    let problems = check(folder.path(), &METER, &[METER]).unwrap_err();
    assert!(
        problems
            .iter()
            .all(|problem| problem.message.contains("run: cargo xtask codegen"))
    );
    assert_eq!(problems.len(), 3);
}

#[test]
fn tests_are_functions_with_a_test_attribute() {
    assert_eq!(tests_in(TESTS).unwrap(), ["list_readings", "set_label", "create_meter"]);
}

#[test]
fn routes_are_calls_and_not_text() {
    let routes = routes_in(ROUTES).unwrap();
    let shown: Vec<String> = routes
        .iter()
        .map(|route| format!("{} {}", route.method, route.operation))
        .collect();
    assert_eq!(
        shown,
        [
            "GET listReadings",
            "GET listReadings",
            "POST setLabel",
            "POST createMeter"
        ]
    );
    assert_eq!(routes[1].path, "/meters/{meter}/readings/{window}");
}
