//! Where the server goes on behalf of who imports.

use serde_json::{Value, json};
use tandem_core::{HostPolicy, HostRule};
use tandem_testkit::TestApp;

/// Sources at `host`, one of each kind that has one.
fn sources(host: &str) -> [Value; 3] {
    [
        json!({ "type": "s3", "url": "s3://bucket/a.csv", "endpoint": format!("http://{host}:1") }),
        json!({ "type": "postgres", "url": format!("postgres://u:p@{host}:1/d"), "table": "t" }),
        json!({ "type": "mysql", "url": format!("mysql://u:p@{host}:1/d"), "table": "t" }),
    ]
}

#[tokio::test]
async fn the_server_itself_is_no_source_unless_it_is_said_to_be() {
    let kit = TestApp::start_with(|config| config.source_hosts = HostPolicy::default()).await;
    let acme = kit.org("Acme").await;
    let project = kit.project(&acme.owner, "Loyalty").await;
    let owner = kit.as_user(&acme.owner).await;
    let (sniff, import) = (format!("/projects/{project}/import/sniff"), format!("/projects/{project}/import"));
    for source in ["127.0.0.1", "localhost", "[::1]", "169.254.169.254", "0.0.0.0"].iter().flat_map(|h| sources(h)) {
        let said = owner.post(&sniff, json!({ "source": source })).await.refused(403, "host_not_allowed");
        assert!(said.contains("--allow-source"), "{said}");
        let body = json!({ "source": source, "target": { "name": "t" } });
        owner.post(&import, body).await.refused(403, "host_not_allowed");
    }
    // Nothing was queued for later either.
    assert_eq!(owner.get(&format!("/projects/{project}/runs")).await.expect(200)["items"], json!([]));
}

#[tokio::test]
async fn what_is_allowed_is_asked() {
    let rules = ["default", "127.0.0.0/8"].map(|rule| rule.parse::<HostRule>().unwrap());
    let kit = TestApp::start_with(|config| config.source_hosts = HostPolicy::new(rules.to_vec())).await;
    let acme = kit.org("Acme").await;
    let project = kit.project(&acme.owner, "Loyalty").await;
    let owner = kit.as_user(&acme.owner).await;
    let sniff = format!("/projects/{project}/import/sniff");
    for source in sources("127.0.0.1") {
        // It is closed, which is another matter.
        owner.post(&sniff, json!({ "source": source })).await.refused(400, "source_unavailable");
    }
    for source in sources("169.254.169.254") {
        owner.post(&sniff, json!({ "source": source })).await.refused(403, "host_not_allowed");
    }
}
