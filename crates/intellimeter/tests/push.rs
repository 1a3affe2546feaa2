//! Pushed files in the three formats, as the vendor documents them and as they may come.

use std::io::{self, Read};

use intellimeter::push::{self, Format, Limits, PushError, PushErrorKind, PushedRead};
use intellimeter::{Decimal, FileType, Utility};

fn rows(format: Format, file: &str) -> Vec<PushedRead> {
    let rows: Result<Vec<_>, PushError> = push::read(format, file.as_bytes(), Limits::default()).collect();
    rows.unwrap()
}

fn number(text: &str) -> Option<Decimal> {
    Some(text.parse().unwrap())
}

// The shapes of the documentation's samples, stray commas of XML included, with values of our own.

const CSV: &str = "\
name,serial_number,utility,panel,suite,floor,time_stamping,sent,voltage_a,voltage_b,voltage_c
Lobby,21-104-Tower-MFX-1-Meter-07,E,,,,2021-02-03 06:45:00,,121.9,120.4,122.0
Roof,21-104-Tower-MFX-2-Meter-07,E,P2,,,2021-02-03 06:45:00,,121.7,,119.25
";

const JSON: &str = r#"{
     "Lobby": {
        "serial_number": "21-104-Tower-MFX-1-Meter-07",
        "utility": "E",
        "panel": null,
        "suite": null,
        "floor": null,
        "time_stamping": "2021-02-03 06:45:00",
        "sent": null,
        "voltage_a": 121.9,
        "voltage_b": 120.4,
        "voltage_c": 122.0
    },
    "Roof": {
        "serial_number": "21-104-Tower-MFX-2-Meter-07",
        "utility": "E",
        "panel": "P2",
        "suite": null,
        "floor": null,
        "time_stamping": "2021-02-03 06:45:00",
        "sent": null,
        "voltage_a": 121.7,
        "voltage_b": null,
        "voltage_c": 119.25
    }
}"#;

const XML: &str = r#"<?xml version="1.0" encoding="UTF-8" ?>
<reads>
    <item>
        <name>Lobby</name>
        <serial_number>21-104-Tower-MFX-1-Meter-07</serial_number>
        <utility>E</utility>
        <panel></panel>
        <suite></suite>
        <floor></floor>
        <time_stamping>2021-02-03 06:45:00</time_stamping>
        <sent></sent>
        <voltage_a>121.9,</voltage_a>
        <voltage_b>120.4,</voltage_b>
        <voltage_c>122.0</voltage_c>
    </item>
    <item>
        <name>Roof</name>
        <serial_number>21-104-Tower-MFX-2-Meter-07</serial_number>
        <utility>E</utility>
        <panel>P2</panel>
        <suite/>
        <floor>
        </floor>
        <time_stamping>2021-02-03 06:45:00</time_stamping>
        <sent></sent>
        <voltage_a>121.7,</voltage_a>
        <voltage_b></voltage_b>
        <voltage_c>119.25</voltage_c>
    </item>
</reads>
"#;

#[test]
fn the_three_formats_give_the_same_rows() {
    let time = "2021-02-03T06:45:00".parse().unwrap();
    let lobby = PushedRead::new("Lobby", "21-104-Tower-MFX-1-Meter-07", Utility::Electricity, time)
        .with_point("voltage_a", number("121.9"))
        .with_point("voltage_b", number("120.4"))
        .with_point("voltage_c", number("122"));
    let mut roof = PushedRead::new("Roof", "21-104-Tower-MFX-2-Meter-07", Utility::Electricity, time)
        .with_point("voltage_a", number("121.7"))
        .with_point("voltage_b", None)
        .with_point("voltage_c", number("119.25"));
    roof.panel = Some("P2".to_owned());
    let expected = [lobby, roof];
    assert_eq!(rows(Format::Csv, CSV), expected);
    assert_eq!(rows(Format::Json, JSON), expected);
    assert_eq!(rows(Format::Xml, XML), expected);
    assert_eq!(expected[1].points.len(), 3);
    assert_eq!(expected[1].points.get("voltage_b"), None);
    let names: Vec<&str> = expected[1].points.iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["voltage_a", "voltage_b", "voltage_c"]);
}

#[test]
fn a_reader_may_give_one_byte_at_a_time_and_be_interrupted() {
    struct Drip<'a>(&'a [u8], bool);
    impl Read for Drip<'_> {
        fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
            self.1 = !self.1;
            if self.1 {
                return Err(io::ErrorKind::Interrupted.into());
            }
            let length = out.len().min(1);
            self.0.read(&mut out[..length])
        }
    }
    for (format, file) in [(Format::Csv, CSV), (Format::Json, JSON), (Format::Xml, XML)] {
        let file = format!("\u{FEFF}{file}");
        let drip = Drip(file.as_bytes(), false);
        let dripped: Result<Vec<_>, _> = push::read(format, drip, Limits::default()).collect();
        assert_eq!(dripped.unwrap(), rows(format, &file), "{format}");
        assert_eq!(rows(format, &file).len(), 2, "{format}");
    }
}

#[test]
fn no_meters_are_no_rows() {
    let header = CSV.lines().next().unwrap();
    for (format, file) in [
        (Format::Csv, header),
        (Format::Json, " { } \n"),
        (Format::Xml, "<reads/>"),
        (Format::Xml, "<reads>\n</reads><!-- none -->\n"),
    ] {
        assert_eq!(rows(format, file), [], "{file}");
    }
}

#[test]
fn columns_come_in_any_order_and_some_not_at_all() {
    let file = "kwh, time_stamping ,utility,serial_number,name\r\n\
                5.5,2021-02-03 06:45:00,W,\"1,2\",\"a \"\"b\"\"\r\nc\"\r\n\r\n\
                ,2021-02-03T06:45:00.5,Q,3,d";
    let found = rows(Format::Csv, file);
    assert_eq!(
        (found[0].name.as_str(), found[0].serial_number.as_str()),
        ("a \"b\"\r\nc", "1,2")
    );
    assert_eq!(found[0].utility, Utility::Water);
    assert_eq!(found[0].points.get("kwh"), number("5.5"));
    assert_eq!(found[0].suite, None);
    // A letter that is not documented is kept.
    assert_eq!(found[1].utility.as_str(), "Q");
    assert!(matches!(found[1].utility, Utility::Unknown(_)));
    assert_eq!(found[1].time_stamping.to_string(), "2021-02-03T06:45:00.5");
}

#[test]
fn json_text_and_numbers_are_taken_for_each_other() {
    let file = r#"{"A \"1\" é": {"serial_number": 4711, "utility": "G", "suite": 12, "time_stamping":
        "2021-02-03 06:45:00", "m3": "7.25,", "flow": "", "large": 12345678901234567890.123456789, "tiny": 2.5e-7}}"#;
    let found = rows(Format::Json, file);
    assert_eq!(found[0].name, "A \"1\" é");
    assert_eq!(found[0].serial_number, "4711");
    assert_eq!(found[0].suite.as_deref(), Some("12"));
    assert_eq!(found[0].points.get("m3"), number("7.25"));
    assert_eq!(found[0].points.get("flow"), None);
    // Digits are read as they are written, not through a binary fraction.
    assert_eq!(found[0].points.get("large"), number("12345678901234567890.123456789"));
    assert_eq!(found[0].points.get("tiny"), number("0.00000025"));
}

#[test]
fn xml_has_entities_and_character_data() {
    let file = "<reads note='1'><item><!-- a --><name>A &amp; B&#x20;&lt;<![CDATA[<x>&amp;]]>&#233;</name>\
                <serial_number>1</serial_number><utility> E </utility><time_stamping>\n2021-02-03 06:45:00\n\
                </time_stamping><v> 1<!-- of ten -->0 , </v></item></reads>";
    let found = rows(Format::Xml, file);
    assert_eq!(found[0].name, "A & B <<x>&amp;é");
    assert_eq!(found[0].utility, Utility::Electricity);
    assert_eq!(found[0].points.get("v"), number("10"));
}

#[test]
fn formats_are_told_by_type_or_by_the_first_bytes() {
    let csv = b"name,serial_number".as_slice();
    let cases: [(Option<&str>, &[u8], Option<Format>); 14] = [
        (Some("text/csv"), b"", Some(Format::Csv)),
        (Some("application/CSV; header=present"), b"", Some(Format::Csv)),
        (Some("Application/JSON;charset=utf-8"), b"<", Some(Format::Json)),
        (Some("application/vnd.reads+json"), b"", Some(Format::Json)),
        (Some("text/xml"), b"", Some(Format::Xml)),
        (Some("application/reads+xml"), b"", Some(Format::Xml)),
        (Some("application/octet-stream"), b" \r\n{", Some(Format::Json)),
        (Some("text/plain"), csv, Some(Format::Csv)),
        (Some("nonsense"), b"<reads>", Some(Format::Xml)),
        (None, b"\xEF\xBB\xBF<?xml", Some(Format::Xml)),
        (None, b"\xEF\xBB\xBFname,utility\n", Some(Format::Csv)),
        (None, b"PK\x03\x04", None),
        (None, b"no\ncommas,here", None),
        (None, b"", None),
    ];
    for (content_type, bytes, format) in cases {
        assert_eq!(push::detect(content_type, bytes), format, "{content_type:?} {bytes:?}");
    }
    for format in [Format::Csv, Format::Json, Format::Xml] {
        assert_eq!(push::detect(Some(format.content_type()), b""), Some(format));
    }
    assert_eq!(Format::try_from(&FileType::Xml), Ok(Format::Xml));
    assert!(Format::try_from(&FileType::from("YAML")).is_err());
}

#[test]
fn a_reader_that_fails_is_not_the_files_fault() {
    struct Broken;
    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::ErrorKind::ConnectionReset.into())
        }
    }
    for (format, file) in [(Format::Csv, CSV), (Format::Json, JSON), (Format::Xml, XML)] {
        // Up to the middle of the second meter.
        let middle = file.find("MFX-2").unwrap();
        let reader = file.as_bytes()[..middle].chain(Broken);
        let mut found = push::read(format, reader, Limits::default());
        assert_eq!(found.next().unwrap().unwrap().name, "Lobby", "{format}");
        let error = found.next().unwrap().unwrap_err();
        match error.kind {
            PushErrorKind::Io(error) => assert_eq!(error.kind(), io::ErrorKind::ConnectionReset, "{format}"),
            other => panic!("{format}: {other}"),
        }
        assert!(found.next().is_none(), "{format}");
    }
}
