//! Route tables: one line per operation, and the router is built from nothing else.

use http::Method;

use crate::call::{Answer, Call};

/// What answers an operation.
pub(crate) type Handler<S> = fn(&S, &Call) -> Answer;

/// One operation of a service `S`, with every path that serves it.
#[derive(Debug)]
pub(crate) struct Route<S> {
    operation_id: &'static str,
    method: Method,
    paths: Vec<String>,
    handler: Handler<S>,
}

impl<S> Route<S> {
    pub(crate) fn get(operation_id: &'static str, path: &str, handler: Handler<S>) -> Self {
        Self::new(Method::GET, operation_id, path, handler)
    }

    pub(crate) fn post(operation_id: &'static str, path: &str, handler: Handler<S>) -> Self {
        Self::new(Method::POST, operation_id, path, handler)
    }

    pub(crate) fn put(operation_id: &'static str, path: &str, handler: Handler<S>) -> Self {
        Self::new(Method::PUT, operation_id, path, handler)
    }

    pub(crate) fn delete(operation_id: &'static str, path: &str, handler: Handler<S>) -> Self {
        Self::new(Method::DELETE, operation_id, path, handler)
    }

    fn new(method: Method, operation_id: &'static str, path: &str, handler: Handler<S>) -> Self {
        Self {
            operation_id,
            method,
            paths: vec![path.to_owned()],
            handler,
        }
    }

    /// Served under this prefix only.
    pub(crate) fn under(mut self, prefix: &str) -> Self {
        for path in &mut self.paths {
            *path = format!("{prefix}{path}");
        }
        self
    }

    /// Served under this prefix too.
    pub(crate) fn also_under(mut self, prefix: &str) -> Self {
        let prefixed: Vec<String> = (self.paths.iter()).map(|path| format!("{prefix}{path}")).collect();
        self.paths.extend(prefixed);
        self
    }

    pub(crate) fn method(&self) -> &Method {
        &self.method
    }

    pub(crate) fn paths(&self) -> &[String] {
        &self.paths
    }

    pub(crate) fn handler(&self) -> Handler<S> {
        self.handler
    }

    /// The public view: one entry per path.
    pub(crate) fn infos(&self) -> impl Iterator<Item = RouteInfo> {
        self.paths.iter().map(|path| RouteInfo {
            operation_id: self.operation_id,
            method: self.method.to_string(),
            path: path.clone(),
        })
    }
}

/// A path a service answers on, and the operation it belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RouteInfo {
    /// The operation's id in the API description.
    pub operation_id: &'static str,
    /// The method, in capitals.
    pub method: String,
    /// The path; `{name}` is one segment, `{*name}` one or more.
    pub path: String,
}
