//! Things that are asked for by name: benchmarks, soaks, client suites.

use anyhow::{Result, bail};

/// A thing with a name to type and a sentence about it.
pub trait Named {
    fn name(&self) -> &'static str;
    fn about(&self) -> &'static str;
}

/// The thing of that name; for any other name, an error that says which there are.
pub fn find<'a, T: Named + ?Sized>(kind: &str, all: &'a [&'a T], name: &str) -> Result<&'a T> {
    match all.iter().find(|thing| thing.name() == name) {
        Some(thing) => Ok(*thing),
        None => bail!("there is no {kind} `{name}`.\n\n{}", list(kind, all)),
    }
}

/// All of them, one a line.
pub fn list<T: Named + ?Sized>(kind: &str, all: &[&T]) -> String {
    if all.is_empty() {
        return format!("There is no {kind} yet.\n");
    }
    all.iter().map(|thing| format!("{:<20} {}\n", thing.name(), thing.about())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Keys;

    impl Named for Keys {
        fn name(&self) -> &'static str {
            "keys"
        }

        fn about(&self) -> &'static str {
            "verification beside a bare handler"
        }
    }

    #[test]
    fn a_wrong_name_is_answered_with_the_right_ones() {
        let error = find("benchmark", &[&Keys], "kyes").err().unwrap().to_string();
        assert!(error.contains("no benchmark `kyes`") && error.contains("keys "), "{error}");
        assert!(find("benchmark", &[&Keys], "keys").is_ok());
    }

    #[test]
    fn an_empty_list_is_honest() {
        assert_eq!(list::<Keys>("soak", &[]), "There is no soak yet.\n");
    }
}
