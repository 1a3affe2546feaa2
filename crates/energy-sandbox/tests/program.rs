//! The program: one line, then service until it is stopped.

use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::common::send;

fn program() -> Command {
    Command::new(env!("CARGO_BIN_EXE_energy-sandbox"))
}

#[tokio::test]
async fn one_line_tells_where_and_with_which_keys() {
    let mut child = program()
        .args(["--listen", "127.0.0.1:0", "--at", "2026-06-21T12:00:00+02:00"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    out.read_line(&mut line).unwrap();
    let started: Value = serde_json::from_str(&line).unwrap();
    let service = &started["forecast_solar"];
    let (base, keys) = (service["base_url"].as_str().unwrap(), &service["keys"]);
    for plan in ["personal", "professional", "administrator", "suspended", "expired"] {
        assert_eq!(keys[plan].as_str().unwrap().len(), 16);
    }
    let url = format!("{base}{}/info", keys["professional"].as_str().unwrap());
    let info = send("GET", &url, &[], "").await.unwrap();
    assert_eq!(info.json()["result"]["account"], "Professional");
    assert_eq!(info.header("date"), Some("Sun, 21 Jun 2026 10:00:00 GMT"));

    let service = &started["solarnet_oscp"];
    let base = service["base_url"].as_str().unwrap();
    assert!(base.ends_with("/solaruser/api/v1/sec"), "{base}");
    let provider = service["flexibility_provider_url"].as_str().unwrap();
    let response = send("POST", &format!("{provider}/heartbeat"), &[], "").await;
    assert_eq!(response.unwrap().status, 401);
    for (_, credential) in service["credentials"].as_object().unwrap() {
        assert!(credential.as_str().unwrap().len() >= 20);
    }
    assert_eq!(service["node_id"], 251);

    let service = &started["intellimeter"];
    let base = service["base_url"].as_str().unwrap();
    assert!(base.ends_with("/api/v1"), "{base}");
    assert_eq!(send("GET", &format!("{base}/read"), &[], "").await.unwrap().status, 401);
    for name in [
        "admin_client_id",
        "admin_client_secret",
        "user_client_id",
        "user_client_secret",
    ] {
        assert!(service["credentials"][name].as_str().unwrap().len() >= 20);
    }
    assert_eq!(service["property_ids"].as_array().unwrap().len(), 2);
    assert_eq!(service["time_zone"], "America/Toronto");

    let service = &started["enphase"];
    let (base, v2_base) = (
        service["base_url"].as_str().unwrap(),
        service["v2_base_url"].as_str().unwrap(),
    );
    let systems = send("GET", &format!("{base}api/v4/systems"), &[], "").await.unwrap();
    assert_eq!(systems.status, 401);
    let (key, user_id) = (
        &service["credentials"]["v2_key"],
        &service["credentials"]["owner"]["v2_user_id"],
    );
    let query = format!("key={}&user_id={}", key.as_str().unwrap(), user_id.as_str().unwrap());
    let systems = send("GET", &format!("{v2_base}/systems?{query}"), &[], "")
        .await
        .unwrap();
    let ids: Vec<Value> = (systems.json()["systems"].as_array().unwrap().iter())
        .map(|system| system["system_id"].clone())
        .collect();
    assert_eq!(service["system_ids"], Value::from(ids));

    let service = &started["solarlog_enerest"];
    for (name, portal) in [
        ("basic", "sunnyhill"),
        ("advanced", "sunnyhill"),
        ("portal", "sunnyhill"),
        ("northwind", "northwind"),
    ] {
        let known = &service["credentials"][name];
        let form = format!(
            "grant_type=client_credentials&client_id={}&client_secret={}",
            known["client_id"].as_str().unwrap(),
            known["client_secret"].as_str().unwrap()
        );
        let url = service["token_url"].as_str().unwrap();
        assert_eq!(send("POST", url, &[], &form).await.unwrap().status, 200, "{name}");
        assert!(
            known["base_url"]
                .as_str()
                .unwrap()
                .ends_with(&format!("/api/v1/{portal}"))
        );
    }
    for id in ["plant_id", "northwind_plant_id", "fleet_id"] {
        assert_eq!(service[id].as_str().unwrap().len(), 36, "{id}");
    }

    stop(&mut child);
    let mut rest = String::new();
    out.read_to_string(&mut rest).unwrap();
    assert_eq!(rest, "", "nothing after the one line");
}

/// Asks politely where the system has a way to, and expects an orderly end.
fn stop(child: &mut std::process::Child) {
    if cfg!(unix) {
        let pid = child.id().to_string();
        assert!(Command::new("kill").arg(pid).status().unwrap().success());
        assert!(child.wait().unwrap().success());
    } else {
        child.kill().unwrap();
        child.wait().unwrap();
    }
}

#[test]
fn wrong_arguments_are_explained() {
    for (arguments, complaint) in [
        (vec!["--at", "tomorrow"], "'tomorrow' is no RFC 3339 time"),
        (vec!["--listen"], "--listen needs a value"),
        (vec!["--verbose"], "unknown argument '--verbose'"),
    ] {
        let output = program().args(&arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(String::from_utf8_lossy(&output.stderr).contains(complaint));
        assert!(output.stdout.is_empty());
    }
    let help = program().arg("--help").output().unwrap();
    assert!(help.status.success());
    assert!(String::from_utf8_lossy(&help.stdout).contains("--listen ADDRESS:PORT"));
}
