//! What is wrong, where, and what to do about it.

use std::fmt;

/// One finding, with the place it was found at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The file, relative to the workspace.
    pub file: String,
    /// The line, counted from one; none when the finding is about the whole file.
    pub line: Option<usize>,
    /// What is wrong and what to do.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}:{line}: {}", self.file, self.message),
            None => write!(f, "{}: {}", self.file, self.message),
        }
    }
}

impl Problem {
    /// A finding about a file as a whole.
    pub fn of_file(file: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            file: file.into(),
            line: None,
            message: message.into(),
        }
    }
}

/// The findings about one file, collected so that one run shows them all.
#[derive(Debug)]
pub struct Problems {
    file: String,
    found: Vec<Problem>,
}

impl Problems {
    /// Nothing found yet in `file`.
    pub fn of(file: impl Into<String>) -> Self {
        Self {
            file: file.into(),
            found: Vec::new(),
        }
    }

    /// Adds a finding; the same one twice (a shared part, read twice) counts once.
    pub fn at(&mut self, line: usize, message: impl Into<String>) {
        let problem = Problem {
            file: self.file.clone(),
            line: Some(line),
            message: message.into(),
        };
        if !self.found.contains(&problem) {
            self.found.push(problem);
        }
    }

    /// Gives `value` if nothing was found, otherwise the findings in the order of their lines.
    ///
    /// # Errors
    /// The findings, if there are any.
    pub fn or<T>(mut self, value: T) -> Result<T, Vec<Problem>> {
        if self.found.is_empty() {
            Ok(value)
        } else {
            self.found.sort_by_key(|problem| problem.line);
            Err(self.found)
        }
    }
}
