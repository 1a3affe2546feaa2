//! `docs/faults.md`: what the cells assert, as a text.

use std::fmt::Write as _;

use crate::expect::{Expected, Outcome};
use crate::fault::Fault;

/// An operation with what each fault leads to, in the order of [`Fault::ALL`]; `None` where there is no occasion for it.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    pub(crate) service: &'static str,
    pub(crate) operation: String,
    pub(crate) cells: Vec<Option<Expected>>,
}

const INTRODUCTION: &str = "\
# What goes wrong, and what a program hears of it

Every operation of every service is called while something goes wrong: over real HTTP, on a server that resets, halves,
drips and floods exactly as told. Each cell of the tables below was asserted by

```sh
cargo test -p energy-tests --test faults --all-features
```

which writes this page, and fails when it changes. A cell asserts what a program hears, how often the request is sent (as
the answer or the error tells, and as the server has seen it), that nothing is sent again that may have been acted on
unless it is idempotent, that what is sent once is sent once, that no key, token, password or signature is in any text of
an error, nor in what is traced, although the server repeats all that it was sent, that the text is one line which names
the operation and what happened, and what to do where the client can know it (raise a limit, check an address, set a clock,
come back at a time, mend a login), and that no more than 32 MiB of a flood leave the server. What is expected comes from
rules over the descriptions: the method, `x-idempotent`, `x-once`, the way to log in, and the schema and the example of the
answer.

A cell is read as `lost ×3`: the outcome, and how often the request was sent; once is not said. `–` stands where the
description gives no occasion: an answer that is not JSON has no field of a wrong type, one without a required value that
may not be null cannot have it null, one without a list of words has no unknown one, what is kept as it came has neither,
an empty answer cannot be cut, and an operation that is open to everybody has no login to lose.
";

const DIFFERENCES: &str = "\
## Where services and operations differ

- Forecast.Solar counts by the hour, Enphase v2 by the minute and the month: without a time to come back nothing is sent
  again. Enphase v2 says 409 where others say 429.
- Enphase v4 counts by the minute, as far as is known: without a time to come back the next minute is tried, once.
- SolarNetwork forgives 15 minutes between the time of a signature and its own: it refuses one of 20, and the error tells
  how far the clock is off. The other services do not ask for the client's time.
- A token that is refused is renewed, once, and the request sent again. Keys and signatures cannot be renewed, and what is
  sent only once is not sent again.
- Operations whose answer holds nothing are done when the service says so: what stands in the body is not read, unless it
  is a web page, as of a gateway, which is never an answer.
- Files and events are handed on while they come: what breaks off has begun, and is not begun again; what drips goes on.
- What is sent once, whatever happens, is live data of Enphase v4 and the commands to its chargers. A request that never
  left is not counted.
- A success that is longer than allowed, or cannot be read, is not asked for again.
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
    let _ = write!(text, "\n{DIFFERENCES}");
    let mut service = "";
    for row in rows {
        if row.service != service {
            service = row.service;
            let _ = write!(text, "\n## {service}\n\n");
            line(&mut text, ["operation"].into_iter().chain(Fault::ALL.map(Fault::name)));
            let _ = writeln!(text, "|{}", "---|".repeat(Fault::ALL.len() + 1));
        }
        let cells: Vec<String> = row.cells.iter().map(|cell| code(cell.as_ref())).collect();
        let operation = format!("`{}`", row.operation);
        line(
            &mut text,
            [operation.as_str()].into_iter().chain(cells.iter().map(String::as_str)),
        );
    }
    text
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
