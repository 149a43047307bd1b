//! The commands that work through a server, and those that look after an
//! installation: what they say, and how they end.

use std::{os::unix::fs::PermissionsExt, path::Path, process::Output};

use serde_json::{Value, json};

use crate::process::{EMAIL, PASSWORD, Server, init, tandem};

/// A person at a shell, with a folder for settings of their own.
struct Shell<'a>(&'a Path);

impl Shell<'_> {
    fn run(&self, args: &[&str]) -> Output {
        self.with(args, &[])
    }

    fn with(&self, args: &[&str], variables: &[(&str, &str)]) -> Output {
        let mut command = tandem(args);
        command.env_remove("TANDEM_URL").env_remove("TANDEM_TOKEN").env_remove("TANDEM_PASSWORD");
        command.env("XDG_CONFIG_HOME", self.0).envs(variables.iter().copied()).output().unwrap()
    }

    /// What a command prints that succeeds.
    fn prints(&self, args: &[&str]) -> String {
        let out = self.run(args);
        assert!(out.status.success(), "{args:?}: {}", text(&out.stderr));
        assert!(!text(&out.stderr).contains('\u{1b}'), "no bar in a pipe: {:?}", text(&out.stderr));
        text(&out.stdout).to_owned()
    }

    /// The command fails like this, and says so.
    #[track_caller]
    fn fails(&self, args: &[&str], exit: i32, says: &str) {
        fails(&self.run(args), exit, says);
    }
}

#[track_caller]
fn fails(out: &Output, exit: i32, says: &str) {
    let message = text(&out.stderr);
    assert_eq!(out.status.code(), Some(exit), "{message}");
    assert!(message.contains(says), "{message}");
    assert!(out.stdout.is_empty(), "results are no place for errors: {}", text(&out.stdout));
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

#[tokio::test]
async fn a_file_is_imported_and_listed_from_a_shell() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    init(&data);
    let server = Server::start(&data, &[]).await;
    let shell = Shell(folder.path());
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let people = file("people.csv", "id,name\n1,Ann\n2,陈博\n");
    let login = ["login", &server.url, "--email", EMAIL];

    shell.fails(&["datasets"], 4, "tandem login");
    shell.fails(&login, 2, "TANDEM_PASSWORD");
    fails(&shell.with(&login, &[("TANDEM_PASSWORD", "wrong")]), 4, "[wrong_credentials]");
    let nobody = ["login", "http://127.0.0.1:9", "--email", EMAIL];
    fails(&shell.with(&nobody, &[("TANDEM_PASSWORD", PASSWORD)]), 7, "can't be reached");
    let signed = shell.with(&login, &[("TANDEM_PASSWORD", PASSWORD)]);
    assert!(signed.status.success() && text(&signed.stderr).contains(EMAIL), "{}", text(&signed.stderr));
    let kept = std::fs::metadata(folder.path().join("tandem/server.json")).unwrap().permissions().mode();
    assert_eq!(kept & 0o077, 0, "the token is its owner's alone");

    shell.fails(&["import", &people], 5, "project");
    server.project().await;
    assert_eq!(shell.prints(&["import", &people]), "people v1: 2 rows, 0 rejected\n");
    let changed = file("changed.csv", "id,name\n2,陈博文\n3,Cy\n");
    let upsert = ["import", &changed, "--dataset", "people", "--mode", "upsert", "--key", "id", "--json"];
    let run: Value = serde_json::from_str(&shell.prints(&upsert)).unwrap();
    assert_eq!((&run["outputs"][0]["seq"], &run["result"]["rows"]), (&json!(2), &json!(3)));
    shell.fails(&["import", &file("bad.csv", "id,name\n1\n2\n3,x\n"), "--dataset", "people"], 3, "[too_many_rejects]");
    shell.fails(&["import", "/no/such/file.csv"], 5, "/no/such/file.csv");
    let listed: Value = serde_json::from_str(&shell.prints(&["datasets", "--json"])).unwrap();
    assert_eq!(
        (&listed[0]["name"], &listed[0]["version"], &listed[0]["rows"]),
        (&json!("people"), &json!(2), &json!(3))
    );
    let table = shell.prints(&["datasets", "--project", "loyalty"]);
    assert!(table.lines().count() > 1 && table.contains("people"), "{table}");
    shell.fails(&["datasets", "--project", "none"], 5, "project");

    let headless = file("headless.csv", "7;x\n8;y\n");
    let said = ["import", &headless, "--no-header", "--delimiter", ";", "--encoding", "gb18030", "--json"];
    let run: Value = serde_json::from_str(&shell.prints(&said)).unwrap();
    assert_eq!((&run["result"]["rows"], &run["result"]["rejected"]), (&json!(2), &json!(0)));
    let wrong = shell.run(&["import", &headless, "--encoding", "klingon"]);
    assert!(!wrong.status.success() && text(&wrong.stderr).contains("klingon"), "{}", text(&wrong.stderr));

    server.post("/projects", &json!({ "name": "Second", "description": "" })).await;
    shell.fails(&["import", &people], 2, "--project");
    let answer = shell.prints(&["import", &people, "--project", "Second", "--dataset", "客户"]);
    assert_eq!(answer, "客户 v1: 2 rows, 0 rejected\n");
    // What was kept can be overruled.
    let other = [("TANDEM_URL", server.url.as_str()), ("TANDEM_TOKEN", "tdm_nonsense")];
    fails(&shell.with(&["datasets"], &other), 4, "[unauthenticated]");
}

#[tokio::test]
async fn a_workflow_of_a_server_is_checked_and_written_as_a_notebook_by_its_name() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    init(&data);
    let server = Server::start(&data, &[]).await;
    let project = server.project().await;
    let run = server.import(&project, "id,amount\n1,120\n2,80\n", &json!({ "target": { "name": "orders" } })).await;
    let orders = server.ended(&run).await["outputs"][0]["asset"]["id"].clone();
    let node = |component: &str, params: Value| json!({ "component": { "name": component, "version": 1 }, "params": params, "position": { "x": 0, "y": 0 } });
    let keep = json!({ "conditions": [{ "column": "amount", "operator": "at_least", "value": "100" }] });
    let document = json!({ "format": 1,
        "nodes": { "orders": node("dataset", json!({ "dataset": orders })), "keep": node("filter", keep), "look": node("profile", json!({})) },
        "edges": {
            "e": { "from": { "node": "orders", "port": "table" }, "to": { "node": "keep", "port": "table" } },
            "f": { "from": { "node": "keep", "port": "table" }, "to": { "node": "look", "port": "table" } },
        },
        "outputs": { "large": { "from": { "node": "keep", "port": "table" } }, "page": { "from": { "node": "look", "port": "report" } } },
    });
    let body = json!({ "name": "Large orders", "workflow": document });
    let made = server.post(&format!("/projects/{project}/workflows"), &body).await;
    let id = made["asset"]["id"].as_str().unwrap();

    let shell = Shell(folder.path());
    shell.fails(&["workflow", "check", "Large orders"], 4, "There is no file Large orders");
    let login = ["login", &server.url, "--email", EMAIL];
    assert!(shell.with(&login, &[("TANDEM_PASSWORD", PASSWORD)]).status.success());
    assert_eq!(shell.prints(&["workflow", "check", "large orders"]), "3 nodes, nothing wrong\n");
    assert_eq!(shell.prints(&["workflow", "check", id, "--lang", "zh"]), "3 个节点，未发现问题\n");
    shell.fails(&["workflow", "check", "Nothing"], 5, "nor a workflow");
    shell.fails(&["workflow", "check", "nothing.json"], 5, "nothing.json");
    shell.fails(&["workflow", "check", "Large orders", "--input", "a=b.csv"], 2, "--input");

    // It runs there, and says what came of it; data for its inputs is there, too.
    let ran = shell.prints(&["workflow", "run", "Large orders"]);
    assert!(ran.contains("done") && ran.contains("keep  table 1"), "{ran}");
    let again: Value =
        serde_json::from_str(&shell.prints(&["workflow", "run", id, "--until", "keep", "--json", "-"])).unwrap();
    assert_eq!((&again["state"], &again["nodes"]["keep"]["cached"]), (&json!("succeeded"), &json!(true)), "{again}");
    shell.fails(&["workflow", "run", "Large orders", "--input", "other=nothing"], 5, "no dataset nothing");
    shell.fails(&["workflow", "run", "Large orders", "--input", "other=orders"], 2, "inputs.other");
    shell.fails(&["workflow", "run", "Large orders", "--param", "rate=1"], 2, "params.rate");
    shell.fails(&["workflow", "run", "Large orders", "--results", "kept"], 2, "--results");
    shell.fails(&["workflow", "run", "Large orders", "--memory", "64"], 2, "--memory");

    // What it declares comes back as files.
    shell.fails(&["workflow", "run", "Large orders", "--output", "large=t.doc"], 2, ".csv");
    shell.fails(&["workflow", "run", "Large orders", "--output", "small=t.csv"], 5, "output");
    let (rows, page) = (folder.path().join("large.csv"), folder.path().join("large.html"));
    let wanted = format!("large={}", rows.display());
    shell.prints(&["workflow", "run", "Large orders", "--output", &wanted, "--report", page.to_str().unwrap()]);
    assert_eq!(std::fs::read_to_string(&rows).unwrap().trim_start_matches('\u{feff}'), "id,amount\n1,120\n");
    assert!(std::fs::read_to_string(&page).unwrap().contains("<html"));

    // The draft goes on, and what was saved stays.
    let edit = json!({ "op": "set_param", "id": "keep", "param": "conditions", "value": [{ "column": "price", "operator": "is_empty" }] });
    server.post(&format!("/workflows/{id}/edits"), &json!({ "client": "w", "edits": [edit] })).await;
    let out = shell.run(&["workflow", "check", "Large orders"]);
    assert_eq!(out.status.code(), Some(2));
    assert!(text(&out.stdout).contains("error keep") && text(&out.stdout).contains("price"), "{}", text(&out.stdout));
    assert_eq!(shell.prints(&["workflow", "check", "Large orders", "--seq", "1"]), "3 nodes, nothing wrong\n");
    let out = shell.run(&["workflow", "run", "Large orders"]);
    assert!(out.status.code() != Some(0) && text(&out.stderr).contains("price"), "{}", text(&out.stderr));
    assert!(text(&out.stdout).contains("failed") && text(&out.stdout).contains("keep"), "{}", text(&out.stdout));
    assert!(shell.prints(&["workflow", "run", "Large orders", "--seq", "1", "--lang", "zh"]).contains("keep  table 1"));

    let notebook: Value =
        serde_json::from_str(&shell.prints(&["workflow", "to-notebook", "Large orders", "--seq", "1", "-o", "-"]))
            .unwrap();
    let cells: Vec<String> = notebook["cells"]
        .as_array()
        .unwrap()
        .iter()
        .map(|cell| cell["source"].as_array().unwrap().iter().map(|line| line.as_str().unwrap()).collect())
        .collect();
    assert_eq!((&notebook["nbformat"], &notebook["nbformat_minor"]), (&json!(4), &json!(5)));
    let reads = cells.iter().any(|cell| cell.contains("tandem.component(\"dataset@1\""));
    // The columns of the dataset are known, so that the query is written as SQL.
    let asks = cells.iter().any(|cell| cell.contains("tandem.sql(") && cell.contains("\"amount\" >= 100"));
    assert!(reads && asks, "{cells:#?}");
    let written = folder.path().join("large.ipynb");
    let to = ["workflow", "to-notebook", id, "-o", written.to_str().unwrap()];
    shell.prints(&to);
    let back = shell.prints(&["workflow", "from-notebook", written.to_str().unwrap(), "-o", "-"]);
    let back: Value = serde_json::from_str(&back).unwrap();
    assert_eq!(back["nodes"]["keep"]["params"]["conditions"][0]["column"], "price", "the draft, and back");
    shell.fails(&["workflow", "to-notebook", "Nothing", "-o", "-"], 5, "nor a workflow");

    // What was changed in it comes back to the draft.
    let changed = std::fs::read_to_string(&written).unwrap().replace("\\\"price\\\"", "\\\"amount\\\"");
    std::fs::write(&written, changed).unwrap();
    let from = ["workflow", "from-notebook", written.to_str().unwrap()];
    let tried = shell.prints(&[&from[..], &["--to", "Large orders", "--dry-run"]].concat());
    assert!(tried.starts_with("~ keep: conditions ") && tried.ends_with("nothing was changed.\n"), "{tried}");
    let done = shell.prints(&[&from[..], &["--to", id, "--lang", "zh"]].concat());
    assert!(done.ends_with("草稿已更新到修订 2。\n"), "{done}");
    assert_eq!(shell.prints(&[&from[..], &["--to", "Large orders"]].concat()), "Nothing to change.\n");
    let draft = server.get(&format!("/workflows/{id}")).await;
    assert_eq!(draft["workflow"]["nodes"]["keep"]["params"]["conditions"][0]["column"], "amount");
    shell.fails(&[&from[..], &["--to", "Nothing"]].concat(), 5, "workflow push");
    shell.fails(&from, 2, "--output");

    // A file, and a notebook, as workflows of their own.
    let file = folder.path().join("Small orders.json");
    std::fs::write(&file, document.to_string()).unwrap();
    let pushed = shell.prints(&["workflow", "push", file.to_str().unwrap()]);
    assert_eq!(pushed, "Small orders is on the server: 3 nodes\n");
    shell.fails(&["workflow", "push", file.to_str().unwrap()], 6, "Small orders");
    let pushed = shell.prints(&["workflow", "push", written.to_str().unwrap(), "--name", "Others", "--json"]);
    let pushed: Value = serde_json::from_str(&pushed).unwrap();
    assert_eq!((&pushed["asset"]["name"], &pushed["remarks"]), (&json!("Others"), &json!([])));
    shell.fails(&[&from[..], &["--to", "Others"]].concat(), 2, "another workflow");
    let file = folder.path().join("there.json");
    std::fs::write(&file, document.to_string()).unwrap();
    shell.fails(&["workflow", "check", file.to_str().unwrap(), "--seq", "1"], 2, "--seq");
}

#[tokio::test]
async fn an_installation_is_copied_while_it_serves_and_goes_on_elsewhere() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (data, copy, second) = (path("data"), path("copy"), path("second"));
    init(Path::new(&data));
    let shell = Shell(folder.path());
    let server = Server::start(Path::new(&data), &[]).await;
    let project = server.project().await;
    let run = server.import(&project, "id,name\n1,Ann\n2,Bo\n", &json!({ "target": { "name": "people" } })).await;
    assert_eq!(server.ended(&run).await["state"], "succeeded");

    let found = shell.prints(&["doctor", "--data", &data]);
    assert!(found.contains("audit log") && found.contains("1 versions, all there"), "{found}");
    shell.prints(&["backup", "--data", &data, &copy]);
    shell.fails(&["backup", "--data", &data, &copy], 6, "[already_exists]");
    shell.fails(&["restore", &path("nothing"), "--data", &second], 5, "not a backup");
    shell.fails(&["restore", &copy, "--data", &data], 6, "[already_exists]");
    // What came after the backup is not in it.
    let more = json!({ "target": { "name": "later" } });
    let run = server.import(&project, "id\n1\n", &more).await;
    assert_eq!(server.ended(&run).await["state"], "succeeded");
    server.kill();

    std::fs::create_dir(&second).unwrap();
    shell.prints(&["restore", &copy, "--data", &second]);
    let again = Server::start(Path::new(&second), &[]).await;
    assert_eq!(again.rows(&project, "SELECT id, name FROM people ORDER BY id").await, json!([[1, "Ann"], [2, "Bo"]]));
    let assets = again.get(&format!("/projects/{project}/assets")).await;
    assert_eq!(assets["items"].as_array().unwrap().len(), 1);
    let run = again.import(&project, "id\n1\n", &more).await;
    assert_eq!(again.ended(&run).await["state"], "succeeded", "the copy is a whole installation");
    let findings: Value = serde_json::from_str(&shell.prints(&["doctor", "--data", &second, "--json"])).unwrap();
    assert!(findings.as_array().unwrap().iter().all(|f| f["ok"] == true), "{findings}");
    again.kill();

    // A file that is gone is found.
    let table = std::fs::read_dir(path("second/tables")).unwrap().next().unwrap().unwrap().path();
    let file = std::fs::read_dir(table).unwrap().map(|e| e.unwrap().path());
    std::fs::remove_file(file.into_iter().find(|f| f.extension().is_some_and(|e| e == "parquet")).unwrap()).unwrap();
    let out = shell.run(&["doctor", "--data", &second]);
    assert_eq!(out.status.code(), Some(6));
    assert!(text(&out.stdout).contains("WRONG") && text(&out.stderr).contains("wrong"), "{}", text(&out.stdout));
}

#[tokio::test]
async fn metadata_are_brought_up_to_date_and_a_first_account_is_made() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let place = data.to_str().unwrap();
    let shell = Shell(folder.path());
    // A folder that was mistyped doesn't become an installation.
    let copy = folder.path().join("copy");
    for command in [
        vec!["migrate", "--data", place],
        vec!["doctor", "--data", place],
        vec!["backup", "--data", place, copy.to_str().unwrap()],
    ] {
        shell.fails(&command, 5, "tandem init");
        assert!(!data.exists() && !copy.exists(), "{command:?} made something");
    }
    let first = ["init", "--data", place, "--org", "Acme", "--email", EMAIL, "--name", "Owner"];
    shell.fails(&first, 2, "TANDEM_PASSWORD");
    fails(&shell.with(&first, &[("TANDEM_PASSWORD", "short")]), 2, "password");
    assert!(shell.with(&first, &[("TANDEM_PASSWORD", PASSWORD)]).status.success());
    fails(&shell.with(&first, &[("TANDEM_PASSWORD", PASSWORD)]), 6, "[");
    for _ in 0..2 {
        let out = shell.run(&["migrate", "--data", place]);
        assert!(out.status.success() && text(&out.stderr).contains("up to date"), "{}", text(&out.stderr));
    }
    let server = Server::start(&data, &[]).await;
    let taken = server.url.trim_start_matches("http://").to_owned();
    shell.fails(&["serve", "--data", &folder.path().join("b").to_string_lossy(), "--listen", &taken], 7, "--listen");
    let document: Value = serde_json::from_str(&shell.prints(&["openapi"])).unwrap();
    assert!(document["paths"].as_object().unwrap().len() > 40);
}
