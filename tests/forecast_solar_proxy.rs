//! What is on this machine is not asked for through a proxy: the proxy would see the key in the path.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops where it fails")]

use std::process::Command;

use energy_sandbox::Sandbox;
use energy_tests::key;
use forecast_solar::{Client, GetInfo};
use tokio::net::TcpListener;

/// Set in the process that has a proxy in its environment.
const INSIDE: &str = "ENERGY_TESTS_BEHIND_A_PROXY";

#[tokio::test(flavor = "multi_thread")]
async fn a_proxy_is_not_asked_for_this_machine() {
    if std::env::var_os(INSIDE).is_some() {
        let sandbox = Sandbox::start().await.unwrap();
        let service = sandbox.forecast_solar();
        let login = key(&service.keys().personal);
        let client = Client::builder(login).base_url(service.base_url()).build().unwrap();
        client.send(&GetInfo::new()).await.unwrap();
        return;
    }
    // The environment can only be set for another process, so this test runs itself in one.
    let proxy = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", proxy.local_addr().unwrap());
    let mut again = Command::new(std::env::current_exe().unwrap());
    again
        .args(["--exact", "a_proxy_is_not_asked_for_this_machine"])
        .env(INSIDE, "1");
    for variable in ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"] {
        again.env(variable, &address);
    }
    for variable in ["no_proxy", "NO_PROXY"] {
        again.env_remove(variable);
    }
    let output = tokio::task::spawn_blocking(move || again.output().unwrap());
    tokio::select! {
        caller = proxy.accept() => panic!("the proxy was asked by {caller:?}"),
        output = output => {
            let output = output.unwrap();
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
        }
    }
}
