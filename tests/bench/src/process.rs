//! What Linux says of a process. Elsewhere there is nothing to read.

use std::fs;

/// Most memory that this process has had at once, in KiB.
pub fn peak_memory() -> Option<u64> {
    status("VmHWM:")
}

/// The memory that this process has now, in KiB.
pub fn memory() -> Option<u64> {
    status("VmRSS:")
}

fn status(name: &str) -> Option<u64> {
    let text = fs::read_to_string("/proc/self/status").ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    line.split_whitespace().next()?.parse().ok()
}

/// How many connections from this machine to `port` are open, seen from the side that opened them.
pub fn connections(port: u16) -> Option<usize> {
    let table = fs::read_to_string("/proc/net/tcp").ok()?;
    Some(open_to(&table, port))
}

/// Established connections to `port` in the kernel's table: number, own address, other address, state.
fn open_to(table: &str, port: u16) -> usize {
    const ESTABLISHED: &str = "01";
    let behind = format!(":{port:04X}");
    let is_open = |line: &&str| {
        let mut words = line.split_whitespace().skip(2);
        words.next().is_some_and(|other| other.ends_with(&behind)) && words.next() == Some(ESTABLISHED)
    };
    table.lines().skip(1).filter(is_open).count()
}

#[cfg(test)]
mod tests {
    use super::open_to;

    #[test]
    fn connections_are_counted_from_the_side_that_opened_them() {
        let table = "\
  sl  local_address rem_address   st tx_queue rx_queue
   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000
   1: 0100007F:C350 0100007F:1F90 01 00000000:00000000
   2: 0100007F:1F90 0100007F:C350 01 00000000:00000000
   3: 0100007F:C351 0100007F:1F90 06 00000000:00000000
";
        assert_eq!(open_to(table, 8080), 1);
        assert_eq!(open_to(table, 8081), 0);
    }
}
