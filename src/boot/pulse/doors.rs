//! How many subscribers a resource may have on this server.

use kernel::ResourceId;
use metrics::{Gauge, gauge};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Which of the two doors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Door {
    Stream,
    Subscribe,
}

/// Counts those who are there.
pub struct Doors {
    most: [usize; 2],
    inside: Mutex<HashMap<(ResourceId, Door), usize>>,
    seen: [Gauge; 2],
}

/// One of them; it has left when this is dropped.
pub struct Admitted {
    doors: Arc<Doors>,
    who: (ResourceId, Door),
}

impl Doors {
    /// `most`: of streams, and of those who only listen.
    pub fn new(most: [usize; 2]) -> Self {
        let seen = ["stream", "subscribe"].map(|kind| gauge!("pentaprism_pulse_subscribers", "kind" => kind));
        Self { most, inside: Mutex::default(), seen }
    }

    /// # Errors
    /// How many there may be, where they are all there.
    pub fn enter(self: &Arc<Self>, resource: ResourceId, door: Door) -> Result<Admitted, usize> {
        let (who, most) = ((resource, door), self.most[door as usize]);
        let mut inside = self.inside();
        let count = inside.entry(who).or_default();
        if *count >= most {
            return Err(most);
        }
        *count += 1;
        self.seen[door as usize].increment(1.0);
        Ok(Admitted { doors: Arc::clone(self), who })
    }

    fn inside(&self) -> MutexGuard<'_, HashMap<(ResourceId, Door), usize>> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Admitted {
    fn drop(&mut self) {
        let mut inside = self.doors.inside();
        if let Some(count) = inside.get_mut(&self.who) {
            *count -= 1;
            if *count == 0 {
                inside.remove(&self.who);
            }
        }
        self.doors.seen[self.who.1 as usize].decrement(1.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_door_of_each_resource_has_its_own_limit() {
        let doors = Arc::new(Doors::new([2, 1]));
        let [one, two]: [ResourceId; 2] =
            ["env_0000000000000000000000001", "env_0000000000000000000000002"].map(|id| id.parse().unwrap());
        let first = doors.enter(one, Door::Subscribe).ok().unwrap();
        assert_eq!(doors.enter(one, Door::Subscribe).err(), Some(1));
        let others =
            (doors.enter(two, Door::Subscribe), doors.enter(one, Door::Stream), doors.enter(one, Door::Stream));
        assert!(others.0.is_ok() && others.1.is_ok() && others.2.is_ok());
        assert_eq!(doors.enter(one, Door::Stream).err(), Some(2));
        drop(first);
        assert!(doors.enter(one, Door::Subscribe).is_ok());
    }
}
