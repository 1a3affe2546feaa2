//! The route table: one line per operation and path. Billing is served under both of the layouts
//! that the vendor's page has: with `/billing` in its prose, without it in its samples.

use super::access::may;
use super::{
    Intellimeter, accounts, applications, constants, counts, fees, generate, invoices, meters, pages, property, public,
    reads, reports, schedule, services, suites, tenants, uploads,
};
use crate::route::Route;

/// Where everything is.
pub(super) const BASE: &str = "/api/v1";

/// Every operation, and the login.
pub(super) fn routes() -> Vec<Route<Intellimeter>> {
    operations()
        .into_iter()
        .chain(pages::routes())
        .map(|route| route.under(BASE))
        .collect()
}

#[rustfmt::skip]
fn operations() -> Vec<Route<Intellimeter>> {
    // An array, not `vec!`: tools that read this table do not look into macros.
    Vec::from([
        Route::get("getReads", "/read", |s, c| may(s, c, "meter:reads:read", reads::get)),

        Route::get("listMeters", "/meter", |s, c| may(s, c, "meter:meters:read", meters::list_of_property)),
        Route::put("updateMeter", "/meter", |s, c| may(s, c, "meter:meters:update", meters::update)),
        Route::get("listProperties", "/property", |s, c| may(s, c, "property:info:read", property::list_all)),
        Route::put("updateProperty", "/property", |s, c| may(s, c, "property:info:update", property::update)),
        Route::get("getCompany", "/company", |s, c| may(s, c, "company:info:read", property::company)),
        Route::put("updateCompany", "/company", |s, c| may(s, c, "company:info:update", property::update_company)),

        Route::get("listApplications", "/application", |s, c| may(s, c, "auth:app:read", applications::list_own)),
        Route::post("createApplication", "/application", |s, c| may(s, c, "auth:app:create", applications::create)),
        Route::put("updateApplication", "/application", |s, c| may(s, c, "auth:app:update", applications::update)),
        Route::delete("deleteApplication", "/application", |s, c| may(s, c, "auth:app:delete", applications::delete)),
        Route::get("getOwnAccount", "/user", |s, c| may(s, c, "uac:user:read", accounts::own)),
        Route::put("updateOwnAccount", "/user", |s, c| may(s, c, "uac:user:update", accounts::update_own)),
        Route::get("listAccounts", "/users", |s, c| may(s, c, "uac:users:read", accounts::list_all)),
        Route::post("createAccount", "/users", |s, c| may(s, c, "uac:users:create", accounts::create)),
        Route::put("updateAccount", "/users", |s, c| may(s, c, "uac:users:update", accounts::update)),
        Route::delete("deleteAccount", "/users", |s, c| may(s, c, "uac:users:delete", accounts::delete)),

        Route::get("listHttpUploads", "/file-upload/http", |s, c| may(s, c, "file:http:read", uploads::list_http)),
        Route::put("updateHttpUpload", "/file-upload/http", |s, c| may(s, c, "file:http:write", uploads::update_http)),
        Route::delete("disableHttpUpload", "/file-upload/http", |s, c| may(s, c, "file:http:disable", uploads::disable_http)),
        Route::get("listFtpsUploads", "/file-upload/ftps", |s, c| may(s, c, "file:ftps:read", uploads::list_ftps)),
        // The sample's path.
        Route::get("listFtpsUploads", "/file-upload/ftp", |s, c| may(s, c, "file:ftps:read", uploads::list_ftps)),
        Route::put("updateFtpsUpload", "/file-upload/ftps", |s, c| may(s, c, "file:ftps:write", uploads::update_ftps)),
        Route::delete("disableFtpsUpload", "/file-upload/ftps", |s, c| may(s, c, "file:ftps:disable", uploads::disable_ftps)),

        Route::get("listBillingConstants", "/billing/constants", |s, c| may(s, c, "billing:constant:read", constants::list_all)),
        Route::put("updateBillingConstants", "/billing/constants", |s, c| may(s, c, "billing:constant:update", constants::update)),
        Route::get("listFees", "/billing/fee", |s, c| may(s, c, "billing:fee:read", fees::list_of_property)),
        Route::post("createFee", "/billing/fee", |s, c| may(s, c, "billing:fee:write", fees::create)),
        Route::put("updateFee", "/billing/fee", |s, c| may(s, c, "billing:fee:update", fees::update)),
        Route::delete("deleteFee", "/billing/fee", |s, c| may(s, c, "billing:fee:delete", fees::delete)),
        Route::post("replaceFees", "/billing/feeFlush", |s, c| may(s, c, "billing:fee:write", fees::replace)),
        Route::get("listInvoices", "/billing/invoice", |s, c| may(s, c, "billing:invoice:read", invoices::list_of_property)),
        Route::put("markInvoicePaid", "/billing/invoice", |s, c| may(s, c, "billing:invoice:update", invoices::mark_paid)),
        Route::get("getInvoiceFile", "/billing/invoice/{name}", |s, c| may(s, c, "billing:invoice:view", invoices::file)),
        Route::get("listServices", "/billing/service", |s, c| may(s, c, "billing:service:read", services::list_of_property)),
        Route::post("createService", "/billing/service", |s, c| may(s, c, "billing:service:create", services::create)),
        Route::put("updateService", "/billing/service", |s, c| may(s, c, "billing:service:update", services::update)),
        Route::delete("deleteService", "/billing/service", |s, c| may(s, c, "billing:service:delete", services::delete)),
        Route::get("listSuites", "/billing/suite", |s, c| may(s, c, "billing:suite:read", suites::list_of_property)),
        Route::post("createSuite", "/billing/suite", |s, c| may(s, c, "billing:suite:create", suites::create)),
        Route::put("updateSuite", "/billing/suite", |s, c| may(s, c, "billing:suite:update", suites::update)),
        Route::delete("deleteSuite", "/billing/suite", |s, c| may(s, c, "billing:suite:delete", suites::delete)),
        Route::get("listTenants", "/billing/tenant", |s, c| may(s, c, "billing:tenant:read", tenants::list_of_property)),
        Route::post("createTenant", "/billing/tenant", |s, c| may(s, c, "billing:tenant:create", tenants::create)),
        Route::put("updateTenant", "/billing/tenant", |s, c| may(s, c, "billing:tenant:update", tenants::update)),
        Route::delete("deleteTenant", "/billing/tenant", |s, c| may(s, c, "billing:tenant:delete", tenants::delete)),
        Route::get("listTenantSuites", "/billing/tenant-suite", |s, c| may(s, c, "billing:tenant-suite:read", tenants::bound)),
        Route::post("bindTenant", "/billing/tenant-suite", |s, c| may(s, c, "billing:tenant-suite:create", tenants::bind)),
        Route::delete("unbindTenant", "/billing/tenant-suite", |s, c| may(s, c, "billing:tenant-suite:delete", tenants::unbind)),

        Route::get("listBillingConstants", "/constants", |s, c| may(s, c, "billing:constant:read", constants::list_all)),
        Route::put("updateBillingConstants", "/constants", |s, c| may(s, c, "billing:constant:update", constants::update)),
        Route::get("listFees", "/fee", |s, c| may(s, c, "billing:fee:read", fees::list_of_property)),
        Route::post("createFee", "/fee", |s, c| may(s, c, "billing:fee:write", fees::create)),
        Route::put("updateFee", "/fee", |s, c| may(s, c, "billing:fee:update", fees::update)),
        Route::delete("deleteFee", "/fee", |s, c| may(s, c, "billing:fee:delete", fees::delete)),
        Route::post("replaceFees", "/feeFlush", |s, c| may(s, c, "billing:fee:write", fees::replace)),
        Route::get("listInvoices", "/invoice", |s, c| may(s, c, "billing:invoice:read", invoices::list_of_property)),
        Route::put("markInvoicePaid", "/invoice", |s, c| may(s, c, "billing:invoice:update", invoices::mark_paid)),
        Route::get("getInvoiceFile", "/invoiceFile/{name}", |s, c| may(s, c, "billing:invoice:view", invoices::file)),
        Route::get("listServices", "/service", |s, c| may(s, c, "billing:service:read", services::list_of_property)),
        Route::post("createService", "/service", |s, c| may(s, c, "billing:service:create", services::create)),
        Route::put("updateService", "/service", |s, c| may(s, c, "billing:service:update", services::update)),
        Route::delete("deleteService", "/service", |s, c| may(s, c, "billing:service:delete", services::delete)),
        Route::get("listSuites", "/suite", |s, c| may(s, c, "billing:suite:read", suites::list_of_property)),
        Route::post("createSuite", "/suite", |s, c| may(s, c, "billing:suite:create", suites::create)),
        Route::put("updateSuite", "/suite", |s, c| may(s, c, "billing:suite:update", suites::update)),
        Route::delete("deleteSuite", "/suite", |s, c| may(s, c, "billing:suite:delete", suites::delete)),
        Route::get("listTenants", "/tenant", |s, c| may(s, c, "billing:tenant:read", tenants::list_of_property)),
        Route::post("createTenant", "/tenant", |s, c| may(s, c, "billing:tenant:create", tenants::create)),
        Route::put("updateTenant", "/tenant", |s, c| may(s, c, "billing:tenant:update", tenants::update)),
        Route::delete("deleteTenant", "/tenant", |s, c| may(s, c, "billing:tenant:delete", tenants::delete)),
        Route::get("listTenantSuites", "/tenantSuite", |s, c| may(s, c, "billing:tenant-suite:read", tenants::bound)),
        Route::post("bindTenant", "/tenantSuite", |s, c| may(s, c, "billing:tenant-suite:create", tenants::bind)),
        Route::delete("unbindTenant", "/tenantSuite", |s, c| may(s, c, "billing:tenant-suite:delete", tenants::unbind)),

        Route::get("getPeriodConsumption", "/reports/period-consumption", |s, c| may(s, c, "report:reading:period", reports::period)),
        Route::get("getSingleGrandTotal", "/reports/single-grand-total", |s, c| may(s, c, "report:reading:single", reports::single)),
        Route::get("getDailyGrandTotal", "/reports/daily-grand-total", |s, c| may(s, c, "report:reading:daily", reports::daily)),
        Route::get("getIntervalReport", "/reports/interval", |s, c| may(s, c, "report:reading:interval", reports::interval)),
        Route::get("getCounts", "/reports/counts", |s, c| may(s, c, "report:general:count", counts::counts)),
        Route::get("listScheduledReports", "/reports/schedule", |s, c| may(s, c, "report:schedule:read", schedule::list_own)),
        Route::post("createScheduledReport", "/reports/schedule", |s, c| may(s, c, "report:schedule:create", schedule::create)),
        Route::put("updateScheduledReport", "/reports/schedule", |s, c| may(s, c, "report:schedule:update", schedule::update)),
        Route::delete("deleteScheduledReport", "/reports/schedule", |s, c| may(s, c, "report:schedule:delete", schedule::delete)),
        Route::get("generateScheduledReport", "/reports/schedule/generate", |s, c| may(s, c, "report:schedule:generate", generate::start)),
        Route::get("pollScheduledReport", "/reports/schedule/poll", |s, c| may(s, c, "report:schedule:generate", generate::poll)),

        Route::get("listFaq", "/faq", public::faq),
        Route::get("getUserManual", "/documentation", public::manual),
    ])
}
