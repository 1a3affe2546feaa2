//! Live data on the wire, and its frames read.

use energy_core::time::macros::datetime;
use enphase::v4::*;

use crate::v4_support::*;

fn stream(frames: &[serde_json::Value]) -> Reply {
    let events: String = frames.iter().map(|frame| format!("data: {frame}\n\n")).collect();
    Reply::new(200, "text/event-stream", events)
}

#[tokio::test]
async fn get_live_data() {
    let documented = fixture("get_live_data");
    let mut bare = documented["data"].clone();
    bare["data"]["pv_power"] = serde_json::json!(1880);
    let server = Server::answering(stream(&[documented, bare])).await;
    let client = server.client();
    let mut frames = live_data(&client, &GetLiveData::new(SYSTEM).duration(120))
        .await
        .unwrap();

    let frame = frames.next().await.unwrap().unwrap();
    assert_eq!(
        (frame.timestamp_epoch, frame.kind.as_deref()),
        (Some(1_772_529_630_250), Some("response"))
    );
    assert_eq!(frame.timestamp_utc.as_deref(), Some("2026-03-03 09:20:30.250"));
    assert_eq!(frame.at(), Some(datetime!(2026-03-03 9:20:30.25 UTC)));
    let now = frame.data;
    assert_eq!(
        (now.system_id.unwrap().get(), &now.battery_mode),
        (SYSTEM, &Some(BatteryMode::FullBackup))
    );
    assert_eq!((now.battery_power, now.battery_soc), (Some(-640.0), Some(82.0)));
    assert_eq!((now.pv_power, now.consumption_power), (Some(1875.0), Some(910.0)));
    assert_eq!((now.grid_power, now.generator_power), (Some(-325.0), Some(0.0)));
    assert_eq!(now.grid_status, Some(GridState::OnGrid));
    assert_eq!(now.envoy_serial_number.unwrap(), [GATEWAY]);

    let frame = frames.next().await.unwrap().unwrap();
    assert_eq!(
        frame.data.pv_power,
        Some(1880.0),
        "the same without the object around it"
    );
    assert!(frames.next().await.is_none(), "the time that was asked for is over");

    let sent = server.one();
    assert_eq!((sent.body.as_str(), sent.header("duration")), ("", Some("120")));
    sent.expect_head("GET", "/api/v4/systems/3300871/live_data", "text/event-stream");

    let server = Server::answering(stream(&[])).await;
    let client = server.client();
    let mut frames = live_data(&client, &GetLiveData::new(SYSTEM)).await.unwrap();
    assert!(frames.next().await.is_none());
    assert_eq!(
        server.one().header("duration"),
        None,
        "the service has a duration of its own"
    );
}
