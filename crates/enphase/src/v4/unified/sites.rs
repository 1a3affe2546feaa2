//! The systems of a login.

use energy_core::error::ApiErrorKind;
use energy_core::model::Site;
use energy_core::{Error, Paginated};

use crate::unified::{all, once};
use crate::v4::{Client, ListSystems, SearchSystems, System, SystemFilter, SystemSearch};

/// Every system that the login may see, as it was told first.
///
/// The first page of the list is all there is for most. What is beyond it the search gives, in pages ten times as large; it
/// leaves out more of what it tells of a system. Whoever is not let search reads on in the list.
pub(super) async fn sites(client: &Client) -> Result<Vec<Site>, Error> {
    let list = ListSystems::new();
    let page = client.send(&list).await?;
    let next = list.next(&page);
    let mut systems = page.systems;
    if let Some(next) = next {
        let search = SearchSystems::new(SystemSearch::new(SystemFilter::new()));
        let others = match all(client, search).await {
            Err(error) if is_closed(&error) => all(client, next).await?,
            found => found?,
        };
        systems.extend(others);
    }
    Ok(once(systems, |system| system.system_id).map(site).collect())
}

/// Whether the search is not for this login, or does not take what was asked.
fn is_closed(error: &Error) -> bool {
    let kinds = [ApiErrorKind::Forbidden, ApiErrorKind::NotFound, ApiErrorKind::Invalid];
    matches!(error, Error::Api(error) if kinds.contains(&error.kind))
}

/// Where a system is, which way it faces and how large it is, lists do not say: its size is −1 since July 2023.
fn site(system: System) -> Site {
    let mut site = Site::new(system.system_id.to_string());
    site.time_zone = system.time_zone();
    site.name = system.name;
    site
}
