//! What tests look at in an error.
#![allow(dead_code, reason = "each crate uses a part of it")]

use energy_core::Error;
use energy_core::error::{ApiError, BuildError};

/// The service's refusal.
pub(crate) fn api(error: &Error) -> &ApiError {
    let Error::Api(error) = error else {
        panic!("another kind of error: {error:?}");
    };
    error
}

/// The argument that was refused before sending.
pub(crate) fn build(error: &Error) -> &BuildError {
    let Error::Build { source, .. } = error else {
        panic!("another kind of error: {error:?}");
    };
    source
}

/// All that an error can show: it and its causes, for people and for programmers.
pub(crate) fn everything_shown(error: &(dyn std::error::Error + 'static)) -> String {
    let mut shown = format!("{error}\n{error:?}\n{error:#?}\n");
    let mut cause = error.source();
    while let Some(error) = cause {
        shown += &format!("{error}\n{error:?}\n");
        cause = error.source();
    }
    shown
}
