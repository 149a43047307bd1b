//! Files as they should not be: each is refused with a reason, or its bad rows
//! are put aside with theirs; and nothing that was there has changed.

use std::io::Write;

use serde_json::{Value, json};
use tandem_core::id::ProjectId;
use tandem_testkit::{Client, TestApp};

use crate::data::{dataset, ended, import, rows, upload};

/// A dataset that is there already, and must stay as it is.
struct Bench {
    kit: TestApp,
    who: Client,
    project: ProjectId,
    dataset: String,
}

impl Bench {
    async fn new() -> Self {
        let kit = TestApp::start().await;
        let acme = kit.org("Acme").await;
        let project = kit.project(&acme.owner, "Loyalty").await;
        let who = kit.as_user(&acme.owner).await;
        let dataset = dataset(&who, project, "kept", "id,name\n1,Ann\n2,Bo\n").await;
        Self { kit, who, project, dataset }
    }

    /// Imports a file over the dataset that is there; the ended run. What is refused when it is asked for looks
    /// like a run that failed.
    async fn replace(&self, name: &str, bytes: impl Into<Vec<u8>>) -> Value {
        let upload = upload(&self.who, self.project, name, bytes).await;
        let body = json!({
            "source": { "type": "upload", "upload_id": upload }, "target": { "dataset_id": self.dataset },
            "mode": "replace",
        });
        let asked = self.who.post(&format!("/projects/{}/import", self.project), body).await;
        if asked.status == 400 || asked.status == 413 {
            return json!({ "state": "failed", "error": asked.json() });
        }
        ended(&self.who, &asked.expect(202)).await
    }

    /// The file is refused with one of these codes and advice; the dataset is
    /// as it was.
    async fn refuses(&self, name: &str, bytes: impl Into<Vec<u8>>, codes: &[&str]) {
        let run = self.replace(name, bytes).await;
        assert_eq!(run["state"], "failed", "{name}: {run}");
        let (code, message) = (run["error"]["code"].as_str().unwrap(), run["error"]["message"].as_str().unwrap());
        assert!(codes.contains(&code), "{name}: {run}");
        assert!(message.ends_with('.') && message.len() > 40, "{name} gets no advice: {message}");
        let folder = self.kit.app.config.data_dir.to_string_lossy();
        assert!(!message.contains(&*folder), "{name} says where the server keeps things: {message}");
        assert_eq!(
            rows(&self.who, self.project, "SELECT id, name FROM kept ORDER BY id").await,
            json!([[1, "Ann"], [2, "Bo"]])
        );
        let versions = self.who.get(&format!("/assets/{}/versions", self.dataset)).await.expect(200);
        assert_eq!(versions["items"].as_array().unwrap().len(), 1, "{name}");
    }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

fn sample(path: &str) -> Vec<u8> {
    std::fs::read(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../samples").join(path)).unwrap()
}

/// What looks like a workbook with one sheet of these rows.
fn workbook(rows: &[u8]) -> Vec<u8> {
    let sheet = [b"<worksheet><sheetData>".as_slice(), rows, b"</sheetData></worksheet>"].concat();
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in [("xl/workbook.xml", b"<workbook/>".as_slice()), ("xl/worksheets/sheet1.xml", &sheet)] {
        archive.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        archive.write_all(bytes).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

#[tokio::test]
async fn damaged_and_cut_files_change_nothing() {
    let bench = Bench::new().await;
    let parquet = sample("online-retail/online_retail.parquet");
    bench.refuses("cut.parquet", &parquet[..parquet.len() / 2], &["truncated_file"]).await;
    let mut footer = parquet.clone();
    let end = footer.len();
    footer[end - 60..end - 10].fill(0xFF);
    bench.refuses("footer.parquet", footer, &["malformed_file"]).await;
    let mut pages = parquet;
    pages[4..4000].fill(0xAA);
    bench.refuses("pages.parquet", pages, &["malformed_file"]).await;

    let whole = format!("/datasets/{}/versions/1/download?format=xlsx", bench.dataset);
    let whole = bench.who.get(&whole).await;
    whole.expect(200);
    let book = whole.bytes;
    bench.refuses("cut.xlsx", &book[..book.len() / 2], &["truncated_file"]).await;
    let mut damaged = book;
    let sheet = damaged.windows(24).position(|w| w == b"xl/worksheets/sheet1.xml").unwrap();
    damaged[sheet + 60..sheet + 120].fill(0x55);
    bench.refuses("damaged.xlsx", damaged, &["malformed_file"]).await;

    let packed = sample("cdnow/CDNOW_master.txt.gz");
    bench.refuses("cut.txt.gz", &packed[..packed.len() / 2], &["truncated_file"]).await;
    let mut damaged = packed;
    let middle = damaged.len() / 2;
    damaged[middle..middle + 100].fill(0xAA);
    bench.refuses("damaged.txt.gz", damaged, &["malformed_file"]).await;
    bench.refuses("cut.json", r#"[{"id": 1}, {"id": 2"#, &["truncated_file", "malformed_file"]).await;
    bench.refuses("empty.csv", "", &["malformed_file"]).await;
}

#[tokio::test]
async fn a_bomb_is_not_unpacked() {
    let bench = Bench::new().await;
    // A sheet of zeros, 20 MB that pack to almost nothing.
    let row = [b"<row><c><v>".as_slice(), &b"0".repeat(15_000), b"</v></c></row>"].concat();
    bench.refuses("bomb.xlsx", workbook(&row.repeat(1_350)), &["archive_too_large"]).await;
}

#[tokio::test]
async fn compressed_zeros_are_not_unpacked() {
    let bench = Bench::new().await;
    // Members of a gzip file follow one another: a gigabyte in one megabyte.
    let mut bomb = gzip(b"a,b\n1,2\n");
    let zeros = gzip(&vec![b'0'; 1 << 20]);
    for _ in 0..1024 {
        bomb.extend_from_slice(&zeros);
    }
    bench.refuses("bomb.csv.gz", bomb, &["archive_too_large"]).await;
    bench.refuses("zeros.csv.gz", gzip(&vec![0; 4 << 20]), &["record_too_long", "unsupported_format"]).await;
}

#[tokio::test]
async fn headers_without_names_get_some_and_are_told() {
    let bench = Bench::new().await;
    let upload = upload(&bench.who, bench.project, "h.csv", "id,,id,ID,\n1,2,3,4,5\n").await;
    let source = json!({ "source": { "type": "upload", "upload_id": upload } });
    let seen = bench.who.post(&format!("/projects/{}/import/sniff", bench.project), source).await.expect(200);
    let names: Vec<_> = seen["columns"].as_array().unwrap().iter().map(|c| c["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["id", "column_2", "id_2", "ID_3", "column_5"]);
    let warnings = seen["warnings"].to_string();
    assert!(warnings.contains("empty_column_name") && warnings.contains("duplicate_column_name"), "{warnings}");
    let run = bench.replace("h.csv", "id,,id,ID,\n1,2,3,4,5\n").await;
    assert_eq!(run["state"], "succeeded", "{run}");
    let answer = rows(&bench.who, bench.project, r#"SELECT id, id_2, "ID_3", column_5 FROM kept"#).await;
    assert_eq!(answer, json!([[1, 3, 4, 5]]));
}

#[tokio::test]
async fn lines_in_another_encoding_are_put_aside() {
    let bench = Bench::new().await;
    let mut bytes = "城市,n\n".as_bytes().to_vec();
    for n in 0..98 {
        bytes.extend_from_slice(format!("北京{n},{n}\n").as_bytes());
    }
    // 上海 as GB18030 writes it, and a character cut in two.
    bytes.extend_from_slice(b"\xC9\xCF\xBA\xA3,98\n\xE5\xB9,99\n");
    bench.refuses("mixed.csv", bytes.clone(), &["too_many_rejects"]).await;
    let upload = upload(&bench.who, bench.project, "mixed.csv", bytes).await;
    let body = json!({
        "source": { "type": "upload", "upload_id": upload }, "target": { "name": "cities" }, "max_rejected_ratio": 0.05,
    });
    let run = bench.who.post(&format!("/projects/{}/import", bench.project), body).await.expect(202);
    let run = ended(&bench.who, &run).await;
    assert_eq!((run["result"]["rows"].as_i64(), run["result"]["rejected"].as_i64()), (Some(98), Some(2)), "{run}");
    let id = run["outputs"][0]["asset"]["id"].as_str().unwrap();
    let rejects = bench.who.get(&format!("/datasets/{id}/versions/1/rejects")).await.expect(200);
    let reasons: Vec<_> = rejects["rows"].as_array().unwrap().iter().map(|row| row[3].as_str().unwrap()).collect();
    assert_eq!(reasons, ["invalid_encoding", "invalid_encoding"]);
}

#[tokio::test]
async fn a_type_that_changes_at_row_one_million_is_told_by_row() {
    let bench = Bench::new().await;
    let mut csv = String::with_capacity(9 << 20);
    csv.push_str("id\n");
    for n in 1..1_000_000 {
        csv.push_str(&n.to_string());
        csv.push('\n');
    }
    csv.push_str("one million\n");
    let run = import(&bench.who, bench.project, &csv, json!({ "target": { "name": "late" } })).await;
    assert_eq!((run["result"]["rows"].as_i64(), run["result"]["rejected"].as_i64()), (Some(999_999), Some(1)), "{run}");
    let id = run["outputs"][0]["asset"]["id"].as_str().unwrap();
    let rejects = bench.who.get(&format!("/datasets/{id}/versions/1/rejects")).await.expect(200);
    assert_eq!(
        (&rejects["rows"][0][0], &rejects["rows"][0][5]),
        (&json!(1_000_000), &json!("one million")),
        "{rejects}"
    );
}
