use energy_core::Operation;
use energy_core::auth::PathRule;

/// Where the server has its billing operations. The documentation's text says `/billing/fee`, each of its examples says
/// `/fee`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum BillingPaths {
    /// As the text says: `/billing/tenant-suite`.
    #[default]
    Text,
    /// As the examples say: `/tenantSuite`.
    Examples,
}

impl BillingPaths {
    pub(crate) fn rule(self) -> Option<PathRule> {
        match self {
            Self::Text => None,
            Self::Examples => Some(examples),
        }
    }
}

/// The path of the examples.
fn examples(operation: &'static Operation, path: Vec<String>) -> Vec<String> {
    let mut segments = path.into_iter();
    match (segments.next(), segments.next()) {
        (Some(billing), Some(thing)) if billing == "billing" => {
            let thing = match thing.as_str() {
                "tenant-suite" => "tenantSuite".to_owned(),
                "invoice" if operation.id == "getInvoiceFile" => "invoiceFile".to_owned(),
                _ => thing,
            };
            std::iter::once(thing).chain(segments).collect()
        }
        (first, second) => first.into_iter().chain(second).chain(segments).collect(),
    }
}
