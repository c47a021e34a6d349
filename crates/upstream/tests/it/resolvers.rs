//! Resolvers that answer as a test wants it.

use std::{
    collections::VecDeque,
    io,
    net::{IpAddr, SocketAddr},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use upstream::{Guard, Resolve, Resolver, SystemResolver};

/// Answers each question with the next of a list of answers; the last one stays. Counts the questions.
#[derive(Clone)]
pub struct Script {
    answers: Arc<Mutex<VecDeque<Vec<IpAddr>>>>,
    pub asked: Arc<AtomicUsize>,
}

impl Script {
    pub fn new(answers: &[&[&str]]) -> Self {
        let answer = |answer: &&[&str]| answer.iter().map(|address| address.parse().unwrap()).collect();
        Self { answers: Arc::new(Mutex::new(answers.iter().map(answer).collect())), asked: Arc::default() }
    }
}

impl Resolver for Script {
    fn resolve<'a>(&'a self, _host: &'a str, port: u16) -> Resolve<'a> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        let mut answers = self.answers.lock().unwrap();
        let answer = if answers.len() > 1 { answers.pop_front() } else { answers.front().cloned() };
        let answer =
            answer.map(|addresses| addresses.into_iter().map(|address| SocketAddr::new(address, port)).collect());
        Box::pin(async move { answer.ok_or_else(|| io::Error::from(io::ErrorKind::NotFound)) })
    }
}

/// Should a numeric form ever get past the parser, the system's resolver makes an address of it, and that is checked.
#[tokio::test]
async fn the_systems_reading_of_numbers_is_checked() {
    for host in
        ["2852039166", "0xA9FEA9FE", "0251.0376.0251.0376", "169.254.43518", "0xa9.254.0251.254", "169.16689662"]
    {
        let answers = SystemResolver::default().resolve(host, 5432).await.unwrap();
        assert!(!answers.is_empty(), "{host}");
        for answer in answers {
            assert!(Guard::default().denied_by(answer.ip()).is_some(), "{host} leads to {answer}");
        }
    }
}
