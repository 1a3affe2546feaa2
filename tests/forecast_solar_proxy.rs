//! What is on this machine is not asked for through a proxy: the proxy would see the key in the path.

use std::process::Command;

use energy_sandbox::Sandbox;
use energy_tests::key;
use forecast_solar::{Client, GetInfo};
use tokio::net::TcpListener;

/// Set in the process that has a proxy in its environment.
const INSIDE: &str = "ENERGY_TESTS_BEHIND_A_PROXY";
/// What it says in the end.
const ANSWERED: &str = "the sandbox answered";

/// The environment can only be set for another process.
#[tokio::test(flavor = "multi_thread")]
async fn a_proxy_is_not_asked_for_this_machine() {
    let proxy = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", proxy.local_addr().unwrap());
    let mut again = Command::new(std::env::current_exe().unwrap());
    again
        .args([
            "--exact",
            "forecast_solar_proxy::the_process_behind_a_proxy",
            "--ignored",
            "--nocapture",
        ])
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
            let said = String::from_utf8_lossy(&output.stdout);
            assert!(output.status.success(), "{said}");
            assert!(said.contains(ANSWERED), "{said}");
        }
    }
}

#[tokio::test]
#[ignore = "the process that the test above starts"]
#[allow(clippy::print_stdout, reason = "the other process reads it")]
async fn the_process_behind_a_proxy() {
    if std::env::var_os(INSIDE).is_none() {
        return;
    }
    let sandbox = Sandbox::start().await.unwrap();
    let service = sandbox.forecast_solar();
    let login = key(&service.keys().personal);
    let client = Client::builder(login).base_url(service.base_url()).build().unwrap();
    client.send(&GetInfo::new()).await.unwrap();
    println!("{ANSWERED}");
}
