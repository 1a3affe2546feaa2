//! Answers in the shape of the services, with values of our own.

use std::fmt::Write;

/// Where the year of intervals begins, in seconds since 1970.
const FIRST: i64 = 1_735_689_600;
/// Five-minute intervals of a year.
pub const INTERVALS: i64 = 105_120;

/// An estimate of Forecast.Solar for the first hours of a day: about 1 KiB.
pub const ESTIMATE: &str = r#"{"result":{"watts":{"2026-06-03T04:52:17+02:00":0,"2026-06-03T05:00:00+02:00":41,"2026-06-03T06:00:00+02:00":388,"2026-06-03T07:00:00+02:00":1207},"watt_hours_period":{"2026-06-03T04:52:17+02:00":0,"2026-06-03T05:00:00+02:00":3,"2026-06-03T06:00:00+02:00":214,"2026-06-03T07:00:00+02:00":797},"watt_hours":{"2026-06-03T04:52:17+02:00":0,"2026-06-03T05:00:00+02:00":3,"2026-06-03T06:00:00+02:00":217,"2026-06-03T07:00:00+02:00":1014},"watt_hours_day":{"2026-06-03":1014}},"message":{"code":0,"type":"success","text":"","pid":"q3Tz81Lm","info":{"latitude":52.5163,"longitude":13.3777,"distance":0.017,"place":"Pariser Platz, Berlin","timezone":"Europe/Berlin","time":"2026-06-03T07:21:05+02:00","time_utc":"2026-06-03T05:21:05+00:00"},"ratelimit":{"zone":"IP 198.51.100.23","period":3600,"limit":12,"remaining":7}}}"#;

/// A year of Enphase's telemetry in one answer: every interval, nights included.
pub fn telemetry() -> String {
    let until = FIRST + INTERVALS * 300;
    let mut text = format!(
        r#"{{"system_id":4417,"granularity":"year","total_devices":31,"start_at":{FIRST},"end_at":{until},"items":"intervals","intervals":["#
    );
    for number in 0..INTERVALS {
        let end = FIRST + (number + 1) * 300;
        let power = (number * 37) % 9_100;
        let energy = power / 12;
        let comma = if number == 0 { "" } else { "," };
        // Writing into a text does not fail.
        let _ = write!(
            text,
            r#"{comma}{{"end_at":{end},"devices_reporting":31,"powr":{power},"enwh":{energy}}}"#
        );
    }
    text + "]}"
}

/// A page of Enphase's systems, of `total` in all.
pub fn systems(total: u64, page: u64, size: u64) -> String {
    let first = (page.saturating_sub(1)) * size;
    let mut text = format!(
        r#"{{"total":{total},"current_page":{page},"size":{size},"count":{},"items":"systems","systems":["#,
        total.saturating_sub(first).min(size)
    );
    for number in first..total.min(first + size) {
        let id = 70_000 + number;
        let comma = if number == first { "" } else { "," };
        let _ = write!(
            text,
            r#"{comma}{{"system_id":{id},"name":"Roof {number}","public_name":"Residential System","timezone":"Europe/Berlin","address":{{"city":"Berlin","state":"BE","country":"DE","postal_code":"10117"}},"connection_type":"ethernet","energy_lifetime":-1,"energy_today":-1,"system_size":-1,"status":"normal","last_report_at":1780464000,"last_energy_at":1780463700,"operational_at":1514764800,"attachment_type":"rack_mount","interconnect_date":null,"other_references":["{id}"]}}"#
        );
    }
    text + "]}"
}
