//! Writing pushed files, and reading them again.

use intellimeter::push::{self, Format, Limits, PushedRead, WriteError};
use intellimeter::{Decimal, LocalTime, Utility};
use proptest::collection::vec;
use proptest::prelude::*;

fn row(name: &str) -> PushedRead {
    PushedRead::new(name, "1", Utility::Electricity, "2021-02-03 06:45:00".parse().unwrap())
}

fn written(format: Format, rows: &[PushedRead]) -> Result<String, WriteError> {
    let mut file = Vec::new();
    push::write(format, rows, &mut file)?;
    Ok(String::from_utf8(file).unwrap())
}

#[test]
fn files_look_like_the_services_own() {
    let mut row = row("Lobby")
        .with_point("voltage_a", Decimal::new(1219, 1))
        .with_point("kwh", None);
    row.suite = Some("4 & 5".to_owned());
    let rows = [row];
    assert_eq!(
        written(Format::Csv, &rows).unwrap(),
        "name,serial_number,utility,panel,suite,floor,time_stamping,sent,voltage_a,kwh\n\
         Lobby,1,E,,4 & 5,,2021-02-03 06:45:00,,121.9,\n"
    );
    let json = r#"{
    "Lobby": {
        "serial_number": "1",
        "utility": "E",
        "panel": null,
        "suite": "4 & 5",
        "floor": null,
        "time_stamping": "2021-02-03 06:45:00",
        "sent": null,
        "voltage_a": 121.9,
        "kwh": null
    }
}
"#;
    assert_eq!(written(Format::Json, &rows).unwrap(), json);
    let xml = "<?xml version=\"1.0\" encoding=\"UTF-8\" ?>
<reads>
    <item>
        <name>Lobby</name>
        <serial_number>1</serial_number>
        <utility>E</utility>
        <panel></panel>
        <suite>4 &amp; 5</suite>
        <floor></floor>
        <time_stamping>2021-02-03 06:45:00</time_stamping>
        <sent></sent>
        <voltage_a>121.9</voltage_a>
        <kwh></kwh>
    </item>
</reads>
";
    assert_eq!(written(Format::Xml, &rows).unwrap(), xml);
}

#[test]
fn what_a_format_cannot_carry_is_refused() {
    let spaced = [row("a").with_point("voltage a", None)];
    assert!(written(Format::Json, &spaced).is_ok() && written(Format::Csv, &spaced).is_ok());
    assert!(matches!(
        written(Format::Xml, &spaced),
        Err(WriteError::PointName { .. })
    ));
    for format in [Format::Csv, Format::Json, Format::Xml] {
        let field = [row("a").with_point("suite", None)];
        assert!(
            matches!(written(format, &field), Err(WriteError::PointName { .. })),
            "{format}"
        );
    }
    let control = [row("a\u{1}")];
    assert!(matches!(
        written(Format::Xml, &control),
        Err(WriteError::Character {
            field: "name",
            character: '\u{1}'
        })
    ));
    let others = [row("a").with_point("v", None), row("b").with_point("w", None)];
    assert!(matches!(written(Format::Csv, &others), Err(WriteError::OtherPoints { name }) if name == "b"));
    assert!(written(Format::Json, &others).is_ok());
}

fn text() -> impl Strategy<Value = String> {
    let character = prop_oneof![
        4 => "[a-z0-9]",
        2 => "[\"'<>&,;\\\\{}:\\[\\]#\t\r\n ]",
        1 => "[é€😀\u{85}\u{2028}\u{FEFF}]",
    ];
    let text = vec(character, 1..12).prop_map(|characters| characters.concat());
    text.prop_filter("blank text is null", |text| !text.trim().is_empty())
}

fn time() -> impl Strategy<Value = LocalTime> {
    use energy_core::time::{Duration, macros::datetime};
    (0..2_000_000_000_i64, 0..2_i64).prop_map(|(seconds, tenths)| {
        LocalTime::from(datetime!(1990-01-01 00:00) + Duration::seconds(seconds) + Duration::milliseconds(tenths * 100))
    })
}

fn number() -> impl Strategy<Value = Option<Decimal>> {
    let decimal = (any::<i128>(), 0..=28_u32)
        .prop_map(|(mantissa, scale)| Decimal::from_i128_with_scale(mantissa % (1 << 95), scale));
    prop_oneof![
        Just(None),
        decimal.prop_map(Some),
        (-9999..9999_i64).prop_map(|n| Some(Decimal::new(n, 2)))
    ]
}

fn pushed(points: Vec<String>) -> impl Strategy<Value = PushedRead> {
    let fields = (text(), text(), "[EWGQ]", time());
    let optional = (
        prop::option::of(text()),
        prop::option::of(text()),
        prop::option::of(text()),
    );
    (fields, optional, prop::option::of(text()), vec(number(), points.len())).prop_map(
        move |((name, serial, utility, time), (panel, suite, floor), sent, numbers)| {
            let mut row = PushedRead::new(name, serial, Utility::from(utility.as_str()), time);
            (row.panel, row.suite, row.floor, row.sent) = (panel, suite, floor, sent);
            points
                .iter()
                .zip(numbers)
                .fold(row, |row, (point, number)| row.with_point(point, number))
        },
    )
}

fn files() -> impl Strategy<Value = Vec<PushedRead>> {
    prop::collection::btree_set("p_[a-z0-9_.é-]{0,6}", 0..5)
        .prop_flat_map(|points| vec(pushed(points.into_iter().collect()), 1..6))
}

proptest! {
    #[test]
    fn what_is_written_is_read_again(rows in files()) {
        for format in [Format::Csv, Format::Json, Format::Xml] {
            let file = written(format, &rows).unwrap();
            prop_assert_eq!(push::detect(None, file.as_bytes()), Some(format));
            let read: Result<Vec<_>, _> = push::read(format, file.as_bytes(), Limits::default()).collect();
            prop_assert_eq!(&read.unwrap(), &rows, "{}", file);
        }
    }

    #[test]
    fn no_bytes_make_the_reader_panic(mut bytes in vec(any::<u8>(), 0..200), rows in files(), cut: u16) {
        for format in [Format::Csv, Format::Json, Format::Xml] {
            let file = written(format, &rows).unwrap();
            let cut = usize::from(cut) % (file.len() + 1);
            let mut broken = file.as_bytes()[..cut].to_vec();
            broken.append(&mut bytes.clone());
            for file in [&broken, &bytes] {
                for row in push::read(format, file.as_slice(), Limits::default()) {
                    if let Err(error) = row {
                        prop_assert!(error.line >= 1 && error.column >= 1);
                    }
                }
            }
        }
        bytes.clear();
    }
}
