//! A thread as JSON.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use tandem_app::threads::{CommentView, Element, ElementKind, ThreadView};
use tandem_core::{
    Error, ErrorCode,
    id::{CommentId, ProjectId, RunId, ThreadId},
};
use utoipa::{
    ToSchema,
    openapi::{Object, ObjectBuilder, schema::Type},
};

use crate::routes::shape::{AssetRef, User};

/// Where a thread stands.
pub(super) fn thread_state() -> Object {
    ObjectBuilder::new().schema_type(Type::String).enum_values(Some(["open", "resolved"])).build()
}

fn element_kind() -> Object {
    ObjectBuilder::new().schema_type(Type::String).enum_values(Some(["node", "cell", "block"])).build()
}

/// An element of an asset.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ElementBody {
    /// What kind.
    #[schema(schema_with = element_kind)]
    kind: String,
    /// Its id inside of the asset.
    #[schema(min_length = 1, max_length = 120)]
    id: String,
}

impl ElementBody {
    pub(super) fn read(self) -> Result<Element, Error> {
        let kind = match self.kind.as_str() {
            "node" => ElementKind::Node,
            "cell" => ElementKind::Cell,
            "block" => ElementKind::Block,
            _ => {
                let message = "“element.kind” is none of node, cell, block.";
                return Err(Error::new(ErrorCode::InvalidParameter, message));
            }
        };
        Ok(Element { kind, id: self.id })
    }
}

/// What a thread is about.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AnchorDto {
    /// The asset; of a run's thread, the workflow that was run.
    #[schema(required)]
    asset: Option<AssetRef>,
    /// The version's number.
    #[schema(required)]
    seq: Option<i64>,
    /// The run.
    #[schema(value_type = Option<Uuid>, required)]
    run_id: Option<RunId>,
    #[schema(required)]
    element: Option<ElementDto>,
}

/// An element of an asset.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ElementDto {
    /// `node`, `cell` or `block`.
    #[schema(schema_with = element_kind)]
    kind: String,
    id: String,
}

/// A thread of comments.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ThreadDto {
    #[schema(value_type = Uuid)]
    id: ThreadId,
    #[schema(value_type = Uuid)]
    project_id: ProjectId,
    anchor: AnchorDto,
    /// Whether somebody says what was wrong with a run.
    feedback: bool,
    #[schema(schema_with = thread_state)]
    state: &'static str,
    created_by: User,
    created_at: DateTime<Utc>,
    /// When something was last said or done in it.
    updated_at: DateTime<Utc>,
    #[schema(required)]
    resolved_by: Option<User>,
    #[schema(required)]
    resolved_at: Option<DateTime<Utc>>,
    /// What was said, oldest first.
    comments: Vec<CommentDto>,
    /// What the caller may do: `comment` and `resolve`, or nothing.
    rights: Vec<&'static str>,
}

/// Something that was said.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CommentDto {
    #[schema(value_type = Uuid)]
    id: CommentId,
    author: User,
    /// Markdown; empty where it was deleted.
    body: String,
    mentions: Vec<User>,
    created_at: DateTime<Utc>,
    #[schema(required)]
    edited_at: Option<DateTime<Utc>>,
    deleted: bool,
    /// What the caller may do: `edit`, `delete`.
    rights: Vec<&'static str>,
}

impl From<ThreadView> for ThreadDto {
    fn from(view: ThreadView) -> Self {
        let thread = view.thread;
        let element = thread.element_kind.zip(thread.element).map(|(kind, id)| ElementDto { kind, id });
        Self {
            id: thread.id,
            project_id: thread.project_id,
            anchor: AnchorDto {
                asset: view.asset.map(|asset| AssetRef::new(asset, thread.seq)),
                seq: thread.seq,
                run_id: thread.run_id,
                element,
            },
            feedback: thread.feedback,
            state: thread.state.as_str(),
            created_by: view.created_by.into(),
            created_at: thread.created_at,
            updated_at: thread.updated_at,
            resolved_by: view.resolved_by.map(User::from),
            resolved_at: thread.resolved_at,
            comments: view.comments.into_iter().map(CommentDto::from).collect(),
            rights: if view.may_comment { vec!["comment", "resolve"] } else { Vec::new() },
        }
    }
}

impl From<CommentView> for CommentDto {
    fn from(view: CommentView) -> Self {
        let rights = [("edit", view.may_edit), ("delete", view.may_delete)];
        Self {
            id: view.comment.id,
            author: view.author.into(),
            body: view.comment.body,
            mentions: view.mentions.into_iter().map(User::from).collect(),
            created_at: view.comment.created_at,
            edited_at: view.comment.edited_at,
            deleted: view.comment.deleted_at.is_some(),
            rights: rights.into_iter().filter_map(|(name, may)| may.then_some(name)).collect(),
        }
    }
}
