//! What the examples share: a client of the sandbox, or with `ENPHASE_TOKEN_FILE` set, of the real service.

use std::env;
use std::error::Error;

use energy_sandbox::{EnphaseApp, EnphasePerson, Sandbox};
use enphase::energy_core::clock::{Clock, SystemClock};
use enphase::energy_core::time::OffsetDateTime;
use enphase::v4::{Application, Client, Credentials, Plan};
use enphase::{FileTokenStore, MemoryTokenStore, StoredToken};

/// A client that acts for `person` at the sandbox, and what time it is there.
///
/// With `ENPHASE_TOKEN_FILE`, `ENPHASE_KEY`, `ENPHASE_CLIENT_ID` and `ENPHASE_CLIENT_SECRET` it is one of the real service,
/// with the token that `enphase::v4::exchange` gave and that is kept in that file. Each call then counts against the quota.
pub(crate) fn client(sandbox: &Sandbox, person: EnphasePerson) -> Result<(Client, OffsetDateTime), Box<dyn Error>> {
    if let Ok(file) = env::var("ENPHASE_TOKEN_FILE") {
        let application = Application::new(env::var("ENPHASE_CLIENT_ID")?, env::var("ENPHASE_CLIENT_SECRET")?)?;
        let credentials = Credentials::new(env::var("ENPHASE_KEY")?, application, FileTokenStore::new(file))?;
        return Ok((Client::new(credentials.plan(Plan::Watt))?, SystemClock::new().now()));
    }
    let service = sandbox.enphase();
    let keys = service.credentials().watt;
    let application = Application::new(keys.client_id, keys.client_secret)?;
    let tokens = service.issue_token(EnphaseApp::Watt, person);
    let token = StoredToken::new(tokens.access_token).with_refresh(tokens.refresh_token);
    let credentials = Credentials::new(keys.api_key, application, MemoryTokenStore::new(token))?;
    let client = Client::builder(credentials.plan(Plan::Watt))
        .base_url(service.base_url())
        .build()?;
    Ok((client, sandbox.now()))
}
