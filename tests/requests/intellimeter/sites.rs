//! Reads, meters and properties, and where the service pushes reads to.

use energy_core::wire::Extra;
use intellimeter::*;

use super::{FTPS_PASSWORD, HEADER_SECRET, METER, PROPERTY, SUITE, Sample};

pub(super) fn samples() -> Vec<Sample> {
    let reads = GetReads::new(ReadsBy::Meter)
        .limit_quantity(12)
        .limit_unit(LimitUnit::Hour)
        .property(PROPERTY);
    let meter = MeterUpdate::new().floor("4").panel("EP-2").suite(SuiteId::from(SUITE));
    let property = PropertyUpdate::new()
        .address("3 Granary Row")
        .display_name("The Granary")
        .job_name("Granary flats");
    vec![
        Sample::of(reads),
        Sample::of(ListMeters::new(PROPERTY)),
        Sample::of(UpdateMeter::new(PROPERTY, METER, meter)),
        Sample::of(ListProperties::new().property(PROPERTY)),
        Sample::of(UpdateProperty::new(PROPERTY, property)),
    ]
}

pub(super) fn uploads() -> Vec<Sample> {
    let mut body = Extra::default();
    body.insert("site", "granary");
    let http = HttpUploadInput::new("https://intake.example/granary", FileType::Xml)
        .body(body)
        .header(SecretHeaders::new().with("X-Key", HEADER_SECRET))
        .method(HttpMethod::Post)
        .expected_code(201);
    let ftps = FtpsUploadInput::new("intake.example", "granary", FTPS_PASSWORD, FileType::Csv)
        .port(990)
        .path("/reads");
    vec![
        Sample::of(ListHttpUploads::new().property(PROPERTY)),
        Sample::of(UpdateHttpUpload::new(PROPERTY, http)),
        Sample::of(DisableHttpUpload::new(PROPERTY)),
        Sample::of(ListFtpsUploads::new().property(PROPERTY)),
        Sample::of(UpdateFtpsUpload::new(PROPERTY, ftps)),
        Sample::of(DisableFtpsUpload::new(PROPERTY)),
    ]
}
