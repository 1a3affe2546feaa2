//! `docs/faults.md`: what the cells assert, as a text.

use std::fmt::Write as _;

use crate::differences;
use crate::expect::{Expected, Outcome};
use crate::facts::Facts;
use crate::fault::Fault;

/// An operation with what each fault leads to, in the order of [`Fault::ALL`]; `None` where there is no occasion for it.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    pub(crate) service: &'static str,
    pub(crate) facts: Facts,
    pub(crate) cells: Vec<Option<Expected>>,
}

const INTRODUCTION: &str = "\
# What goes wrong, and what a program hears of it

Every operation of every service is called while something goes wrong: over real HTTP, on a server that resets, halves,
drips and floods exactly as told. What this page says was asserted, for each operation by itself, by

```sh
cargo test -p energy-tests --test faults --all-features
```

which writes this page, and fails when it changes. Asserted is:

- what a program hears, and how often the request is sent: as the answer or the error tells, and as the server has seen it;
- that nothing is sent again that may have been acted on, unless it is idempotent, and nothing twice that is sent once;
- how long the client waits before it sends again, and which time to come back an error tells;
- how often the client logs in;
- that no key, token, password or signature is in any text of an error, in `Debug` of an answer, or in what is traced,
  although the server repeats all that it was sent, and answers give out secrets of their own;
- that the text of an error is one line, which names the operation, what happened (in the service's own words, where it has
  any), and what to do where the client can know it: raise a limit, check an address, set a clock, come back at a time,
  mend a login;
- that it tells the place of a value that does not fit; where a value has a reader of its own, such as a number or a text,
  perhaps that of the object or list around it;
- that no more than 32 MiB of a flood leave the server, and that the host behind a redirect is not asked.

What is expected comes from rules over the descriptions: the method, `x-idempotent`, `x-once`, the way to log in, and the
schema and the example of the answer.

A cell is read as `lost ×3`: the outcome, and how often the request was sent; once is not said. `–` stands where the
description gives no occasion: an answer that is not JSON has no field of a wrong type, one whose numbers all have a
reader of their own has none that a text could stand for, one without a required value that may not be null cannot have it
null, one without a list of words has no unknown one, what is kept as it came has none of these, an empty answer cannot be
cut, and an operation that is open to everybody has no login to lose.
";

/// The whole page.
pub(crate) fn text(rows: &[Row]) -> String {
    let mut text = format!("{INTRODUCTION}\n## Outcomes\n\n| code | what a program hears |\n|---|---|\n");
    for outcome in Outcome::ALL {
        line(&mut text, [outcome.code(), outcome.what()]);
    }
    text += "\n## Faults\n\n| column | what the service does | what a program hears, and of how many operations |\n|---|---|---|\n";
    for (column, fault) in Fault::ALL.into_iter().enumerate() {
        line(&mut text, [fault.name(), fault.what(), &summary(rows, column)]);
    }
    let _ = write!(
        text,
        "\n## Where services and operations differ\n\n{}",
        differences::text(rows)
    );
    for part in rows.chunk_by(|one, next| one.service == next.service) {
        service(&mut text, part);
    }
    text
}

/// A row for all operations that behave alike, with a letter, and under the table the operations of each letter.
fn service(text: &mut String, rows: &[Row]) {
    let mut alike: Vec<Vec<&Row>> = Vec::new();
    for row in rows {
        match alike.iter_mut().find(|rows| rows[0].cells == row.cells) {
            Some(rows) => rows.push(row),
            None => alike.push(vec![row]),
        }
    }
    let _ = write!(text, "\n## {}\n\n", rows[0].service);
    line(text, [""].into_iter().chain(Fault::ALL.map(Fault::name)));
    let _ = writeln!(text, "|{}", "---|".repeat(Fault::ALL.len() + 1));
    for (rows, letter) in alike.iter().zip('A'..) {
        let cells: Vec<String> = rows[0].cells.iter().map(|cell| code(cell.as_ref())).collect();
        let letter = letter.to_string();
        line(
            text,
            [letter.as_str()].into_iter().chain(cells.iter().map(String::as_str)),
        );
    }
    text.push('\n');
    for (rows, letter) in alike.iter().zip('A'..) {
        let _ = writeln!(text, "- {letter}: {}", names(rows.iter().copied()));
    }
}

/// The operations of these rows.
pub(crate) fn names<'a>(rows: impl Iterator<Item = &'a Row>) -> String {
    let names: Vec<String> = rows.map(|row| format!("`{}`", row.facts.id)).collect();
    names.join(", ")
}

fn line<'a>(text: &mut String, cells: impl IntoIterator<Item = &'a str>) {
    for cell in cells {
        let _ = write!(text, "| {cell} ");
    }
    text.push_str("|\n");
}

fn code(cell: Option<&Expected>) -> String {
    match cell {
        None => "–".to_owned(),
        Some(Expected { outcome, attempts: 1 }) => outcome.code().to_owned(),
        Some(Expected { outcome, attempts }) => format!("{} ×{attempts}", outcome.code()),
    }
}

/// What a fault leads to, the most frequent first.
fn summary(rows: &[Row], column: usize) -> String {
    let mut counts: Vec<(String, usize)> = Vec::new();
    for row in rows {
        let code = code(row.cells[column].as_ref());
        match counts.iter_mut().find(|(known, _)| *known == code) {
            Some((_, count)) => *count += 1,
            None => counts.push((code, 1)),
        }
    }
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let counts: Vec<String> = counts.iter().map(|(code, count)| format!("{code}: {count}")).collect();
    counts.join(", ")
}
