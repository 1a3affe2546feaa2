//! The page on which a person lets an application in, or does not.

use http::StatusCode;
use url::Url;

use super::applications::{Registered, by_client_id};
use super::people::{self, Account};
use super::tokens::Grant;
use super::{Enphase, oauth};
use crate::call::{Answer, Call};
use crate::route::Route;

/// The login. None of it is an operation of an API description.
pub(super) fn routes() -> Vec<Route<Enphase>> {
    Vec::from([
        Route::get("authorize", "/oauth/authorize", ask),
        Route::post("decideAuthorization", "/oauth/authorize", decide),
        Route::get("showCode", "/oauth/redirect_uri", show_code),
        Route::post("token", "/oauth/token", oauth::token),
    ])
}

/// What a browser was sent here with.
struct Request {
    application: &'static Registered,
    redirect_uri: Url,
    /// As it was written: the token endpoint wants it again.
    redirect_text: String,
    state: Option<String>,
}

impl Request {
    fn read(service: &Enphase, get: impl Fn(&str) -> Option<String>) -> Result<Self, &'static str> {
        if get("response_type").as_deref() != Some("code") {
            return Err("response_type must be 'code'.");
        }
        let application = get("client_id").as_deref().and_then(by_client_id);
        let redirect_text = get("redirect_uri").unwrap_or_else(|| format!("{}oauth/redirect_uri", service.base_url));
        Ok(Self {
            application: application.ok_or("There is no application with this client_id.")?,
            redirect_uri: Url::parse(&redirect_text).map_err(|_| "redirect_uri must be a whole URL.")?,
            redirect_text,
            state: get("state"),
        })
    }

    /// Back to the application, with the state it sent.
    fn back(&self, name: &str, value: &str) -> Answer {
        let mut url = self.redirect_uri.clone();
        url.query_pairs_mut().append_pair(name, value);
        if let Some(state) = &self.state {
            url.query_pairs_mut().append_pair("state", state);
        }
        Answer::empty(StatusCode::SEE_OTHER).with_header("location", url.as_str())
    }
}

fn ask(service: &Enphase, call: &Call) -> Answer {
    let get = |name: &str| call.parameter(name).filter(|text| !text.is_empty()).map(str::to_owned);
    match Request::read(service, get) {
        Ok(request) => page(
            StatusCode::OK,
            "Let this application in?",
            &format!(
                "<p>{} wants to read your systems.</p>\n{}",
                escape(request.application.name),
                form(&request)
            ),
        ),
        Err(why) => refused(why),
    }
}

fn decide(service: &Enphase, call: &Call) -> Answer {
    let get = |name: &str| call.field(name).filter(|value| !value.is_empty());
    let request = match Request::read(service, get) {
        Ok(request) => request,
        Err(why) => return refused(why),
    };
    let username = get("account");
    let account = match &username {
        Some(username) => people::accounts().iter().find(|known| known.username == username),
        None => people::accounts().first(),
    };
    match (get("decision").as_deref(), account) {
        (Some("approve"), Some(account)) => {
            let grant = Grant {
                app: request.application.app,
                person: account.person,
            };
            let mut state = service.state();
            let code = state.tokens.new_code(grant, &request.redirect_text, call.received);
            request.back("code", &code)
        }
        (Some("approve"), None) => refused("There is no such account."),
        (Some("deny"), _) => request.back("error", "access_denied"),
        _ => refused("The decision must be 'approve' or 'deny'."),
    }
}

/// Where the browser lands if the application has no address of its own.
fn show_code(_: &Enphase, call: &Call) -> Answer {
    let code = escape(call.parameter("code").unwrap_or("none"));
    let content = format!("<p>The code for the application:</p>\n<p><code>{code}</code></p>");
    page(StatusCode::OK, "Access granted", &content)
}

/// Hidden fields, the accounts, and two buttons.
fn form(request: &Request) -> String {
    let hidden: String = [
        ("response_type", "code"),
        ("client_id", request.application.client_id),
        ("redirect_uri", &request.redirect_text),
        ("state", request.state.as_deref().unwrap_or_default()),
    ]
    .iter()
    .map(|(name, value)| format!("<input type=\"hidden\" name=\"{name}\" value=\"{}\">", escape(value)))
    .collect();
    let option = |account: &Account| format!("<option>{}</option>", escape(account.username));
    let accounts: String = people::accounts().iter().map(option).collect();
    format!(
        "<form method=\"post\" action=\"/oauth/authorize\">{hidden}<select name=\"account\">{accounts}</select>\
         <button name=\"decision\" value=\"approve\">Approve</button>\
         <button name=\"decision\" value=\"deny\">Deny</button></form>"
    )
}

fn refused(why: &str) -> Answer {
    page(
        StatusCode::BAD_REQUEST,
        "This does not work",
        &format!("<p>{}</p>", escape(why)),
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
