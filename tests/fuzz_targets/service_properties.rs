use energy_core::check::{Direction, Rules};
use serde_json::Value;
use solarnet_oscp::ServiceProperties;

/// SolarNetwork's `serviceProps`: what is read is sent back, with everything that nobody has described, and read as the
/// same; its secrets are known as secrets and not shown.
///
/// # Panics
///
/// When it is not so.
pub fn service_properties(data: &[u8]) {
    let Ok(properties) = serde_json::from_slice::<ServiceProperties>(data) else {
        return;
    };
    let written = serde_json::to_value(&properties).expect("what was read can be written");
    let again: ServiceProperties = serde_json::from_value(written.clone()).expect("what was written can be read");
    assert_eq!(again, properties);

    let came: Value = serde_json::from_slice(data).expect("it is JSON");
    let described = ["http-headers", "url-paths", "group-asset-measurement"];
    for (name, value) in came.as_object().into_iter().flatten() {
        let kept = written.get(name);
        if !described.contains(&name.as_str()) && !value.is_null() {
            assert_eq!(kept, Some(value), "{name}");
        }
    }

    let mut secrets = Vec::new();
    properties.secrets(&mut secrets);
    let shown = format!("{properties:?} {properties:#?}");
    if let Some(secret) = &properties.oauth_client_secret {
        assert!(secrets.contains(secret), "it is not known as a secret");
    }
    let names: Vec<&str> = properties.http_headers.names().collect();
    assert_eq!(
        secrets.len(),
        names.len() + usize::from(properties.oauth_client_secret.is_some())
    );
    // Only what stands nowhere else, and is too long to come about by chance.
    let text = String::from_utf8_lossy(data);
    for secret in secrets.iter().map(energy_core::Secret::expose) {
        if secret.len() >= 8 && text.matches(secret).count() == 1 {
            assert!(!shown.contains(secret), "{shown}");
        }
    }
    // Said or not, it must not fail in another way.
    let _ = properties.check(Direction::Sent);
}
