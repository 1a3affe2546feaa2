//! What is refused before anything is sent: days in the wrong order, empty lists, addresses, tricks with paths.

use energy_core::time::macros::date;
use energy_core::{BuildError, Endpoint};
use solarlog_enerest::*;

use crate::support::entities::*;
use crate::support::*;

/// Nothing leaves, and the error names the argument and the reason.
async fn names<E>(request: E, parameter: &str, reason: &str)
where
    E: Endpoint<Api = SolarLogEnerest>,
    E::Output: std::fmt::Debug,
{
    let error = refused(everything(), &request).await;
    let BuildError {
        parameter: found,
        reason: why,
        ..
    } = build(&error);
    assert_eq!(found, parameter, "{error}");
    assert!(why.contains(reason), "`{reason}` is not in: {error}");
    assert!(error.to_string().contains(E::OPERATION.id), "{error}");
}

fn channels(from: impl Into<Day>, to: impl Into<Day>) -> GetChannels {
    GetChannels::new(PLANT, [Channel::ProdPac], from, to)
}

fn cross_epoch(from: impl Into<Day>, to: impl Into<Day>) -> GetCrossEpochChannels {
    let ids = [CrossEpochId::from(INVERTER_KEPT)];
    GetCrossEpochChannels::new(PLANT, ids, [Channel::ProdPac], from, to)
}

#[tokio::test]
async fn the_last_day_is_not_before_the_first() {
    let (early, late) = (date!(2026 - 04 - 30), date!(2026 - 05 - 01));
    let why = "2026-04-30 is before 2026-05-01";
    names(channels(late, early), "dateTo", why).await;
    names(cross_epoch(late, early), "dateTo", why).await;
    // One day is a range. What today is, the plant's clock says.
    for (from, to) in [
        (Day::from(late), Day::from(late)),
        (early.into(), late.into()),
        (late.into(), Day::Today),
        (Day::Today, early.into()),
    ] {
        wire(&channels(from, to)).await;
        wire(&cross_epoch(from, to)).await;
    }
}

#[tokio::test]
async fn no_list_is_empty() {
    let none = || Vec::<Channel>::new();
    let why = "has 0 items, at least 1 needed";
    let today = || (Day::Today, Day::Today);
    let (from, to) = today();
    names(GetChannels::new(PLANT, none(), from, to), "channelNames[]", why).await;
    names(
        GetCrossEpochChannels::new(PLANT, [CrossEpochId::from("c")], none(), from, to),
        "channelNames[]",
        why,
    )
    .await;
    names(GetMonth::new(PLANT, 2026, 5, none()), "channelNames[]", why).await;
    names(GetYear::new(PLANT, 2026).channel_names(none()), "channelNames[]", why).await;
    names(GetLifetime::new(PLANT).channel_names(none()), "channelNames[]", why).await;
    // An empty list of parts could be taken for the plant as a whole.
    names(channels(from, to).component_ids([]), "componentIds[]", why).await;
    names(channels(from, to).mpp_tracker_ids([]), "mppTrackerIds[]", why).await;
    names(
        GetCrossEpochChannels::new(PLANT, [], [Channel::ProdPac], from, to),
        "xComponentIds[]",
        why,
    )
    .await;
}

#[tokio::test]
async fn months_and_years_are_of_the_calendar() {
    let month = |year, month| GetMonth::new(PLANT, year, month, [Channel::ProdEtotal]);
    let year = |year| GetYear::new(PLANT, year).channel_names([Channel::ProdEtotal]);
    names(month(2026, 0), "month", "0 is outside 1 to 12").await;
    names(month(2026, 13), "month", "13 is outside 1 to 12").await;
    for wrong in [0, 10_000, u32::MAX] {
        let why = format!("{wrong} is outside 1 to 9999");
        names(month(wrong, 5), "year", &why).await;
        names(year(wrong), "year", &why).await;
    }
    for right in [1, 9999] {
        wire(&month(right, 1)).await;
        wire(&month(right, 12)).await;
        wire(&year(right)).await;
    }
}

/// The first label of the portal's own domain, and nothing else.
#[test]
fn an_address_needs_its_portal() {
    for portal in ["orchard", "solarCompany9", "a", "north-east"] {
        let url = base_url(portal).unwrap();
        assert_eq!(url, format!("https://api.enerest.world/api/v1/{portal}"));
        let client = Client::builder(everything()).base_url(&url).build().unwrap();
        assert_eq!(client.base_url().as_str(), url);
    }
    // A label is no longer than that.
    assert!(base_url(&"a".repeat(63)).is_ok());
    for wrong in [
        "",
        " ",
        "-orchard",
        "orchard-",
        &"a".repeat(64),
        "orchard ",
        "orchard.enerest.world",
        "https://orchard.enerest.world",
        "orchard/",
        "..",
        "../v2",
        "a/../b",
        "%2e%2e",
        "orchard?x=1",
        "orchard#x",
        "user@orchard",
        "obst\u{e4}cker",
        "a\nb",
    ] {
        let error = base_url(wrong).unwrap_err();
        assert_eq!(error.parameter, "portal", "`{wrong}`");
        assert!(error.reason.contains("first label"), "{error}");
    }
}

#[test]
fn the_base_url_has_to_be_given() {
    for error in [
        Client::new(everything()).unwrap_err(),
        Client::builder(everything()).build().unwrap_err(),
    ] {
        assert_eq!(error.parameter, "base_url");
        let said = error.to_string();
        assert!(
            said.contains("has to be given") && said.contains("solarlog-enerest"),
            "{said}"
        );
    }
    for wrong in [
        "",
        "orchard",
        "/api/v1/orchard",
        "ftp://api.enerest.world/api/v1/orchard",
    ] {
        let error = Client::builder(everything()).base_url(wrong).build().unwrap_err();
        assert_eq!(error.parameter, "base_url", "{wrong}");
    }
    // The token would travel in the open.
    let open = Client::builder(everything()).base_url("http://api.enerest.world/api/v1/orchard");
    assert_eq!(open.build().unwrap_err().parameter, "base_url");
}

#[tokio::test]
async fn ids_that_would_lead_elsewhere_are_refused() {
    for wrong in ["", ".", "..", "a\nb", "a\tb", "a\rb"] {
        let why = "cannot be a part of a path";
        names(GetPlant::new(wrong), "plantId", why).await;
        names(GetPlantAddress::new(wrong), "plantId", why).await;
        names(ListPlantContacts::new(wrong), "plantId", why).await;
        names(GetFleet::new(wrong), "fleetId", why).await;
        names(ListComponents::new(wrong, Day::Today), "plantId", why).await;
        names(GetPlantVisualization::new(wrong), "plantId", why).await;
        let channels = [Channel::ProdPac];
        let today = Day::Today;
        names(GetChannels::new(wrong, channels.clone(), today, today), "plantId", why).await;
        let ids = [CrossEpochId::from("c")];
        let request = GetCrossEpochChannels::new(wrong, ids, channels.clone(), today, today);
        names(request, "plantId", why).await;
        names(GetMonth::new(wrong, 2026, 5, channels.clone()), "plantId", why).await;
        names(
            GetYear::new(wrong, 2026).channel_names(channels.clone()),
            "plantId",
            why,
        )
        .await;
        names(GetLifetime::new(wrong).channel_names(channels), "plantId", why).await;
    }
}

/// Whatever an id holds, it stays one part of the path, or one value of the query.
#[tokio::test]
async fn ids_stay_in_their_place() {
    for (id, written) in [
        ("../address", "..%2Faddress"),
        ("a/b", "a%2Fb"),
        ("a?b=c", "a%3Fb=c"),
        ("a#b", "a%23b"),
        ("%2e%2e", "%252e%252e"),
        ("a b", "a%20b"),
    ] {
        wire(&GetPlant::new(id))
            .await
            .expect(&format!("/administration/plant/{written}"));
    }
    let request = channels(Day::Today, Day::Today).component_ids([ComponentId::from("a&dateTo=2020-01-01#[]")]);
    wire(&request).await.expect(&format!(
        "/visualization/plant/{PLANT}/channels?channelNames%5B%5D=ProdPac&dateFrom=today&dateTo=today\
         &componentIds%5B%5D=a%26dateTo%3D2020-01-01%23%5B%5D"
    ));
}
