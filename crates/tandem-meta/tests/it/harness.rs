//! A migrated database for each test, on each kind of server, and a team to
//! put into it.

use std::{future::Future, sync::Arc};

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Connection, PgConnection, SqliteConnection};
use tandem_core::{Clock, FixedClock, Lang, OrgRole, PageRequest, ProjectRole, SystemClock, id::*};
use tandem_meta::{
    Account, Asset, AssetKind, Meta, NewAccount, NewAsset, NewJob, NewRun, NewVersion, Org, Project, RunInput, RunKind,
    Secret, Tx, Version, schema_digest,
};

/// One database, with a clock that stands still.
#[derive(Clone)]
pub(crate) struct World {
    pub(crate) meta: Meta,
    pub(crate) clock: Arc<FixedClock>,
    pub(crate) url: String,
    folder: Option<Arc<tempfile::TempDir>>,
}

/// Runs `test` on a new database of each kind.
pub(crate) async fn on_each<F, T>(test: F)
where
    F: Fn(World) -> T,
    T: Future<Output = ()>,
{
    let world = World::sqlite().await;
    test(world.clone()).await;
    world.meta.close().await.unwrap();
    if let Ok(server) = std::env::var("TANDEM_TEST_POSTGRES_URL") {
        let world = World::postgres(&server).await;
        test(world.clone()).await;
        world.meta.close().await.unwrap();
        drop_database(&server, &world.url).await;
    } else {
        println!("skipped on PostgreSQL: TANDEM_TEST_POSTGRES_URL is not set");
    }
}

pub(crate) fn morning() -> DateTime<Utc> {
    "2026-03-02T08:00:00.123456Z".parse().unwrap()
}

impl World {
    pub(crate) async fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}?mode=rwc", folder.path().join("meta.sqlite").display());
        let clock = Arc::new(FixedClock::new(morning()));
        let meta = Meta::open(&url, clock.clone()).await.unwrap();
        meta.migrate().await.unwrap();
        Self { meta, clock, url, folder: Some(Arc::new(folder)) }
    }

    pub(crate) async fn postgres(server: &str) -> Self {
        let url = clone_template(server).await;
        let clock = Arc::new(FixedClock::new(morning()));
        let meta = Meta::open(&url, clock.clone()).await.unwrap();
        meta.migrate().await.unwrap();
        Self { meta, clock, url, folder: None }
    }

    /// The folder of the database, where it has one.
    pub(crate) fn folder(&self) -> Option<&std::path::Path> {
        self.folder.as_deref().map(tempfile::TempDir::path)
    }

    pub(crate) fn later(&self, by: TimeDelta) {
        self.clock.advance(by);
    }

    /// Changes the database behind the back of the crate under test.
    pub(crate) async fn raw(&self, sql: &str) {
        if self.folder.is_some() {
            let mut conn = SqliteConnection::connect(&self.url).await.unwrap();
            sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut conn).await.unwrap();
            conn.close().await.unwrap();
        } else {
            let mut conn = PgConnection::connect(&self.url).await.unwrap();
            sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut conn).await.unwrap();
            conn.close().await.unwrap();
        }
    }

    /// A second process's view of the same database.
    pub(crate) async fn other_process(&self) -> Meta {
        Meta::open(&self.url, self.clock.clone()).await.unwrap()
    }
}

/// A database of its own, copied from one that was migrated once.
async fn clone_template(server: &str) -> String {
    let template = format!("tandem_template_{}", schema_digest());
    let mut conn = PgConnection::connect(server).await.unwrap();
    // Tests run in processes of their own: the first one makes the template.
    sqlx::raw_sql("SELECT pg_advisory_lock(5550123)").execute(&mut conn).await.unwrap();
    let there = sqlx::query("SELECT 1 FROM pg_database WHERE datname = $1").bind(&template).fetch_optional(&mut conn);
    if there.await.unwrap().is_none() {
        let draft = format!("{template}_draft");
        // A locale whose order is not that of bytes, so that the tests would
        // see it if it mattered.
        for sql in [
            format!("DROP DATABASE IF EXISTS {draft}"),
            format!("CREATE DATABASE {draft} TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'en-US'"),
        ] {
            sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut conn).await.unwrap();
        }
        let meta = Meta::open(&with_database(server, &draft), Arc::new(SystemClock)).await.unwrap();
        meta.migrate().await.unwrap();
        meta.close().await.unwrap();
        let rename = format!("ALTER DATABASE {draft} RENAME TO {template}");
        sqlx::raw_sql(AssertSqlSafe(rename)).execute(&mut conn).await.unwrap();
    }
    let name = format!("tandem_test_{}", UploadId::generate(&SystemClock).as_uuid().simple());
    let create = format!("CREATE DATABASE {name} TEMPLATE {template}");
    sqlx::raw_sql(AssertSqlSafe(create)).execute(&mut conn).await.unwrap();
    sqlx::raw_sql("SELECT pg_advisory_unlock(5550123)").execute(&mut conn).await.unwrap();
    conn.close().await.unwrap();
    with_database(server, &name)
}

async fn drop_database(server: &str, url: &str) {
    let name = url.rsplit('/').next().unwrap();
    let mut conn = PgConnection::connect(server).await.unwrap();
    let sql = format!("DROP DATABASE {name} WITH (FORCE)");
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut conn).await.unwrap();
    conn.close().await.unwrap();
}

/// The address of another database on the same server.
pub(crate) fn with_database(server: &str, name: &str) -> String {
    let (base, _) = server.rsplit_once('/').unwrap();
    format!("{base}/{name}")
}

/// An organization with its owner, one ordinary member and a project.
#[derive(Clone)]
pub(crate) struct Team {
    pub(crate) org: Org,
    pub(crate) owner: Account,
    pub(crate) member: Account,
    pub(crate) project: Project,
}

impl World {
    pub(crate) async fn team(&self, name: &str) -> Team {
        let mut tx = self.meta.begin().await.unwrap();
        let org = tx.create_org(name).await.unwrap();
        let owner = account(&mut tx, &format!("owner@{name}.example")).await;
        let member = account(&mut tx, &format!("member@{name}.example")).await;
        tx.add_member(org.id, owner.id, OrgRole::Owner).await.unwrap();
        tx.add_member(org.id, member.id, OrgRole::Member).await.unwrap();
        let project = tx.create_project(org.id, "Loyalty", "Who comes back", owner.id).await.unwrap();
        tx.set_project_member(org.id, project.id, owner.id, ProjectRole::Owner).await.unwrap();
        tx.commit().await.unwrap();
        Team { org, owner, member, project }
    }

    pub(crate) async fn dataset(&self, team: &Team, name: &str) -> Asset {
        let mut tx = self.meta.begin().await.unwrap();
        let asset = tx.create_asset(team.org.id, team.new_dataset(name)).await.unwrap();
        tx.commit().await.unwrap();
        asset
    }

    pub(crate) async fn append(&self, team: &Team, asset: AssetId, expected: i64) -> Version {
        let mut tx = self.meta.begin().await.unwrap();
        let version = tx.append_version(team.org.id, asset, expected, team.new_version("x")).await.unwrap();
        tx.commit().await.unwrap();
        version
    }

    /// A run that read `inputs` and has made `outputs`.
    pub(crate) async fn ran(&self, team: &Team, inputs: &[VersionId], outputs: &[VersionId]) -> RunId {
        let mut tx = self.meta.begin().await.unwrap();
        let mut new = team.new_run();
        new.inputs = inputs.iter().map(|version| RunInput::newest("in", *version)).collect();
        let run = tx.create_run(team.org.id, new).await.unwrap().run.id;
        tx.start_run(team.org.id, run).await.unwrap();
        for version in outputs {
            tx.add_run_output(team.org.id, run, "out", *version).await.unwrap();
        }
        tx.finish_run(team.org.id, run, tandem_meta::RunEnd::Succeeded(json!({}))).await.unwrap();
        tx.commit().await.unwrap();
        run
    }
}

impl Team {
    pub(crate) fn new_dataset(&self, name: &str) -> NewAsset {
        NewAsset {
            project_id: self.project.id,
            kind: AssetKind::Dataset,
            name: name.to_owned(),
            description: String::new(),
            created_by: self.owner.id,
        }
    }

    pub(crate) fn new_version(&self, message: &str) -> NewVersion {
        NewVersion {
            content: json!({"rows": 12, "delta_version": 0}),
            content_digest: format!("of {}", self.org.id),
            author_id: self.owner.id,
            message: message.to_owned(),
            run_id: None,
        }
    }

    pub(crate) fn new_run(&self) -> NewRun {
        NewRun {
            project_id: self.project.id,
            kind: RunKind::Scenario,
            name: "customer-value".to_owned(),
            spec: json!({"scenario": "customer-value"}),
            params: json!({"horizon": 39}),
            environment: "e1".to_owned(),
            seed: 7,
            digest: Some("r1".to_owned()),
            inputs: Vec::new(),
            reproduces: None,
            created_by: self.owner.id,
        }
    }
}

pub(crate) async fn account(tx: &mut Tx, email: &str) -> Account {
    tx.create_account(NewAccount {
        email: email.to_owned(),
        name: email.split('@').next().unwrap().to_owned(),
        password_hash: Secret::new("$argon2id$…"),
        lang: Lang::Zh,
    })
    .await
    .unwrap()
}

pub(crate) fn new_job(kind: &str) -> NewJob {
    NewJob {
        run_id: None,
        kind: kind.to_owned(),
        dedupe_key: None,
        payload: json!({"n": 1}),
        max_attempts: 3,
        run_after: None,
    }
}

pub(crate) fn first_page(limit: u32) -> PageRequest {
    PageRequest::new(Some(limit), None).unwrap()
}

pub(crate) fn failure() -> Value {
    json!({"code": "unavailable", "message": "no luck"})
}

/// The code of what must have failed.
pub(crate) fn code<T: std::fmt::Debug>(result: tandem_core::Result<T>) -> &'static str {
    result.expect_err("it should have been refused").code().as_str()
}

/// A moment as the databases keep it.
pub(crate) fn at(clock: &FixedClock) -> DateTime<Utc> {
    clock.now()
}
