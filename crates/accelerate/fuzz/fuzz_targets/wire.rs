#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| accelerate::fuzz::wire(data));
