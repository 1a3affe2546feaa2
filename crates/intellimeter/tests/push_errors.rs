//! What is wrong with a pushed file, and where.

use std::io::{self, Read};

use intellimeter::push::{self, Format, Limits, PushErrorKind};

/// How many rows come before the error, and the error's line, column and text. Nothing comes after it.
fn fault(format: Format, file: &[u8]) -> (usize, u64, u64, String) {
    let mut rows = push::read(format, file, Limits::default());
    let mut before = 0;
    loop {
        match rows.next() {
            Some(Ok(_)) => before += 1,
            Some(Err(error)) => {
                assert!(rows.next().is_none() && rows.next().is_none());
                return (before, error.line, error.column, error.kind.to_string());
            }
            None => panic!("no error in {}", String::from_utf8_lossy(file)),
        }
    }
}

fn check(format: Format, file: &str, before: usize, line: u64, column: u64, text: &str) {
    let expected = (before, line, column, text.to_owned());
    assert_eq!(fault(format, file.as_bytes()), expected, "{file}");
}

const HEADER: &str = "name,serial_number,utility,time_stamping,kwh,v\n";
const GOOD: &str = "A,1,E,2021-02-03 06:45:00,10,20\n";

fn csv(rest: &str) -> String {
    format!("{HEADER}{GOOD}{rest}")
}

#[test]
fn csv_headers() {
    let check = |file, column, text| check(Format::Csv, file, 0, 1, column, text);
    check("", 1, "the header has no column `name`");
    check(
        "name,utility,time_stamping\n",
        1,
        "the header has no column `serial_number`",
    );
    check("{\"A\": {}}\n", 1, "the header has no column `name`");
    check("name,serial_number,name,kwh\n", 20, "`name` comes twice");
    check(
        "name,serial_number,utility,time_stamping,kwh, kwh\n",
        46,
        "`kwh` comes twice",
    );
    check("name,,serial_number\n", 6, "a column has no name");
}

#[test]
fn csv_rows() {
    let check = |rest: &str, line, column, text: &str| check(Format::Csv, &csv(rest), 1, line, column, text);
    check(
        "B,2,E,2021-02-03 06:45:00,10\n",
        3,
        1,
        "the row has 5 values, the header 6",
    );
    check(
        "B,2,E,2021-02-03 06:45:00,10,20,30,40\n",
        3,
        33,
        "the row has 8 values, the header 6",
    );
    check("B,2,E,2021-02-03 06:45:00,10,2O\n", 3, 30, "`v` is no number: `2O`");
    check("B,2,E,2021-02-03 06:45:00,NaN,20", 3, 27, "`kwh` is no number: `NaN`");
    check(
        "B,2,E,2021-02-03 06:45:00,\"1,000\",20",
        3,
        27,
        "`kwh` is no number: `1,000`",
    );
    check("B,2,E,2021-02-03 06:45:00,1e99,20", 3, 27, "`kwh` is no number: `1e99`");
    check(
        "B,2,E,2021-02-30 06:45:00,1,2",
        3,
        7,
        "`time_stamping` is no local time: `2021-02-30 06:45:00`",
    );
    check("B,2,E,,1,2", 3, 1, "the row has no `time_stamping`");
    check("B, ,E,2021-02-03 06:45:00,1,2", 3, 1, "the row has no `serial_number`");
    // Blank lines are passed over; quotes and characters of several bytes are counted as they are in the file.
    check(
        "\n\r\n\"é\"\"é, é\",2,E,x,1,2",
        5,
        15,
        "`time_stamping` is no local time: `x`",
    );
    check(
        "\"two\nlines\",2,E,2021-02-03 06:45:00,1,no\n",
        4,
        34,
        "`v` is no number: `no`",
    );
    // Behind a quoted part, quotes are text.
    check("\"B\" 2\",2,E,x,1,2", 3, 12, "`time_stamping` is no local time: `x`");
}

#[test]
fn csv_that_is_not_utf8() {
    let mut file = csv("").into_bytes();
    file.extend_from_slice(b"B,\xFF,E,2021-02-03 06:45:00,1,2\n");
    assert_eq!(fault(Format::Csv, &file), (1, 3, 3, "the text is not UTF-8".to_owned()));
}

const MEMBER: &str = "\"serial_number\": \"1\", \"utility\": \"E\", \"time_stamping\": \"2021-02-03 06:45:00\"";

fn json(rest: &str) -> String {
    format!("{{\"A\": {{{MEMBER}}}\n{rest}")
}

#[test]
fn json_around_the_meters() {
    let first = |file, line, column, text: &str| {
        check(Format::Json, file, 0, line, column, &format!("broken JSON: {text}"));
    };
    first("", 1, 1, "expected an object with a member for each meter");
    first("\n [1]", 2, 2, "expected an object with a member for each meter");
    first("{A: 1}", 1, 2, "expected the name of a meter");
    first("{\"A\" 1}", 1, 6, "expected `:` behind the name of a meter");
    first("{\"A\": 1}", 1, 7, "expected an object with the reads of a meter");
    first("{\"A\": {\"v\": 1", 1, 14, "the file ends within the reads of a meter");
    first("{\"A\": {\"v\": \"1", 1, 15, "the file ends within a text");
    first("{} {}", 1, 4, "there is something behind the end");

    let second = |rest: &str, line, column, text: &str| {
        check(
            Format::Json,
            &json(rest),
            1,
            line,
            column,
            &format!("broken JSON: {text}"),
        );
    };
    second("", 2, 1, "expected `,` or `}` behind a meter");
    second("\"B\": {}}", 2, 1, "expected `,` or `}` behind a meter");
    second(",}", 2, 2, "expected the name of a meter");
    second("}\n}", 3, 1, "there is something behind the end");
}

#[test]
fn json_within_a_meter() {
    let check = |rest: &str, line, column, text: &str| check(Format::Json, &json(rest), 1, line, column, text);
    check(",\"B\": {\"v\": [1]}}", 2, 13, "a value has values of its own");
    check(",\"B\": {\n\"v\": {\"w\": 1}}}", 3, 6, "a value has values of its own");
    check(",\"B\": {\"v\": true}}", 2, 13, "`v` is no number: `true`");
    check(",\"é\": {\"v\":\n \"x\"}}", 3, 2, "`v` is no number: `x`");
    check(
        ",\"B\": {\"utility\": \"E\", \"utility\": \"E\"}}",
        2,
        35,
        "`utility` comes twice",
    );
    check(",\"B\": {\"name\": \"B\"}}", 2, 16, "`name` comes twice");
    check(",\"B\": {\"sent\": null}}", 2, 2, "the row has no `serial_number`");
    check(
        ",\"B\": {\"time_stamping\": \"now\"}}",
        2,
        25,
        "`time_stamping` is no local time: `now`",
    );
    let twice = format!(",\"B\": {{{MEMBER}, \"v\": 1, \"v\": 2}}}}");
    check(&twice, 2, 2, "`v` comes twice");
    // 01 and a comma before the brace are no JSON; where the parser stops is its own matter.
    for broken in [
        ",\"B\": {\"v\": 01}}",
        ",\"B\": {\"v\": 1,}}",
        ",\"B\": {\"v\" 1}}",
        ",\"B\\x\": {}}",
    ] {
        let (before, line, _, text) = fault(Format::Json, json(broken).as_bytes());
        assert_eq!((before, line), (1, 2), "{broken}");
        assert!(text.starts_with("broken JSON: "), "{broken}: {text}");
        assert!(!text.contains(" at line "), "{text}");
    }
}

#[test]
fn json_that_is_not_utf8() {
    let mut file = json(",\"B\": {\"v\": \"").into_bytes();
    file.extend_from_slice(b"\xC3\x28\"}}");
    assert_eq!(
        fault(Format::Json, &file),
        (1, 2, 14, "the text is not UTF-8".to_owned())
    );
}

const ITEM: &str = "<item><name>A</name><serial_number>1</serial_number><utility>E</utility>\
                    <time_stamping>2021-02-03 06:45:00</time_stamping></item>";

fn xml(rest: &str) -> String {
    format!("<reads>{ITEM}\n{rest}")
}

#[test]
fn xml_around_the_items() {
    let first = |file, line, column, text: &str| {
        check(Format::Xml, file, 0, line, column, &format!("broken XML: {text}"));
    };
    first("", 1, 1, "there is no `<reads>`");
    first("\n<html/>", 2, 1, "expected `<reads>`");
    first("hello", 1, 1, "there is text outside of the fields");
    let second = |rest: &str, line, column, text: &str| {
        check(Format::Xml, &xml(rest), 1, line, column, &format!("broken XML: {text}"));
    };
    second("", 2, 1, "the file ends before `</reads>`");
    second("<row/></reads>", 2, 1, "expected `<item>`");
    second(
        "1</reads>",
        1,
        ITEM.len() as u64 + 8,
        "there is text outside of the fields",
    );
    second("</reads>\n<reads/>", 3, 1, "there is something behind the end");
    second("<item> <v>1</v>", 2, 16, "the file ends before `</reads>`");
}

#[test]
fn xml_within_an_item() {
    let check = |rest: &str, line, column, text: &str| check(Format::Xml, &xml(rest), 1, line, column, text);
    check("<item><v>1 2</v></item></reads>", 2, 10, "`v` is no number: `1 2`");
    check(
        "<item><v>\n<w><x><y/></x></w></v></item></reads>",
        3,
        1,
        "a value has values of its own",
    );
    check("<item/></reads>", 2, 1, "the row has no `name`");
    check(
        "<item><name>é</name>\n<name>b</name></item></reads>",
        3,
        7,
        "`name` comes twice",
    );
    check(
        "<item><time_stamping>0</time_stamping>",
        2,
        22,
        "`time_stamping` is no local time: `0`",
    );
    check(
        "<item><name>a &nbsp; b</name>",
        2,
        15,
        "the entity `&nbsp;` is not accepted",
    );
    check("<item><name>&#0;</name>", 2, 13, "the entity `&#0;` is not accepted");
    for broken in [
        "<item><name>a</nom></item>",
        "</item>",
        "<item><name>a & b</name></item>",
        "<item><name",
    ] {
        let (before, line, _, text) = fault(Format::Xml, xml(broken).as_bytes());
        assert_eq!((before, line), (1, 2), "{broken}");
        assert!(text.starts_with("broken XML: "), "{broken}: {text}");
    }
}

#[test]
fn xml_entities_cannot_be_defined() {
    let bomb = "<?xml version=\"1.0\"?>\n<!DOCTYPE reads [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;\">]>\n\
                <reads><item><name>&b;</name></item></reads>";
    check(Format::Xml, bomb, 0, 2, 1, "a document type is not accepted");
}

#[test]
fn xml_that_is_not_utf8() {
    let mut file = xml("<item><name>é").into_bytes();
    file.extend_from_slice(b"\xE9</name></item></reads>");
    assert_eq!(
        fault(Format::Xml, &file),
        (1, 2, 14, "the text is not UTF-8".to_owned())
    );
    let latin = "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><reads/>";
    check(Format::Xml, latin, 0, 1, 1, "the text is not UTF-8");
}

#[test]
fn errors_are_short_whatever_the_file_holds() {
    let long = "x".repeat(100_000);
    for (format, file) in [
        (Format::Csv, csv(&format!("B,2,E,{long},1,2\n"))),
        (Format::Csv, format!("name,serial_number,{long},{long}\n")),
        (Format::Json, json(&format!(",\"B\": {{\"{long}\": \"{long}\"}}}}"))),
        (Format::Xml, xml(&format!("<item><{long}>{long}</{long}>"))),
        (Format::Xml, xml(&format!("<item><name>&{long};</name>"))),
        (Format::Xml, xml(&format!("<item><name></{long}>"))),
    ] {
        let (_, _, _, text) = fault(format, file.as_bytes());
        assert!(text.len() < 300, "{}", text.len());
    }
}

/// A reader that never ends, and counts what is taken from it.
struct Endless<'a> {
    begin: &'a [u8],
    repeat: &'a [u8],
    given: u64,
}

impl Read for Endless<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.begin.is_empty() {
            self.begin = self.repeat;
        }
        let length = self.begin.read(out)?;
        self.given += length as u64;
        Ok(length)
    }
}

#[test]
fn a_row_that_never_ends_is_cut_off() {
    let limits = Limits::default().row_bytes(50_000);
    let csv_begin = csv("");
    let json_begin = json(",");
    let xml_begin = xml("");
    let cases: [(Format, &str, &str, &str); 11] = [
        (Format::Csv, &csv_begin, "B,2,\"E,", "\n"),
        (Format::Csv, &csv_begin, "x", "x"),
        (Format::Csv, &csv_begin, ",", ","),
        (Format::Csv, &csv_begin, "\n", "\n"),
        (Format::Json, &json_begin, "\"", "\\\""),
        (Format::Json, &json_begin, "\"B\": {\"v\": ", "1"),
        (Format::Json, &json_begin, " ", " "),
        (Format::Xml, &xml_begin, "<item><v>", "<!-- -->"),
        (Format::Xml, &xml_begin, "<item>", "<v/>"),
        (Format::Xml, &xml_begin, "<", "a"),
        (Format::Xml, &xml_begin, "<!--", " "),
    ];
    for (format, good, begin, repeat) in cases {
        let begin = format!("{good}{begin}");
        let mut endless = Endless {
            begin: begin.as_bytes(),
            repeat: repeat.as_bytes(),
            given: 0,
        };
        let mut rows = push::read(format, &mut endless, limits);
        assert_eq!(rows.next().unwrap().unwrap().name, "A");
        let error = rows.next().unwrap().unwrap_err();
        assert!(
            matches!(error.kind, PushErrorKind::RowTooLarge { limit: 50_000 }),
            "{repeat}: {error}"
        );
        drop(rows);
        assert!(endless.given < 70_000, "{repeat}: {}", endless.given);
    }
}

#[test]
fn a_row_beyond_the_limit_is_refused_even_if_it_came_at_once() {
    let limits = Limits::default().row_bytes(200);
    let long = "1".repeat(300);
    for (format, file, line) in [
        (Format::Csv, csv(&format!("B,2,E,2021-02-03 06:45:00,1,{long}\n")), 3),
        (Format::Json, json(&format!(",\"B\": {{\"v\": {long}}}}}")), 2),
        (
            Format::Xml,
            xml(&format!("<item><sent>{long}</sent></item></reads>")),
            2,
        ),
    ] {
        let mut rows = push::read(format, file.as_bytes(), limits);
        assert!(rows.next().unwrap().is_ok(), "{format}");
        let error = rows.next().unwrap().unwrap_err();
        assert!(
            matches!(error.kind, PushErrorKind::RowTooLarge { limit: 200 }),
            "{format}: {error}"
        );
        assert_eq!(error.line, line, "{format}");
    }
}

/// Gives a byte at a time.
struct Bytewise<'a>(&'a [u8]);

impl io::Read for Bytewise<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let length = self.0.len().min(out.len()).min(1);
        io::Read::read(&mut self.0, &mut out[..length])
    }
}

#[test]
fn several_byte_order_marks_are_passed_over_however_they_come() {
    let marks = "\u{feff}\u{feff}\u{feff}";
    let file = format!("{marks}name,serial_number,utility,time_stamping,kwh\nM1,1,E,2021-02-03 06:45:00,7,8\n");
    let at_once = push::read(Format::Csv, file.as_bytes(), Limits::default()).next();
    let bytewise = push::read(Format::Csv, Bytewise(file.as_bytes()), Limits::default()).next();
    for read in [at_once, bytewise] {
        let error = read.unwrap().unwrap_err();
        assert_eq!((error.line, error.column), (2, 30), "{error}");
    }
    assert_eq!(push::detect(None, file.as_bytes()), Some(Format::Csv));
}
