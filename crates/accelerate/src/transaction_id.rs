//! Ids of interactive transactions: UUIDs of version 8, which begin with the number of the node that holds the transaction.

use crate::js::generate::uuid_v8;

/// `0000002a-7dec-81d0-a765-00a0c91e6bf6` of node 42; all but the number is random.
pub fn new(node: u32, fill: &mut impl FnMut(&mut [u8])) -> String {
    uuid_v8(fill, node)
}

/// The number of the node that holds the transaction of this id; none where it is no id of ours.
pub fn node_of(id: &str) -> Option<u32> {
    let (number, rest) = id.split_at_checked(8)?;
    let hex = |text: &str| text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let groups: Vec<&str> = rest.strip_prefix('-')?.split('-').collect();
    let sound = groups.iter().map(|group| group.len()).eq([4, 4, 4, 12]) && groups.iter().all(|group| hex(group));
    (sound && hex(number) && groups.get(1)?.starts_with('8')).then(|| u32::from_str_radix(number, 16).ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_tells_its_node_and_nothing_else_does() {
        let mut byte = 0_u8;
        let mut fill = |bytes: &mut [u8]| {
            for place in bytes {
                byte = byte.wrapping_add(29);
                *place = byte;
            }
        };
        for node in [0, 42, u32::MAX] {
            let id = new(node, &mut fill);
            assert_eq!(node_of(&id), Some(node), "{id}");
            assert_eq!((id.len(), &id[14..15]), (36, "8"), "{id}");
            assert!("89ab".contains(&id[19..20]), "{id}");
        }
        assert_ne!(new(1, &mut fill), new(1, &mut fill));
        for other in [
            "",
            "f81d4fae-7dec-41d0-a765-00a0c91e6bf6",
            "f81d4fae-7dec-81d0-a765-00a0c91e6bf",
            "f81d4fae7dec81d0a76500a0c91e6bf6",
            "+81d4fae-7dec-81d0-a765-00a0c91e6bf6",
            "é81d4fa-7dec-81d0-a765-00a0c91e6bf6",
            "f81d4fae-7dec-81d0-a765-00a0c91e6bf6-1234",
        ] {
            assert_eq!(node_of(other), None, "{other}");
        }
    }
}
