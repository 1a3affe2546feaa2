//! `cargo xtask spec`: examples, tests, routes.

use xtask::checks::spec::{Counts, check};
use xtask::codegen::write::write;
use xtask::evidence::{routes_in, tests_in};
use xtask::problem::Problem;
use xtask::workspace::Target;

use crate::common::{self, METER, ROUTES, TESTS, assert_says, changed, line_of, put, workspace};

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

/// The fixture as a part called `v2`.
const PART: Target = Target {
    part: Some("v2"),
    ..METER
};

#[test]
fn the_tests_and_routes_of_a_part_stand_in_its_own_files() {
    let folder = workspace();
    write(folder.path(), &[PART]).unwrap();
    let routes = PART.sandbox_routes();
    assert_eq!(routes, "crates/energy-sandbox/src/meter/v2_routes.rs");
    // Those of the crate without a part, of another part, and of a folder below do not count.
    for file in ["v20_meter.rs", "v2.rs", "v2_folder/meter.rs"] {
        put(folder.path(), &format!("crates/meter/tests/{file}"), TESTS);
    }
    let problems = check(folder.path(), &PART, &[PART]).unwrap_err();
    let of = |words: &str| {
        problems
            .iter()
            .filter(|problem| problem.message.contains(words))
            .count()
    };
    assert_eq!(of("in crates/meter/tests/v2_*.rs"), 3, "{problems:#?}");
    assert_eq!(of("v2_routes.rs"), 3, "{problems:#?}");
    put(folder.path(), "crates/meter/tests/v2_meter.rs", TESTS);
    put(folder.path(), &routes, ROUTES);
    assert_eq!(check(folder.path(), &PART, &[PART]).unwrap().routes, 4);
}

#[test]
fn an_operation_of_another_part_is_none_in_these_routes() {
    const OTHER: Target = Target {
        description: "crates/meter/v4.yaml",
        output: "crates/meter/src/v4/generated",
        part: Some("v4"),
        ..METER
    };
    let folder = workspace();
    put(
        folder.path(),
        OTHER.description,
        &common::DESCRIPTION.replace("setLabel", "setName"),
    );
    put(folder.path(), "crates/meter/tests/v2_meter.rs", TESTS);
    write(folder.path(), &[PART, OTHER]).unwrap();
    let stray = "vec![Route::post(\"setName\", \"/meters/{meter}/name\", set_name),";
    put(folder.path(), &PART.sandbox_routes(), &ROUTES.replace("vec![", stray));
    let problems = check(folder.path(), &PART, &[PART, OTHER]).unwrap_err();
    assert!(
        problems[0].message.contains("`setName`, which is no operation"),
        "{problems:#?}"
    );
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
