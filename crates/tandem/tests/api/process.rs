//! A server in a process of its own, as people start it: for what only a
//! process has (its memory, its disk, its death).

use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use reqwest::{Body, Client, Method, RequestBuilder, Response, header};
use serde_json::{Value, json};

/// Who owns what [`init`] makes.
pub(crate) const EMAIL: &str = "owner@example.com";
/// How they sign in.
pub(crate) const PASSWORD: &str = "correct horse battery";
/// How long anything may take on a machine that is busy with other tests.
const PATIENCE: Duration = Duration::from_secs(120);

/// The binary, as a script would call it.
pub(crate) fn tandem(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tandem"));
    command.args(args).env_remove("LC_ALL").env_remove("LC_MESSAGES").env("LANG", "C").stdin(Stdio::null());
    command
}

/// Makes an installation in `data`, owned by [`EMAIL`].
pub(crate) fn init(data: &Path) {
    let status = tandem(&["init", "--org", "Acme", "--email", EMAIL, "--name", "Owner", "--data"])
        .arg(data)
        .env("TANDEM_PASSWORD", PASSWORD)
        .stderr(Stdio::null())
        .status()
        .unwrap();
    assert!(status.success());
}

/// A server that runs, and its owner signed in.
pub(crate) struct Server {
    child: Child,
    /// Where it is served.
    pub(crate) url: String,
    cookie: String,
    csrf: String,
    http: Client,
}

impl Server {
    /// Serves the installation in `data`, with further arguments.
    pub(crate) async fn start(data: &Path, more: &[&str]) -> Self {
        let mut command = tandem(&["serve", "--listen", "127.0.0.1:0"]);
        command.arg("--data").arg(data).args(more);
        Self::spawn(command).await
    }

    /// Runs a command that ends up as a server.
    pub(crate) async fn spawn(mut command: Command) -> Self {
        let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let mut said = String::new();
        let url = loop {
            let Some(line) = lines.next() else { panic!("the server ended: {said}") };
            let line = line.unwrap();
            if let Some((_, url)) = line.split_once("Tandem serves ") {
                break url.to_owned();
            }
            said.push_str(&line);
        };
        // What it says later must not fill the pipe.
        std::thread::spawn(move || for _ in lines {});
        let http = Client::builder().no_proxy().build().unwrap();
        let body = json!({ "email": EMAIL, "password": PASSWORD });
        let signed = http.post(format!("{url}/api/v1/session")).json(&body).send().await.unwrap();
        assert_eq!(signed.status(), 200, "{}", signed.text().await.unwrap());
        let cookie = signed.headers()[header::SET_COOKIE].to_str().unwrap().split(';').next().unwrap().to_owned();
        let session: Value = signed.json().await.unwrap();
        let csrf = session["csrf_token"].as_str().unwrap().to_owned();
        Self { child, url, cookie, csrf, http }
    }

    /// A request of the owner's browser.
    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.http.request(method, format!("{}/api/v1{path}", self.url));
        request.header(header::COOKIE, &self.cookie).header("x-csrf-token", &self.csrf)
    }

    /// What an operation answers that succeeds.
    pub(crate) async fn get(&self, path: &str) -> Value {
        read(path, self.request(Method::GET, path).send().await.unwrap()).await
    }

    /// The same with a body.
    pub(crate) async fn post(&self, path: &str, body: &Value) -> Value {
        read(path, self.request(Method::POST, path).json(body).send().await.unwrap()).await
    }

    /// Makes a project; its identifier.
    pub(crate) async fn project(&self) -> String {
        let made = self.post("/projects", &json!({ "name": "Loyalty", "description": "" })).await;
        made["id"].as_str().unwrap().to_owned()
    }

    /// Sends a file; the answer, whatever it is.
    pub(crate) async fn upload(&self, project: &str, name: &str, body: impl Into<Body>) -> Response {
        self.try_upload(project, name, body).await.unwrap()
    }

    /// The same where the connection may be cut in the middle.
    pub(crate) async fn try_upload(
        &self,
        project: &str,
        name: &str,
        body: impl Into<Body>,
    ) -> reqwest::Result<Response> {
        let path = format!("/projects/{project}/uploads?name={name}");
        self.request(Method::POST, &path).body(body).send().await
    }

    /// Uploads a file and asks for its import as `more` says; the run's
    /// identifier.
    pub(crate) async fn import(&self, project: &str, csv: impl Into<Body>, more: &Value) -> String {
        let upload = read("uploads", self.upload(project, "rows.csv", csv).await).await;
        self.import_from(project, json!({ "type": "upload", "upload_id": upload["id"] }), more).await
    }

    /// Asks for an import; the run's identifier.
    pub(crate) async fn import_from(&self, project: &str, source: Value, more: &Value) -> String {
        let mut body = json!({ "source": source });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let run = self.post(&format!("/projects/{project}/import"), &body).await;
        run["id"].as_str().unwrap().to_owned()
    }

    /// The rows that SQL gives.
    pub(crate) async fn rows(&self, project: &str, sql: &str) -> Value {
        self.post(&format!("/projects/{project}/query"), &json!({ "sql": sql })).await["rows"].take()
    }

    /// Waits until a run is as `there` says.
    pub(crate) async fn wait(&self, run: &str, there: impl Fn(&Value) -> bool) -> Value {
        let began = Instant::now();
        loop {
            let view = self.get(&format!("/runs/{run}")).await;
            if there(&view) {
                return view;
            }
            assert!(began.elapsed() < PATIENCE, "waited in vain: {view}");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// Waits for the end of a run.
    pub(crate) async fn ended(&self, run: &str) -> Value {
        self.wait(run, ended).await
    }

    /// The number of its process.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// The most memory that it ever had, in MiB.
    pub(crate) fn peak_mib(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.pid())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
        line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() / 1024
    }

    /// SIGKILL.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Whether a run has ended.
pub(crate) fn ended(run: &Value) -> bool {
    matches!(run["state"].as_str(), Some("succeeded" | "failed" | "cancelled"))
}

async fn read(asked: &str, answer: Response) -> Value {
    let status = answer.status();
    let text = answer.text().await.unwrap();
    assert!(status.is_success(), "{asked}: {status} {text}");
    serde_json::from_str(&text).unwrap_or(Value::Null)
}
