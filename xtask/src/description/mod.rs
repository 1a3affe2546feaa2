//! An API description as the generator sees it.

pub mod content;
pub mod operation;
pub mod parameter;
pub mod read;
pub mod references;
pub mod schema;
pub mod yaml;

use std::path::Path;

pub use content::{Body, Media, Response};
pub use operation::{Access, Credentials, Operation, Segment};
pub use parameter::{Parameter, Place};
pub use schema::{Additional, Bounds, Property, Schema, Variant};

use crate::problem::Problem;

/// A description that was understood as a whole.
#[derive(Debug)]
pub struct Description {
    /// The file, relative to the workspace.
    pub file: String,
    /// The service's name.
    pub title: String,
    /// Rust path of the type that implements `energy_core::Api`.
    pub api: String,
    /// The operations, in the order of the file.
    pub operations: Vec<Operation>,
    /// `components.schemas`, in the order of the file.
    pub schemas: Vec<Schema>,
    /// The document as it was read, for the examples.
    pub document: yaml::Node,
}

impl Description {
    /// Reads the description `file` of the workspace at `root`.
    ///
    /// # Errors
    /// Everything in the file that is not understood, with its line.
    pub fn load(root: &Path, file: &str) -> Result<Self, Vec<Problem>> {
        let text = std::fs::read_to_string(root.join(file))
            .map_err(|error| vec![Problem::of_file(file, format!("cannot be read: {error}"))])?;
        Self::parse(file, &text)
    }

    /// Reads `text`, the content of `file`.
    ///
    /// # Errors
    /// Everything in the text that is not understood, with its line.
    pub fn parse(file: &str, text: &str) -> Result<Self, Vec<Problem>> {
        let document = yaml::parse(file, text).map_err(|problem| vec![problem])?;
        read::read(file, document)
    }

    /// The component schema called `name`.
    pub fn schema(&self, name: &str) -> Option<&Schema> {
        self.schemas.iter().find(|schema| schema.name == name)
    }
}
