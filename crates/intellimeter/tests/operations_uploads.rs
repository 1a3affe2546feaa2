//! Where reads are pushed to: each operation on the wire and read.

use intellimeter::*;
use serde_json::json;

use crate::support::entities::*;
use crate::support::*;

/// A body of an upload.
fn body() -> energy_core::wire::Extra {
    json!({"site": "mill"}).as_object().unwrap().clone().into()
}

#[tokio::test]
async fn list_http_uploads() {
    let full = json!({
        "body": {"site": "mill"}, "created": "2026-02-01T01:02:03", "expected_code": 201, "file_type": "XML",
        "header": {"X-Key": "avocet-key", "X-Run": 5}, "method": "PATCH", "property": PROPERTY,
        "updated": "2026-02-02T02:03:04", "url": "https://sink.example/reads",
    });
    let mut bare = full.clone();
    bare["body"] = json!(null);
    bare["header"] = json!(null);
    bare["file_type"] = json!("PARQUET");
    let (uploads, sent) = round_trip(&ListHttpUploads::new(), Reply::json(json!([full, bare]))).await;
    sent.expect("GET", "/file-upload/http");
    assert_eq!(uploads.len(), 2);
    let upload = &uploads[0];
    assert_eq!(
        (upload.property.as_str(), upload.url.as_str()),
        (PROPERTY, "https://sink.example/reads")
    );
    assert_eq!(upload.body, Some(body()));
    let headers = upload.header.as_ref().unwrap();
    let mut names: Vec<&str> = headers.names().collect();
    names.sort_unstable();
    assert_eq!(names, ["X-Key", "X-Run"]);
    assert_eq!(headers.get("X-Key"), Some(Secret::new("avocet-key")));
    assert_eq!(headers.get("X-Run"), Some(Secret::new("5")));
    assert_eq!((&upload.method, upload.expected_code), (&HttpMethod::Patch, 201));
    assert_eq!(upload.file_type, FileType::Xml);
    assert_eq!(upload.created, local("2026-02-01T01:02:03"));
    assert_eq!(upload.updated, local("2026-02-02T02:03:04"));
    assert!(upload.extra.is_empty());
    assert_eq!((&uploads[1].body, &uploads[1].header), (&None, &None));
    assert_eq!(uploads[1].file_type.as_str(), "PARQUET", "a new format is kept");

    let request = ListHttpUploads::new().property(PROPERTY);
    let (_, sent) = round_trip(&request, Reply::json(json!([]))).await;
    sent.expect("GET", "/file-upload/http?property=61fd02c9");
}

#[tokio::test]
async fn update_http_upload() {
    let input = HttpUploadInput::new("https://sink.example/reads", FileType::Csv)
        .body(body())
        .header(SecretHeaders::new().with("X-Key", "avocet-key"))
        .method(HttpMethod::Put)
        .expected_code(202);
    let ((), sent) = round_trip(&UpdateHttpUpload::new(PROPERTY, input), Reply::empty(204)).await;
    let body = json!({
        "url": "https://sink.example/reads", "file_type": "CSV", "body": {"site": "mill"},
        "header": {"X-Key": "avocet-key"}, "method": "PUT", "expected_code": 202,
    });
    sent.expect_body_for_nothing("PUT", "/file-upload/http?property=61fd02c9", &body);

    let input = HttpUploadInput::new("https://sink.example/reads", FileType::Json);
    let ((), sent) = round_trip(&UpdateHttpUpload::new(PROPERTY, input), Reply::empty(204)).await;
    let body = json!({"url": "https://sink.example/reads", "file_type": "JSON"});
    sent.expect_body_for_nothing("PUT", "/file-upload/http?property=61fd02c9", &body);
}

#[tokio::test]
async fn disable_http_upload() {
    let ((), sent) = round_trip(&DisableHttpUpload::new(PROPERTY), Reply::empty(204)).await;
    sent.expect_for_nothing("DELETE", "/file-upload/http?property=61fd02c9");
}

#[tokio::test]
async fn list_ftps_uploads() {
    let full = json!({
        "created": "2026-02-01T01:02:03", "file_type": "CSV", "host": "drop.example", "path": "/in/mill",
        "port": 2121, "property": PROPERTY, "updated": "2026-02-02T02:03:04", "user": "mill",
    });
    let mut root = full.clone();
    root["path"] = json!(null);
    let (uploads, sent) = round_trip(&ListFtpsUploads::new(), Reply::json(json!([full, root]))).await;
    sent.expect("GET", "/file-upload/ftps");
    let upload = &uploads[0];
    assert_eq!((upload.property.as_str(), upload.user.as_str()), (PROPERTY, "mill"));
    assert_eq!((upload.host.as_str(), upload.port), ("drop.example", 2121));
    assert_eq!(upload.path.as_deref(), Some("/in/mill"));
    assert_eq!(upload.file_type, FileType::Csv);
    assert_eq!(upload.created, local("2026-02-01T01:02:03"));
    assert_eq!(upload.updated, local("2026-02-02T02:03:04"));
    assert!(upload.extra.is_empty());
    assert_eq!(uploads[1].path, None);

    let request = ListFtpsUploads::new().property(PROPERTY);
    let (_, sent) = round_trip(&request, Reply::json(json!([]))).await;
    sent.expect("GET", "/file-upload/ftps?property=61fd02c9");
}

#[tokio::test]
async fn update_ftps_upload() {
    let input = FtpsUploadInput::new("drop.example", "mill", "Sanderling-2-runs", FileType::Xml)
        .port(2121)
        .path("/in/mill");
    let ((), sent) = round_trip(&UpdateFtpsUpload::new(PROPERTY, input), Reply::empty(204)).await;
    let body = json!({
        "host": "drop.example", "user": "mill", "password": "Sanderling-2-runs", "file_type": "XML", "port": 2121,
        "path": "/in/mill",
    });
    sent.expect_body_for_nothing("PUT", "/file-upload/ftps?property=61fd02c9", &body);

    let input = FtpsUploadInput::new("drop.example", "mill", "Sanderling-2-runs", FileType::Csv);
    let ((), sent) = round_trip(&UpdateFtpsUpload::new(PROPERTY, input), Reply::empty(204)).await;
    let body = json!({
        "host": "drop.example", "user": "mill", "password": "Sanderling-2-runs", "file_type": "CSV",
    });
    sent.expect_body_for_nothing("PUT", "/file-upload/ftps?property=61fd02c9", &body);
}

#[tokio::test]
async fn disable_ftps_upload() {
    let ((), sent) = round_trip(&DisableFtpsUpload::new(PROPERTY), Reply::empty(204)).await;
    sent.expect_for_nothing("DELETE", "/file-upload/ftps?property=61fd02c9");
}
