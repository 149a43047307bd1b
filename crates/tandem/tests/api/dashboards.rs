//! Dashboards over HTTP: made, read with everybody's own access, narrowed,
//! taken away, bound to other data.

use serde_json::{Value, json};
use tandem_core::{ProjectRole, id::ProjectId};
use tandem_testkit::{Client, TestApp};

use crate::data::{dataset, import};

const ORDERS: &str = "city,amount\n上海,120\n北京,80\n上海,300\n广州,10\n北京,100\n";

fn document(dataset: &str) -> Value {
    let figure = json!({"source": "orders", "component": "profile", "drill": {"param": "columns", "levels": ["city"]}});
    let mut plain = figure.clone();
    plain.as_object_mut().unwrap().remove("drill");
    json!({
        "format": 1,
        "sources": {"orders": {"dataset": dataset}},
        "filters": [{"id": "city", "column": "city", "sources": ["orders"], "control": "choice"}],
        "pages": [{"id": "main", "title": {"en": "Sales", "zh-CN": "销售"}, "blocks": [
            {"id": "words", "shows": {"text": {"en": "What sells.", "zh-CN": "销售情况。"}}},
            {"id": "all", "shows": {"figure": plain}},
        ]}],
    })
}

async fn make(who: &Client, project: ProjectId, name: &str, document: Value) -> String {
    let body = json!({"name": name, "dashboard": document});
    let made = who.post(&format!("/projects/{project}/dashboards"), body).await.expect(201);
    made["asset"]["id"].as_str().unwrap().to_owned()
}

async fn answer(who: &Client, id: &str, body: Value) -> Value {
    who.post(&format!("/dashboards/{id}/answer"), body).await.expect(200)
}

/// The whole of an answer's first figure as text, to look for numbers in.
fn text(answer: &Value) -> String {
    assert!(answer["blocks"][0]["section"].is_object(), "{answer}");
    answer["blocks"][0]["section"].to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_sees_a_dashboard_with_their_own_access() {
    let kit = TestApp::start().await;
    let acme = kit.org("Acme").await;
    let project = kit.project(&acme.owner, "Sales").await;
    let owner = kit.as_user(&acme.owner).await;
    let viewer = kit.member_of(project, acme.id, "viewer@acme.test", ProjectRole::Viewer).await;
    let viewer = kit.as_user(&viewer).await;
    let orders = dataset(&owner, project, "orders", ORDERS).await;
    let id = make(&owner, project, "Sales", document(&orders)).await;

    let all = answer(&owner, &id, json!({})).await;
    assert_eq!(all["blocks"].as_array().unwrap().len(), 1, "words need no computing: {all}");
    assert_eq!((&all["used"][0]["name"], &all["used"][0]["seq"]), (&json!("orders"), &json!(1)));
    assert!(text(&all).contains("广州"), "{all}");
    assert_eq!(text(&answer(&viewer, &id, json!({})).await), text(&all));

    // Filters are the reader's own.
    let narrowed = json!({"filters": {"city": [{"operator": "one_of", "value": ["上海"]}]}});
    let narrowed = text(&answer(&viewer, &id, narrowed).await);
    assert!(narrowed.contains("上海") && !narrowed.contains("广州"), "{narrowed}");
    let wrong = json!({"filters": {"other": []}});
    viewer.post(&format!("/dashboards/{id}/answer"), wrong).await.refused(400, "invalid_request");
    let wrong = json!({"filters": {"city": [{"operator": "drop table", "value": 1}]}});
    let refused = answer(&viewer, &id, wrong).await;
    assert_eq!(refused["blocks"][0]["error"]["code"], "invalid_parameter", "{refused}");
    assert!(refused["blocks"][0]["error"]["message"]["zh-CN"].is_string());

    let rules = json!({"rules": [{"name": "own city", "exempt_roles": ["owner"],
        "row_filter": {"op": "compare", "column": "city", "is": "eq", "value": "北京"}}]});
    assert!(owner.put(&format!("/datasets/{orders}/policies"), rules).await.status.is_success());
    let own = text(&answer(&viewer, &id, json!({})).await);
    assert!(own.contains("北京") && !own.contains("上海"), "{own}");
    assert_eq!(text(&answer(&owner, &id, json!({})).await), text(&all));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_figure_is_of_all_rows_even_if_its_first_reader_is_shown_few_at_once() {
    let kit = TestApp::start().await;
    let acme = kit.org("Acme").await;
    let project = kit.project(&acme.owner, "Sales").await;
    let owner = kit.as_user(&acme.owner).await;
    let guest = kit.member_of(project, acme.id, "eve@acme.test", ProjectRole::Guest).await;
    let eve = kit.as_user(&guest).await;
    // More than a guest is shown of a query at once.
    let many = 12_345;
    let rows: String = (0..many).map(|row| if row % 2 == 0 { "上海,1\n" } else { "北京,2\n" }).collect();
    let orders = dataset(&owner, project, "orders", &format!("city,amount\n{rows}")).await;
    let id = make(&owner, project, "Sales", document(&orders)).await;
    for asset in [&orders, &id] {
        let grant = json!({"user_id": guest.id, "action": "use"});
        owner.post(&format!("/assets/{asset}/grants"), grant).await.expect(201);
    }
    let all = json!({"sql": "SELECT city FROM orders", "limit": 2 * many});
    let shown = eve.post(&format!("/projects/{project}/query"), all).await.expect(200);
    assert_eq!(shown["truncated"], true, "a guest has a limit on rows");

    let first = text(&answer(&eve, &id, json!({})).await);
    assert!(first.contains(&many.to_string()), "{first}");
    assert_eq!(text(&answer(&owner, &id, json!({})).await), first, "what was kept is served to others");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dashboard_is_saved_and_two_who_save_do_not_overwrite_each_other() {
    let kit = TestApp::start().await;
    let acme = kit.org("Acme").await;
    let project = kit.project(&acme.owner, "Sales").await;
    let owner = kit.as_user(&acme.owner).await;
    let orders = dataset(&owner, project, "orders", ORDERS).await;
    let id = make(&owner, project, "Sales", document(&orders)).await;

    let mut changed = document(&orders);
    changed["pages"][0]["title"] = json!({"en": "Orders", "zh-CN": "订单"});
    let body = json!({"base": 1, "dashboard": changed, "message": "renamed"});
    let saved = owner.post(&format!("/dashboards/{id}/versions"), body.clone()).await.expect(201);
    assert_eq!((&saved["seq"], &saved["dashboard"]["pages"][0]["title"]["en"]), (&json!(2), &json!("Orders")));
    owner.post(&format!("/dashboards/{id}/versions"), body).await.refused(409, "version_conflict");
    let first = owner.get(&format!("/dashboards/{id}?seq=1")).await.expect(200);
    assert_eq!(first["dashboard"]["pages"][0]["title"]["en"], "Sales");

    let preview = json!({"dashboard": changed, "page": "main"});
    let seen = owner.post(&format!("/projects/{project}/dashboards/answer"), preview).await.expect(200);
    assert!(text(&seen).contains("上海"));
    let mut newer = document(&orders);
    newer["format"] = json!(99);
    let body = json!({"name": "Newer", "dashboard": newer});
    owner.post(&format!("/projects/{project}/dashboards"), body).await.refused(400, "unsupported_format");
    let mut wrong = document(&orders);
    wrong["pages"][0]["blocks"][1]["shows"]["figure"]["component"] = json!("write-dataset");
    let body = json!({"dashboard": wrong});
    owner.post(&format!("/projects/{project}/dashboards/answer"), body).await.refused(400, "invalid_request");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_of_a_dashboard_takes_the_right_to_download_what_it_reads() {
    let kit = TestApp::start().await;
    let acme = kit.org("Acme").await;
    let project = kit.project(&acme.owner, "Sales").await;
    let owner = kit.as_user(&acme.owner).await;
    let viewer = kit.member_of(project, acme.id, "viewer@acme.test", ProjectRole::Viewer).await;
    let viewer = kit.as_user(&viewer).await;
    let orders = dataset(&owner, project, "orders", ORDERS).await;
    let id = make(&owner, project, "Sales", document(&orders)).await;

    let path = format!("/dashboards/{id}/export");
    let html = owner.post(&path, json!({"format": "html", "lang": "zh-CN"})).await;
    let page = String::from_utf8(html.bytes.to_vec()).unwrap();
    assert!(html.status.is_success() && page.contains("销售情况。") && page.contains("广州"), "{page}");
    let narrowed = json!({"format": "html", "filters": {"city": [{"operator": "equals", "value": "北京"}]}});
    let narrowed = owner.post(&path, narrowed).await;
    let narrowed = String::from_utf8(narrowed.bytes.to_vec()).unwrap();
    assert!(narrowed.contains("What sells.") && !narrowed.contains("广州"));
    let book = owner.post(&path, json!({"format": "xlsx"})).await;
    assert!(book.status.is_success() && book.bytes.starts_with(b"PK"));
    let pdf = owner.post(&path, json!({"format": "pdf", "lang": "zh-CN"})).await;
    assert!(pdf.status.is_success() && pdf.bytes.starts_with(b"%PDF-1.7"));
    owner.post(&path, json!({"format": "docx"})).await.refused(400, "invalid_request");
    for format in ["html", "pdf", "xlsx"] {
        viewer.post(&path, json!({"format": format})).await.refused(403, "forbidden");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_are_bound_to_other_data_by_the_names_that_they_use() {
    let kit = TestApp::start().await;
    let acme = kit.org("Acme").await;
    let project = kit.project(&acme.owner, "Sales").await;
    let owner = kit.as_user(&acme.owner).await;
    let orders = dataset(&owner, project, "orders", ORDERS).await;
    let id = make(&owner, project, "Sales", document(&orders)).await;
    let roles = owner.get(&format!("/dashboards/{id}/roles")).await.expect(200);
    let role = &roles["items"][0];
    assert_eq!((&role["source"], &role["columns"]), (&json!("orders"), &json!([{"name": "city", "type": "text"}])));

    let shops = dataset(&owner, project, "shops", "town,city,sales\n杭州,x,5\n苏州,y,7\n").await;
    let path = format!("/projects/{project}/dashboards/bind");
    let bind = |columns: Value| {
        json!({"template_id": id, "name": "Shops",
        "sources": {"orders": {"dataset": shops, "columns": columns}}})
    };
    owner.post(&path, bind(json!({"city": "nowhere"}))).await.refused(400, "invalid_request");
    let body = json!({"template_id": id, "name": "Shops", "sources": {}});
    owner.post(&path, body).await.refused(400, "invalid_request");
    let bound = owner.post(&path, bind(json!({"city": "town"}))).await.expect(201);
    let bound = bound["asset"]["id"].as_str().unwrap();
    let narrowed = json!({"filters": {"city": [{"operator": "equals", "value": "杭州"}]}});
    let seen = text(&answer(&owner, bound, narrowed).await);
    assert!(seen.contains("杭州") && !seen.contains("苏州"), "{seen}");

    // A column that went away is said at the figures that need it.
    let mode = json!({"target": {"dataset_id": shops}, "mode": "replace"});
    let run = import(&owner, project, "place,sales\n杭州,5\n", mode).await;
    assert_eq!(run["state"], "succeeded", "{run}");
    let broken = answer(&owner, bound, json!({})).await;
    assert_eq!(broken["blocks"][0]["error"]["code"], "invalid_parameter", "{broken}");
    assert!(broken["blocks"][0]["error"]["message"]["en"].as_str().unwrap().contains("town"), "{broken}");
}

/// Sixty shops in three cities, one of them with more rows than the others, and one with signs that SQL knows.
fn shops() -> String {
    let city = |shop: usize| ["上海", "北京", "广州"][shop % 3];
    let row = |shop: usize| format!("{},Shop {shop:02},{shop}\n", city(shop));
    let all: String = (1..=60).map(row).collect();
    format!("city,shop,amount\n{all}{}{}上海,O'Neill 100%,7\n", row(7), row(7))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_filters_choices_are_found_by_a_part_and_narrowed_by_the_others() {
    let kit = TestApp::start().await;
    let acme = kit.org("Acme").await;
    let project = kit.project(&acme.owner, "Sales").await;
    let owner = kit.as_user(&acme.owner).await;
    let viewer = kit.member_of(project, acme.id, "viewer@acme.test", ProjectRole::Viewer).await;
    let viewer = kit.as_user(&viewer).await;
    let orders = dataset(&owner, project, "orders", &shops()).await;
    let returns = dataset(&owner, project, "returns", "store,back\nShop 07,1\nShop 99,2\n").await;
    let mut board = document(&orders);
    board["sources"]["returns"] = json!({"dataset": returns, "columns": {"shop": "store"}});
    let filter = |id: &str, column: &str, sources: Value| json!({"id": id, "column": column, "sources": sources, "control": "choice"});
    board["filters"] = json!([
        filter("city", "city", json!(["orders"])),
        filter("shop", "shop", json!(["orders"])),
        filter("both", "shop", json!(["orders", "returns"])),
        filter("amount", "amount", json!(["orders"])),
        filter("gone", "price", json!(["orders"])),
    ]);
    let id = make(&owner, project, "Sales", board.clone()).await;
    let path = format!("/dashboards/{id}/choices");
    let ask = async |who: &Client, body: Value| who.post(&path, body).await.expect(200);
    let count = |found: &Value| found["values"].as_array().unwrap().len();

    let all = ask(&viewer, json!({"filter": "shop"})).await;
    assert_eq!((count(&all), &all["more"]), (50, &json!(true)));
    assert_eq!(all["values"][0], json!({"value": "Shop 07", "rows": 3}), "the commonest first");
    let found = ask(&viewer, json!({"filter": "shop", "search": " sHOP 5"})).await;
    assert_eq!((count(&found), &found["more"]), (10, &json!(false)), "Shop 50 to 59: {found}");
    for search in ["o'neill", "100%", "%"] {
        let found = ask(&viewer, json!({"filter": "shop", "search": search})).await;
        assert_eq!(found["values"], json!([{"value": "O'Neill 100%", "rows": 1}]), "{search}");
    }
    assert_eq!(count(&ask(&viewer, json!({"filter": "shop", "search": "nothing"})).await), 0);
    let few = ask(&viewer, json!({"filter": "shop", "limit": 5})).await;
    assert_eq!((count(&few), &few["more"]), (5, &json!(true)));

    // What is set of the other filters narrows them, what is set of this one doesn't.
    let set = json!({"city": [{"operator": "one_of", "value": ["北京"]}], "shop": [{"operator": "one_of", "value": ["Shop 03"]}]});
    let narrowed = ask(&viewer, json!({"filter": "shop", "filters": set})).await;
    assert_eq!((count(&narrowed), &narrowed["more"]), (20, &json!(false)), "{narrowed}");
    assert_eq!(
        ask(&viewer, json!({"filter": "city", "filters": set})).await["values"],
        json!([{"value": "上海", "rows": 1}])
    );
    let numbers = ask(&viewer, json!({"filter": "amount", "search": "60"})).await;
    assert_eq!(numbers["values"], json!([{"value": 60, "rows": 1}]));
    // Over several sources, by the name that figures use.
    let both = ask(&viewer, json!({"filter": "both", "search": "shop", "limit": 200})).await;
    assert_eq!((count(&both), &both["values"][0]), (61, &json!({"value": "Shop 07", "rows": 4})));

    viewer.post(&path, json!({"filter": "nothing"})).await.refused(400, "invalid_request");
    let message = viewer.post(&path, json!({"filter": "gone"})).await.refused(400, "unknown_column");
    assert!(message.contains("price"), "{message}");
    let long = json!({"filter": "shop", "search": "x".repeat(201)});
    viewer.post(&path, long).await.refused(400, "invalid_request");
    let preview = format!("/projects/{project}/dashboards/choices");
    let body = json!({"dashboard": board, "filter": "shop", "search": "shop 1"});
    assert_eq!(count(&owner.post(&preview, body.clone()).await.expect(200)), 10);
    viewer.post(&preview, body).await.refused(403, "forbidden");

    // Values of rows that somebody may not see are none of their choices.
    let rules = json!({"rules": [{"name": "own city", "exempt_roles": ["owner"],
        "row_filter": {"op": "compare", "column": "city", "is": "eq", "value": "北京"}}]});
    assert!(owner.put(&format!("/datasets/{orders}/policies"), rules).await.status.is_success());
    let own = ask(&viewer, json!({"filter": "shop"})).await;
    assert_eq!((count(&own), &own["more"]), (20, &json!(false)), "{own}");
    assert_eq!(ask(&viewer, json!({"filter": "city"})).await["values"], json!([{"value": "北京", "rows": 22}]));
    assert_eq!(count(&ask(&owner, json!({"filter": "city"})).await), 3);
    let hidden = json!({"rules": [{"name": "no shops", "exempt_roles": ["owner"], "hidden_columns": ["shop"]}]});
    assert!(owner.put(&format!("/datasets/{orders}/policies"), hidden).await.status.is_success());
    viewer.post(&path, json!({"filter": "shop"})).await.expect(400);
    let guest = kit.member_of(project, acme.id, "eve@acme.test", ProjectRole::Guest).await;
    let eve = kit.as_user(&guest).await;
    eve.post(&path, json!({"filter": "city"})).await.refused(404, "not_found");
    let grant = json!({"user_id": guest.id, "action": "use"});
    owner.post(&format!("/assets/{id}/grants"), grant).await.expect(201);
    eve.post(&path, json!({"filter": "city"})).await.refused(404, "not_found");
}
