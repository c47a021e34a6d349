//! Plans that nobody wrote: drawn ones in both spellings, and what is none.

mod draw;
mod spelling;

use super::Node;
use crate::fuzz::dice::Dice;
use crate::request::Plans;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

const DRAWN: u64 = 2000;

fn parse(plan: &Value) -> Result<String, String> {
    Node::parse(&plan.to_string()).map(|node| format!("{node:?}")).map_err(|error| error.to_string())
}

#[test]
fn both_spellings_of_a_plan_are_the_same() {
    for seed in 0..DRAWN {
        let plan = draw::node(&mut Dice::new(seed, 1), 5);
        let read = parse(&plan).unwrap_or_else(|error| panic!("seed {seed}: {error}: {plan}"));
        let old = spelling::older(&plan);
        assert_eq!(parse(&old).as_ref(), Ok(&read), "seed {seed}: {old}");
    }
}

#[test]
fn what_is_not_known_is_ignored() {
    for seed in 0..DRAWN {
        let plan = draw::node(&mut Dice::new(seed, 2), 4);
        let mut noisy = plan.clone();
        draw::add_unknown(&mut noisy, &mut Dice::new(seed, 3));
        assert_eq!(parse(&noisy), parse(&plan), "seed {seed}: {noisy}");
    }
}

#[test]
fn anything_else_is_refused_and_panics_nobody() {
    let (mut read, mut refused) = (0, 0);
    for seed in 0..DRAWN {
        let mut dice = Dice::new(seed, 4);
        // A plan in which some value is another one, of any kind.
        let mut plan = draw::node(&mut dice, 4);
        for _ in 0..=dice.below(3) {
            draw::replace_one(&mut plan, &mut dice);
        }
        match Node::parse(&plan.to_string()) {
            Ok(node) => {
                node.reads();
                read += 1;
            }
            Err(_) => refused += 1,
        }
        let any = draw::json(&mut dice, 5).to_string();
        assert!(Node::parse(&any).is_err(), "seed {seed}: {any}");
    }
    assert!(read > 0 && refused > DRAWN / 4, "{read} read, {refused} refused");
}

/// As deep as JSON is read; a stack holds that.
#[test]
fn a_plan_is_so_deep_and_no_deeper() {
    let nested = |depth: usize| {
        let (before, after) = (r#"{"type":"unique","args":"#.repeat(depth), "}".repeat(depth));
        format!(r#"{{"operation":"x","plan":{before}{{"type":"unit"}}{after},"params":{{}}}}"#)
    };
    assert!(Plans::default().read(&nested(100).into()).is_ok());
    for depth in [200, 100_000] {
        let error = Plans::default().read(&nested(depth).into()).err().unwrap();
        assert!(error.code == "P6005" && error.message.contains("recursion limit"), "{depth}: {error}");
    }
    for (open, close) in [("[", "]"), (r#"{"a":"#, "}")] {
        let (before, after) = (open.repeat(100_000), close.repeat(100_000));
        let plan = format!(r#"{{"plan":{{"type":"value","args":{before}1{after}}},"params":{{}}}}"#);
        assert_eq!(Plans::default().read(&plan.into()).err().unwrap().code, "P6005");
        let params = format!(r#"{{"plan":{{"type":"unit"}},"params":{{"a":{before}1{after}}}}}"#);
        assert_eq!(Plans::default().read(&params.into()).err().unwrap().code, "P6005");
    }
}

/// The client binds names for each row that it writes: twice as many must not take four times as long.
#[test]
fn many_bindings_are_counted_in_one_go() {
    let rows = 100_000;
    let bindings: Vec<_> =
        (0..rows).map(|row| json!({ "name": format!("@generated$row{row}$id"), "expr": { "type": "unit" } })).collect();
    let args: Vec<_> = (0..rows)
        .map(|row| json!({ "prisma__type": "param", "prisma__value": { "name": format!("@generated$row{row}$id"), "type": "String" } }))
        .collect();
    let plan = json!({ "type": "let", "args": { "bindings": bindings, "expr": { "type": "value", "args": args } } });
    let begun = Instant::now();
    let Node::Let(scope) = Node::parse(&plan.to_string()).unwrap() else { panic!("a let") };
    assert!(scope.bindings.iter().all(|binding| binding.uses == 1));
    assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
}

/// A binding is asked for by those behind it and by the expression, in a nested scope too.
#[test]
fn uses_are_counted() {
    let get = |name: &str| json!({ "type": "get", "args": { "name": name } });
    let bind = |name: &str, expr: Value| json!({ "name": name, "expr": expr });
    let inner = json!({ "type": "let", "args": { "bindings": [bind("b", get("a"))], "expr": { "type": "concat", "args": [get("a"), get("b")] } } });
    let plan = json!({ "type": "let", "args": {
        "bindings": [bind("a", json!({ "type": "unit" })), bind("c", get("a")), bind("unused", get("c"))],
        "expr": inner,
    } });
    let Node::Let(scope) = Node::parse(&plan.to_string()).unwrap() else { panic!("a let") };
    let uses: Vec<_> = scope.bindings.iter().map(|binding| (&*binding.name, binding.uses)).collect();
    assert_eq!(uses, [("a", 3), ("c", 1), ("unused", 0)]);
    let Node::Let(inner) = &*scope.expr else { panic!("a let") };
    assert_eq!(inner.bindings[0].uses, 1);
}
