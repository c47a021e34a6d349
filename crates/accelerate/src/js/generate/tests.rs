use super::*;

/// A linear congruential generator, enough to see every digit.
fn source() -> impl FnMut(&mut [u8]) {
    let mut state = 1_u64;
    move |bytes| {
        for byte in bytes {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            *byte = (state >> 56) as u8;
        }
    }
}

fn ones(bytes: &mut [u8]) {
    bytes.fill(0xff);
}

fn zeros(bytes: &mut [u8]) {
    bytes.fill(0);
}

#[test]
fn uuid_v4_sets_version_and_variant() {
    assert_eq!(uuid_v4(&mut zeros), "00000000-0000-4000-8000-000000000000");
    assert_eq!(uuid_v4(&mut ones), "ffffffff-ffff-4fff-bfff-ffffffffffff");
}

#[test]
fn uuid_v7_ascends() {
    let (now, ones) = (0x0123_4567_89ab, u128::MAX);
    let mut state = (0, 0);
    assert_eq!(next_uuid_v7(&mut state, ones, now), "01234567-89ab-77ff-bfff-ffffffffffff");
    let mut last = next_uuid_v7(&mut state, 0, now - 5);
    assert_eq!(last, "01234567-89ab-7800-8000-000000000000");
    state = (now, u32::MAX - 1);
    for (ms, random) in [(now, 5), (now, 4), (now, 3), (now + 1, 2), (now + 2, 1)] {
        let id = next_uuid_v7(&mut state, random, ms);
        assert!(id > last, "{id}");
        last = id;
    }
    let mut fill = source();
    assert!(uuid_v7(&mut fill, now) < uuid_v7(&mut fill, now));
    next_uuid_v7(&mut (u64::MAX, u32::MAX), ones, u64::MAX);
}

#[test]
fn cuid1_has_its_parts() {
    let now = 1_700_000_000_000;
    let id = cuid1(&mut ones, now);
    let (head, random) = id.split_at(17);
    assert_eq!(&head[..9], "cloyw3v28");
    assert_eq!(&head[13..], host::fingerprint());
    assert_eq!(random, "zzzzzzzz");
    let counter = |id: &str| u32::from_str_radix(&id[9..13], 36).unwrap();
    assert!(counter(&cuid1(&mut ones, now)) > counter(&id));
}

#[test]
fn fingerprints_like_the_package() {
    assert_eq!(host::of(1, "localhost"), "01s6");
    assert_eq!(host::of(1_234_567, "é-host"), "ljla");
}

#[test]
fn cuid2_starts_with_a_letter() {
    assert_eq!(cuid2(&mut zeros), "a00000000000000000000000");
    assert_eq!(cuid2(&mut ones), "zzzzzzzzzzzzzzzzzzzzzzzz");
    let mut fill = source();
    let ids: String = (0..100).map(|_| cuid2(&mut fill)).collect();
    assert!(BASE_36.iter().all(|digit| ids.contains(char::from(*digit))));
}

#[test]
fn ulid_is_time_then_random() {
    assert_eq!(ulid(&mut zeros, 1_469_918_176_385), "01ARYZ6S410000000000000000");
    assert_eq!(ulid(&mut ones, (1 << 48) - 1), "7ZZZZZZZZZZZZZZZZZZZZZZZZZ");
    assert_eq!(ulid(&mut ones, u64::MAX), "7ZZZZZZZZZZZZZZZZZZZZZZZZZ");
}

#[test]
fn nanoid_uses_its_alphabet() {
    assert_eq!(nanoid(&mut zeros, NANOID_LENGTH), "u".repeat(21));
    assert_eq!(nanoid(&mut zeros, 0), "");
    let mut byte = 0;
    let mut count = |bytes: &mut [u8]| bytes.iter_mut().for_each(|to| (*to, byte) = (byte, byte + 1));
    assert_eq!(nanoid(&mut count, 64).as_bytes(), URL_SAFE);
}
