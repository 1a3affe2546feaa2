//! What one part of the measurements gave.

use super::figure::Figure;

/// Lines of the table, and what has to be said beside them.
#[derive(Clone, Debug, Default)]
pub struct Part {
    /// The lines.
    pub figures: Vec<Figure>,
    /// What was left out, and what was noticed.
    pub notes: Vec<String>,
}

impl Part {
    /// With these lines.
    pub fn new(figures: Vec<Figure>) -> Self {
        Self {
            figures,
            notes: Vec::new(),
        }
    }

    /// Says that something was not measured, and why: the first line of a message is enough.
    pub fn leave_out(&mut self, what: &str, why: &str) {
        let why = why.lines().next().unwrap_or_default();
        self.notes.push(format!("Left out: {what} ({why})."));
    }

    /// Whether every goal is met.
    pub fn is_met(&self) -> bool {
        self.figures.iter().all(|figure| figure.goal.is_met(figure.value))
    }
}
