//! The nine messages of OSCP 2.0 and their rules.

use serde_json::{Map, Value};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::json::Object;
use super::reply::violation;
use super::words::{
    ASSET_CATEGORY, ENERGY_DIRECTION, ENERGY_TYPE, FORECAST_TYPE, MEASUREMENT_STYLE, MEASUREMENT_UNIT, PHASE, Words,
};

/// A message of OSCP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Message {
    Register,
    Handshake,
    HandshakeAcknowledge,
    Heartbeat,
    UpdateGroupCapacityForecast,
    AdjustGroupCapacityForecast,
    GroupCapacityComplianceError,
    UpdateGroupMeasurements,
    UpdateAssetMeasurements,
}

impl Message {
    /// Its name, as `url-paths` has it too.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Register => "Register",
            Self::Handshake => "Handshake",
            Self::HandshakeAcknowledge => "HandshakeAcknowledge",
            Self::Heartbeat => "Heartbeat",
            Self::UpdateGroupCapacityForecast => "UpdateGroupCapacityForecast",
            Self::AdjustGroupCapacityForecast => "AdjustGroupCapacityForecast",
            Self::GroupCapacityComplianceError => "GroupCapacityComplianceError",
            Self::UpdateGroupMeasurements => "UpdateGroupMeasurements",
            Self::UpdateAssetMeasurements => "UpdateAssetMeasurements",
        }
    }

    /// The path that OSCP gives it.
    pub(super) fn path(self) -> &'static str {
        match self {
            Self::Register => "/register",
            Self::Handshake => "/handshake",
            Self::HandshakeAcknowledge => "/handshake_acknowledge",
            Self::Heartbeat => "/heartbeat",
            Self::UpdateGroupCapacityForecast => "/update_group_capacity_forecast",
            Self::AdjustGroupCapacityForecast => "/adjust_group_capacity_forecast",
            Self::GroupCapacityComplianceError => "/group_capacity_compliance_error",
            Self::UpdateGroupMeasurements => "/update_group_measurements",
            Self::UpdateAssetMeasurements => "/update_asset_measurements",
        }
    }

    /// The rules that a body breaks.
    pub(super) fn check(self, body: &Value) -> Vec<Object> {
        let mut check = Check::default();
        let Some(body) = body.as_object() else {
            check.breaks("", "type", body, "An object is expected.");
            return check.0;
        };
        let root = Place { object: body, at: "" };
        match self {
            Self::Register => {
                check.text(root, "token", true);
                check.list(root, "version_url", true, 1, |check, url| {
                    check.text(url, "version", true);
                    check.text(url, "base_url", true);
                });
            }
            Self::Handshake | Self::HandshakeAcknowledge => check.behaviour(root),
            Self::Heartbeat => check.time(root, "offline_mode_at", true),
            Self::UpdateGroupCapacityForecast | Self::AdjustGroupCapacityForecast => {
                check.text(root, "group_id", true);
                check.word(root, "type", true, &FORECAST_TYPE);
                check.list(root, "forecasted_blocks", true, 1, Check::block);
            }
            Self::GroupCapacityComplianceError => {
                check.text(root, "message", true);
                check.list(root, "forecasted_blocks", false, 1, Check::block);
            }
            Self::UpdateGroupMeasurements => {
                check.text(root, "group_id", true);
                check.list(root, "measurements", true, 1, Check::energy);
            }
            Self::UpdateAssetMeasurements => {
                check.text(root, "group_id", true);
                check.list(root, "measurements", true, 1, Check::asset);
            }
        }
        check.0
    }
}

/// A time as OSCP writes it.
pub(super) fn time(value: &Value) -> Option<OffsetDateTime> {
    // The parser lets other separators pass.
    let text = value.as_str().filter(|text| text.as_bytes().get(10) == Some(&b'T'))?;
    OffsetDateTime::parse(text, &Rfc3339).ok()
}

/// An object and the path that leads to it.
#[derive(Clone, Copy)]
struct Place<'a> {
    object: &'a Map<String, Value>,
    at: &'a str,
}

impl Place<'_> {
    fn path(&self, name: &str) -> String {
        if self.at.is_empty() {
            name.to_owned()
        } else {
            format!("{}.{name}", self.at)
        }
    }
}

/// The broken rules so far.
#[derive(Default)]
struct Check(Vec<Object>);

impl Check {
    fn breaks(&mut self, location: &str, code: &'static str, value: &Value, message: &str) {
        let rejected = Some(value.clone()).filter(|value| !value.is_null());
        self.0.push(violation(location, code, rejected, message));
    }

    /// The property, if it is there and passes the test.
    fn property<'a>(
        &mut self,
        place: Place<'a>,
        name: &str,
        needed: bool,
        (code, rule): (&'static str, &str),
        test: impl Fn(&Value) -> bool,
    ) -> Option<&'a Value> {
        let Some(value) = place.object.get(name) else {
            if needed {
                self.breaks(&place.path(name), "required", &Value::Null, "A value is needed.");
            }
            return None;
        };
        if test(value) {
            return Some(value);
        }
        self.breaks(&place.path(name), code, value, rule);
        None
    }

    fn text(&mut self, place: Place<'_>, name: &str, needed: bool) {
        let rule = ("type", "A text is expected.");
        self.property(place, name, needed, rule, Value::is_string);
    }

    fn time(&mut self, place: Place<'_>, name: &str, needed: bool) {
        let rule = ("format", "A time in ISO 8601 with its offset is expected.");
        self.property(place, name, needed, rule, |value| time(value).is_some());
    }

    fn word(&mut self, place: Place<'_>, name: &str, needed: bool, words: &Words) {
        let rule = ("enum", "The value is none of those allowed.");
        self.property(place, name, needed, rule, |value| is_word(value, words));
    }

    /// Numbers of this size at least.
    fn number(&mut self, place: Place<'_>, name: &str, needed: bool, least: f64) {
        let rule = ("type", "A number is expected.");
        let number = self.property(place, name, needed, rule, Value::is_number);
        if let Some(value) = number.filter(|value| value.as_f64().is_some_and(|number| number < least)) {
            let rule = format!("At least {least} is expected.");
            self.breaks(&place.path(name), "minimum", value, &rule);
        }
    }

    fn list(&mut self, place: Place<'_>, name: &str, needed: bool, least: usize, each: impl Fn(&mut Self, Place<'_>)) {
        let rule = ("type", "A list is expected.");
        let Some(value) = self.property(place, name, needed, rule, Value::is_array) else {
            return;
        };
        let items = value.as_array().map(Vec::as_slice).unwrap_or_default();
        if items.len() < least {
            self.breaks(&place.path(name), "minItems", value, "At least one item is expected.");
        }
        for (index, item) in items.iter().enumerate() {
            let at = format!("{}[{index}]", place.path(name));
            match item.as_object() {
                Some(object) => each(self, Place { object, at: &at }),
                None => self.breaks(&at, "type", item, "An object is expected."),
            }
        }
    }

    fn within(&mut self, place: Place<'_>, name: &str, check: impl Fn(&mut Self, Place<'_>)) {
        let rule = ("type", "An object is expected.");
        let value = self.property(place, name, false, rule, Value::is_object);
        if let Some(object) = value.and_then(Value::as_object) {
            let at = place.path(name);
            check(self, Place { object, at: &at });
        }
    }

    fn behaviour(&mut self, root: Place<'_>) {
        self.within(root, "required_behaviour", |check, place| {
            check.number(place, "heartbeat_interval", false, 1.0);
            let rule = ("enum", "A list of CONTINUOUS and INTERMITTENT is expected.");
            let styles = check.property(place, "measurement_configuration", true, rule, |value| {
                let items = value.as_array();
                items.is_some_and(|items| items.iter().all(|item| is_word(item, &MEASUREMENT_STYLE)))
            });
            let items = styles.and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
            let twice = (items.iter().enumerate()).any(|(index, item)| items[..index].contains(item));
            if let Some(styles) = styles.filter(|_| twice) {
                let location = place.path("measurement_configuration");
                check.breaks(&location, "uniqueItems", styles, "Each value may stand there once.");
            }
        });
    }

    fn block(&mut self, place: Place<'_>) {
        self.number(place, "capacity", true, 0.0);
        self.word(place, "phase", true, &PHASE);
        self.word(place, "unit", true, &MEASUREMENT_UNIT);
        self.time(place, "start_time", true);
        self.time(place, "end_time", true);
    }

    fn energy(&mut self, place: Place<'_>) {
        self.number(place, "value", true, f64::MIN);
        self.word(place, "phase", true, &PHASE);
        let rule = ("enum", "WH or KWH is expected.");
        self.property(place, "unit", true, rule, |value| {
            matches!(value.as_str(), Some("WH" | "KWH"))
        });
        self.word(place, "direction", true, &ENERGY_DIRECTION);
        self.word(place, "energy_type", false, &ENERGY_TYPE);
        self.time(place, "measure_time", true);
        self.time(place, "initial_measure_time", false);
    }

    fn asset(&mut self, place: Place<'_>) {
        self.text(place, "asset_id", true);
        self.word(place, "asset_category", true, &ASSET_CATEGORY);
        self.within(place, "energy_measurement", Self::energy);
        self.within(place, "instantaneous_measurement", |check, place| {
            check.number(place, "value", true, f64::MIN);
            check.word(place, "phase", true, &PHASE);
            check.word(place, "unit", true, &MEASUREMENT_UNIT);
            check.time(place, "measure_time", true);
        });
    }
}

fn is_word(value: &Value, words: &Words) -> bool {
    value.as_str().is_some_and(|text| words.wire(text).is_some())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::Message;

    /// The places and rules, in order.
    fn broken(message: Message, body: &Value) -> Vec<String> {
        let errors = message.check(body);
        let errors = errors
            .iter()
            .map(|error| serde_json::to_value(error).unwrap_or_default());
        errors
            .map(|error| format!("{} {}", error["location"].as_str().unwrap_or("?"), error["code"]))
            .collect()
    }

    fn block() -> Value {
        json!({
            "capacity": 0, "phase": "ALL", "unit": "KW",
            "start_time": "2026-06-21T10:00:00Z", "end_time": "2026-06-21T12:15:00.5+02:00",
        })
    }

    #[test]
    fn right_messages_break_nothing() {
        let energy = json!({
            "value": -1.5, "phase": "ONE", "unit": "WH", "direction": "NET", "measure_time": "2026-06-21T10:00:00Z",
        });
        let instant = json!({"value": 1, "phase": "ALL", "unit": "A", "measure_time": "2026-06-21T10:00:00Z"});
        let asset = json!({
            "asset_id": "a", "asset_category": "STORAGE", "energy_measurement": energy,
            "instantaneous_measurement": instant,
        });
        let forecast = json!({"group_id": "g", "type": "FALLBACK_GENERATION", "forecasted_blocks": [block()]});
        let behaviour = json!({"heartbeat_interval": 1, "measurement_configuration": ["CONTINUOUS", "INTERMITTENT"]});
        for (message, body) in [
            (
                Message::Register,
                json!({"token": "t", "version_url": [{"version": "2.0", "base_url": "u"}], "more": 1}),
            ),
            (Message::Handshake, json!({})),
            (Message::HandshakeAcknowledge, json!({"required_behaviour": behaviour})),
            (Message::Heartbeat, json!({"offline_mode_at": "2026-06-21T10:00:00Z"})),
            (Message::UpdateGroupCapacityForecast, forecast.clone()),
            (Message::AdjustGroupCapacityForecast, forecast),
            (Message::GroupCapacityComplianceError, json!({"message": "too much"})),
            (
                Message::UpdateGroupMeasurements,
                json!({"group_id": "g", "measurements": [energy]}),
            ),
            (
                Message::UpdateAssetMeasurements,
                json!({"group_id": "g", "measurements": [asset]}),
            ),
        ] {
            assert_eq!(broken(message, &body), Vec::<String>::new(), "{body}");
        }
    }

    #[test]
    fn wrong_messages_say_where() {
        let mut wrong = block();
        wrong["capacity"] = json!(-1);
        wrong["phase"] = json!("all");
        wrong["end_time"] = json!("2026-06-21 10:00:00Z");
        assert_eq!(
            broken(
                Message::AdjustGroupCapacityForecast,
                &json!({"group_id": 1, "forecasted_blocks": [wrong]})
            ),
            [
                "group_id \"type\"",
                "type \"required\"",
                "forecasted_blocks[0].capacity \"minimum\"",
                "forecasted_blocks[0].phase \"enum\"",
                "forecasted_blocks[0].end_time \"format\"",
            ]
        );
        let behaviour = json!({"heartbeat_interval": 0.5, "measurement_configuration": ["CONTINUOUS", "CONTINUOUS"]});
        assert_eq!(
            broken(Message::Handshake, &json!({"required_behaviour": behaviour})),
            [
                "required_behaviour.heartbeat_interval \"minimum\"",
                "required_behaviour.measurement_configuration \"uniqueItems\"",
            ]
        );
        let empty = json!({"token": "t", "version_url": []});
        assert_eq!(broken(Message::Register, &empty), ["version_url \"minItems\""]);
        assert_eq!(broken(Message::Heartbeat, &json!([])), [" \"type\""]);
    }
}
