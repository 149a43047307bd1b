//! The command line without a server, as a script would use it.
#![expect(clippy::unwrap_used, reason = "a test that can't be set up fails by panicking")]

use std::{
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use serde_json::{Value, json};

fn tandem(args: &[&str]) -> Output {
    command(args).output().unwrap()
}

fn command(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tandem"));
    command.args(args).env_remove("LC_ALL").env_remove("LC_MESSAGES").env("LANG", "C").stdin(Stdio::null());
    command
}

fn sample(path: &str) -> String {
    let path = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../samples")).join(path);
    path.to_str().unwrap().to_owned()
}

fn input(path: &str) -> String {
    format!("transactions={}", sample(path))
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

fn exit(args: &[&str]) -> i32 {
    tandem(args).status.code().unwrap()
}

/// CDNOW, as in the issue; gives back the JSON.
fn cdnow(folder: &Path, name: &str) -> (Output, Value) {
    let json = folder.join(name);
    let out = tandem(&[
        "scenario",
        "run",
        "customer-value",
        "--input",
        &input("cdnow/CDNOW_sample.txt.gz"),
        "--map",
        "customer=column_2",
        "--map",
        "time=column_3",
        "--map",
        "amount=column_5",
        "--param",
        "calibration_end=1997-09-30",
        "--json",
        json.to_str().unwrap(),
        "--report",
        folder.join("out.html").to_str().unwrap(),
        "--report",
        folder.join("out.pdf").to_str().unwrap(),
        "--xlsx",
        folder.join("out.xlsx").to_str().unwrap(),
        "--rows",
        folder.join("out.csv").to_str().unwrap(),
    ]);
    assert!(out.status.success(), "{}", text(&out.stderr));
    (out, serde_json::from_slice(&std::fs::read(json).unwrap()).unwrap())
}

#[test]
fn cdnow_gives_the_published_figures_and_every_file() {
    let folder = tempfile::tempdir().unwrap();
    let (out, result) = cdnow(folder.path(), "a.json");
    for (model, name, expected) in [
        ("bgnbd", "r", 0.2426),
        ("bgnbd", "alpha", 4.4135),
        ("bgnbd", "a", 0.7929),
        ("bgnbd", "b", 2.4258),
        ("gamma_gamma", "p", 6.2488),
        ("gamma_gamma", "q", 3.7446),
        ("gamma_gamma", "gamma", 15.4477),
    ] {
        let found = result["parameters"][model][name].as_f64().unwrap();
        assert!((found / expected - 1.0).abs() < 0.01, "{model} {name} is {found}, not {expected}");
    }
    for key in ["counts", "segments", "backtest", "warnings"] {
        assert!(!result[key].is_null(), "{key}");
    }
    assert!(text(&out.stdout).contains("2,357 customers"));
    let messages = text(&out.stderr);
    assert!(!messages.contains('\u{1b}'), "no bar in a pipe: {messages:?}");
    let page = std::fs::read_to_string(folder.path().join("out.html")).unwrap();
    assert!(page.starts_with("<!doctype html>") && !page.contains("<script"));
    assert!(std::fs::read(folder.path().join("out.xlsx")).unwrap().starts_with(b"PK"));
    let pdf = std::fs::read(folder.path().join("out.pdf")).unwrap();
    assert!(pdf.starts_with(b"%PDF-1.7") && pdf.len() < 300_000, "{} bytes", pdf.len());
    let rows = std::fs::read_to_string(folder.path().join("out.csv")).unwrap();
    assert_eq!(rows.lines().count(), 2_358);
    let (_, again) = cdnow(folder.path(), "b.json");
    assert_eq!(again, result, "the same seed gives the same figures");
}

#[test]
fn roles_are_suggested_and_said() {
    let out = tandem(&[
        "scenario",
        "run",
        "customer-value",
        "--input",
        &input("online-retail/online_retail.parquet"),
        "--json",
        "-",
        "--lang",
        "zh",
    ]);
    assert!(out.status.success(), "{}", text(&out.stderr));
    let messages = text(&out.stderr);
    assert!(messages.contains("customer = CustomerID") && messages.contains("quantity = Quantity"), "{messages}");
    let result: Value = serde_json::from_slice(&out.stdout).unwrap();
    let counts = &result["counts"];
    assert_eq!(counts["rows"], 541_909);
    assert_eq!(counts["missing_customer"], 135_080);
    let parts =
        ["missing_customer", "unreadable_time", "missing_amount", "unreadable_amount", "returns", "purchase_rows"];
    let sum: u64 = parts.iter().map(|p| counts[*p].as_u64().unwrap()).sum();
    assert_eq!(sum, 541_909, "every row is accounted for");
}

#[test]
fn exit_codes_say_what_kind_of_trouble_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let broken = folder.path().join("broken.parquet");
    std::fs::write(&broken, b"PAR1 this is not a table PAR1").unwrap();
    let broken = broken.to_str().unwrap();
    let cdnow = input("cdnow/CDNOW_sample.txt.gz");
    let run = ["scenario", "run", "customer-value"];
    let with = |more: &[&str]| exit(&[&run[..], more].concat());
    assert_eq!(exit(&["no-such-command"]), 2);
    assert_eq!(with(&[]), 2);
    assert_eq!(with(&["--input", &cdnow, "--param", "horizon=0"]), 2);
    assert_eq!(with(&["--input", &cdnow, "--map", "customer=zz", "--map", "time=column_3"]), 3);
    assert_eq!(with(&["--input", "transactions=/no/such/file.csv"]), 5);
    assert_eq!(with(&["--input", &cdnow, "--json", "/no/such/folder/out.json"]), 5);
    assert_eq!(exit(&["scenario", "run", "crystal-ball"]), 5);
    assert_eq!(exit(&["profile", broken]), 3);
    assert_eq!(exit(&["query", "select * from nope"]), 3);
    assert_eq!(exit(&["query", "drop table t"]), 4);
    assert_eq!(exit(&["scenario", "list"]), 0);
}

#[test]
fn a_workflow_of_a_file_takes_the_parameters_that_it_declares_and_says_where_it_is_wrong() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    std::fs::write(path("orders.csv"), "city,amount\nx1,120\nx2,80\n").unwrap();
    let node = |component: &str, params: Value| json!({"component": {"name": component, "version": 1}, "params": params, "position": {"x": 0, "y": 0}});
    let document = json!({"format": 1,
        "params": {"least": {"type": "number", "default": 100, "x-label": {"en": "Least", "zh-CN": "最低"}}},
        "inputs": {"orders": {"to": [{"node": "keep", "port": "table"}]}},
        "nodes": {
            "keep": node("filter", json!({"conditions": [{"column": "amount", "operator": "at_least", "value": "100"}]})),
            "number": node("calculate", json!({"columns": [{"name": "n", "expression": "CAST(city AS BIGINT)"}]})),
            "order": node("sort", json!({"by": [{"column": "amount"}]})),
        },
        "edges": {
            "a": {"from": {"node": "keep", "port": "table"}, "to": {"node": "number", "port": "table"}},
            "b": {"from": {"node": "number", "port": "table"}, "to": {"node": "order", "port": "table"}},
        },
    });
    std::fs::write(path("flow.json"), document.to_string()).unwrap();
    let run = |more: &[&str]| {
        let (flow, orders) = (path("flow.json"), format!("orders={}", path("orders.csv")));
        let args = ["workflow", "run", &flow, "--input", &orders];
        tandem(&[&args[..], more].concat())
    };
    for (param, says) in [("nosuch=1", "params.nosuch"), ("least=many", "params.least")] {
        let out = run(&["--param", param]);
        assert_eq!(out.status.code(), Some(2), "{param}");
        assert!(text(&out.stderr).contains(says), "{}", text(&out.stderr));
        assert!(out.stdout.is_empty(), "nothing ran: {}", text(&out.stdout));
    }
    let out = run(&["--param", "least=50"]);
    assert_ne!(out.status.code(), Some(0));
    assert!(text(&out.stderr).contains("number: "), "{}", text(&out.stderr));
    let states: Vec<&str> = text(&out.stdout).lines().map(|line| line.split_whitespace().next().unwrap()).collect();
    assert_eq!(states, ["done", "failed", "skipped"], "{}", text(&out.stdout));
}

#[test]
fn a_statement_of_ones_own_is_written_tested_and_used() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let own = path("components");
    assert_eq!(exit(&["component", "new", "best-customers", "--sql", "--components", &own]), 0);
    assert_eq!(exit(&["component", "new", "best-customers", "--sql", "--components", &own]), 6);
    let out = tandem(&["component", "test", "best-customers", "--components", &own]);
    assert!(out.status.success(), "{}", text(&out.stderr));

    std::fs::write(path("orders.csv"), "who,paid\na,5\nb,7\na,4\nc,1\n").unwrap();
    let node = json!({"component": {"name": "best-customers", "version": 1}, "position": {"x": 0, "y": 0},
        "params": {"customer": "who", "amount": "paid", "most": 2}});
    let document = json!({"format": 1, "nodes": {"best": node},
        "inputs": {"orders": {"to": [{"node": "best", "port": "orders"}]}},
        "outputs": {"best": {"from": {"node": "best", "port": "table"}}}});
    std::fs::write(path("flow.json"), document.to_string()).unwrap();
    let run = || {
        let (flow, orders, best) =
            (path("flow.json"), format!("orders={}", path("orders.csv")), format!("best={}", path("best.csv")));
        let args = ["workflow", "run", &flow, "--input", &orders, "--output", &best, "--components", &own];
        let out = tandem(&[&args[..], &["--results", &path("kept")]].concat());
        assert!(out.status.success(), "{}", text(&out.stderr));
        let rows = std::fs::read_to_string(path("best.csv")).unwrap();
        (rows.trim_start_matches('\u{feff}').to_owned(), text(&out.stdout).contains("known"))
    };
    assert_eq!(run(), ("customer,spent\na,9\nb,7\n".to_owned(), false));
    assert!(run().1, "it was computed before");
    // Another statement is another result, whatever the version says.
    let sql = own.clone() + "/best-customers/component.sql";
    let before = std::fs::read_to_string(&sql).unwrap();
    std::fs::write(&sql, before.replace("sum({{amount}})", "max({{amount}})")).unwrap();
    assert_eq!(run(), ("customer,spent\nb,7\na,5\n".to_owned(), false));
    std::fs::write(&sql, before.replace("{{most}}", "{{least}}")).unwrap();
    let out = tandem(&["component", "test", "best-customers", "--components", &own]);
    assert!(!out.status.success() && text(&out.stderr).contains("least"), "{}", text(&out.stderr));
}

#[test]
fn a_closed_pipe_is_no_error() {
    let table = format!("t={}", sample("cdnow/CDNOW_master.txt.gz"));
    let mut child = command(&["query", "select * from t", "--table", &table, "--format", "csv"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let out = child.wait_with_output().unwrap();
    assert!(out.status.success(), "{}", text(&out.stderr));
    assert!(out.stderr.is_empty(), "{}", text(&out.stderr));
}

#[test]
fn a_query_prints_what_was_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("购买.csv");
    let mut file = std::fs::File::create(&path).unwrap();
    writeln!(file, "客户,金额\n张三,12.5\n李四,\n\"=cmd|\u{1b}[31m\",3").unwrap();
    let table = format!("购买={}", path.display());
    let sql = r#"select "客户", "金额" from "购买" order by "金额" desc nulls last"#;
    let print = |format: &str| tandem(&["query", sql, "--table", &table, "--format", format]).stdout;
    assert!(text(&print("csv")).starts_with("客户,金额\n张三,12.5\n"));
    let rows: Value = serde_json::from_slice(&print("json")).unwrap();
    assert_eq!(rows[0], serde_json::json!({"客户": "张三", "金额": 12.5}));
    assert!(rows[2]["金额"].is_null());
    assert_eq!(text(&print("ndjson")).lines().count(), 3);
    assert!(print("parquet").starts_with(b"PAR1"));
    let aligned = print("table");
    assert!(text(&aligned).contains("null") && !aligned.contains(&0x1b), "data can't steer the terminal");
}

#[test]
fn a_wrong_guess_can_be_put_right() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let query = |path: &str, how: &[&str]| {
        let table = format!("t={path}");
        let out = tandem(&[&["query", "select * from t", "--table", &table, "--format", "csv"], how].concat());
        assert!(out.status.success(), "{}", text(&out.stderr));
        text(&out.stdout).to_owned()
    };
    let cafe = file("cafe.csv", b"name,n\ncaf\xE9,1\nol\xE9,2\n");
    assert_eq!(query(&cafe, &[]), "name,n\ncafé,1\nolé,2\n");
    assert_eq!(query(&cafe, &["--encoding", "windows-1251"]), "name,n\ncafй,1\nolй,2\n");
    assert_eq!(query(&cafe, &["--delimiter", "tab", "--no-header"]).lines().next(), Some("column_1"));
    let numbers = file("numbers.csv", b"1,2\n3,4\n");
    assert_eq!(query(&numbers, &["--header"]), "1,2\n3,4\n");
    let profile: Value =
        serde_json::from_slice(&tandem(&["profile", &numbers, "--no-header", "--json"]).stdout).unwrap();
    assert_eq!((&profile["rows"], &profile["columns"][1]["name"]), (&2.into(), &"column_2".into()));
    assert_eq!(profile["columns"][0]["data_type"], "int64");
    assert_eq!(profile["columns"][0]["sum"], 4);
    let book = concat!(env!("CARGO_MANIFEST_DIR"), "/../tandem-ingest/tests/it/fixtures/orders.xls");
    assert!(text(&tandem(&["profile", book, "--sheet", "订单"]).stdout).contains("timestamp"));
    assert_eq!(exit(&["profile", book, "--sheet", "none"]), exit(&["profile", &cafe, "--encoding", "klingon"]));
    assert_eq!(exit(&["profile", &cafe, "--delimiter", "ab"]), 2);
    assert_eq!(exit(&["profile", &cafe, "--header", "--no-header"]), 2);
    let run =
        ["scenario", "run", "customer-value", "--input", &format!("transactions={cafe}"), "--encoding", "klingon"];
    let out = tandem(&run);
    assert!(!out.status.success() && text(&out.stderr).contains("klingon"), "{}", text(&out.stderr));
}

#[test]
fn a_profile_describes_every_column() {
    let out = tandem(&["profile", &sample("complete-journey/demographics.csv.gz"), "--json"]);
    let profile: Value = serde_json::from_slice(&out.stdout).unwrap();
    assert_eq!(profile["rows"], 801);
    let short = tandem(&["profile", &sample("complete-journey/demographics.csv.gz")]);
    for column in profile["columns"].as_array().unwrap() {
        assert!(text(&short.stdout).contains(column["name"].as_str().unwrap()));
    }
}

#[test]
fn the_servers_log_is_plain_where_it_is_piped() {
    use std::io::{BufRead, BufReader};

    let folder = tempfile::tempdir().unwrap();
    let mut server = command(&["serve", "--listen", "127.0.0.1:0", "--data", folder.path().to_str().unwrap()])
        .env("TANDEM_LOG", "debug")
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = Vec::new();
    for line in BufReader::new(server.stderr.take().unwrap()).lines() {
        said.push(line.unwrap());
        // Opening the metadata is logged before this.
        if said.last().unwrap().contains("Tandem serves") {
            break;
        }
    }
    server.kill().unwrap();
    server.wait().unwrap();
    assert!(said.iter().any(|line| line.contains("DEBUG")), "{said:?}");
    assert!(said.iter().all(|line| !line.contains('\u{1b}')), "{said:?}");
}

#[test]
fn a_server_says_which_source_it_does_not_understand() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    let out = tandem(&["serve", "--listen", "127.0.0.1:0", "--data", data, "--allow-source", "10.0.0.0/64"]);
    assert_eq!(out.status.code(), Some(2));
    assert!(text(&out.stderr).contains("10.0.0.0/64") && text(&out.stderr).contains("10.0.0.0/8"));
    let help = tandem(&["serve", "--help"]);
    assert!(text(&help.stdout).contains("--allow-source"));
}
