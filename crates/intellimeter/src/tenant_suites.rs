//! Who lives where, asked from either side.

use energy_core::{BuildError, DecodeError, Endpoint, HttpResponse, Operation, RequestParts, decode};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{Intellimeter, ListTenantSuites, PropertyId, Suite, SuiteId, Tenant, TenantId};

/// Suites or tenants as they came. [`ListSuitesOfTenant`] and [`ListTenantsOfSuite`] give typed ones.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TenantSuites(pub Vec<Value>);

/// The suites of a tenant.
#[derive(Clone, Debug, PartialEq)]
#[must_use = "a request does nothing until a client sends it"]
pub struct ListSuitesOfTenant(ListTenantSuites, TenantId);

impl ListSuitesOfTenant {
    /// The suites of `tenant` in `property`.
    pub fn new(property: impl Into<PropertyId>, tenant: impl Into<TenantId>) -> Self {
        Self(ListTenantSuites::new(property), tenant.into())
    }
}

/// The tenants of a suite.
#[derive(Clone, Debug, PartialEq)]
#[must_use = "a request does nothing until a client sends it"]
pub struct ListTenantsOfSuite(ListTenantSuites, SuiteId);

impl ListTenantsOfSuite {
    /// The tenants of `suite` in `property`.
    pub fn new(property: impl Into<PropertyId>, suite: impl Into<SuiteId>) -> Self {
        Self(ListTenantSuites::new(property), suite.into())
    }
}

macro_rules! either_side {
    ($($name:ident by $query:literal gives $output:ty;)+) => { $(
        impl Endpoint for $name {
            type Api = Intellimeter;
            type Output = Vec<$output>;
            const OPERATION: &'static Operation = &ListTenantSuites::OPERATION;

            fn parts(&self) -> Result<RequestParts, BuildError> {
                energy_core::check::length($query, self.1.as_str(), 1, usize::MAX)?;
                let mut parts = self.0.parts()?;
                parts.query($query, &self.1);
                Ok(parts)
            }

            fn decode(&self, response: &HttpResponse) -> Result<Self::Output, DecodeError> {
                decode::json(Self::OPERATION, response)
            }
        }
    )+ };
}

either_side! {
    ListSuitesOfTenant by "tenant" gives Suite;
    ListTenantsOfSuite by "suite" gives Tenant;
}
