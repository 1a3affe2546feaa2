//! A server of a customer: it takes the files that the service pushes, finds out their format, and prints their rows.
//!
//! ```text
//! cargo run -p intellimeter --example receiver
//! ```
//!
//! lets the sandbox push a file in each format, and ends. With an address it serves until it is stopped:
//!
//! ```text
//! cargo run -p intellimeter --example receiver -- 127.0.0.1:8080
//! ```
//!
//! It answers 204, 400 with the line and column of what is wrong, 413 if the file is too large, and 415 if it is in
//! none of the formats. The service counts one status as success, 200 unless it is told otherwise: set `expected_code`
//! to 204 when the upload is set up.
#![expect(clippy::print_stdout, reason = "printing is what it is for")]

use std::env;
use std::error::Error;
use std::net::SocketAddr;

use axum::Router;
use axum::body::Bytes;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderMap, StatusCode, header};
use axum::routing::any;
use energy_sandbox::Sandbox;
use intellimeter::push::{self, Format, Limits, PushedRead};
use intellimeter::{Application, Client, Credentials, FileType, HttpUploadInput, UpdateHttpUpload};
use tokio::net::TcpListener;

/// A file of some ten thousand meters.
const LARGEST_FILE: usize = 16 * 1024 * 1024;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let address = env::args().nth(1);
    let listener = TcpListener::bind(address.as_deref().unwrap_or("127.0.0.1:0")).await?;
    let own_address = listener.local_addr()?;
    println!("Taking files at http://{own_address}/reads");
    if address.is_some() {
        return Ok(axum::serve(listener, router()).await?);
    }
    let server = tokio::spawn(async { axum::serve(listener, router()).await });
    push_some(own_address).await?;
    server.abort();
    Ok(())
}

fn router() -> Router {
    // The service can be told to send with any method.
    Router::new()
        .route("/reads", any(receive))
        .layer(DefaultBodyLimit::max(LARGEST_FILE))
}

async fn receive(headers: HeaderMap, body: Bytes) -> Result<StatusCode, (StatusCode, String)> {
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let Some(format) = push::detect(content_type, &body) else {
        return Err((
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "neither CSV nor JSON nor XML\n".to_owned(),
        ));
    };
    // Rows before a fault are good, but who is told 400 may send the whole file again: keep all of it, or nothing.
    let rows: Result<Vec<PushedRead>, _> = push::read(format, &*body, Limits::default()).collect();
    let rows = rows.map_err(|error| (StatusCode::BAD_REQUEST, format!("{error}\n")))?;
    for row in &rows {
        show(format, row);
    }
    Ok(StatusCode::NO_CONTENT)
}

fn show(format: Format, row: &PushedRead) {
    print!("{format:4} {} {} ({})", row.time_stamping, row.name, row.utility);
    for (point, number) in row.points.iter() {
        match number {
            Some(number) => print!("  {point} {number}"),
            None => print!("  {point} -"),
        }
    }
    println!();
}

/// Lets the sandbox push the reads of a property to a receiver, in each format.
async fn push_some(receiver: SocketAddr) -> Result<(), Box<dyn Error>> {
    let sandbox = Sandbox::start().await?;
    let service = sandbox.intellimeter();
    let keys = service.credentials();
    let application = Application::new(keys.admin_client_id, keys.admin_client_secret)?;
    let scopes = "file:http:*".parse()?;
    let client = Client::builder(Credentials::application(application, scopes))
        .base_url(service.base_url())
        .build()?;
    let property = service.property_ids().pop().ok_or("the sandbox has properties")?;
    for format in [FileType::Csv, FileType::Json, FileType::Xml] {
        let upload = HttpUploadInput::new(format!("http://{receiver}/reads"), format).expected_code(204);
        client.send(&UpdateHttpUpload::new(property.as_str(), upload)).await?;
        service.push_now();
        service.settle().await;
    }
    for push in service.pushed() {
        println!("{} answered {:?}", push.file_type, push.outcome);
    }
    Ok(())
}
