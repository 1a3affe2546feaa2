//! What the targets have in common that make whole calls.

use std::cell::OnceCell;

use energy_core::transport::HttpRequest;
use tokio::runtime::{Builder, Runtime};

use crate::forms;

/// Stands for a secret in a body, together with the byte behind it: no UTF-8 has it.
const SECRET: u8 = 0xFE;

thread_local! {
    static RUNTIME: OnceCell<Runtime> = const { OnceCell::new() };
}

/// Ends the call here: its logins begin tasks of their own, so it needs a runtime.
pub(super) fn ended<T>(call: impl Future<Output = T>) -> T {
    RUNTIME.with(|runtime| {
        let runtime = runtime.get_or_init(|| Builder::new_current_thread().build().expect("the runtime starts"));
        runtime.block_on(call)
    })
}

/// A body that repeats secrets.
pub(super) fn with_secrets(body: &[u8], secrets: &[&str]) -> Vec<u8> {
    let mut whole = Vec::with_capacity(body.len());
    let mut bytes = body.iter().copied();
    while let Some(byte) = bytes.next() {
        if byte != SECRET {
            whole.push(byte);
        } else if let Some(which) = bytes.next().map(usize::from) {
            let forms = forms(secrets[which % secrets.len()]);
            whole.extend_from_slice(forms[which / secrets.len() % forms.len()].as_bytes());
        }
    }
    whole
}

/// Whether a request carries a secret.
pub(super) fn carries(request: &HttpRequest, secret: &str) -> bool {
    let mut texts = vec![request.uri().to_string().into_bytes(), request.body().to_vec()];
    texts.extend(request.headers().values().map(|value| value.as_bytes().to_vec()));
    let texts: Vec<_> = texts.iter().map(|text| String::from_utf8_lossy(text)).collect();
    forms(secret)
        .iter()
        .any(|form| texts.iter().any(|text| text.contains(form)))
}

/// # Panics
///
/// When a secret stands in the text.
pub(super) fn assert_hidden(shown: &str, secret: &str) {
    let found = forms(secret).into_iter().find(|form| shown.contains(form));
    assert_eq!(found, None, "a secret is shown in: {shown}");
}
