//! Plans of a few lines that would make values without end are refused, and soon.

use crate::world::World;
use accelerate::{Access, Limits};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

fn get(name: &str) -> Value {
    json!({ "type": "get", "args": { "name": name } })
}

fn param(name: &str) -> Value {
    json!({ "prisma__type": "param", "prisma__value": { "name": name, "type": "String" } })
}

/// Forty names, each made of the one before it twice.
fn doubled(of: impl Fn(&str) -> Value, last: impl Fn(&str) -> Value) -> Value {
    let first = json!({ "name": "n0", "expr": { "type": "value", "args": ["x"] } });
    let next = |at: usize| json!({ "name": format!("n{at}"), "expr": of(&format!("n{}", at - 1)) });
    let bindings: Vec<_> = std::iter::once(first).chain((1..=40).map(next)).collect();
    json!({ "type": "let", "args": { "bindings": bindings, "expr": last("n40") } })
}

fn rows(sql: &str) -> Value {
    let fragments = [json!({ "type": "stringChunk", "chunk": sql })];
    json!({ "type": "query", "args": { "type": "templateSql", "fragments": fragments, "placeholderFormat": { "prefix": "$", "hasNumbering": true } } })
}

/// Many parents that share one child, which has one value.
fn joined(value: &str, parents: usize) -> Value {
    let child = json!({ "child": rows(&format!("select 1 as id, {value} as x")), "on": [["id", "id"]], "parentField": "c", "isRelationUnique": false });
    let parent = rows(&format!("select 1 as id from generate_series(1, {parents})"));
    let join = json!({ "type": "join", "args": { "parent": parent, "children": [child] } });
    let field = |name: &str, kind: &str| json!({ "type": "field", "dbName": name, "fieldType": { "arity": "scalar", "type": kind } });
    let inner = json!({ "type": "object", "serializedName": "c", "fields": { "x": field("x", "string") } });
    let structure = json!({ "type": "object", "fields": { "id": field("id", "int"), "c": inner } });
    json!({ "type": "dataMap", "args": { "expr": join, "structure": structure } })
}

async fn refused(world: &World, plan: Value, params: Value) -> String {
    let begun = Instant::now();
    let body = json!({ "operation": "findMany", "plan": plan, "params": params });
    let error = world.ask(Access::Full, None, &body).await.unwrap_err();
    assert!(begun.elapsed() < Duration::from_secs(30), "{:?}: {error}", begun.elapsed());
    error.code.into_owned()
}

#[tokio::test]
async fn values_are_not_multiplied_without_end() {
    let world = World::new().await;
    let concat = |of: &str| json!({ "type": "concat", "args": [get(of), get(of)] });
    assert_eq!(refused(&world, doubled(concat, get), json!({})).await, "P6009");
    // Lists within lists share their members: the text alone would be endless.
    let nest = |of: &str| json!({ "type": "value", "args": [param(of), param(of)] });
    assert_eq!(refused(&world, doubled(nest, get), json!({})).await, "P6009");
    let field = |of: &str| json!({ "type": "mapField", "args": { "field": "x", "records": get(of) } });
    assert_eq!(refused(&world, doubled(nest, field), json!({})).await, "P6009");
    let record = |of: &str| {
        let fields =
            json!({ "a": { "type": "value", "value": param(of) }, "b": { "type": "value", "value": param(of) } });
        json!({ "type": "initializeRecord", "args": { "expr": { "type": "unit" }, "fields": fields } })
    };
    assert_eq!(refused(&world, doubled(record, get), json!({})).await, "P6009");
    let difference = |of: &str| json!({ "type": "diff", "args": { "from": get(of), "to": get(of), "fields": ["a"] } });
    assert_eq!(refused(&world, doubled(record, difference), json!({})).await, "P6009");
    let sent = |of: &str| json!({ "type": "query", "args": { "type": "rawSql", "sql": "select $1::text[]", "args": [param(of)] } });
    assert_eq!(refused(&world, doubled(nest, sent), json!({})).await, "P2029");
    let product = json!({ "prisma__type": "generatorCall", "prisma__value": { "name": "product", "args": [param("p"), param("p")] } });
    let products = json!({ "type": "value", "args": vec![product; 100] });
    let thousand: Vec<_> = (0..1000).collect();
    assert_eq!(refused(&world, products, json!({ "p": thousand })).await, "P6000");
}

#[tokio::test]
async fn children_are_not_multiplied_without_end() {
    let world = World::new().await;
    let joined = |count: usize| {
        let rows = rows(&format!("select 1 as id from generate_series(1, {count})"));
        let child =
            json!({ "child": rows, "on": [["id", "id"]], "parentField": "children", "isRelationUnique": false });
        json!({ "type": "join", "args": { "parent": rows, "children": [child] } })
    };
    assert_eq!(refused(&world, joined(50_000), json!({})).await, "P6009");
    let body = json!({ "operation": "findMany", "plan": joined(3), "params": {} });
    let answer = world.ask(Access::Full, None, &body).await.unwrap();
    assert_eq!(answer[0]["children"], json!([{ "id": 1 }, { "id": 1 }, { "id": 1 }]));
}

/// What is joined in memory counts as it is told, not as it was read.
#[tokio::test]
async fn the_bound_is_of_the_answer() {
    let world = World::with(Limits { response_bytes: 20_000, ..Limits::default() }).await;
    assert_eq!(refused(&world, joined("repeat('x', 1000)", 100), json!({})).await, "P6009");
}

/// What escaping makes of it counts, of the last row and the only one too; so does a column that is told in many places.
#[tokio::test]
async fn the_bound_holds_for_rows_on_their_way() {
    let world = World::with(Limits { response_bytes: 100_000, ..Limits::default() }).await;
    let fields = |count: usize| {
        let field = |at| {
            (
                format!("x{at}"),
                json!({ "type": "field", "dbName": "x", "fieldType": { "arity": "scalar", "type": "string" } }),
            )
        };
        json!({ "type": "object", "fields": (0..count).map(field).collect::<serde_json::Map<_, _>>() })
    };
    let controls = rows("select repeat(chr(1), 90000) as x");
    for expr in [controls.clone(), json!({ "type": "unique", "args": controls })] {
        let map = json!({ "type": "dataMap", "args": { "expr": expr, "structure": fields(1) } });
        assert_eq!(refused(&world, map, json!({})).await, "P6009");
    }
    let map = json!({ "type": "dataMap", "args": { "expr": rows("select repeat('x', 50000) as x"), "structure": fields(500) } });
    assert_eq!(refused(&world, map, json!({})).await, "P6009");
    let map = json!({ "type": "dataMap", "args": { "expr": rows("select repeat('x', 50000) as x"), "structure": fields(1) } });
    assert!(
        world.ask(Access::Full, None, &json!({ "operation": "findMany", "plan": map, "params": {} })).await.is_ok()
    );
}

/// The client binds a name for each default of each row, and asks for it once.
#[tokio::test]
async fn sixteen_thousand_rows_with_made_values_are_written_soon() {
    let world = World::new().await;
    world.execute("create table made (id text primary key, at timestamp(3) not null)").await;
    let rows = 16_000;
    let generator = |name: &str| json!({ "prisma__type": "generatorCall", "prisma__value": { "name": name, "args": if name == "cuid" { json!([1]) } else { json!([]) } } });
    let name = |row: usize, field: &str| format!("@generated$row{row}${field}");
    let bind = |row, field: &str, kind| json!({ "name": name(row, field), "expr": { "type": "value", "args": generator(kind) } });
    let bindings: Vec<_> = (0..rows).flat_map(|row| [bind(row, "id", "cuid"), bind(row, "at", "now")]).collect();
    let args: Vec<_> = (0..rows).flat_map(|row| [param(&name(row, "id")), param(&name(row, "at"))]).collect();
    let mut fragments = vec![json!({ "type": "stringChunk", "chunk": "insert into made (id, at) values " })];
    for row in 0..rows {
        let chunk = |text: &str| json!({ "type": "stringChunk", "chunk": text });
        let parameter = json!({ "type": "parameter" });
        let open = if row == 0 { "(" } else { ",(" };
        fragments.extend([chunk(open), parameter.clone(), chunk(","), parameter, chunk("::timestamp)")]);
    }
    let sql = json!({ "type": "templateSql", "fragments": fragments, "args": args, "placeholderFormat": { "prefix": "$", "hasNumbering": true } });
    let plan = json!({ "type": "let", "args": { "bindings": bindings, "expr": { "type": "execute", "args": sql } } });
    let begun = Instant::now();
    let body = json!({ "operation": "createMany", "plan": plan, "params": {} });
    assert_eq!(world.ask(Access::Full, None, &body).await.unwrap(), json!(rows));
    assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
    assert_eq!(world.look("select count(distinct id) from made").await, i64::try_from(rows).unwrap());
}

/// JSON of the database's with very many keys: the last of two with one name counts, in the place of the first.
#[tokio::test]
async fn an_object_of_many_keys_is_read_soon() {
    let world = World::with(Limits { response_bytes: 64 * 1024 * 1024, ..Limits::default() }).await;
    let sql = "select ('{\"a\":0,' || string_agg('\"k' || n || '\":' || n, ',') || ',\"a\":1}')::json as j from generate_series(1, 200000) n";
    let begun = Instant::now();
    let answer = world.raw(Access::Full, &[sql]).await.unwrap();
    assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
    let object = answer["rows"][0][0].as_object().unwrap();
    assert_eq!((object.len(), &object["a"], &object["k200000"]), (200_001, &json!(1), &json!(200_000)));
}
