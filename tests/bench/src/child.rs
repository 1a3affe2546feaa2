//! This package's program in a process of its own, so that what is measured shares nothing with it.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child as Process, Command, Stdio};

use crate::Failure;

/// A running process, which ends when this value is dropped.
#[derive(Debug)]
pub struct Child {
    process: Process,
    said: String,
}

impl Child {
    /// Starts `program` and waits for its first line: where it serves, or what it measured.
    ///
    /// # Errors
    ///
    /// It does not start, or ends without a word.
    pub fn start(program: &Path, arguments: &[&str]) -> Result<Self, Failure> {
        let mut process = Command::new(program)
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()?;
        let stdout = process.stdout.take().ok_or("the process has no output")?;
        let mut said = String::new();
        BufReader::new(stdout).read_line(&mut said)?;
        if said.is_empty() {
            return Err(format!("{} {} said nothing", program.display(), arguments.join(" ")).into());
        }
        Ok(Self {
            process,
            said: said.trim_end().to_owned(),
        })
    }

    /// The first line that it printed.
    pub fn said(&self) -> &str {
        &self.said
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
