//! Threads of comments: what people say about an asset, a version of it, an
//! element of it, or a run.

use chrono::{DateTime, Utc};
use tandem_core::{
    Page, PageRequest, Result,
    id::{AssetId, CommentId, OrgId, ProjectId, RunId, ThreadId, UserId},
};

use crate::{
    page::List,
    sql::{Kind, Row, Sql, params, record, text_enum},
    tx::Snapshot,
};

mod write;

text_enum! {
    /// Whether there is something left to do.
    pub enum ThreadState("state of a thread") {
        /// There is.
        Open = "open",
        /// It was dealt with.
        Resolved = "resolved",
    }
}

record! {
    /// A thread. What was said is in its comments.
    pub struct Thread from "thread" {
        /// Its identifier.
        pub id: ThreadId,
        /// The organization.
        pub org_id: OrgId,
        /// The project.
        pub project_id: ProjectId,
        /// The asset that it is about; of a run's thread, the asset that was run.
        pub asset_id: Option<AssetId>,
        /// The number of the version that it is about, where it is about one.
        pub seq: Option<i64>,
        /// The run that it is about.
        pub run_id: Option<RunId>,
        /// What kind of element it is about: `node`, `cell` or `block`.
        pub element_kind: Option<String>,
        /// The element's id inside of the asset.
        pub element: Option<String>,
        /// Whether somebody says what was wrong with a run.
        pub feedback: bool,
        /// Whether there is something left to do.
        pub state: ThreadState,
        /// Who began it.
        pub created_by: UserId,
        /// When.
        pub created_at: DateTime<Utc>,
        /// When something was last said or done in it.
        pub updated_at: DateTime<Utc>,
        /// Who resolved it.
        pub resolved_by: Option<UserId>,
        /// When.
        pub resolved_at: Option<DateTime<Utc>>,
    }
}

record! {
    /// Something that was said.
    pub struct Comment from "thread_comment" {
        /// Its identifier.
        pub id: CommentId,
        /// In which thread.
        pub thread_id: ThreadId,
        /// By whom.
        pub author_id: UserId,
        /// The words, as Markdown; empty once it is deleted.
        pub body: String,
        /// When.
        pub created_at: DateTime<Utc>,
        /// When its words were last changed.
        pub edited_at: Option<DateTime<Utc>>,
        /// When it was deleted.
        pub deleted_at: Option<DateTime<Utc>>,
    }
}

/// A thread to begin.
#[derive(Debug, Clone)]
pub struct NewThread {
    /// The project.
    pub project_id: ProjectId,
    /// The asset that it is about.
    pub asset_id: Option<AssetId>,
    /// The version that it is about.
    pub seq: Option<i64>,
    /// The run that it is about.
    pub run_id: Option<RunId>,
    /// The kind and id of the element that it is about.
    pub element: Option<(String, String)>,
    /// Whether somebody says what was wrong with a run.
    pub feedback: bool,
    /// Who begins it.
    pub created_by: UserId,
}

/// Which threads to list.
#[derive(Debug, Clone, Default)]
pub struct ThreadFilter {
    /// Of this project only.
    pub project: Option<ProjectId>,
    /// About this asset only.
    pub asset: Option<AssetId>,
    /// About this version of it only.
    pub seq: Option<i64>,
    /// About this run only.
    pub run: Option<RunId>,
    /// About elements of this kind only.
    pub element_kind: Option<String>,
    /// About this element only.
    pub element: Option<String>,
    /// In this state only.
    pub state: Option<ThreadState>,
    /// In which this person wrote or is mentioned only.
    pub of: Option<UserId>,
    /// Of those about runs, only about runs that this person started.
    pub runs_of: Option<UserId>,
}

/// How many threads there are about an element, or about the whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ThreadCount {
    /// The kind and id of the element; absent for the asset as a whole.
    pub element: Option<(String, String)>,
    /// How many are open.
    pub open: i64,
    /// How many are resolved.
    pub resolved: i64,
}

impl Snapshot {
    /// The thread.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn thread(&mut self, org: OrgId, id: ThreadId) -> Result<Option<Thread>> {
        let sql = format!("SELECT {} FROM thread WHERE org_id = $1 AND id = $2", Thread::COLUMNS);
        self.find(sql, params![org, id], Thread::read).await
    }

    /// The organization's threads, the last changed first.
    ///
    /// # Errors
    /// `invalid_cursor`, and those of the database.
    pub async fn threads(&mut self, org: OrgId, filter: &ThreadFilter, page: &PageRequest) -> Result<Page<Thread>> {
        let from = Sql::new(" FROM thread WHERE thread.org_id = ?", params![org])
            .push_some(" AND project_id = ?", filter.project)
            .push_some(" AND asset_id = ?", filter.asset)
            .push_some(" AND seq = ?", filter.seq)
            .push_some(" AND run_id = ?", filter.run)
            .push_some(" AND element_kind = ?", filter.element_kind.as_deref())
            .push_some(" AND element = ?", filter.element.as_deref())
            .push_some(" AND state = ?", filter.state);
        let from = own_runs(from, filter.runs_of);
        let from = match filter.of {
            None => from,
            Some(user) => from.push(
                " AND id IN (SELECT c.thread_id FROM thread_comment AS c WHERE c.author_id = ? OR c.id IN \
                 (SELECT m.comment_id FROM thread_mention AS m WHERE m.user_id = ?))",
                params![user, user],
            ),
        };
        let list = List {
            name: "threads",
            columns: Thread::COLUMNS.to_owned(),
            from,
            keys: &[("thread.updated_at", Kind::Int), ("thread.id", Kind::Text)],
            descending: true,
        };
        self.page(list, page, Thread::read).await
    }

    /// What was said in some threads, oldest first, deleted comments too.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn comments(&mut self, org: OrgId, threads: &[ThreadId]) -> Result<Vec<Comment>> {
        let select = format!("SELECT {} FROM thread_comment WHERE org_id = ?", Comment::COLUMNS);
        let (sql, params) = Sql::new(&select, params![org])
            .push_in("thread_id", threads)
            .push(" ORDER BY created_at, id", params![])
            .into_parts();
        self.list(sql, params, Comment::read).await
    }

    /// Who is mentioned in the comments of some threads.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn mentions(&mut self, org: OrgId, threads: &[ThreadId]) -> Result<Vec<(CommentId, UserId)>> {
        let select = "SELECT m.comment_id AS comment_id, m.user_id AS user_id FROM thread_mention AS m \
                      JOIN thread_comment AS c ON c.id = m.comment_id WHERE m.org_id = ?";
        let (sql, params) = Sql::new(select, params![org])
            .push_in("c.thread_id", threads)
            .push(" ORDER BY m.comment_id, m.user_id", params![])
            .into_parts();
        self.list(sql, params, |row| Ok((row.get("comment_id")?, row.get("user_id")?))).await
    }

    /// How many threads there are about an asset and about each of its
    /// elements. Of those about runs, with `runs_of` only about that person's.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn count_threads(
        &mut self,
        org: OrgId,
        asset: AssetId,
        runs_of: Option<UserId>,
    ) -> Result<Vec<ThreadCount>> {
        let select = "SELECT element_kind, element, \
                      CAST(SUM(CASE WHEN state = 'open' THEN 1 ELSE 0 END) AS BIGINT) AS open, \
                      CAST(SUM(CASE WHEN state = 'resolved' THEN 1 ELSE 0 END) AS BIGINT) AS resolved \
                      FROM thread WHERE org_id = ? AND asset_id = ?";
        let (sql, params) = own_runs(Sql::new(select, params![org, asset]), runs_of)
            .push(" GROUP BY element_kind, element ORDER BY element_kind, element", params![])
            .into_parts();
        let read = |row: &Row| {
            let (kind, element): (Option<String>, Option<String>) = (row.get("element_kind")?, row.get("element")?);
            Ok(ThreadCount { element: kind.zip(element), open: row.get("open")?, resolved: row.get("resolved")? })
        };
        self.list(sql, params, read).await
    }

    /// Differs whenever something was said or done in a thread about an asset;
    /// nothing where there is none.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn threads_mark(&mut self, org: OrgId, asset: AssetId) -> Result<Option<(i64, DateTime<Utc>)>> {
        let sql = "SELECT COUNT(*) AS many, MAX(updated_at) AS at FROM thread WHERE org_id = $1 AND asset_id = $2";
        let read = |row: &Row| {
            let (many, at): (i64, Option<DateTime<Utc>>) = (row.get("many")?, row.get("at")?);
            Ok(at.map(|at| (many, at)))
        };
        Ok(self.find(sql, params![org, asset], read).await?.flatten())
    }

    /// The names of the components that a person has starred.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn stars(&mut self, org: OrgId, user: UserId) -> Result<Vec<String>> {
        let sql = "SELECT name FROM component_star WHERE org_id = $1 AND user_id = $2 ORDER BY name";
        self.list(sql, params![org, user], |row| row.get("name")).await
    }
}

fn own_runs(sql: Sql, user: Option<UserId>) -> Sql {
    match user {
        None => sql,
        Some(user) => sql.push(
            " AND (thread.run_id IS NULL OR thread.run_id IN (SELECT r.id FROM run AS r WHERE r.created_by = ?))",
            params![user],
        ),
    }
}
