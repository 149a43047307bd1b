//! A disk that is full: said so, nothing half there, the room given back, and
//! work goes on when there is room again.

use std::{
    fs::File,
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use futures::StreamExt;
use reqwest::{Method, Response};
use serde_json::{Value, json};

use crate::process::{EMAIL, PASSWORD, Server, tandem};

const MIB: u64 = 1 << 20;
const DISK: u64 = 48 * MIB;

/// A server on a small disk of its own, which goes with its process.
struct Small {
    server: Server,
    /// The disk as it is seen from here.
    disk: PathBuf,
    /// How to get to where the process sees it: what `nsenter` needs.
    inside: Vec<String>,
}

impl Small {
    /// Starts one; `None`, with a printed line, where disks can't be mounted.
    async fn start(folder: &Path) -> Option<Self> {
        let disk = folder.join("disk");
        std::fs::create_dir(&disk).unwrap();
        // In a namespace of its own, so that nobody else sees the mount; as root also without one for users.
        let works = |flags: &str| {
            let mut mount = Command::new("unshare");
            mount.args([flags, "mount", "-t", "tmpfs", "none"]).arg(&disk).stderr(Stdio::null());
            mount.status().is_ok_and(|status| status.success())
        };
        let Some(flags) = ["-rm", "-m"].into_iter().find(|flags| works(flags)) else {
            println!("skipped: this user may not mount a disk");
            return None;
        };
        let script = format!(
            r#"mount -t tmpfs -o size={DISK} none "$DISK" && "$TANDEM" init --data "$DISK/data" --org Acme \
               --email {EMAIL} --name Owner && exec "$TANDEM" serve --data "$DISK/data" --listen 127.0.0.1:0 \
               --import-folder "$IMPORTS""#
        );
        let mut command = Command::new("unshare");
        command.args([flags, "sh", "-c", &script]).env("DISK", &disk).env("IMPORTS", folder);
        command.env("TANDEM", tandem(&[]).get_program()).env("TANDEM_PASSWORD", PASSWORD).stdin(Stdio::null());
        let server = Server::spawn(command).await;
        // What the process sees of its mounts, this one can see through it.
        let seen = PathBuf::from(format!("/proc/{}/root", server.pid()));
        let user: &[&str] = if flags == "-rm" { &["--user", "--preserve-credentials"] } else { &[] };
        let inside = user.iter().map(|flag| (*flag).to_owned());
        let inside = inside.chain(["--mount".to_owned(), format!("--target={}", server.pid())]).collect();
        Some(Self { disk: seen.join(disk.strip_prefix("/").unwrap()), inside, server })
    }

    /// Bytes that are free.
    fn free(&self) -> u64 {
        // Not `df`, which looks for the disk among the mounts of its own namespace.
        let stat = Command::new("stat").args(["--file-system", "--format=%a %S"]).arg(&self.disk).output().unwrap();
        let numbers = String::from_utf8(stat.stdout).unwrap();
        numbers.split_whitespace().map(|number| number.parse::<u64>().unwrap()).product()
    }

    /// Takes all the room but some.
    fn fill(&self, but: u64) {
        let mut ballast = File::options().create(true).append(true).open(self.disk.join("ballast")).unwrap();
        while self.free() > but {
            let some = (self.free() - but).min(MIB) as usize;
            if ballast.write_all(&vec![0; some]).is_err() {
                return;
            }
        }
    }

    fn make_room(&self) {
        std::fs::remove_file(self.disk.join("ballast")).unwrap();
    }

    /// Bytes of tables, uploads and files in between. (The metadata's own files grow to a size and stay.)
    fn taken(&self) -> u64 {
        ["tables", "uploads", "tmp"].iter().map(|name| bytes(&self.disk.join("data").join(name))).sum()
    }

    /// Waits until no more is taken than before.
    async fn until_back_to(&self, before: u64) {
        let began = Instant::now();
        while self.taken() > before {
            assert!(began.elapsed() < Duration::from_secs(60), "{} bytes are taken, not {before}", self.taken());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

/// Bytes of the files in a folder.
fn bytes(folder: &Path) -> u64 {
    let Ok(entries) = std::fs::read_dir(folder) else { return 0 };
    let length =
        |path: PathBuf| if path.is_dir() { bytes(&path) } else { path.metadata().map_or(0, |file| file.len()) };
    entries.flatten().map(|entry| length(entry.path())).sum()
}

async fn refused(answer: Response) -> String {
    let status = answer.status();
    let body: Value = answer.json().await.unwrap();
    assert_eq!((status.as_u16(), body["code"].as_str()), (503, Some("storage_full")), "{body}");
    body["message"].as_str().unwrap().to_owned()
}

/// Rows that do not get much smaller when they are packed.
fn noise(rows: u64) -> String {
    let mut text = String::from("id,a,b\n");
    for row in 0..rows {
        let x = row.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let y = (x ^ (x >> 31)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        text.push_str(&format!("{row},{y:016x},{:016x}\n", (y ^ (y >> 29)).wrapping_mul(0x94D0_49BB_1331_11EB)));
    }
    text
}

#[tokio::test]
async fn a_full_disk_is_said_and_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let Some(small) = Small::start(folder.path()).await else { return };
    let server = &small.server;
    let project = server.project().await;
    let run = server.import(&project, "id,a,b\n1,x,y\n2,x,y\n", &json!({ "target": { "name": "kept" } })).await;
    let done = server.ended(&run).await;
    let dataset = done["outputs"][0]["asset"]["id"].as_str().unwrap_or_else(|| panic!("{done}")).to_owned();
    let as_it_was = async || {
        assert_eq!(server.rows(&project, "SELECT count(*), sum(id) FROM kept").await, json!([[2, 3]]));
        let versions = server.get(&format!("/assets/{dataset}/versions")).await;
        assert_eq!(versions["items"].as_array().unwrap().len(), 1);
    };

    // An upload larger than the disk.
    let before = small.taken();
    let block = vec![b'x'; MIB as usize];
    let large = futures::stream::repeat(block).take(64).map(Ok::<_, std::io::Error>);
    let message = refused(server.upload(&project, "large.csv", reqwest::Body::wrap_stream(large)).await).await;
    assert!(message.contains("Free some room"), "{message}");
    small.until_back_to(before).await;
    as_it_was().await;

    // An import larger than the disk, of each mode.
    std::fs::write(folder.path().join("noise.csv"), noise(800_000)).unwrap();
    small.fill(6 * MIB);
    let before = small.taken();
    let source = json!({ "type": "folder", "folder": 0, "path": "noise.csv" });
    for (mode, key) in [("append", json!([])), ("replace", json!([])), ("upsert", json!(["id"]))] {
        let more = json!({ "target": { "dataset_id": dataset }, "mode": mode, "key": key });
        let run = server.import_from(&project, source.clone(), &more).await;
        let done = server.ended(&run).await;
        assert_eq!(done["error"]["code"], "storage_full", "{mode}: {done}");
        small.until_back_to(before).await;
        as_it_was().await;
    }

    // Not a byte left: whatever is asked, it is answered or said.
    small.fill(0);
    let tiny = server.upload(&project, "tiny.csv", vec![b'1'; 100_000]).await;
    refused(tiny).await;
    for path in ["/me", "/projects", &format!("/assets/{dataset}")] {
        let answer = server.request(Method::GET, path).send().await.unwrap();
        if !answer.status().is_success() {
            refused(answer).await;
        }
    }
    let alive = reqwest::get(format!("{}/healthz", server.url)).await.unwrap();
    assert_eq!(alive.status(), 200);

    // Room again: all is there, and goes on.
    small.make_room();
    as_it_was().await;
    let more = json!({ "target": { "dataset_id": dataset }, "mode": "append" });
    let run = server.import(&project, "id,a,b\n3,x,y\n", &more).await;
    assert_eq!(server.ended(&run).await["state"], "succeeded");
    assert_eq!(server.rows(&project, "SELECT count(*) FROM kept").await, json!([[3]]));
    // SQLite looks for its file by the path that it has there.
    let mut doctor = Command::new("nsenter");
    doctor.args(&small.inside).arg(tandem(&[]).get_program()).args(["doctor", "--data"]);
    let doctor = doctor.arg(folder.path().join("disk/data")).output().unwrap();
    let said = [doctor.stdout, doctor.stderr].concat();
    assert!(doctor.status.success(), "{}", String::from_utf8_lossy(&said));
}
