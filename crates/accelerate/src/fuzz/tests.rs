//! A short fuzz without a fuzzer: recorded input, changed by a seeded mutator.
//!
//! `FUZZ_ROUNDS` and `FUZZ_SEED` make more of it, and other choices.

use super::dice::Dice;
use super::mutate::mutate;
use serde_json::Value;
use std::time::{Duration, Instant};

const EXCHANGES: &str = include_str!("../../tests/it/samples/exchanges.jsonl");
/// Of one input, on a machine that does other things too.
const SLOWEST: Duration = Duration::from_secs(10);

fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

fn run(which: u64, rounds: u64, seeds: &[Vec<u8>], door: fn(&[u8])) {
    assert!(!seeds.is_empty());
    let (seed, rounds) = (number("FUZZ_SEED", 1), number("FUZZ_ROUNDS", rounds));
    let mut dice = Dice::new(seed, which);
    let timed = |data: &[u8]| {
        let begun = Instant::now();
        door(data);
        assert!(begun.elapsed() < SLOWEST, "{:?} for {:?}", begun.elapsed(), String::from_utf8_lossy(data));
    };
    seeds.iter().for_each(|seed| timed(seed));
    for _ in 0..rounds {
        let (mut data, other) = (dice.pick(seeds).cloned().unwrap_or_default(), dice.below(seeds.len()));
        mutate(&mut data, &seeds[other], &mut dice);
        timed(&data);
    }
}

fn recorded() -> Vec<Value> {
    EXCHANGES.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()["body"].take()).collect()
}

#[test]
fn no_plan_makes_it_panic_or_hang() {
    let plans = recorded().into_iter().filter_map(|body| Some(body.get("plan")?.to_string().into_bytes()));
    run(1, 3000, &plans.collect::<Vec<_>>(), super::plan);
}

#[test]
fn no_body_makes_it_panic_or_hang() {
    let bodies = recorded().into_iter().filter(|body| body.get("plan").is_some());
    run(2, 3000, &bodies.map(|body| body.to_string().into_bytes()).collect::<Vec<_>>(), super::body);
}

#[test]
fn no_parameter_makes_it_panic_or_hang() {
    let mut seeds: Vec<Vec<u8>> = recorded()
        .into_iter()
        .filter_map(|body| Some([b"\0", body.get("params")?.to_string().as_bytes()].concat()))
        .collect();
    let strange = r#"{"a":[[1,"x"],[null,true]],"b":"2026-02-30T25:00:00Z","c":-1e308,"d":{"prisma__type":"param","prisma__value":{"name":"d","type":"DateTime"}},"e":"+010000-01-01T00:00:00.000Z","f":{"x":[1.5,"\u0000"]}}"#;
    seeds.extend((0..6).map(|kind| [&[kind], strange.as_bytes()].concat()));
    run(3, 3000, &seeds, super::parameters);
}

fn message(kind: u8, body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len() + 4).unwrap().to_be_bytes();
    [&[kind], &length[..], body].concat()
}

/// What a server says of two rows of an integer and an array of moments, and of an error.
fn answers() -> Vec<Vec<u8>> {
    let column = |name: &str, oid: u32| {
        [name.as_bytes(), b"\0\0\0\0\0\0\0", &oid.to_be_bytes(), b"\0\x04\xff\xff\xff\xff\0\0"].concat()
    };
    let columns = [b"\0\x02", &column("id", 23)[..], &column("at", 1115)].concat();
    let cell = |text: &[u8]| [&u32::try_from(text.len()).unwrap().to_be_bytes(), text].concat();
    let row = |id: &[u8]| message(b'D', &[b"\0\x02", &cell(id)[..], &cell(b"{\"2026-01-01 10:00:00\"}")].concat());
    let end = [message(b'C', b"SELECT 2\0"), message(b'Z', b"I")].concat();
    let begin = [message(b'1', b""), message(b't', b"\0\0"), message(b'T', &columns), message(b'2', b"")].concat();
    let error = message(b'E', b"SERROR\0C42P01\0Mrelation \"x\" does not exist\0\0");
    let rows = [begin.clone(), row(b"1"), row(b"-7"), end.clone()].concat();
    let refused = [error, message(b'Z', b"I")].concat();
    let copy = [message(b'G', b"\0\0\0"), end].concat();
    [rows, refused, copy, begin]
        .into_iter()
        .flat_map(|says| (0..4).map(move |body| [&[body], &says[..]].concat()))
        .collect()
}

/// The door leads somewhere: what the server says is what the client is told.
#[test]
fn a_server_that_speaks_well_is_understood() {
    // A connection on which the last server has hung up may be taken for alive: it is told as lost once.
    let told = |at: usize| {
        let once = || super::hostile::answer(&answers()[at]).unwrap();
        once().or_else(|error| if error.code == "P1017" { once() } else { Err(error) })
    };
    let moments = r#"[{"$type":"DateTime","value":"2026-01-01T10:00:00.000Z"}]"#;
    let rows = format!(r#"[{{"id":1,"at":{moments}}},{{"id":-7,"at":{moments}}}]"#);
    assert_eq!(told(0).map(|json| String::from_utf8_lossy(&json).into_owned()), Ok(rows));
    assert_eq!(told(4).unwrap_err().code, "P2021");
    assert_eq!(told(12).unwrap_err().code, "P1017", "one that hangs up in the middle");
}

#[test]
fn no_server_makes_it_panic_or_hang() {
    run(4, 400, &answers(), super::wire);
}
