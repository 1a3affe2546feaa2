//! Source ids of published messages, from templates.

use serde_json::Value;

use super::groups::Group;
use super::messages::Message;
use super::state::{Role, State};
use super::words::FORECAST_TYPE;

const DEFAULT_TEMPLATE: &str = "/oscp/{role}/{action}/{cp}/{co}/{cgIdentifier}";

/// The source id of a message between a group's systems: the template of the group, else of
/// the account, else the usual one, with its placeholders filled in.
pub(super) fn source_id(
    state: &State,
    group: &Group,
    message: Message,
    (from, to): (Role, Role),
    body: &Value,
) -> String {
    let of_group = state.group_settings.get(&group.id);
    let settings = of_group.into_iter().chain(&state.user_settings);
    let mut templates = settings.filter_map(|settings| settings.source_id_template.as_deref());
    let template = templates.next().unwrap_or(DEFAULT_TEMPLATE);
    let name_of = |role: Role| {
        let system = state.systems.get(&group.system(role));
        system.map(|system| system.name.clone()).unwrap_or_default()
    };
    let initials: String = message.name().chars().filter(char::is_ascii_uppercase).collect();
    let forecast = body["type"].as_str().and_then(|name| FORECAST_TYPE.wire(name));
    let values = [
        ("role", from.alias().to_owned()),
        ("action", message.name().to_owned()),
        ("actionCode", initials),
        ("src", from.alias().to_owned()),
        ("dest", to.alias().to_owned()),
        ("cg", group.id.to_string()),
        ("cgIdentifier", group.identifier.clone()),
        ("cgName", group.name.clone()),
        ("cp", group.provider.system.to_string()),
        ("cpName", name_of(Role::Provider)),
        ("co", group.optimizer.system.to_string()),
        ("coName", name_of(Role::Optimizer)),
        ("forecastType", forecast.unwrap_or_default().to_owned()),
    ];
    values.iter().fold(template.to_owned(), |text, (name, value)| {
        text.replace(&format!("{{{name}}}"), value)
    })
}
