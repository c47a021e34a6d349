//! Migrations are part of the library: a new one rebuilds it.
fn main() {
    println!("cargo:rerun-if-changed=migrations");
}
