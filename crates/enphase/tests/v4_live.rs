//! Live data: frames however they arrive, and the ends that a stream may come to.

use std::time::Duration;

use energy_core::Error;
use energy_core::bytes::Bytes;
use energy_core::error::ApiErrorKind;
use energy_core::time::macros::datetime;
use enphase::v4::*;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::v4_service::*;

fn ask() -> GetLiveData {
    GetLiveData::new(SYSTEM)
}

/// What a frame says: `power` watts produced.
fn measured(power: i64) -> Value {
    json!({
        "data": {
            "battery_mode": "Self-consumption", "battery_power": -640, "battery_soc": 71, "consumption_power": 830,
            "envoy_serial_number": ["122201112233"], "generator_power": 0, "grid_power": -310, "grid_status": "On Grid",
            "pv_power": power, "system_id": SYSTEM,
        },
        "timestamp_epoch": 1_781_773_940_250_i64, "timestamp_utc": "2026-06-18 09:12:20.250", "type": "response",
    })
}

fn ended(status: &str) -> Value {
    json!({
        "error": {"code": 473, "details": [{}], "message": "IQ Gateway is not reporting", "status": status},
        "timestamp_epoch": 1_781_773_940, "timestamp_utc": "2026-06-18 09:12:20", "type": "response_error",
    })
}

fn event(frame: &Value) -> String {
    format!("data: {frame}\n\n")
}

/// The two nestings: as it is sent, and one more `data` around it, as it is documented.
fn nestings(frame: &Value) -> [Value; 2] {
    [frame.clone(), json!({"data": frame})]
}

fn pieces(text: &str) -> Reply {
    Reply::Pieces(vec![Bytes::from(text.to_owned())], Duration::ZERO)
}

async fn frames(reply: Reply) -> Vec<Result<LiveFrame, LiveDataError>> {
    let service = Service::in_order([reply]);
    let mut live = live_data(&service.client(), &ask()).await.unwrap();
    let mut frames = Vec::new();
    while let Some(frame) = live.next().await {
        frames.push(frame);
    }
    assert_eq!(service.count(), 1, "nobody connects again");
    frames
}

#[tokio::test]
async fn frames_in_both_nestings() {
    for frame in nestings(&measured(1_780)) {
        let found = frames(pieces(&(event(&frame) + &event(&frame)))).await;
        assert_eq!(found.len(), 2);
        for frame in found {
            let frame = frame.unwrap();
            assert_eq!(frame.at(), Some(datetime!(2026-06-18 09:12:20.25 UTC)));
            let data = frame.data;
            assert_eq!(
                (data.pv_power, data.grid_power, data.battery_power),
                (Some(1_780.0), Some(-310.0), Some(-640.0))
            );
            assert_eq!(
                (data.battery_mode, data.battery_soc),
                (Some(BatteryMode::SelfConsumption), Some(71.0))
            );
            assert_eq!((data.consumption_power, data.generator_power), (Some(830.0), Some(0.0)));
            assert_eq!(data.grid_status, Some(GridState::OnGrid));
            assert_eq!(data.system_id.unwrap().get(), SYSTEM);
        }
    }
}

/// The service counts milliseconds, and sometimes seconds.
#[test]
fn the_time_of_a_frame() {
    let at = |epoch: Value| {
        let mut frame = measured(1);
        frame["timestamp_epoch"] = epoch;
        serde_json::from_value::<LiveFrame>(frame).unwrap().at()
    };
    assert_eq!(at(json!(1_781_773_940)), Some(datetime!(2026-06-18 09:12:20 UTC)));
    assert_eq!(
        at(json!(1_781_773_940_000_i64)),
        Some(datetime!(2026-06-18 09:12:20 UTC))
    );
    assert_eq!(
        at(json!(1_781_773_940_999_i64)),
        Some(datetime!(2026-06-18 09:12:20.999 UTC))
    );
    assert_eq!(at(json!(null)), None);
    assert_eq!(at(json!(i64::MAX)), None);
}

/// What the service says at the end is told in its words; after that there is nothing.
#[tokio::test]
async fn a_frame_that_ends_the_stream() {
    for error in nestings(&ended("IQ_GATEWAY_NOT_REPORTING")) {
        let stream = event(&measured(900)) + &event(&error) + &event(&measured(901));
        let found = frames(pieces(&stream)).await;
        assert_eq!(found.len(), 2);
        assert_eq!(found[0].as_ref().unwrap().data.pv_power, Some(900.0));
        let LiveDataError::Ended(refusal) = found[1].as_ref().unwrap_err() else {
            panic!("another kind of error: {:?}", found[1]);
        };
        assert_eq!(refusal.code.as_deref(), Some("IQ_GATEWAY_NOT_REPORTING"));
        assert_eq!(refusal.messages, ["IQ Gateway is not reporting"]);
        let shown = found[1].as_ref().unwrap_err().to_string();
        let expected = "the service ended the live data: IQ Gateway is not reporting [IQ_GATEWAY_NOT_REPORTING]";
        assert_eq!(shown, expected);
    }
}

#[tokio::test]
async fn frames_that_are_none() {
    for wrong in ["warming up", "{\"data\": {\"pv_power\": \"much\"}}", "[1, 2]", "{}"] {
        let found = frames(pieces(&format!("data: {wrong}\n\n{}", event(&measured(1))))).await;
        assert_eq!(found.len(), 1, "nothing follows");
        let LiveDataError::Unreadable { frame, .. } = found[0].as_ref().unwrap_err() else {
            panic!("another kind of error: {:?}", found[0]);
        };
        assert_eq!(frame, wrong);
    }
}

/// Comments keep the line open, and a frame that is cut off at the end is none.
#[tokio::test]
async fn what_is_no_frame() {
    let stream = format!(": ping\n\nevent: message\n{}data: {{\"data\"", event(&measured(5)));
    let found = frames(pieces(&stream)).await;
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].as_ref().unwrap().data.pv_power, Some(5.0));
}

/// The statuses that only live data have come as JSON, before the stream.
#[tokio::test]
async fn refusals_before_the_stream() {
    for (code, name, kind) in [
        (461, "INVALID_DURATION", ApiErrorKind::Invalid),
        (462, "INVALID_DURATION", ApiErrorKind::Invalid),
        (463, "INVALID_DURATION", ApiErrorKind::Invalid),
        (466, "UNSUPPORTED_ENVOY", ApiErrorKind::Invalid),
        (468, "INVALID_SYSTEM_ID", ApiErrorKind::NotFound),
        (472, "LIVE_STREAM_NOT_SUPPORTED", ApiErrorKind::Invalid),
        (473, "IQ_GATEWAY_NOT_REPORTING", ApiErrorKind::Unavailable),
        (550, "SERVICE_UNREACHABLE", ApiErrorKind::Unavailable),
        (551, "SERVICE_UNREACHABLE", ApiErrorKind::Unavailable),
        (552, "CONNECTION_NOT_ESTABLISHED", ApiErrorKind::Unavailable),
    ] {
        let mut body = ended(name);
        body["error"]["code"] = json!(code);
        let service = Service::in_order([status(code, body)]);
        let error = live_data(&service.client(), &ask()).await.unwrap_err();
        assert_eq!(
            (api(&error).kind, api(&error).code.as_deref()),
            (kind, Some(name)),
            "{code}"
        );
        assert_eq!(api(&error).message, "IQ Gateway is not reporting");
        assert_eq!(service.count(), 1);
    }
}

/// A refusal that the service puts into a success is no stream.
#[tokio::test]
async fn json_in_place_of_a_stream() {
    let service = Service::in_order([ok(ended("UNSUPPORTED_ENVOY"))]);
    let error = live_data(&service.client(), &ask()).await.unwrap_err();
    assert!(matches!(error, Error::Decode(_)), "{error:?}");
    assert!(error.to_string().contains("application/json"), "{error}");
}

#[tokio::test]
async fn the_duration_is_checked_before_it_is_sent() {
    for duration in [0, 1, 29, 301, u32::MAX] {
        let error = live_data(&Service::untouched().client(), &ask().duration(duration))
            .await
            .unwrap_err();
        let Error::Build { source, .. } = &error else {
            panic!("another kind of error: {error:?}");
        };
        assert_eq!(source.parameter, "duration");
    }
    for (duration, sent) in [(None, None), (Some(30), Some("30")), (Some(300), Some("300"))] {
        let service = Service::in_order([pieces(&event(&measured(1)))]);
        let request = duration.into_iter().fold(ask(), GetLiveData::duration);
        let _frames = live_data(&service.client(), &request).await.unwrap();
        assert_eq!(
            service.asked()[0].header("duration"),
            sent,
            "a header, and no parameter"
        );
        assert_eq!(service.asked()[0].parameter("duration"), None);
        assert_eq!(service.asked()[0].header("accept"), Some("text/event-stream"));
    }
}

/// The longest stream goes on for longer than any call may.
#[tokio::test]
async fn five_minutes_are_not_cut_short() {
    let all = (0..60).map(|number| Bytes::from(event(&measured(number)))).collect();
    let service = Service::in_order([Reply::Pieces(all, Duration::from_secs(5))]);
    let mut live = live_data(&service.client(), &ask().duration(300)).await.unwrap();
    for number in 0..60_i32 {
        let frame = live.next().await.unwrap().unwrap();
        assert_eq!(frame.data.pv_power, Some(f64::from(number)));
    }
    assert!(live.next().await.is_none());
    assert_eq!(elapsed(&service), Duration::from_secs(300));
    // The transport is told to bound the wait for the head and for each piece, not the whole.
    let options = service.asked()[0].options;
    assert!(options.streaming);
    assert_eq!(options.pace, Duration::from_secs(30));
}

/// Nor by an attempt's deadline that has passed already while it goes on.
#[tokio::test]
async fn a_short_deadline_is_that_of_the_head() {
    let all = (0..10).map(|number| Bytes::from(event(&measured(number)))).collect();
    let service = Service::in_order([Reply::Pieces(all, Duration::from_secs(20))]);
    let policy = energy_core::RetryPolicy::default().with_deadline(Duration::from_secs(25));
    let client = service.builder(credentials(token())).retry(policy).build().unwrap();
    let mut live = live_data(&client, &ask()).await.unwrap();
    let mut frames = 0;
    while let Some(frame) = live.next().await {
        frame.unwrap();
        frames += 1;
    }
    assert_eq!(frames, 10);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// The network cuts a stream wherever it likes: in a frame, in a character, between two line ends.
    #[test]
    fn frames_may_be_split_anywhere(mut cuts in prop::collection::vec(0_usize..2_000, 0..12), crlf: bool) {
        let mut text: String = (0..3).map(|number| event(&measured(number)).replace("Grid", "Grïd")).collect();
        if crlf {
            text = text.replace('\n', "\r\n");
        }
        let bytes = Bytes::from(text);
        cuts.retain(|cut| *cut < bytes.len());
        cuts.extend([0, bytes.len()]);
        cuts.sort_unstable();
        cuts.dedup();
        let split = cuts.windows(2).map(|pair| bytes.slice(pair[0]..pair[1])).collect();
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let found = runtime.block_on(frames(Reply::Pieces(split, Duration::ZERO)));
        let powers: Vec<_> = found.into_iter().map(|frame| frame.unwrap().data.pv_power).collect();
        prop_assert_eq!(powers, [Some(0.0), Some(1.0), Some(2.0)]);
    }
}
