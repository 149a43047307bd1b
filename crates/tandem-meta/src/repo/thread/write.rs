//! What is said, taken back and resolved.

use serde_json::json;
use tandem_core::{
    Error, Result,
    id::{CommentId, OrgId, ThreadId, UserId},
};

use super::{Comment, NewThread, Thread, ThreadState};
use crate::{repo::outbox::Topic, sql::params, tx::Tx};

impl Tx {
    /// Begins a thread without comments.
    ///
    /// # Errors
    /// `not_found` where what it is about is not of the organization, and those
    /// of the database.
    pub async fn create_thread(&mut self, org: OrgId, new: NewThread) -> Result<Thread> {
        let now = self.now();
        let (element_kind, element) = new.element.unzip();
        let thread = Thread {
            id: ThreadId::generate(self.clock()),
            org_id: org,
            project_id: new.project_id,
            asset_id: new.asset_id,
            seq: new.seq,
            run_id: new.run_id,
            element_kind,
            element,
            feedback: new.feedback,
            state: ThreadState::Open,
            created_by: new.created_by,
            created_at: now,
            updated_at: now,
            resolved_by: None,
            resolved_at: None,
        };
        self.execute(
            "INSERT INTO thread (id, org_id, project_id, asset_id, seq, run_id, element_kind, element, feedback, \
             state, created_by, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
            params![
                thread.id,
                org,
                thread.project_id,
                thread.asset_id,
                thread.seq,
                thread.run_id,
                thread.element_kind,
                thread.element,
                thread.feedback,
                thread.state,
                thread.created_by,
                now,
                now
            ],
        )
        .await?;
        self.emit_thread(&thread, "created");
        Ok(thread)
    }

    /// Says something in a thread, which is open then, and mentions people.
    ///
    /// # Errors
    /// `not_found`, also for a person who is not of the organization, and those
    /// of the database.
    pub async fn add_comment(
        &mut self,
        org: OrgId,
        thread: ThreadId,
        author: UserId,
        body: &str,
        mentioned: &[UserId],
    ) -> Result<Comment> {
        let found = self.touch_thread(org, thread).await?;
        if found.state == ThreadState::Resolved {
            self.set_thread_state(org, thread, ThreadState::Open, author).await?;
        }
        let comment = Comment {
            id: CommentId::generate(self.clock()),
            thread_id: thread,
            author_id: author,
            body: body.to_owned(),
            created_at: self.now(),
            edited_at: None,
            deleted_at: None,
        };
        self.execute(
            "INSERT INTO thread_comment (id, org_id, thread_id, author_id, body, created_at) \
             VALUES ($1, $2, $3, $4, $5, $6)",
            params![comment.id, org, thread, author, body, comment.created_at],
        )
        .await?;
        self.mention(org, comment.id, mentioned).await?;
        self.emit_thread(&found, "commented");
        Ok(comment)
    }

    /// Changes the words of a comment that was not deleted, and whom they mention.
    ///
    /// # Errors
    /// `not_found`, and those of the database.
    pub async fn edit_comment(
        &mut self,
        org: OrgId,
        thread: ThreadId,
        id: CommentId,
        body: &str,
        mentioned: &[UserId],
    ) -> Result<()> {
        let found = self.touch_thread(org, thread).await?;
        let sql = "UPDATE thread_comment SET body = $1, edited_at = $2 \
                   WHERE org_id = $3 AND thread_id = $4 AND id = $5 AND deleted_at IS NULL";
        if self.execute(sql, params![body, self.now(), org, thread, id]).await? == 0 {
            return Err(Error::not_found("comment"));
        }
        self.execute("DELETE FROM thread_mention WHERE org_id = $1 AND comment_id = $2", params![org, id]).await?;
        self.mention(org, id, mentioned).await?;
        self.emit_thread(&found, "edited");
        Ok(())
    }

    /// Takes away the words of a comment; its place stays. A thread in which
    /// nothing is left goes away.
    ///
    /// # Errors
    /// `not_found`, and those of the database.
    pub async fn delete_comment(&mut self, org: OrgId, thread: ThreadId, id: CommentId) -> Result<()> {
        let found = self.touch_thread(org, thread).await?;
        let sql = "UPDATE thread_comment SET body = '', deleted_at = $1 \
                   WHERE org_id = $2 AND thread_id = $3 AND id = $4 AND deleted_at IS NULL";
        if self.execute(sql, params![self.now(), org, thread, id]).await? == 0 {
            return Err(Error::not_found("comment"));
        }
        self.execute("DELETE FROM thread_mention WHERE org_id = $1 AND comment_id = $2", params![org, id]).await?;
        let gone = self
            .execute(
                "DELETE FROM thread WHERE org_id = $1 AND id = $2 AND NOT EXISTS (SELECT 1 FROM thread_comment AS c \
                 WHERE c.thread_id = thread.id AND c.deleted_at IS NULL)",
                params![org, thread],
            )
            .await?;
        self.emit_thread(&found, if gone > 0 { "deleted" } else { "edited" });
        Ok(())
    }

    /// Resolves a thread, or opens it again.
    ///
    /// # Errors
    /// `not_found`, and those of the database.
    pub async fn set_thread_state(&mut self, org: OrgId, id: ThreadId, state: ThreadState, by: UserId) -> Result<()> {
        let found = self.touch_thread(org, id).await?;
        if found.state == state {
            return Ok(());
        }
        let resolved = (state == ThreadState::Resolved).then(|| (by, self.now())).unzip();
        self.execute(
            "UPDATE thread SET state = $1, resolved_by = $2, resolved_at = $3 WHERE org_id = $4 AND id = $5",
            params![state, resolved.0, resolved.1, org, id],
        )
        .await?;
        self.emit_thread(&found, if state == ThreadState::Resolved { "resolved" } else { "reopened" });
        Ok(())
    }

    /// Notes that a person keeps a component at hand, or no longer does.
    ///
    /// # Errors
    /// `not_found` where the person is not of the organization, and those of
    /// the database.
    pub async fn set_star(&mut self, org: OrgId, user: UserId, name: &str, starred: bool) -> Result<()> {
        if self.member(org, user).await?.is_none() {
            return Err(Error::not_found("member"));
        }
        let (sql, params) = if starred {
            let sql = "INSERT INTO component_star (org_id, user_id, name, created_at) VALUES ($1, $2, $3, $4) \
                       ON CONFLICT DO NOTHING";
            (sql, params![org, user, name, self.now()])
        } else {
            let sql = "DELETE FROM component_star WHERE org_id = $1 AND user_id = $2 AND name = $3";
            (sql, params![org, user, name])
        };
        self.execute(sql, params).await.map(drop)
    }

    /// Notes that something happens in a thread now; the thread as it was.
    async fn touch_thread(&mut self, org: OrgId, id: ThreadId) -> Result<Thread> {
        let found = self.thread(org, id).await?.ok_or_else(|| Error::not_found("thread"))?;
        let params = params![self.now(), org, id];
        self.execute("UPDATE thread SET updated_at = $1 WHERE org_id = $2 AND id = $3", params).await?;
        Ok(found)
    }

    async fn mention(&mut self, org: OrgId, comment: CommentId, people: &[UserId]) -> Result<()> {
        for user in people {
            self.execute(
                "INSERT INTO thread_mention (org_id, comment_id, user_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
                params![org, comment, user],
            )
            .await?;
        }
        Ok(())
    }

    fn emit_thread(&mut self, thread: &Thread, change: &str) {
        self.emit(
            thread.org_id,
            Some(thread.project_id),
            Topic::Thread,
            json!({"thread_id": thread.id, "asset_id": thread.asset_id, "run_id": thread.run_id,
                "element": thread.element, "change": change}),
        );
    }
}
