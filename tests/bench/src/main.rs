//! The measurements that need a whole process, and the servers for all of them.
//!
//! `energy-bench memory` and `energy-bench load <seconds>` print what they measured as one line of JSON. The other roles
//! are for processes that those two and the benchmarks start.
#![allow(clippy::print_stdout, reason = "this is a command, and printing is its job")]

use std::io::Write;

use energy_bench::{Failure, load, memory, server};
use energy_sandbox::Sandbox;

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let program = std::env::current_exe()?;
    match words.as_slice() {
        ["memory"] => say(&serde_json::to_string(&memory::measure(&program)?)?),
        ["load", seconds] => say(&serde_json::to_string(&load::run(&program, seconds.parse()?).await?)?),
        ["serve"] => server::serve(say).await?,
        ["sandbox"] => {
            let sandbox = Sandbox::start().await?;
            say(sandbox.forecast_solar().base_url());
            std::future::pending::<()>().await;
        }
        ["read", subject, size, server] => {
            say(&memory::read(subject, size.parse()?, server).await?.to_string());
        }
        _ => return Err("usage: energy-bench memory | load <seconds>".into()),
    }
    Ok(())
}

/// One line, at once.
fn say(line: &str) {
    println!("{line}");
    // Whoever waits for the line is gone if this fails.
    let _ = std::io::stdout().flush();
}
