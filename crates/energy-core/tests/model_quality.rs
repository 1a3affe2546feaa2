//! Quality flags.

use energy_core::model::Quality;

#[test]
fn flags_are_a_set() {
    let mut quality = Quality::RAW | Quality::CLIPPED;
    assert!(quality.contains(Quality::RAW));
    assert!(quality.contains(Quality::UNSTATED));
    assert!(!quality.contains(Quality::RAW | Quality::VALID));
    quality |= Quality::VALID;
    assert_eq!(quality.without(Quality::RAW), Quality::VALID | Quality::CLIPPED);
    assert!(Quality::default().is_empty());
    assert_eq!(quality.union(quality), quality);
}

#[test]
fn combining_keeps_every_reservation_but_valid_only_from_both() {
    let doubtful = Quality::QUESTIONABLE;
    assert_eq!(Quality::VALID.combine(doubtful), doubtful);
    assert_eq!(doubtful.combine(Quality::VALID), doubtful);
    assert_eq!(Quality::VALID.combine(Quality::UNSTATED), Quality::UNSTATED);
    assert_eq!(Quality::VALID.combine(Quality::VALID), Quality::VALID);
    assert_eq!(Quality::RAW.combine(Quality::EDITED), Quality::RAW | Quality::EDITED);
}

#[test]
fn debug_names_the_flags() {
    assert_eq!(format!("{:?}", Quality::UNSTATED), "Quality()");
    assert_eq!(
        format!("{:?}", Quality::FORECAST | Quality::INTERPOLATED | Quality::RECOVERED),
        "Quality(INTERPOLATED | FORECAST | RECOVERED)"
    );
}

#[test]
fn json_is_a_list_of_names() {
    let quality = Quality::PARTIAL | Quality::DERIVED;
    let json = serde_json::to_string(&quality).unwrap();
    assert_eq!(json, r#"["derived","partial"]"#);
    assert_eq!(serde_json::from_str::<Quality>(&json).unwrap(), quality);
    assert_eq!(serde_json::from_str::<Quality>("[]").unwrap(), Quality::UNSTATED);
    let error = serde_json::from_str::<Quality>(r#"["valid","splendid"]"#).unwrap_err();
    assert!(error.to_string().contains("splendid"), "{error}");
    assert!(serde_json::from_str::<Quality>("3").is_err());
}

#[test]
fn every_name_leads_back_to_its_flag() {
    let all = (0..16)
        .filter_map(|bit| Quality::from_name(names().get(bit)?))
        .fold(Quality::UNSTATED, Quality::union);
    assert_eq!(all.names().collect::<Vec<_>>(), names());
    assert_eq!(Quality::from_name("VALID"), None);
}

fn names() -> Vec<&'static str> {
    vec![
        "valid",
        "edited",
        "estimated",
        "interpolated",
        "questionable",
        "derived",
        "forecast",
        "raw",
        "partial",
        "recovered",
        "clipped",
    ]
}
