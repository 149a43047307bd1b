//! Mail that a workflow sends, with a real mail server on the other side.

use serde_json::{Value, json};
use tandem_core::{
    ProjectRole,
    config::{MailConfig, MailTls},
};
use tandem_testkit::TestApp;

use crate::{
    data::{dataset, ended},
    mail_server::MailServer,
};

#[tokio::test(flavor = "multi_thread")]
async fn a_workflow_mails_what_it_found_and_to_nobody_who_may_not_have_it() {
    let Some(server) = MailServer::start(&[]) else { return };
    let kit = TestApp::start_with(|config| {
        let mail = MailConfig::new("127.0.0.1", server.port, "Tandem <tandem@acme.test>");
        config.mail = Some(MailConfig { tls: MailTls::None, ..mail });
    })
    .await;
    let acme = kit.org("Acme").await;
    let project = kit.project(&acme.owner, "Sales").await;
    let owner = kit.as_user(&acme.owner).await;
    let ana = kit.member_of(project, acme.id, "ana@acme.test", ProjectRole::Analyst).await;
    let orders = dataset(&owner, project, "orders", "city,amount\n上海,120\n北京,80\n").await;
    let node = |component: &str, params: Value| json!({"component": {"name": component, "version": 1}, "params": params, "position": {"x": 0, "y": 0}});
    let workflow = |name: &str, params: Value| {
        let over = json!({"kind": "number", "number": 100});
        let document = json!({"format": 1, "nodes": {
            "orders": node("dataset", json!({"dataset": orders})),
            "over": node("parameter", over),
            "mail": node("notify", params),
        }, "edges": {
            "a": {"from": {"node": "orders", "port": "table"}, "to": {"node": "mail", "port": "table"}},
            "b": {"from": {"node": "over", "port": "value"}, "to": {"node": "mail", "port": "value"}},
        }});
        json!({"name": name, "workflow": document})
    };
    let run = async |who: &tandem_testkit::Client, name: &str, params: Value| {
        let made = owner.post(&format!("/projects/{project}/workflows"), workflow(name, params)).await.expect(201);
        let flow = made["asset"]["id"].as_str().unwrap().to_owned();
        let run = who.post(&format!("/workflows/{flow}/runs"), json!({})).await.expect(202);
        ended(who, &run).await
    };

    // Without an address, to whoever runs it; the table goes with it.
    let params =
        json!({"subject": "{rows} 笔订单\r\nBcc: eve@elsewhere.test", "text": "limit {value}", "attach": "xlsx"});
    let ran = run(&owner, "to me", params).await;
    assert_eq!(ran["state"], "succeeded", "{ran}");
    let mails = server.messages();
    assert_eq!(mails.len(), 1);
    let mail = mails[0].to_string();
    assert!(mail.contains("2 笔订单") && mail.contains("limit 100") && mail.contains("上海"), "{mail}");
    assert!(mail.contains(&acme.owner.email) && mails[0]["bcc"].is_null(), "{mail}");

    // What must not be sent is not: no rows to speak of, nobody's address, no right to take rows away.
    let quiet = run(&owner, "quiet", json!({"subject": "none", "when": "no_rows"})).await;
    assert_eq!(quiet["state"], "succeeded", "{quiet}");
    let stranger = run(&owner, "stranger", json!({"subject": "s", "to": ["eve@elsewhere.test"]})).await;
    assert_eq!(stranger["nodes"]["mail"]["error"]["code"], "mail_refused", "{stranger}");
    let ana = kit.as_user(&ana).await;
    let taken = run(&ana, "taken", json!({"subject": "s", "attach": "csv"})).await;
    assert_eq!(taken["nodes"]["mail"]["error"]["code"], "forbidden", "{taken}");
    assert_eq!(server.messages().len(), 1);
    let told = run(&ana, "told", json!({"subject": "done", "to": ["ana@acme.test"]})).await;
    assert_eq!(told["state"], "succeeded", "{told}");
    assert_eq!(server.messages().len(), 2);
}
