//! What is open to everybody, and the list of all operations.

use energy_core::CredentialUse;
use intellimeter::*;
use serde_json::json;

use crate::support::*;

fn is_open(sent: &Sent, path: &str, accept: &str) {
    assert_eq!(sent.line, format!("GET {BASE}{path}"));
    assert_eq!(sent.header("authorization"), None, "nobody asks who wants to know");
    assert_eq!((sent.header("accept"), sent.body.as_str()), (Some(accept), ""));
}

#[tokio::test]
async fn list_faq() {
    let entries = json!([{
        "answer": "Behind the mill.", "created": "2025-07-08T09:10:11", "id": "fa0001ee", "question": "Where?",
        "updated": "2025-08-09T10:11:12",
    }]);
    let (entries, sent) = round_trip(&ListFaq::new(), Reply::json(entries)).await;
    is_open(&sent, "/faq", "application/json");
    let entry = &entries[0];
    assert_eq!((entries.len(), entry.id.as_str()), (1, "fa0001ee"));
    assert_eq!(
        (entry.question.as_str(), entry.answer.as_str()),
        ("Where?", "Behind the mill.")
    );
    assert_eq!(entry.created, local("2025-07-08T09:10:11"));
    assert_eq!(entry.updated, local("2025-08-09T10:11:12"));
    assert!(entry.extra.is_empty());
}

#[tokio::test]
async fn get_user_manual() {
    let pdf = b"%PDF-1.4\n\xff\xfe manual".to_vec();
    let (manual, sent) = round_trip(&GetUserManual::new(), Reply::new(200, "application/pdf", pdf.clone())).await;
    is_open(&sent, "/documentation", "application/pdf");
    assert_eq!(manual, pdf, "byte by byte");
}

/// The headings of the documentation, top to bottom: method, path of the text, scope.
const DOCUMENTED: [(&str, &str, &str); 61] = [
    ("GET", "/read", "meter:reads:read"),
    ("GET", "/meter", "meter:meters:read"),
    ("PUT", "/meter", "meter:meters:update"),
    ("GET", "/property", "property:info:read"),
    ("PUT", "/property", "property:info:update"),
    ("GET", "/company", "company:info:read"),
    ("PUT", "/company", "company:info:update"),
    ("GET", "/application", "auth:app:read"),
    ("POST", "/application", "auth:app:create"),
    ("PUT", "/application", "auth:app:update"),
    ("DELETE", "/application", "auth:app:delete"),
    ("GET", "/user", "uac:user:read"),
    ("PUT", "/user", "uac:user:update"),
    ("GET", "/users", "uac:users:read"),
    ("POST", "/users", "uac:users:create"),
    ("PUT", "/users", "uac:users:update"),
    ("DELETE", "/users", "uac:users:delete"),
    ("GET", "/file-upload/http", "file:http:read"),
    ("PUT", "/file-upload/http", "file:http:write"),
    ("DELETE", "/file-upload/http", "file:http:disable"),
    ("GET", "/file-upload/ftps", "file:ftps:read"),
    ("PUT", "/file-upload/ftps", "file:ftps:write"),
    ("DELETE", "/file-upload/ftps", "file:ftps:disable"),
    ("GET", "/billing/constants", "billing:constant:read"),
    ("PUT", "/billing/constants", "billing:constant:update"),
    ("GET", "/billing/fee", "billing:fee:read"),
    ("POST", "/billing/fee", "billing:fee:write"),
    ("POST", "/billing/feeFlush", "billing:fee:write"),
    ("PUT", "/billing/fee", "billing:fee:update"),
    ("DELETE", "/billing/fee", "billing:fee:delete"),
    ("GET", "/billing/invoice", "billing:invoice:read"),
    ("PUT", "/billing/invoice", "billing:invoice:update"),
    ("GET", "/billing/invoice/{name}", "billing:invoice:view"),
    ("GET", "/billing/service", "billing:service:read"),
    ("POST", "/billing/service", "billing:service:create"),
    ("PUT", "/billing/service", "billing:service:update"),
    ("DELETE", "/billing/service", "billing:service:delete"),
    ("GET", "/billing/suite", "billing:suite:read"),
    ("POST", "/billing/suite", "billing:suite:create"),
    ("PUT", "/billing/suite", "billing:suite:update"),
    ("DELETE", "/billing/suite", "billing:suite:delete"),
    ("GET", "/billing/tenant", "billing:tenant:read"),
    ("POST", "/billing/tenant", "billing:tenant:create"),
    ("PUT", "/billing/tenant", "billing:tenant:update"),
    ("DELETE", "/billing/tenant", "billing:tenant:delete"),
    ("GET", "/billing/tenant-suite", "billing:tenant-suite:read"),
    ("POST", "/billing/tenant-suite", "billing:tenant-suite:create"),
    ("DELETE", "/billing/tenant-suite", "billing:tenant-suite:delete"),
    ("GET", "/reports/period-consumption", "report:reading:period"),
    ("GET", "/reports/single-grand-total", "report:reading:single"),
    ("GET", "/reports/daily-grand-total", "report:reading:daily"),
    ("GET", "/reports/counts", "report:general:count"),
    ("GET", "/reports/interval", "report:reading:interval"),
    ("GET", "/reports/schedule", "report:schedule:read"),
    ("POST", "/reports/schedule", "report:schedule:create"),
    ("PUT", "/reports/schedule", "report:schedule:update"),
    ("DELETE", "/reports/schedule", "report:schedule:delete"),
    ("GET", "/reports/schedule/generate", "report:schedule:generate"),
    ("GET", "/reports/schedule/poll", "report:schedule:generate"),
    ("GET", "/faq", ""),
    ("GET", "/documentation", ""),
];

#[test]
fn every_documented_operation_is_there_and_no_other() {
    let mut there: Vec<(&str, &str, &str)> = OPERATIONS
        .iter()
        .map(|operation| {
            (
                operation.method.as_str(),
                operation.path,
                operation.access.unwrap_or_default(),
            )
        })
        .collect();
    let mut documented = DOCUMENTED.to_vec();
    there.sort_unstable();
    documented.sort_unstable();
    for (there, documented) in there.iter().zip(&documented) {
        assert_eq!(there, documented);
    }
    assert_eq!((there.len(), documented.len()), (61, 61));
}

#[test]
fn only_questions_and_manual_need_no_login() {
    for operation in OPERATIONS {
        let open = matches!(operation.id, "listFaq" | "getUserManual");
        let expected = if open {
            CredentialUse::None
        } else {
            CredentialUse::Required
        };
        assert_eq!(operation.credentials, expected, "{}", operation.id);
        assert_eq!(operation.access.is_none(), open, "{}", operation.id);
    }
    let mut ids: Vec<&str> = OPERATIONS.iter().map(|operation| operation.id).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 61, "an id is there twice");
}
