//! Workers that are killed at any moment lose no work and leave none done
//! twice. The worker is this test binary, started again.

use std::{
    io::{BufRead, BufReader, Write},
    process::{Child, Command, Stdio},
    sync::Arc,
    time::Duration,
};

use rand::{Rng, SeedableRng, rngs::StdRng};
use serde_json::json;
use tandem_core::{
    SystemClock,
    id::{AssetId, OrgId, UserId},
};
use tandem_meta::{Job, JobState, Meta, NewJob, NewVersion};

use crate::harness::{World, on_each};

const URL: &str = "TANDEM_META_CRASH_URL";
const FACTS: &str = "TANDEM_META_CRASH_FACTS";
/// Short, so that what a killed worker held is soon taken over.
const LEASE: Duration = Duration::from_millis(100);

/// Not a test by itself: the worker that the test below starts and kills.
#[tokio::test]
async fn worker() {
    let (Ok(url), Ok(facts)) = (std::env::var(URL), std::env::var(FACTS)) else { return };
    let facts: serde_json::Value = serde_json::from_str(&facts).unwrap();
    let org: OrgId = serde_json::from_value(facts["org"].clone()).unwrap();
    let asset: AssetId = serde_json::from_value(facts["asset"].clone()).unwrap();
    let user: UserId = serde_json::from_value(facts["user"].clone()).unwrap();
    let owner = facts["owner"].as_str().unwrap();
    let meta = Meta::open(&url, Arc::new(SystemClock)).await.unwrap();
    loop {
        let mut tx = meta.begin().await.unwrap();
        let new = NewJob {
            run_id: None,
            kind: "effect".to_owned(),
            dedupe_key: None,
            payload: json!({}),
            max_attempts: 100_000,
            run_after: None,
        };
        let job = tx.enqueue_job(org, new).await.unwrap();
        tx.commit().await.unwrap();
        say(&format!("enqueued {}", job.id));
        if let Some(job) = meta.claim_job(owner, LEASE).await.unwrap() {
            say("claimed");
            if work(&meta, &job, org, asset, user).await {
                say("done");
            }
        }
    }
}

/// Straight to the descriptor: the test harness keeps what is printed.
fn say(line: &str) {
    let mut out = std::io::stderr();
    writeln!(out, "{line}").unwrap();
    out.flush().unwrap();
}

/// One effect and the end of the job, in one transaction.
async fn work(meta: &Meta, job: &Job, org: OrgId, asset: AssetId, user: UserId) -> bool {
    let mut tx = meta.begin().await.unwrap();
    let latest = tx.asset(org, asset).await.unwrap().unwrap().latest_seq;
    let version = NewVersion {
        content: json!({}),
        content_digest: String::new(),
        author_id: user,
        message: job.id.to_string(),
        run_id: None,
    };
    if tx.append_version(org, asset, latest, version).await.is_err() {
        return false;
    }
    tx.complete_job(&job.lease()).await.is_ok() && tx.commit().await.is_ok()
}

fn start(url: &str, facts: &serde_json::Value) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "crash::worker", "--nocapture", "--test-threads=1"])
        .env(URL, url)
        .env(FACTS, facts.to_string())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

#[tokio::test]
async fn killed_workers_lose_nothing_and_do_nothing_twice() {
    on_each(|world: World| async move {
        let team = world.team("acme").await;
        let asset = world.dataset(&team, "effects").await.id;
        let mut random = StdRng::seed_from_u64(20_260_302);
        let mut promised = Vec::new();
        let rounds = 25;
        for round in 0..rounds {
            // Two at a time, each killed after a random number of steps.
            let workers = ["a", "b"].map(|name| {
                let facts = json!({
                    "org": team.org.id, "asset": asset, "user": team.owner.id, "owner": format!("{name}{round}"),
                });
                (start(&world.url, &facts), random.random_range(1..25))
            });
            let ends = workers.map(|(mut child, steps)| {
                tokio::task::spawn_blocking(move || {
                    let out = BufReader::new(child.stderr.take().unwrap());
                    let mut lines = out.lines();
                    let mut said: Vec<String> = lines.by_ref().take(steps).map(Result::unwrap).collect();
                    child.kill().unwrap();
                    child.wait().unwrap();
                    // What it had said by the time it died counts as well; its
                    // last line may be half there.
                    said.extend(lines.map_while(Result::ok));
                    said
                })
            });
            for end in ends {
                let said = end.await.unwrap();
                let ids = said.iter().filter_map(|line| line.strip_prefix("enqueued "));
                promised.extend(ids.filter(|id| id.len() == 36).map(str::to_owned));
                assert!(!said.iter().any(|line| line.contains("panicked")), "{said:?}");
            }
        }

        // One that nobody kills does what is left.
        let meta = Meta::open(&world.url, Arc::new(SystemClock)).await.unwrap();
        let open = async || {
            let mut read = meta.read().await.unwrap();
            read.count_jobs(JobState::Queued).await.unwrap() + read.count_jobs(JobState::Running).await.unwrap()
        };
        while open().await > 0 {
            if let Some(job) = meta.claim_job("last", Duration::from_secs(60)).await.unwrap() {
                assert!(work(&meta, &job, team.org.id, asset, team.owner.id).await);
            }
        }
        let mut read = meta.read().await.unwrap();
        assert_eq!(read.count_jobs(JobState::Failed).await.unwrap(), 0);
        let succeeded = read.count_jobs(JobState::Succeeded).await.unwrap();
        let latest = read.asset(team.org.id, asset).await.unwrap().unwrap().latest_seq;
        assert_eq!(latest, succeeded, "one effect a job");
        let mut effects = Vec::new();
        for seq in 1..=latest {
            effects.push(read.version(team.org.id, asset, seq).await.unwrap().expect("a gap").message);
        }
        effects.sort();
        effects.dedup();
        assert_eq!(i64::try_from(effects.len()).unwrap(), latest, "an effect is there twice");
        assert!(promised.len() > rounds, "{} jobs", promised.len());
        for job in &promised {
            assert!(effects.binary_search(job).is_ok(), "{job} was enqueued and is lost");
        }
        println!("{} jobs promised, {succeeded} done in {rounds} rounds of two kills", promised.len());
        drop(read);
        meta.close().await.unwrap();
    })
    .await;
}
