//! Random operations, three nodes, and the database's truth.

use super::{Node, Shop, deaf};
use crate::world::key_input;
use control::keys::create::{self, CreateKeyInput};
use control::keys::rotate::{self, Overlap};
use control::keys::verify::{LiveKey, Refusal, Settings};
use control::keys::{NewKey, edit};
use control::projects::set_default_resource::set_default_resource;
use control::resources::{self, delete::DeleteResourceInput};
use kernel::{ProjectId, ResourceId};
use sqlx::{FromRow, PgPool};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

const STEPS: u32 = 240;

#[derive(FromRow)]
struct Truth {
    resource: Option<Uuid>,
    rights: String,
    disabled: bool,
    expires_at: Option<OffsetDateTime>,
}

struct Model {
    shop: Shop,
    /// Every key that ever was.
    keys: Vec<NewKey>,
    resources: Vec<(ResourceId, String)>,
}

impl Model {
    fn choose(&self, most: usize) -> usize {
        usize::try_from(u64::from_be_bytes(self.shop.ctx.rng.bytes()) % most.max(1) as u64).unwrap()
    }

    /// One operation. Some are refused (a removed key, a resource that needs a successor): then nothing changes, which is checked as well.
    async fn step(&mut self) {
        let Shop { ctx, actor, project, .. } = &self.shop;
        let key = self.keys.get(self.choose(self.keys.len())).map(|key| key.id);
        let resource = self.resources.get(self.choose(self.resources.len())).cloned();
        match (self.choose(12), key, resource) {
            (0..=2, _, resource) => {
                let input = CreateKeyInput {
                    resource: resource.filter(|_| self.choose(2) == 0).map(|(id, _)| id),
                    rights: ["full", "read_only"][self.choose(2)].into(),
                    expires_in_days: ["", "1", "30"][self.choose(3)].into(),
                    ..key_input("key")
                };
                self.keys.extend(create::create(ctx, actor, *project, input).await.ok());
            }
            (3, Some(key), _) => drop(control::keys::remove::remove(ctx, actor, key).await),
            (4 | 5, Some(key), _) => drop(edit::set_enabled(ctx, actor, key, self.choose(2) == 0).await),
            (6, Some(key), _) => {
                let overlap = Overlap::ALL[self.choose(Overlap::ALL.len())];
                self.keys.extend(rotate::rotate(ctx, actor, key, overlap.as_str()).await.ok());
            }
            (7 | 8, _, Some((resource, _))) => drop(set_default_resource(ctx, actor, *project, resource).await),
            (9, _, _) => {
                let name = ctx.rng.base62(8);
                let id = resources::create::create(ctx, actor, *project, &name, None).await.unwrap();
                self.resources.push((id, name));
            }
            (10, _, Some((id, name))) => {
                let successor = self.resources.get(self.choose(self.resources.len())).map(|(id, _)| *id);
                let input = DeleteResourceInput { confirmation: name, successor };
                if resources::delete::delete(ctx, actor, id, input).await.is_ok() {
                    self.resources.retain(|(other, _)| *other != id);
                }
            }
            _ => ctx.clock.advance(Duration::minutes(40)),
        }
    }

    async fn truth(&self, key: &NewKey, project: ProjectId) -> Result<LiveKey, Refusal> {
        let row: Option<Truth> = sqlx::query_as(
            "select coalesce(k.resource_id, p.default_resource_id) as resource, rights, disabled_at is not null as disabled, expires_at
             from api_key k join project p on p.id = k.project_id where k.id = $1",
        )
        .bind(key.id.uuid())
        .fetch_optional(&self.shop.ctx.db)
        .await
        .unwrap();
        let row = row.ok_or(Refusal::Unknown)?;
        match row {
            Truth { expires_at: Some(end), .. } if end <= self.shop.ctx.now() => Err(Refusal::Expired),
            Truth { disabled: true, .. } => Err(Refusal::Disabled),
            Truth { resource: None, .. } => Err(Refusal::NoResource),
            Truth { resource: Some(resource), rights, .. } => Ok(LiveKey {
                id: key.id,
                org: self.shop.org,
                project,
                resource: ResourceId::from_uuid(resource),
                rights: rights.parse().unwrap(),
            }),
        }
    }
}

#[sqlx::test]
async fn three_nodes_agree_with_the_database_after_any_sequence_of_operations(db: PgPool) {
    let shop = Shop::new(db).await;
    let hearing = Settings { listen: true, ..deaf() };
    let nodes = [
        Node::start(&shop, hearing.clone()).await,
        Node::start(&shop, hearing).await,
        Node::start(&shop, deaf()).await,
    ];
    let (project, resource) = (shop.project, shop.resource);
    let mut model = Model { shop, keys: vec![], resources: vec![(resource, "Production".into())] };
    let mut seen = std::collections::HashSet::new();
    for step in 0..STEPS {
        model.step().await;
        if model.choose(4) > 0 {
            continue;
        }
        let count = usize::try_from(model.shop.count("select count(*) from api_key").await).unwrap();
        let mut expected = Vec::new();
        for key in &model.keys {
            expected.push(model.truth(key, project).await);
        }
        seen.extend(expected.iter().map(|answer| answer.err()));
        for node in &nodes {
            node.settle().await;
            let answers: Vec<_> = model.keys.iter().map(|key| node.check(key)).collect();
            assert_eq!(answers, expected, "after step {step}");
            assert_eq!(node.verifier.table().len(), count, "after step {step}");
        }
    }
    assert!(seen.len() >= 4, "the sequence was too tame: {seen:?}");
    for node in nodes {
        node.stop().await;
    }
}
