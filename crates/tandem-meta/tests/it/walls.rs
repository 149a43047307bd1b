//! Two organizations can't see each other: every look-up, list and write that
//! takes an `OrgId` is tried with the ids of another organization's things.

use std::collections::BTreeSet;

use serde_json::json;
use tandem_core::{Action, OrgRole, ProjectRole, Result, TokenScope, id::*};
use tandem_meta::{
    AccessFilter, AssetFilter, AssetKind, AuditEntry, AuditFilter, Cause, Decision, Direction, JobFilter, NewFiring,
    NewJob, NewSchedule, NewSession, NewThread, NewToken, NewUpload, Outcome, ProjectFilter, RunEnd, RunFilter,
    RunInput, ScheduleState, Secret, Snapshot, ThreadFilter, ThreadState, Topic, Tx, Watched,
};

use tandem_meta::repo::draft::NewEdit;

use crate::{
    functions::functions,
    harness::{Team, World, at, code, first_page, new_job, on_each},
};

/// One of everything that an organization can have.
struct Things {
    asset: AssetId,
    derived: AssetId,
    version: VersionId,
    run: RunId,
    job: JobId,
    thread: ThreadId,
    comment: CommentId,
    grant: GrantId,
    request: GrantId,
    token: TokenId,
    upload: UploadId,
}

fn new_thread(team: &Team, asset: AssetId, run: RunId) -> NewThread {
    NewThread {
        project_id: team.project.id,
        asset_id: Some(asset),
        seq: None,
        run_id: Some(run),
        element: None,
        feedback: false,
        created_by: team.owner.id,
    }
}

fn new_edit(base: i64) -> NewEdit {
    NewEdit { base, body: json!({"n": base}), edits: json!([]), client: "w".to_owned() }
}

fn new_schedule(world: &World, asset: AssetId, team: &Team) -> NewSchedule {
    NewSchedule {
        id: asset.into(),
        asset_id: asset,
        owner_id: team.owner.id,
        state: ScheduleState::Off,
        settings: json!({}),
        standing: json!({}),
        wake_at: None,
        watched_seq: 1,
        set_at: at(&world.clock),
    }
}

fn new_firing(world: &World, run: RunId) -> NewFiring {
    NewFiring {
        cause: Cause::Cron,
        outcome: Outcome::Started,
        due_at: at(&world.clock),
        run: Some(run),
        chain: json!([]),
        message: None,
    }
}

async fn furnish(world: &World, team: &Team) -> Things {
    let org = team.org.id;
    let asset = world.dataset(team, "sales").await.id;
    let derived = world.dataset(team, "derived").await.id;
    let version = world.append(team, asset, 0).await.id;
    let made = world.append(team, derived, 0).await.id;
    let run = world.ran(team, &[version], &[made]).await;
    let mut tx = world.meta.begin().await.unwrap();
    tx.put_document(org, version, "profile", &json!({})).await.unwrap();
    tx.add_sources(org, derived, &[asset]).await.unwrap();
    tx.put_policy(org, asset, &json!({}), team.owner.id).await.unwrap();
    tx.put_setting(org, asset, "quality", &json!({}), team.owner.id).await.unwrap();
    tx.begin_draft(org, asset, &json!({}), team.owner.id).await.unwrap();
    tx.edit_draft(org, asset, new_edit(0), team.owner.id).await.unwrap();
    tx.put_schedule(org, new_schedule(world, asset, team), None).await.unwrap();
    tx.set_schedule_inputs(org, asset, &[Watched { dataset: derived, seen: 1 }]).await.unwrap();
    tx.add_firing(org, asset, new_firing(world, run)).await.unwrap();
    let thread = tx.create_thread(org, new_thread(team, asset, run)).await.unwrap().id;
    let comment = tx.add_comment(org, thread, team.owner.id, "x", &[team.member.id]).await.unwrap().id;
    tx.set_star(org, team.owner.id, "sort", true).await.unwrap();
    let grant = tx.grant(org, asset, team.member.id, Action::Use, team.owner.id).await.unwrap().id;
    let request = tx.request_access(org, asset, team.member.id, Action::Download, "").await.unwrap().id;
    let job = tx.enqueue_job(org, NewJob { run_id: Some(run), ..new_job("n") }).await.unwrap().id;
    let token = NewToken {
        user_id: team.owner.id,
        org_id: org,
        name: "t".to_owned(),
        secret_hash: Secret::new("s"),
        scope: TokenScope::Read,
        project_id: None,
        expires_at: at(&world.clock),
    };
    let token = tx.create_token(token).await.unwrap().id;
    let upload = tx.create_upload(org, new_upload(world, team)).await.unwrap().id;
    tx.audit(AuditEntry {
        org_id: org,
        at: at(&world.clock),
        who: None,
        via: "local".to_owned(),
        action: "use".to_owned(),
        kind: "dataset".to_owned(),
        object: "x".to_owned(),
        decision: Decision::Allow,
        reason: String::new(),
        request_id: None,
    });
    tx.commit().await.unwrap();
    Things { thread, comment, asset, derived, version, run, job, grant, request, token, upload }
}

fn new_upload(world: &World, team: &Team) -> NewUpload {
    NewUpload {
        id: UploadId::generate(&*world.clock),
        project_id: team.project.id,
        user_id: team.owner.id,
        name: "f".to_owned(),
        bytes: 1,
        path: "p".to_owned(),
        expires_at: at(&world.clock),
    }
}

/// What took part in a test, so that nothing is forgotten.
#[derive(Default)]
struct Tried(BTreeSet<&'static str>);

impl Tried {
    /// A look-up must find nothing.
    #[track_caller]
    fn nothing<T: std::fmt::Debug + Emptiness>(&mut self, name: &'static str, found: Result<T>) {
        let found = found.unwrap();
        assert!(found.is_nothing(), "{name} sees over the wall: {found:?}");
        self.0.insert(name);
    }

    /// A write must be refused as if the thing weren't there.
    #[track_caller]
    fn refused<T: std::fmt::Debug>(&mut self, name: &'static str, done: Result<T>) {
        assert_eq!(code(done), "not_found", "{name}");
        self.0.insert(name);
    }
}

trait Emptiness {
    fn is_nothing(&self) -> bool;
}

impl<T> Emptiness for Option<T> {
    fn is_nothing(&self) -> bool {
        self.is_none()
    }
}

impl<T> Emptiness for Vec<T> {
    fn is_nothing(&self) -> bool {
        self.is_empty()
    }
}

impl<T> Emptiness for tandem_core::Page<T> {
    fn is_nothing(&self) -> bool {
        self.items.is_empty() && self.next_cursor.is_none()
    }
}

impl<K, V> Emptiness for std::collections::HashMap<K, V> {
    fn is_nothing(&self) -> bool {
        self.is_empty()
    }
}

impl Emptiness for tandem_meta::Lineage {
    fn is_nothing(&self) -> bool {
        self.steps.is_empty()
    }
}

async fn look(read: &mut Snapshot, ours: &Team, theirs: &Team, it: &Things, tried: &mut Tried) {
    let (org, page) = (ours.org.id, first_page(50));
    let (project, user) = (theirs.project.id, theirs.owner.id);
    tried.nothing("member", read.member(org, user).await);
    tried.nothing("members_by_id", read.members_by_id(org, &[user]).await);
    tried.nothing("tokens_of", read.tokens_of(org, user).await);
    tried.nothing("project", read.project(org, project).await);
    tried.nothing("project_by_name", read.project_by_name(org, "their project").await);
    tried.nothing("project_role", read.project_role(org, project, user).await);
    tried.nothing("project_roles_of", read.project_roles_of(org, user).await);
    tried.nothing("project_members", read.project_members(org, project, &page).await);
    tried.nothing("asset", read.asset(org, it.asset).await);
    tried.nothing("asset_even_deleted", read.asset_even_deleted(org, it.asset).await);
    tried.nothing("asset_by_name", read.asset_by_name(org, project, AssetKind::Dataset, "sales").await);
    tried.nothing("assets_by_id", read.assets_by_id(org, &[it.asset, it.derived]).await);
    tried.nothing("version", read.version(org, it.asset, 1).await);
    tried.nothing("versions", read.versions(org, it.asset, &page).await);
    tried.nothing("versions_by_id", read.versions_by_id(org, &[it.version]).await);
    tried.nothing("digests_named", read.digests_named(org, &[format!("of {}", theirs.org.id)]).await);
    tried.nothing("latest_version", read.latest_version(org, it.asset).await);
    tried.nothing("latest_versions", read.latest_versions(org, &[it.asset]).await);
    tried.nothing("document", read.document(org, it.version, "profile").await);
    tried.nothing("document_names", read.document_names(org, it.version).await);
    tried.nothing("grants_on", read.grants_on(org, it.asset).await);
    tried.nothing("grants_of", read.grants_of(org, theirs.member.id).await);
    tried.nothing("access_request", read.access_request(org, it.request).await);
    tried.nothing("policies", read.policies(org, &[it.asset]).await);
    tried.nothing("setting", read.setting(org, it.asset, "quality").await);
    tried.nothing("settings", read.settings(org, &[it.asset], "quality").await);
    tried.nothing("settings_named", read.settings_named(org, Some(project), "quality").await);
    tried.nothing("thread", read.thread(org, it.thread).await);
    tried.nothing("comments", read.comments(org, &[it.thread]).await);
    tried.nothing("mentions", read.mentions(org, &[it.thread]).await);
    tried.nothing("count_threads", read.count_threads(org, it.asset, None).await);
    tried.nothing("threads_mark", read.threads_mark(org, it.asset).await);
    tried.nothing("stars", read.stars(org, user).await);
    let filter = ThreadFilter { asset: Some(it.asset), ..Default::default() };
    tried.nothing("threads", read.threads(org, &filter, &page).await);
    tried.nothing("draft", read.draft(org, it.asset).await);
    tried.nothing("draft_edits", read.draft_edits(org, it.asset, 0, 9).await);
    tried.nothing("schedule", read.schedule(org, it.asset).await);
    tried.nothing("schedules", read.schedules(org, project, &page, |_| true).await);
    tried.nothing("schedule_inputs", read.schedule_inputs(org, it.asset).await);
    tried.nothing("firings", read.firings(org, it.asset, 9).await);
    tried.nothing("schedules_of", read.schedules_of(org, it.asset).await);
    tried.nothing("ends_of_firings", read.ends_of_firings(org, it.asset.into(), 9).await);
    tried.nothing("open_firings", read.open_firings(org, it.asset).await);
    tried.nothing("firing_of_run", read.firing_of_run(org, it.run).await);
    tried.nothing("sources_of", read.sources_of(org, it.derived).await);
    tried.nothing("restricted_by", read.restricted_by(org, &[it.derived]).await);
    tried.nothing("run", read.run(org, it.run).await);
    tried.nothing("cached_run", read.cached_run(org, project, "r1").await);
    tried.nothing("lineage", read.lineage(org, it.derived, None, Direction::Upstream).await);
    tried.nothing("job", read.job(org, it.job).await);
    tried.nothing("project_events_after", read.project_events_after(org, project, 0, 100).await);
    tried.nothing("activity", read.activity(org, project, &page, |_| true).await);
    tried.nothing("upload", read.upload(org, it.upload).await);

    // Lists of a whole organization: ours has things of its own in them.
    macro_rules! only_ours {
        ($name:literal, $list:expr, |$item:ident| $org:expr) => {
            let list = $list.await.unwrap();
            assert!(!list.items.is_empty(), $name);
            assert!(list.items.iter().all(|$item| $org == org), $name);
            tried.0.insert($name);
        };
    }
    only_ours!("projects", read.projects(org, &ProjectFilter::default(), &page), |p| p.org_id);
    only_ours!("assets", read.assets(org, &AssetFilter::default(), &page, |_| true), |a| a.org_id);
    only_ours!("runs", read.runs(org, &RunFilter::default(), &page, |_| true), |v| v.run.org_id);
    only_ours!("jobs", read.jobs(org, &JobFilter::default(), &page), |j| j.org_id);
    only_ours!("audit_log", read.audit_log(org, &AuditFilter::default(), &page), |r| r.org_id);
    let members = read.members(org, &page).await.unwrap().items;
    assert_eq!(members.len(), 2);
    assert!(members.iter().all(|m| [ours.owner.id, ours.member.id].contains(&m.account.id)));
    tried.0.insert("members");
    let requests = read.access_requests(org, &AccessFilter::default(), &page, |_| true).await.unwrap().items;
    assert!(requests.len() == 1 && requests[0].id != it.request);
    tried.0.insert("access_requests");
    assert_eq!(read.verify_audit(org).await.unwrap().rows, 1);
    tried.0.insert("verify_audit");
    let filter = AssetFilter { project: Some(project), ..Default::default() };
    tried.nothing("assets", read.assets(org, &filter, &page, |_| true).await);
    let filter = RunFilter { project: Some(project), ..Default::default() };
    tried.nothing("runs", read.runs(org, &filter, &page, |_| true).await);
    let filter = JobFilter { run: Some(it.run), state: None };
    tried.nothing("jobs", read.jobs(org, &filter, &page).await);
    let filter = AccessFilter { asset: Some(it.asset), ..Default::default() };
    tried.nothing("access_requests", read.access_requests(org, &filter, &page, |_| true).await);
}

/// Each write in a transaction of its own: a foreign key that holds ends it.
async fn write(world: &World, ours: &Team, theirs: &Team, it: &Things, mine: &Things, tried: &mut Tried) {
    let (org, me) = (ours.org.id, ours.owner.id);
    let (project, user) = (theirs.project.id, theirs.owner.id);
    macro_rules! refused {
        ($name:literal, |$tx:ident| $call:expr) => {{
            let mut $tx: Tx = world.meta.begin().await.unwrap();
            tried.refused($name, $call.await);
            $tx.rollback().await.unwrap();
        }};
    }
    refused!("add_member", |tx| tx.add_member(org, UserId::generate(&*world.clock), OrgRole::Member));
    refused!("update_member", |tx| tx.update_member(org, user, Some(OrgRole::Guest), None));
    refused!("remove_member", |tx| tx.remove_member(org, user));
    refused!("revoke_token", |tx| tx.revoke_token(org, user, it.token));
    refused!("create_project", |tx| tx.create_project(OrgId::generate(&*world.clock), "x", "", me));
    refused!("update_project", |tx| tx.update_project(org, project, Some("x"), None));
    refused!("archive_project", |tx| tx.archive_project(org, project, true));
    refused!("set_project_member", |tx| tx.set_project_member(org, project, me, ProjectRole::Owner));
    refused!("set_project_member", |tx| tx.set_project_member(org, ours.project.id, user, ProjectRole::Viewer));
    refused!("remove_project_member", |tx| tx.remove_project_member(org, project, user));
    refused!("create_asset", |tx| tx.create_asset(org, theirs.new_dataset("x")));
    refused!("update_asset", |tx| tx.update_asset(org, it.asset, Some("x"), None));
    refused!("delete_asset", |tx| tx.delete_asset(org, it.asset));
    refused!("undelete_asset", |tx| tx.undelete_asset(org, it.asset));
    refused!("append_version", |tx| tx.append_version(org, it.asset, 1, ours.new_version("x")));
    let mut by_their_run = ours.new_version("x");
    by_their_run.run_id = Some(it.run);
    refused!("append_version", |tx| tx.append_version(org, mine.asset, 1, by_their_run));
    refused!("annotate_version", |tx| tx.annotate_version(org, it.asset, 1, Some("x"), None));
    refused!("put_document", |tx| tx.put_document(org, it.version, "profile", &json!({"x": 1})));
    refused!("put_document", |tx| tx.put_document(org, it.version, "new", &json!({"x": 1})));
    refused!("grant", |tx| tx.grant(org, it.asset, ours.member.id, Action::Use, me));
    refused!("grant", |tx| tx.grant(org, mine.asset, user, Action::Use, me));
    refused!("revoke", |tx| tx.revoke(org, it.asset, it.grant));
    refused!("revoke", |tx| tx.revoke(org, mine.asset, it.grant));
    refused!("request_access", |tx| tx.request_access(org, it.asset, me, Action::Use, ""));
    refused!("request_access", |tx| tx.request_access(org, mine.asset, user, Action::Use, ""));
    refused!("decide_access", |tx| tx.decide_access(org, it.request, true, me));
    refused!("put_policy", |tx| tx.put_policy(org, it.asset, &json!({}), me));
    refused!("put_setting", |tx| tx.put_setting(org, it.asset, "quality", &json!({}), me));
    refused!("delete_setting", |tx| tx.delete_setting(org, it.asset, "quality"));
    refused!("create_thread", |tx| tx.create_thread(org, new_thread(theirs, mine.asset, mine.run)));
    refused!("create_thread", |tx| tx.create_thread(org, new_thread(ours, it.asset, mine.run)));
    refused!("create_thread", |tx| tx.create_thread(org, new_thread(ours, mine.asset, it.run)));
    refused!("add_comment", |tx| tx.add_comment(org, it.thread, me, "x", &[]));
    refused!("add_comment", |tx| tx.add_comment(org, mine.thread, me, "x", &[user]));
    refused!("edit_comment", |tx| tx.edit_comment(org, it.thread, it.comment, "x", &[]));
    refused!("edit_comment", |tx| tx.edit_comment(org, mine.thread, it.comment, "x", &[]));
    refused!("delete_comment", |tx| tx.delete_comment(org, it.thread, it.comment));
    refused!("set_thread_state", |tx| tx.set_thread_state(org, it.thread, ThreadState::Resolved, me));
    refused!("set_star", |tx| tx.set_star(org, user, "sort", false));
    refused!("begin_draft", |tx| tx.begin_draft(org, it.asset, &json!({}), me));
    refused!("edit_draft", |tx| tx.edit_draft(org, it.asset, new_edit(1), me));
    refused!("reset_draft", |tx| tx.reset_draft(org, it.asset, &json!({}), me));
    refused!("draft_saved", |tx| tx.draft_saved(org, it.asset, 1));
    refused!("put_schedule", |tx| tx.put_schedule(org, new_schedule(world, it.asset, ours), Some(1)));
    refused!("put_schedule", |tx| tx.put_schedule(org, new_schedule(world, it.derived, ours), None));
    refused!("delete_schedule", |tx| tx.delete_schedule(org, it.asset));
    let watch = [Watched { dataset: it.derived, seen: 1 }];
    refused!("set_schedule_inputs", |tx| tx.set_schedule_inputs(org, it.asset, &watch));
    refused!("set_schedule_inputs", |tx| tx.set_schedule_inputs(org, mine.asset, &watch));
    refused!("add_firing", |tx| tx.add_firing(org, it.asset, new_firing(world, mine.run)));
    refused!("add_firing", |tx| tx.add_firing(org, mine.asset, new_firing(world, it.run)));
    refused!("close_firing", |tx| tx.close_firing(org, it.asset, 1));
    refused!("claim_file", |tx| tx.claim_file(org, it.asset.into(), "reports", "a.html"));
    refused!("add_sources", |tx| tx.add_sources(org, mine.asset, &[it.asset]));
    refused!("add_sources", |tx| tx.add_sources(org, it.asset, &[mine.asset]));
    refused!("release", |tx| tx.release(org, it.derived, me));
    refused!("create_run", |tx| tx.create_run(org, theirs.new_run()));
    let mut of_their_input = ours.new_run();
    of_their_input.inputs = vec![RunInput::newest("in", it.version)];
    refused!("create_run", |tx| tx.create_run(org, of_their_input));
    let their_run = world.meta.read().await.unwrap().run(theirs.org.id, it.run).await.unwrap().unwrap();
    refused!("create_cached_run", |tx| tx.create_cached_run(org, ours.new_run(), &their_run));
    refused!("add_run_input", |tx| tx.add_run_input(org, it.run, "in", mine.version));
    refused!("add_run_input", |tx| tx.add_run_input(org, mine.run, "in", it.version));
    refused!("add_run_output", |tx| tx.add_run_output(org, it.run, "out", mine.version));
    refused!("start_run", |tx| tx.start_run(org, it.run));
    refused!("set_run_digest", |tx| tx.set_run_digest(org, it.run, "x"));
    refused!("finish_run", |tx| tx.finish_run(org, it.run, RunEnd::Cancelled));
    refused!("cancel_run", |tx| tx.cancel_run(org, it.run));
    refused!("cancel_job", |tx| tx.cancel_job(org, it.job));
    refused!("enqueue_job", |tx| tx.enqueue_job(org, NewJob { run_id: Some(it.run), ..new_job("n") }));
    refused!("create_upload", |tx| tx.create_upload(org, new_upload(world, theirs)));
    refused!("delete_upload", |tx| tx.delete_upload(org, it.upload));
    // Says nothing where there is nothing to note; see below that it does nothing.
    let mut tx = world.meta.begin().await.unwrap();
    tx.set_run_progress(org, it.run, &json!({"x": 1})).await.unwrap();
    tx.commit().await.unwrap();
    tried.0.insert("set_run_progress");
    let session = NewSession {
        user_id: user,
        org_id: org,
        secret_hash: Secret::new("s"),
        csrf: Secret::new("c"),
        expires_at: at(&world.clock),
    };
    let session_id = theirs_session(world, theirs).await;
    refused!("move_session", |tx| tx.move_session(session_id, org));
    refused!("create_session", |tx| tx.create_session(session));
    let token = NewToken {
        user_id: me,
        org_id: org,
        name: "t".to_owned(),
        secret_hash: Secret::new("s"),
        scope: TokenScope::Read,
        project_id: Some(project),
        expires_at: at(&world.clock),
    };
    refused!("create_token", |tx| tx.create_token(token));
}

/// Everything of an organization, as text.
async fn picture(world: &World, team: &Team, it: &Things) -> String {
    let (org, page) = (team.org.id, first_page(200));
    let mut read = world.meta.read().await.unwrap();
    let mut parts = vec![
        format!("{:?}", read.org(org).await),
        format!("{:?}", read.members(org, &page).await),
        format!("{:?}", read.projects(org, &ProjectFilter::default(), &page).await),
        format!("{:?}", read.project_members(org, team.project.id, &page).await),
        format!("{:?}", read.assets(org, &AssetFilter::default(), &page, |_| true).await),
        format!("{:?}", read.runs(org, &RunFilter::default(), &page, |_| true).await),
        format!("{:?}", read.jobs(org, &JobFilter::default(), &page).await),
        format!("{:?}", read.access_requests(org, &AccessFilter::default(), &page, |_| true).await),
        format!("{:?}", read.project_events_after(org, team.project.id, 0, 1000).await),
        format!("{:?}", read.audit_log(org, &AuditFilter::default(), &page).await),
        format!("{:?}", read.thread(org, it.thread).await),
        format!("{:?}", read.comments(org, &[it.thread]).await),
        format!("{:?}", read.mentions(org, &[it.thread]).await),
        format!("{:?}", read.stars(org, team.owner.id).await),
        format!("{:?}", read.tokens_of(org, team.owner.id).await),
        format!("{:?}", read.upload(org, it.upload).await),
        format!("{:?}", read.document_names(org, it.version).await),
        format!("{:?}", read.document(org, it.version, "profile").await),
    ];
    for asset in [it.asset, it.derived] {
        parts.push(format!("{:?}", read.versions(org, asset, &page).await));
        parts.push(format!("{:?}", read.grants_on(org, asset).await));
        parts.push(format!("{:?}", read.sources_of(org, asset).await));
        parts.push(format!("{:?}", read.policies(org, &[asset]).await));
        parts.push(format!("{:?}", read.draft(org, asset).await));
        parts.push(format!("{:?}", read.schedule(org, asset).await));
        parts.push(format!("{:?}", read.schedule_inputs(org, asset).await));
        parts.push(format!("{:?}", read.firings(org, asset, 9).await));
        parts.push(format!("{:?}", read.count_threads(org, asset, None).await));
        parts.push(format!("{:?}", read.setting(org, asset, "quality").await));
    }
    parts.join("\n")
}

#[tokio::test]
async fn two_organizations_can_not_see_each_other() {
    on_each(|world: World| async move {
        let (ours, theirs) = (world.team("ours").await, world.team("theirs").await);
        let mine = furnish(&world, &ours).await;
        let it = furnish(&world, &theirs).await;
        let mut tx = world.meta.begin().await.unwrap();
        tx.update_project(theirs.org.id, theirs.project.id, Some("Their project"), None).await.unwrap();
        tx.commit().await.unwrap();
        let before = picture(&world, &theirs, &it).await;

        let mut tried = Tried::default();
        look(&mut world.meta.read().await.unwrap(), &ours, &theirs, &it, &mut tried).await;
        let all = functions(false, true);
        let forgotten: Vec<_> = all.iter().filter(|name| !tried.0.contains(name.as_str())).collect();
        assert!(all.len() > 30 && forgotten.is_empty(), "add to this test: {forgotten:?}");

        let mut tried = Tried::default();
        write(&world, &ours, &theirs, &it, &mine, &mut tried).await;
        let all = functions(true, true);
        let forgotten: Vec<_> = all.iter().filter(|name| !tried.0.contains(name.as_str())).collect();
        assert!(all.len() > 30 && forgotten.is_empty(), "add to this test: {forgotten:?}");
        assert_eq!(picture(&world, &theirs, &it).await, before, "a write has reached over the wall");
    })
    .await;
}

#[tokio::test]
async fn events_and_jobs_of_one_do_not_name_the_other() {
    on_each(|world: World| async move {
        let (ours, theirs) = (world.team("ours").await, world.team("theirs").await);
        let mut tx = world.meta.begin().await.unwrap();
        // The same project id under the wrong organization.
        tx.emit(theirs.org.id, Some(ours.project.id), Topic::Asset, json!({"secret": true}));
        tx.commit().await.unwrap();
        let mut read = world.meta.read().await.unwrap();
        let events = read.project_events_after(ours.org.id, ours.project.id, 0, 100).await.unwrap();
        assert!(!events.is_empty() && events.iter().all(|event| event.org_id == ours.org.id));
        let activity = read.activity(ours.org.id, ours.project.id, &first_page(50), |_| true).await.unwrap();
        assert!(activity.items.iter().all(|event| event.payload.get("secret").is_none()));
    })
    .await;
}

/// A browser of theirs that is signed in.
async fn theirs_session(world: &World, theirs: &Team) -> SessionId {
    let mut tx = world.meta.begin().await.unwrap();
    let session = NewSession {
        user_id: theirs.owner.id,
        org_id: theirs.org.id,
        secret_hash: Secret::new("s"),
        csrf: Secret::new("c"),
        expires_at: at(&world.clock),
    };
    let session = tx.create_session(session).await.unwrap();
    tx.commit().await.unwrap();
    session.id
}
