//! The order in which JavaScript keeps an object's keys.

use std::collections::{HashMap, HashSet};

/// Up to this many keys, comparing all pairs beats hashing.
const FEW: usize = 16;

/// Where a member was written: `"key"` from `start` to `colon`, `:value` from there to `end`.
pub(super) struct Member {
    pub(super) start: usize,
    pub(super) colon: usize,
    pub(super) end: usize,
}

impl Member {
    /// The key, still escaped: as its form is canonical, equal forms are equal keys.
    fn key<'a>(&self, out: &'a [u8]) -> &'a [u8] {
        out.get(self.start + 1..self.colon - 1).unwrap_or_default()
    }
}

/// Rewrites an object's members, the end of `out`, in the order of JavaScript: array indices by value, then the other
/// keys by first appearance, each with its last value.
pub(super) fn arrange(out: &mut Vec<u8>, members: &[Member]) {
    let Some(first) = members.first() else { return };
    if !members.iter().any(|member| array_index(member.key(out)).is_some()) && are_distinct(out, members) {
        return;
    }
    let mut places = HashMap::with_capacity(members.len());
    let mut ordered: Vec<(u32, &Member)> = Vec::with_capacity(members.len());
    for member in members {
        let key = member.key(out);
        let place = *places.entry(key).or_insert(ordered.len());
        if let Some((_, earlier)) = ordered.get_mut(place) {
            *earlier = member;
        } else {
            // No index is this large, so that the other keys come last.
            ordered.push((array_index(key).unwrap_or(u32::MAX), member));
        }
    }
    // A stable sort keeps those other keys in place.
    ordered.sort_by_key(|(index, _)| *index);
    let mut arranged = Vec::with_capacity(out.len() - first.start);
    for (_, member) in ordered {
        if !arranged.is_empty() {
            arranged.push(b',');
        }
        arranged.extend_from_slice(out.get(member.start..member.end).unwrap_or_default());
    }
    out.truncate(first.start);
    out.append(&mut arranged);
}

fn are_distinct(out: &[u8], members: &[Member]) -> bool {
    // The order of jsonb, in which the check is linear.
    let rank = |member: &Member| (member.colon - member.start, member.key(out));
    if members.is_sorted_by(|a, b| rank(a) < rank(b)) {
        return true;
    }
    if members.len() <= FEW {
        let mut rest = members;
        while let Some((member, later)) = rest.split_first() {
            if later.iter().any(|other| other.key(out) == member.key(out)) {
                return false;
            }
            rest = later;
        }
        return true;
    }
    let mut seen = HashSet::with_capacity(members.len());
    members.iter().all(|member| seen.insert(member.key(out)))
}

/// The value of a key that is an array index in canonical form, at most 2^32 - 2.
fn array_index(key: &[u8]) -> Option<u32> {
    let canonical = match key {
        [b'0'] => true,
        [b'1'..=b'9', ..] => key.len() <= 10,
        _ => false,
    };
    let digits = key.iter().map(|b| b.is_ascii_digit().then(|| u64::from(b - b'0')));
    let value = digits.take_while(|_| canonical).try_fold(0, |n, digit| Some(n * 10 + digit?));
    value.filter(|_| canonical).and_then(|n| u32::try_from(n).ok()).filter(|n| *n != u32::MAX)
}
