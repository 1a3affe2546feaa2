//! One line of the table: a figure, its baseline of the same run, and how far the ratio may go.

use std::fmt::Write;

/// What is asked of a ratio.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Goal {
    /// It may be this at most.
    AtMost(f64),
    /// It must be this at least.
    AtLeast(f64),
    /// So much more than the baseline at most, as a difference.
    More(f64),
    /// It must be the baseline, which is to say that the difference is nothing.
    Exactly,
    /// There is none: the line is there to be looked at.
    None,
}

impl Goal {
    /// Whether a ratio, or a difference, is as it should be.
    pub fn is_met(self, value: f64) -> bool {
        match self {
            Self::AtMost(most) | Self::More(most) => value <= most,
            Self::AtLeast(least) => value >= least,
            Self::Exactly => value == 0.0,
            Self::None => true,
        }
    }

    fn text(self) -> String {
        match self {
            Self::AtMost(most) => format!("≤ {most:.2}"),
            Self::AtLeast(least) => format!("≥ {least:.2}"),
            Self::More(most) => format!("≤ +{most:.0}"),
            Self::Exactly => "±0".to_owned(),
            Self::None => "–".to_owned(),
        }
    }

    fn value(self, value: f64) -> String {
        match self {
            Self::Exactly if value == 0.0 => "±0".to_owned(),
            Self::More(_) | Self::Exactly => format!("{value:+.0}"),
            Self::AtMost(_) | Self::AtLeast(_) | Self::None => format!("{value:.2}"),
        }
    }
}

/// The median of several values, and how far they lie apart.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spread {
    /// The one in the middle.
    pub median: f64,
    /// The smallest.
    pub least: f64,
    /// The largest.
    pub most: f64,
}

impl Spread {
    /// Of these values; of none it is zero.
    pub fn of(values: impl IntoIterator<Item = f64>) -> Self {
        let mut values: Vec<f64> = values.into_iter().collect();
        values.sort_by(f64::total_cmp);
        let at = |index: usize| values.get(index).copied().unwrap_or_default();
        let middle = values.len() / 2;
        let median = if values.len().is_multiple_of(2) && middle > 0 {
            f64::midpoint(at(middle - 1), at(middle))
        } else {
            at(middle)
        };
        Self {
            median,
            least: at(0),
            most: at(values.len().saturating_sub(1)),
        }
    }
}

/// A line of the table.
#[derive(Clone, Debug)]
pub struct Figure {
    /// What was measured.
    pub what: String,
    /// With the SDK, with its unit.
    pub ours: String,
    /// The baseline, with its unit.
    pub baseline: String,
    /// The ratio, or the difference.
    pub value: f64,
    /// The ratios of single rounds, if there were several.
    pub spread: Option<Spread>,
    /// What is asked of it.
    pub goal: Goal,
}

impl Figure {
    fn cells(&self) -> [String; 6] {
        let spread = self.spread.map_or_else(
            || "–".to_owned(),
            |spread| format!("{}–{}", self.goal.value(spread.least), self.goal.value(spread.most)),
        );
        let verdict = if self.goal.is_met(self.value) { "" } else { " (missed)" };
        [
            self.what.clone(),
            self.ours.clone(),
            self.baseline.clone(),
            self.goal.value(self.value),
            spread,
            self.goal.text() + verdict,
        ]
    }
}

/// What stands above the columns.
const HEADER: [&str; 6] = ["what", "SDK", "baseline", "ratio", "rounds", "goal"];

/// The lines as a table of a document.
pub fn markdown(figures: &[Figure]) -> String {
    let mut text = format!("| {} |\n|---|---:|---:|---:|---:|---|\n", HEADER.join(" | "));
    for figure in figures {
        // Writing into a text does not fail.
        let _ = writeln!(text, "| {} |", figure.cells().join(" | "));
    }
    text
}

/// The lines as a table of a terminal.
pub fn plain(figures: &[Figure]) -> String {
    let header = HEADER.map(str::to_owned);
    let rows: Vec<[String; 6]> = std::iter::once(header)
        .chain(figures.iter().map(Figure::cells))
        .collect();
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: [usize; 6] = std::array::from_fn(width);
    let mut text = String::new();
    for row in &rows {
        let line: Vec<String> = (row.iter().zip(widths))
            .map(|(cell, width)| format!("{cell:width$}"))
            .collect();
        let _ = writeln!(text, "{}", line.join("  ").trim_end());
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{Figure, Goal, Spread, markdown};

    #[test]
    fn a_spread_has_its_median_in_the_middle() {
        let spread = Spread::of([3.0, 1.0, 2.0]);
        assert_eq!((spread.least, spread.median, spread.most), (1.0, 2.0, 3.0));
        assert_eq!(Spread::of([1.0, 2.0]).median, 1.5);
        assert_eq!(Spread::of([]).median, 0.0);
    }

    #[test]
    fn a_missed_goal_is_called_so() {
        let mut figure = Figure {
            what: "one call".to_owned(),
            ours: "52 µs".to_owned(),
            baseline: "50 µs".to_owned(),
            value: 1.04,
            spread: Some(Spread::of([1.01, 1.09])),
            goal: Goal::AtMost(1.05),
        };
        let row = |figure: &Figure| markdown(std::slice::from_ref(figure)).lines().nth(2).map(str::to_owned);
        let met = "| one call | 52 µs | 50 µs | 1.04 | 1.01–1.09 | ≤ 1.05 |";
        assert_eq!(row(&figure).as_deref(), Some(met));
        figure.goal = Goal::AtLeast(1.05);
        assert!(row(&figure).is_some_and(|row| row.ends_with("≥ 1.05 (missed) |")));
        figure.goal = Goal::More(15.0);
        figure.value = 16.0;
        assert!(row(&figure).is_some_and(|row| row.contains("+16") && row.ends_with("≤ +15 (missed) |")));
    }
}
