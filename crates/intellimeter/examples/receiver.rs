//! A server of a customer: it takes the files that the service pushes, finds out their format, and prints their rows.
//!
//! ```text
//! cargo run -p intellimeter --example receiver
//! ```
//!
//! pushes one file in each format, and a broken one, to itself and ends. With an address it serves until it is stopped:
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
use intellimeter::push::{self, Format, Limits, PushedRead};
use intellimeter::{Decimal, Utility};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

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

/// Pushes files to a receiver as the service would.
async fn push_some(receiver: SocketAddr) -> Result<(), Box<dyn Error>> {
    let lobby = PushedRead::new(
        "Lobby",
        "21-104-07",
        Utility::Electricity,
        "2026-03-01 06:15:00".parse()?,
    )
    .with_point("kwh", Decimal::new(403_125, 2))
    .with_point("voltage_a", Decimal::new(1219, 1));
    let roof = PushedRead::new(
        "Roof",
        "21-104-08",
        Utility::Electricity,
        "2026-03-01 06:15:00".parse()?,
    )
    .with_point("kwh", Decimal::new(775, 1))
    .with_point("voltage_a", None);
    for format in [Format::Csv, Format::Json, Format::Xml] {
        let mut file = Vec::new();
        push::write(format, [&lobby, &roof], &mut file)?;
        println!("{}", post(receiver, format, &file).await?);
    }
    let broken = b"name,serial_number,utility,time_stamping,kwh\nLobby,21-104-07,E,2026-03-01 06:15:00,4O31\n";
    println!("{}", post(receiver, Format::Csv, broken).await?);
    Ok(())
}

/// Sends one file over a connection of its own; gives the first and the last line of the answer.
async fn post(receiver: SocketAddr, format: Format, file: &[u8]) -> Result<String, Box<dyn Error>> {
    let mut connection = TcpStream::connect(receiver).await?;
    let head = format!(
        "POST /reads HTTP/1.1\r\nHost: {receiver}\r\nConnection: close\r\n\
         Content-Type: {}\r\nContent-Length: {}\r\n\r\n",
        format.content_type(),
        file.len()
    );
    connection.write_all(head.as_bytes()).await?;
    connection.write_all(file).await?;
    let mut answer = String::new();
    connection.read_to_string(&mut answer).await?;
    let status = answer.lines().next().unwrap_or_default();
    let body = answer.split_once("\r\n\r\n").map_or("", |(_, body)| body.trim());
    Ok(format!("{status} {body}"))
}
