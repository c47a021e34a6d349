//! The form that asks where Accelerate shall run: two gateways, one of them far from the database.

use super::{Node, Site};
use crate::browser::Browser;
use crate::console::Console;
use crate::world::Who;
use sqlx::PgPool;
use std::time::Duration;

const FAR: Duration = Duration::from_millis(25);

/// The owner's browser, on a console that is served by this node.
fn owner(site: &Site, node: &Node) -> Browser {
    site.world.browser(&Console::of(&node.parts), Who::Owner)
}

fn path(site: &Site) -> String {
    format!("/resources/{}/accelerate", site.resource)
}

async fn options(browser: &mut Browser, site: &Site) -> (Vec<String>, Vec<String>, String) {
    let answer = browser.get(&path(site)).await;
    assert_eq!(answer.status, 200);
    let page = answer.html();
    let all = page.texts("select[name=region] option");
    (all, page.texts("select[name=region] option[disabled]"), page.text("main form"))
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn each_gateway_measures_its_own_way_and_the_nearest_is_chosen(db: PgPool) {
    let site = Site::new(db).await;
    // The console is served by the far one.
    let (far, near) = (site.node("eu-west-3", FAR).await, site.node("us-west-1", Duration::ZERO).await);
    let mut browser = owner(&site, &far);
    let (all, disabled, text) = options(&mut browser, &site).await;
    assert_eq!(all[0], "Nearest gateway");
    let ms = |at: usize| all[at].split(", ").nth(1).unwrap().strip_suffix(" ms").unwrap().parse::<f64>().unwrap();
    assert!(all[1].starts_with("eu-west-3, ") && !all[1].contains("recommended"), "{all:?}");
    assert!(all[2].starts_with("us-west-1, ") && all[2].ends_with(", recommended"), "{all:?}");
    assert!(ms(1) >= 25.0 && ms(2) < 25.0, "{all:?}");
    assert_eq!(disabled, all[3..]);
    assert!(disabled.contains(&"us-east-1, no gateway".to_owned()), "{disabled:?}");
    assert!(text.contains("with its round trip"), "{text}");

    let form = [("resource", site.resource.to_string())];
    let resource = form[0].1.as_str();
    let answer = browser.submit("accelerate/configure", &[("resource", resource), ("region", "nearest")]).await;
    let page = answer.html();
    let told = page.text("body");
    assert!(told.contains("Accelerate is configured in us-west-1, the nearest gateway: "), "{told}");
    assert!(
        told.contains(&format!("prisma://{}/?api_key=", near.own.public_url.strip_prefix("https://").unwrap())),
        "{told}"
    );
    assert!(told.contains("If you use $accelerate.invalidate, lead it here"), "{told}");

    near.parts.nodes.leave().await.unwrap();
    let told = browser.get(&path(&site)).await.html().text("main");
    assert!(told.contains("No gateway runs in us-west-1 at the moment."), "{told}");
    assert!(told.contains("prisma://eu-west-3.example.com/?api_key="), "{told}");
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn a_region_is_chosen_against_the_recommendation_but_not_without_a_gateway(db: PgPool) {
    let site = Site::new(db).await;
    let (far, near) = (site.node("eu-west-3", FAR).await, site.node("us-west-1", Duration::ZERO).await);
    let mut browser = owner(&site, &near);
    let resource = site.resource.to_string();
    browser.get(&path(&site)).await;
    for region in ["us-east-1", "", "mars"] {
        let page = browser
            .submit(
                "accelerate/configure",
                &[("_form", "accelerate/configure"), ("resource", &resource), ("region", region)],
            )
            .await
            .html();
        assert!(page.text("main [role=alert]").contains("No gateway runs in this region."), "{region}");
    }
    let told = browser
        .submit("accelerate/configure", &[("resource", &resource), ("region", "eu-west-3")])
        .await
        .html()
        .text("body");
    assert!(told.contains("Accelerate is configured. Connect"), "{told}");
    assert!(told.contains("prisma://eu-west-3.example.com/?api_key="), "{told}");
    assert_eq!(far.own.region, "eu-west-3");
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn a_late_measurement_makes_no_late_page(db: PgPool) {
    let site = Site::new(db).await;
    let _late = site.node("eu-west-3", Duration::from_secs(30)).await;
    let near = site.node("us-west-1", Duration::ZERO).await;
    let silent = site.silent("us-east-1").await;
    let mut browser = owner(&site, &near);
    let (all, _, text) = options(&mut browser, &site).await;
    assert_eq!([&all[1], &all[2]], ["eu-west-3", "us-east-1"]);
    assert!(all[3].starts_with("us-west-1, ") && all[3].ends_with("recommended"), "{all:?}");
    assert!(text.contains("Not every round trip"), "{text}");
    // The gateway that says nothing is the only one of its region.
    let resource = site.resource.to_string();
    let fields = [("_form", "accelerate/configure"), ("resource", resource.as_str()), ("region", "us-east-1")];
    let page = browser.submit("accelerate/configure", &fields).await.html();
    assert!(page.text("main [role=alert]").contains("The gateway in us-east-1 does not answer."));
    site.age(silent.id).await;
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn a_viewer_makes_nobody_measure(db: PgPool) {
    let site = Site::new(db).await;
    let node = site.node("us-east-1", Duration::ZERO).await;
    let before = node.parts.dialer.sockets_opened();
    let answer = site.world.browser(&Console::of(&node.parts), Who::Viewer).get(&path(&site)).await;
    assert_eq!((answer.status.as_u16(), node.parts.dialer.sockets_opened()), (200, before));
    owner(&site, &node).get(&path(&site)).await;
    assert!(node.parts.dialer.sockets_opened() > before);
}
