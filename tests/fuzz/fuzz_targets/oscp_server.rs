#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| energy_tests::fuzz_targets::oscp_server(data));
