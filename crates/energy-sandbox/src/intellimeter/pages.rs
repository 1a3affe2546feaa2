//! The two web pages on which a person lets an application in, or does not.

use http::StatusCode;
use url::Url;

use super::Intellimeter;
use super::device::{self, Decision};
use super::scopes;
use super::state::{State, User};
use super::tokens::Grant;
use crate::call::{Answer, Call};
use crate::route::Route;

/// The login: one address for every grant, and the pages. They are no operations of the API description.
pub(super) fn routes() -> Vec<Route<Intellimeter>> {
    Vec::from([
        Route::post("token", "/auth", super::auth::token),
        Route::get("authorize", "/auth/authorization", ask),
        Route::post("decideAuthorization", "/auth/authorization", decide),
        Route::get("devicePage", "/device", device_page),
        Route::post("decideDevice", "/device", decide_device),
    ])
}

/// What a browser was sent here with.
struct Request {
    application: String,
    application_name: String,
    client_id: String,
    redirect_uri: Url,
    state: Option<String>,
}

impl Request {
    fn read(known: &State, get: impl Fn(&str) -> Option<String>) -> Result<Self, &'static str> {
        if get("response_type").as_deref() != Some("code") {
            return Err("response_type must be 'code'.");
        }
        let client_id = get("client_id").unwrap_or_default();
        let application = (known.applications.iter())
            .find(|application| application.client_id == client_id)
            .ok_or("There is no application with this client_id.")?;
        let redirect_uri = get("redirect_uri").and_then(|text| Url::parse(&text).ok());
        Ok(Self {
            application: application.id.clone(),
            application_name: application.name.clone(),
            client_id,
            redirect_uri: redirect_uri.ok_or("redirect_uri must be a whole URL.")?,
            state: get("state"),
        })
    }

    /// Back to the application, with the state it sent.
    fn back(&self, status: StatusCode, name: &str, value: &str) -> Answer {
        let mut url = self.redirect_uri.clone();
        url.query_pairs_mut().append_pair(name, value);
        if let Some(state) = &self.state {
            url.query_pairs_mut().append_pair("state", state);
        }
        Answer::empty(status).with_header("location", url.as_str())
    }
}

/// The account on the page: the first administrator, unless the form says another.
fn person<'a>(state: &'a State, email: Option<&str>) -> Option<&'a User> {
    let mut users = state.users.iter().filter(|user| user.active);
    match email.filter(|email| !email.is_empty()) {
        Some(email) => users.find(|user| user.email == email),
        None => users.find(|user| user.admin),
    }
}

/// The first account that the pages take for signed in.
pub(super) fn default_person(state: &State) -> Option<String> {
    person(state, None).map(|user| user.id.clone())
}

fn ask(service: &Intellimeter, call: &Call) -> Answer {
    let mut state = service.shared.state();
    let get = |name: &str| call.parameter(name).map(str::to_owned);
    let request = match Request::read(&state, get) {
        Ok(request) => request,
        Err(why) => return refused(why),
    };
    let Some(user) = default_person(&state) else {
        return refused("There is no account.");
    };
    if state.consents.contains(&(request.application.clone(), user.clone()))
        && let Some(grant) = state.grant(&request.application, &user, &scopes::all())
    {
        let code = state.new_code(grant, call.received);
        return request.back(StatusCode::FOUND, "code", &code);
    }
    let granted = state.grant(&request.application, &user, &scopes::all());
    page(
        StatusCode::OK,
        "Let this application in?",
        &format!(
            "<p>{} asks for:</p><ul>{}</ul>\n{}",
            escape(&request.application_name),
            granted.map(|grant| items(&grant)).unwrap_or_default(),
            form(
                "auth/authorization",
                &[
                    ("response_type", "code"),
                    ("client_id", &request.client_id),
                    ("redirect_uri", request.redirect_uri.as_str()),
                    ("state", request.state.as_deref().unwrap_or_default()),
                ],
                &state,
            )
        ),
    )
}

fn items(grant: &Grant) -> String {
    grant.scopes.iter().map(|scope| format!("<li>{scope}</li>")).collect()
}

fn decide(service: &Intellimeter, call: &Call) -> Answer {
    let mut state = service.shared.state();
    let get = |name: &str| call.field(name).filter(|value| !value.is_empty());
    let request = match Request::read(&state, get) {
        Ok(request) => request,
        Err(why) => return refused(why),
    };
    match call.field("decision").as_deref() {
        Some("approve") => {
            let email = call.field("account");
            let user = person(&state, email.as_deref()).map(|user| user.id.clone());
            let grant = user.and_then(|user| state.grant(&request.application, &user, &scopes::all()));
            let Some(grant) = grant else {
                return refused("There is no such account.");
            };
            state.consents.insert((grant.application.clone(), grant.user.clone()));
            let code = state.new_code(grant, call.received);
            request.back(StatusCode::SEE_OTHER, "code", &code)
        }
        Some("deny") => request.back(StatusCode::SEE_OTHER, "error", "access_denied"),
        _ => refused("The decision must be 'approve' or 'deny'."),
    }
}

fn device_page(service: &Intellimeter, call: &Call) -> Answer {
    let state = service.shared.state();
    let code = escape(call.parameter("user_code").unwrap_or_default());
    let input = format!("<input name=\"user_code\" value=\"{code}\">");
    page(
        StatusCode::OK,
        "Connect a device",
        &form("device", &[], &state).replacen("<select", &format!("{input}<select"), 1),
    )
}

fn decide_device(service: &Intellimeter, call: &Call) -> Answer {
    let mut state = service.shared.state();
    let decision = match call.field("decision").as_deref() {
        Some("approve") => match person(&state, call.field("account").as_deref()) {
            Some(user) => Decision::Approved(user.id.clone()),
            None => return refused("There is no such account."),
        },
        Some("deny") => Decision::Denied,
        _ => return refused("The decision must be 'approve' or 'deny'."),
    };
    let code = call.field("user_code").unwrap_or_default();
    if device::decide(&mut state, &code, decision, call.received) {
        page(StatusCode::OK, "Thank you", "<p>You can go back to your device.</p>")
    } else {
        refused("There is no such code, or it has expired.")
    }
}

fn refused(why: &str) -> Answer {
    page(
        StatusCode::BAD_REQUEST,
        "This does not work",
        &format!("<p>{}</p>", escape(why)),
    )
}

/// Hidden fields, the accounts, and two buttons.
fn form(action: &str, hidden: &[(&str, &str)], state: &State) -> String {
    let hidden: String = (hidden.iter())
        .map(|(name, value)| format!("<input type=\"hidden\" name=\"{name}\" value=\"{}\">", escape(value)))
        .collect();
    let mut users: Vec<&User> = state.users.iter().filter(|user| user.active).collect();
    users.sort_by_key(|user| !user.admin);
    let accounts: String = (users.iter())
        .map(|user| format!("<option>{}</option>", escape(&user.email)))
        .collect();
    format!(
        "<form method=\"post\" action=\"{}/{action}\">{hidden}<select name=\"account\">{accounts}</select>\
         <button name=\"decision\" value=\"approve\">Approve</button>\
         <button name=\"decision\" value=\"deny\">Deny</button></form>",
        super::routes::BASE
    )
}

fn page(status: StatusCode, title: &str, content: &str) -> Answer {
    let text = format!(
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title}</title></head>\n\
         <body><h1>{title}</h1>\n{content}\n</body></html>\n"
    );
    Answer::new(status, "text/html; charset=utf-8", text)
}

fn escape(text: &str) -> String {
    (text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")).replace('"', "&quot;")
}
