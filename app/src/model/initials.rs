//! The one or two letters that stand for a person.

/// The initials of a name, or of the part of a mail address before the at sign: at most two letters, upper case.
pub fn initials(name: &str) -> String {
    let name = name.split('@').next().unwrap_or_default();
    let mut words =
        name.split(|c: char| !c.is_alphanumeric()).filter_map(|word| word.chars().next()).flat_map(char::to_uppercase);
    let first = words.next();
    let last = words.last();
    let letters: String = first.into_iter().chain(last).collect();
    if letters.is_empty() { "?".to_owned() } else { letters }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_and_last_word_give_the_letters() {
        for (name, letters) in [
            ("Ada Lovelace", "AL"),
            ("Augusta Ada King", "AK"),
            ("ada.lovelace@example.com", "AL"),
            ("ada", "A"),
            ("  ", "?"),
            ("", "?"),
            ("日本", "日"),
        ] {
            assert_eq!(initials(name), letters, "{name:?}");
        }
    }
}
