//! What the command palette offers, and how a few typed letters find it.

use serde::{Deserialize, Serialize};

/// One place or action. The server sends a JSON array of these.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// The heading it stands under: "Projects", "Pages", "Actions".
    pub group: String,
    pub label: String,
    /// Where it is, in grey behind the label: the project of a resource.
    #[serde(default)]
    pub hint: String,
    pub href: String,
    /// Not a link: `href` is the action of a form of the page, which is sent.
    #[serde(default)]
    pub posts: bool,
    /// Other words that find it.
    #[serde(default)]
    pub keywords: String,
}

/// An item that matches and how well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hit {
    pub index: usize,
    pub score: i32,
}

/// Enough for a screen; whoever needs the fortieth hit types one more letter.
pub const MAX_HITS: usize = 40;

/// The items that match, grouped as they came, the best group and the best of each group first. An empty query keeps the given order.
pub fn search(query: &str, items: &[Item]) -> Vec<Hit> {
    let query = fold(query);
    if query.is_empty() {
        return (0..items.len().min(MAX_HITS)).map(|index| Hit { index, score: 0 }).collect();
    }
    let mut hits: Vec<Hit> = items
        .iter()
        .enumerate()
        .filter_map(|(index, item)| score_item(&query, item).map(|score| Hit { index, score }))
        .collect();
    hits.sort_by_key(|hit| (-hit.score, hit.index));
    hits.truncate(MAX_HITS);
    let mut groups: Vec<&str> = Vec::new();
    for hit in &hits {
        let group = items[hit.index].group.as_str();
        if !groups.contains(&group) {
            groups.push(group);
        }
    }
    hits.sort_by_key(|hit| groups.iter().position(|group| *group == items[hit.index].group));
    hits
}

/// Every word of the query must be found in the label, else in hint or keywords; a label counts most.
fn score_item(query: &str, item: &Item) -> Option<i32> {
    query.split(' ').try_fold(0, |sum, word| {
        let label = score(word, &fold(&item.label)).map(|score| score + 20);
        let rest = || score(word, &fold(&format!("{} {} {}", item.hint, item.keywords, item.group)));
        label.or_else(rest).map(|score| sum + score)
    })
}

fn fold(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

/// How well the letters of `word` follow one another in `text`: a whole run and starts of words count most; none if one is missing.
fn score(word: &str, text: &str) -> Option<i32> {
    if let Some(at) = text.find(word) {
        let starts_word = text[..at].chars().next_back().is_none_or(|c| !c.is_alphanumeric());
        let whole = if text == word { 30 } else { 0 };
        return Some(60 + whole + if at == 0 { 20 } else { 0 } + if starts_word { 10 } else { 0 });
    }
    let mut wanted = word.chars().peekable();
    let (mut total, mut run, mut before) = (0, 0, ' ');
    for c in text.chars() {
        match wanted.peek() {
            None => break,
            Some(next) if *next == c => {
                wanted.next();
                run += 1;
                total += if before.is_alphanumeric() { run } else { 10 };
            }
            // The way to the first letter is free, gaps after it are not.
            Some(_) if total != 0 => {
                run = 0;
                total -= 1;
            }
            Some(_) => {}
        }
        before = c;
    }
    // Letters strewn over a long text are no match in anyone's eyes.
    (wanted.peek().is_none() && total > 0).then_some(total.min(50))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(group: &str, label: &str, keywords: &str) -> Item {
        Item { group: group.into(), label: label.into(), keywords: keywords.into(), ..Item::default() }
    }

    fn items() -> Vec<Item> {
        vec![
            item("Projects", "Grey fish", ""),
            item("Projects", "Storefront", "shop"),
            item("Pages", "API keys", "tokens secrets"),
            item("Pages", "Account settings", "theme password"),
            item("Actions", "Create project", "new"),
        ]
    }

    fn labels(query: &str) -> Vec<String> {
        let items = items();
        search(query, &items).iter().map(|hit| items[hit.index].label.clone()).collect()
    }

    #[test]
    fn an_empty_query_keeps_the_order() {
        assert_eq!(labels("  "), ["Grey fish", "Storefront", "API keys", "Account settings", "Create project"]);
    }

    #[test]
    fn starts_of_words_letters_and_keywords_find_items() {
        assert_eq!(labels("api")[0], "API keys");
        assert_eq!(labels("shop"), ["Storefront"]);
        assert_eq!(labels("cp")[0], "Create project");
        assert_eq!(labels("key API")[0], "API keys");
        assert_eq!(labels("PASSWORD"), ["Account settings"]);
        assert!(labels("zzz").is_empty());
        assert!(labels("grey zzz").is_empty());
    }

    #[test]
    fn groups_stay_together_the_best_first() {
        let items =
            vec![item("A", "keys of old", ""), item("B", "key", ""), item("A", "monkey", ""), item("B", "turkey", "")];
        let order: Vec<_> = search("key", &items).iter().map(|hit| items[hit.index].group.clone()).collect();
        assert_eq!(order, ["B", "B", "A", "A"]);
    }

    #[test]
    fn any_text_is_a_safe_query() {
        for query in ["</script>", "é🐟", "\u{0}", "a b c d e f g"] {
            search(query, &items());
        }
    }
}
