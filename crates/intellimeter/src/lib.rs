//! Intellimeter.
