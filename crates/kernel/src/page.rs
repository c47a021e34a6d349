//! Pages of a list.

use serde::{Deserialize, Serialize};

/// In which order a list is wanted. A URL says `name` or `-name`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Sort {
    #[default]
    Newest,
    Oldest,
    Name,
    NameDescending,
}

impl Sort {
    const ALL: [Self; 4] = [Self::Newest, Self::Oldest, Self::Name, Self::NameDescending];

    /// The form in a URL.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Newest => "-created",
            Self::Oldest => "created",
            Self::Name => "name",
            Self::NameDescending => "-name",
        }
    }

    /// What a hand-edited URL says wrongly is the usual order.
    pub fn from_url(text: &str) -> Self {
        Self::ALL.into_iter().find(|sort| sort.as_str() == text).unwrap_or_default()
    }
}

/// Which page of a list is wanted: 1 is the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageRequest {
    pub page: u32,
    pub size: u32,
    pub sort: Sort,
}

impl PageRequest {
    pub const DEFAULT_SIZE: u32 = 25;
    const MAX_PAGE: u32 = 10_000;

    /// Page numbers out of range are moved into it, so a hand-edited URL still shows something.
    pub fn new(page: u32) -> Self {
        Self { page: page.clamp(1, Self::MAX_PAGE), size: Self::DEFAULT_SIZE, sort: Sort::default() }
    }

    pub fn sorted(self, sort: Sort) -> Self {
        Self { sort, ..self }
    }

    pub fn limit(self) -> i64 {
        i64::from(self.size)
    }

    pub fn offset(self) -> i64 {
        i64::from(self.page - 1) * i64::from(self.size)
    }
}

/// One page of a list and how long the whole list is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page<T> {
    pub items: Vec<T>,
    pub total: u64,
    pub request: PageRequest,
}

impl<T> Page<T> {
    pub fn pages(&self) -> u32 {
        u32::try_from(self.total.div_ceil(u64::from(self.request.size)).max(1)).unwrap_or(u32::MAX)
    }

    pub fn map<U>(self, f: impl FnMut(T) -> U) -> Page<U> {
        Page { items: self.items.into_iter().map(f).collect(), total: self.total, request: self.request }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_survives_its_url_and_nonsense_is_the_usual_one() {
        for sort in Sort::ALL {
            assert_eq!(Sort::from_url(sort.as_str()), sort);
        }
        assert_eq!(Sort::from_url("'; drop table"), Sort::Newest);
    }

    #[test]
    fn pages_start_at_one_and_an_empty_list_has_one() {
        let request = PageRequest::new(0);
        assert_eq!((request.page, request.offset(), request.limit()), (1, 0, 25));
        assert_eq!(PageRequest::new(3).offset(), 50);
        assert_eq!(Page::<u8> { items: vec![], total: 0, request }.pages(), 1);
        assert_eq!(Page::<u8> { items: vec![], total: 26, request }.pages(), 2);
    }
}
