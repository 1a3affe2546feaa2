//! Files of reads that Intellimeter pushes, and the settings that say where.

use std::time::Duration;

use energy_sandbox::Sandbox;
use serde_json::{Value, json};

use crate::common::intellimeter::{Login, admin, rows, text};
use crate::common::midsummer;
use crate::common::system::System;

const SMALL: &str = "b07d42f6";

async fn configured(body: Value) -> (Sandbox, Login, System) {
    let sandbox = midsummer().await;
    let (admin, receiver) = (admin(&sandbox).await, System::start().await);
    let mut settings = json!({"url": format!("{}/reads?from=box", receiver.base_url), "expected_code": 204});
    for (name, value) in body.as_object().unwrap() {
        settings[name] = value.clone();
    }
    let path = format!("/file-upload/http?property={SMALL}");
    admin.done("PUT", &path, settings).await;
    (sandbox, admin, receiver)
}

#[tokio::test]
async fn a_file_follows_each_read_cycle() {
    let header = json!({"X-Key": "k", "x-number": 5});
    let (sandbox, _, receiver) = configured(json!({"file_type": "CSV", "header": header, "method": "put"})).await;
    let service = sandbox.intellimeter();
    sandbox.advance(Duration::from_secs(599));
    service.settle().await;
    assert!(service.pushed().is_empty());
    sandbox.advance(Duration::from_secs(1));
    service.settle().await;
    // Two hours at once are one file.
    sandbox.advance(Duration::from_secs(7200));
    service.settle().await;

    let (pushed, heard) = (service.pushed(), receiver.heard());
    assert_eq!((pushed.len(), heard.len()), (2, 2));
    assert_eq!(
        (heard[0].method.as_str(), heard[0].path.as_str()),
        ("PUT", "/oscp/2.0/reads?from=box")
    );
    assert_eq!(
        (heard[0].header("x-key"), heard[0].header("x-number")),
        (Some("k"), Some("5"))
    );
    assert_eq!(heard[0].header("content-type"), Some("text/csv"));
    assert_eq!(heard[0].body, json!(pushed[0].body));
    assert_eq!((pushed[0].outcome.clone(), pushed[0].succeeded()), (Ok(204), true));

    let lines: Vec<&str> = pushed[0].body.lines().collect();
    let names = "name,serial_number,utility,panel,suite,floor,time_stamping,sent,kwh,kwh_interval,power_factor,\
                 voltage_a,voltage_b,voltage_c,m3,m3_interval";
    assert_eq!(lines[0], names);
    let first = "Suite 1 Electricity,19-377-Birch-House-MFX-1-Meter-01,E,,Suite 1,1,2026-06-21 06:10:00,,";
    assert!(lines[1].starts_with(first), "{}", lines[1]);
    assert!(lines.iter().all(|line| line.split(',').count() == 16));
    assert!(pushed[1].body.contains("2026-06-21 08:10:00"));

    receiver.answers(500);
    service.push_now();
    service.settle().await;
    let last = service.pushed().pop().unwrap();
    assert_eq!((last.outcome.clone(), last.succeeded()), (Ok(500), false));
}

#[tokio::test]
async fn json_is_keyed_by_name_and_agrees_with_reads() {
    let (sandbox, admin, receiver) = configured(json!({"file_type": "json"})).await;
    sandbox.advance(Duration::from_secs(600));
    sandbox.intellimeter().settle().await;
    let heard = receiver.heard();
    let file = &heard[0].body;
    let reads = admin.get("/read?by=meter").await;
    assert_eq!(file.as_object().unwrap().len(), rows(&reads[SMALL]).len());
    for read in rows(&reads[SMALL]) {
        let pushed = &file[text(&read["name"])];
        assert_eq!(pushed.get("name"), None);
        assert_eq!(
            (&pushed["sent"], &pushed["serial_number"]),
            (&Value::Null, &read["serial_number"])
        );
        for point in ["kwh", "kwh_interval", "voltage_a", "m3"] {
            assert_eq!(pushed.get(point), read.get(point));
        }
    }
    // In the order of the page, from the first line on.
    let text = &sandbox.intellimeter().pushed()[0].body;
    assert!(
        text.starts_with("{\n    \"Suite 1 Electricity\": {\n        \"serial_number\": "),
        "{text}"
    );
}

#[tokio::test]
async fn xml_has_stray_commas() {
    let (sandbox, _, _receiver) = configured(json!({"file_type": "XML"})).await;
    sandbox.intellimeter().push_now();
    sandbox.intellimeter().settle().await;
    let text = &sandbox.intellimeter().pushed()[0].body;
    assert!(text.starts_with("<?xml version=\"1.0\" encoding=\"UTF-8\" ?>\n<reads>\n    <item>\n        <name>"));
    let lines = |name: &str| {
        text.lines()
            .filter(|line| line.contains(&format!("<{name}>")))
            .collect::<Vec<_>>()
    };
    assert!(!lines("voltage_a").is_empty());
    assert!(lines("voltage_a").iter().all(|line| line.ends_with(",</voltage_a>")));
    assert!(lines("voltage_c").iter().all(|line| !line.contains(',')));
    assert!(lines("panel").iter().any(|line| line.trim() == "<panel></panel>"));
}

#[tokio::test]
async fn nothing_leaves_this_machine() {
    let (sandbox, _, _receiver) = configured(json!({"file_type": "CSV", "url": "https://example.com/"})).await;
    sandbox.intellimeter().push_now();
    sandbox.intellimeter().settle().await;
    let outcome = sandbox.intellimeter().pushed()[0].outcome.clone();
    assert_eq!(outcome, Err("only plain HTTP to this machine is sent".to_owned()));
}

#[tokio::test]
async fn settings_have_defaults_and_are_forgotten() {
    let (_sandbox, admin, _receiver) = configured(json!({"file_type": "CSV"})).await;
    let path = format!("/file-upload/http?property={SMALL}");
    admin
        .done("PUT", &path, json!({"file_type": "XML", "url": "test"}))
        .await;
    let settings = admin.get(&path).await[0].clone();
    let expected = json!({
        "body": null, "created": "2026-06-21T06:00:00", "expected_code": 200, "file_type": "XML", "header": null,
        "method": "POST", "property": SMALL, "updated": "2026-06-21T06:00:00", "url": "test",
    });
    assert_eq!(settings, expected);
    assert_eq!(admin.get("/file-upload/http").await, json!([settings]));
    for wrong in [
        json!({"file_type": "PDF", "url": "test"}),
        json!({"file_type": "CSV", "url": "test", "method": "SEND"}),
        json!({"file_type": "CSV", "url": "test", "header": "x"}),
        json!({"file_type": "CSV", "url": "test", "expected_code": 20}),
    ] {
        assert_eq!(admin.status("PUT", &path, wrong.clone()).await, 422, "{wrong}");
    }
    assert_eq!(admin.status("PUT", &path, json!({"url": "test"})).await, 400);
    admin.done("DELETE", &path, Value::Null).await;
    assert_eq!(admin.status("DELETE", &path, Value::Null).await, 404);

    let path = format!("/file-upload/ftps?property={SMALL}");
    let body = json!({"file_type": "CSV", "host": "h", "user": "me", "password": "1234"});
    admin.done("PUT", &path, body).await;
    let settings = admin.get(&path).await;
    assert_eq!((&settings[0]["port"], &settings[0]["path"]), (&json!(22), &Value::Null));
    assert_eq!(settings[0].get("password"), None);
    assert_eq!(admin.get(&path.replace("ftps", "ftp")).await, settings);
    admin.done("DELETE", &path, Value::Null).await;
    assert_eq!(admin.get(&path).await, json!([]));
}
