//! A file of a million rows: read as it comes, one row at a time.

use std::cell::Cell;
use std::io::{self, Read};
use std::rc::Rc;

use intellimeter::Decimal;
use intellimeter::push::{self, Format, Limits};

const ROWS: u64 = 1_000_000;

/// CSV that is made while it is read, and is never whole anywhere. It tells how many bytes it has given.
struct Generated {
    row: u64,
    pending: Vec<u8>,
    given: Rc<Cell<u64>>,
}

impl Read for Generated {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.pending.is_empty() && self.row <= ROWS {
            let line = match self.row {
                0 => "name,serial_number,utility,time_stamping,kwh\n".to_owned(),
                row => format!("M{row},{row},E,2021-02-03 06:45:00,{row}.5\n"),
            };
            self.pending = line.into_bytes();
            self.row += 1;
        }
        let length = out.len().min(self.pending.len());
        out[..length].copy_from_slice(&self.pending[..length]);
        self.pending.drain(..length);
        self.given.set(self.given.get() + length as u64);
        Ok(length)
    }
}

#[test]
fn a_million_rows_are_read_one_at_a_time() {
    let given = Rc::new(Cell::new(0));
    let file = Generated {
        row: 0,
        pending: Vec::new(),
        given: given.clone(),
    };
    let mut taken = "name,serial_number,utility,time_stamping,kwh\n".len() as u64;
    let mut rows = 0_u64;
    let mut sum = Decimal::ZERO;
    // Were more than a row held, this limit would be passed: no row has 100 bytes.
    for row in push::read(Format::Csv, file, Limits::default().row_bytes(100)) {
        let row = row.unwrap();
        rows += 1;
        taken += format!("M{rows},{rows},E,2021-02-03 06:45:00,{rows}.5\n").len() as u64;
        sum += row.points.get("kwh").unwrap();
        // What has been asked of the file is what the rows so far have, and no more than one of them ahead.
        assert!(given.get().abs_diff(taken) < 100, "{} {taken}", given.get());
    }
    assert_eq!(rows, ROWS);
    // 1 + 2 + … + n, and n halves.
    assert_eq!(sum, Decimal::from(ROWS * (ROWS + 1) / 2 + ROWS / 2));
}
