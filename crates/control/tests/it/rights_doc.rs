//! docs/RIGHTS.md is written from the table in the code.

use control::rights::Right;
use kernel::Role;
use std::fmt::Write as _;
use std::path::Path;

#[test]
fn the_documented_rights_are_those_of_the_code() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/RIGHTS.md");
    let page = page();
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, &page).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(written == page, "docs/RIGHTS.md is out of date: run `UPDATE_DOCS=1 cargo test -p control`");
}

fn page() -> String {
    let mut page = String::from(
        "<!-- Written from crates/control/src/rights.rs by `UPDATE_DOCS=1 cargo test -p control`. -->\n\n\
         # Rights\n\n\
         What each role of an organization may do. A higher role has every right of a lower one. Who is not a member learns nothing of an\n\
         organization: all of it answers \"not found\".\n\n| |",
    );
    for role in Role::ALL {
        let _ = write!(page, " {} |", role.label());
    }
    page.push_str("\n|---|:-:|:-:|:-:|:-:|\n");
    for right in Right::ALL {
        let _ = write!(page, "| {} |", right.description());
        for role in Role::ALL {
            page.push_str(if right.is_of(role) { " yes |" } else { " |" });
        }
        page.push('\n');
    }
    page.push_str(
        "\nBeside these:\n\n\
         - Every member may leave, and an organization keeps an owner: the last one cannot leave, be removed, take a lower role or delete their\n  account while others are in it.\n\
         - Only owners invite, change or remove owners, and take back an owner's invitation.\n\
         - An invitation is accepted or declined by the invited address alone.\n\
         - Operators run the server. They see users, organizations by name and size, and projects by name and plan; they set access to products, plans\n  and settings, and see nothing inside a project of an organization that they are not a member of.\n",
    );
    page
}
