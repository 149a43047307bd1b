//! Shapes that several resources share, and the closed lists of the core as
//! the document names them.

use axum::http::StatusCode;
use serde::{Deserialize, Deserializer, Serialize};
use tandem_app::people::Person;
use tandem_core::{
    Page,
    id::{AssetId, UserId},
};
use utoipa::{
    ToSchema,
    openapi::{
        Array, ArrayBuilder, Object, ObjectBuilder,
        schema::{SchemaType, Type},
    },
};

/// One page of a list.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Listed<T: ToSchema> {
    /// The rows.
    pub(crate) items: Vec<T>,
    /// Pass it back as `cursor` for the next page; null on the last one.
    #[schema(required)]
    pub(crate) next_cursor: Option<String>,
}

impl<T: ToSchema> Listed<T> {
    /// A list that is answered whole.
    pub(crate) const fn whole(items: Vec<T>) -> Self {
        Self { items, next_cursor: None }
    }
}

impl<T: ToSchema, S: Into<T>> From<Page<S>> for Listed<T> {
    fn from(page: Page<S>) -> Self {
        Self { items: page.items.into_iter().map(Into::into).collect(), next_cursor: page.next_cursor }
    }
}

/// Somebody, as others see them.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct User {
    /// Who.
    #[schema(value_type = Uuid)]
    pub(crate) id: UserId,
    /// What people call them.
    pub(crate) name: String,
    /// Their e-mail address; empty for who has left the organization.
    pub(crate) email: String,
}

impl From<Person> for User {
    fn from(person: Person) -> Self {
        Self { id: person.id, name: person.name, email: person.email }
    }
}

/// An asset, named.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct AssetRef {
    /// Which.
    #[schema(value_type = Uuid)]
    pub(crate) id: AssetId,
    /// What it is: `dataset`, `report`, …
    pub(crate) kind: &'static str,
    /// What it is called.
    pub(crate) name: String,
    /// The number of the version that is meant, where one is.
    #[schema(required)]
    pub(crate) seq: Option<i64>,
}

impl AssetRef {
    /// The asset, at version `seq` where one is meant.
    pub(crate) fn new(asset: tandem_app::records::asset::Asset, seq: Option<i64>) -> Self {
        Self { id: asset.id, kind: asset.kind.as_str(), name: asset.name, seq }
    }
}

/// Nothing to say but that it is done.
pub(crate) const DONE: StatusCode = StatusCode::NO_CONTENT;

/// Tells a field that is null (take it away) from one that isn't there (keep it).
pub(crate) fn given<'de, T: Deserialize<'de>, D: Deserializer<'de>>(from: D) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(from).map(Some)
}

fn one_of<const N: usize>(values: [&'static str; N]) -> Object {
    ObjectBuilder::new().schema_type(Type::String).enum_values(Some(values)).build()
}

fn one_of_or_null<const N: usize>(values: [&'static str; N]) -> Object {
    let values = values.into_iter().map(Some).chain([None]).map(serde_json::Value::from);
    ObjectBuilder::new()
        .schema_type(SchemaType::from_iter([Type::String, Type::Null]))
        .enum_values(Some(values))
        .build()
}

const ORG_ROLES: [&str; 3] = ["guest", "member", "owner"];
const PROJECT_ROLES: [&str; 6] = ["guest", "viewer", "operator", "analyst", "maintainer", "owner"];
const SCOPES: [&str; 3] = ["read", "write", "admin"];
const LANGS: [&str; 2] = ["en", "zh-CN"];
const THEMES: [&str; 3] = ["system", "light", "dark"];
const ASSET_RIGHTS: [&str; 6] = ["discover", "use", "inspect", "download", "edit", "manage"];
const ASSET_ACTIONS: [&str; 5] = ["discover", "use", "download", "edit", "manage"];

/// A person's place in an organization.
pub(crate) fn org_role() -> Object {
    one_of(ORG_ROLES)
}

/// The same where it may be left out.
pub(crate) fn org_role_or_null() -> Object {
    one_of_or_null(ORG_ROLES)
}

/// A person's role in a project.
pub(crate) fn project_role() -> Object {
    one_of(PROJECT_ROLES)
}

/// The same where there may be none.
pub(crate) fn project_role_or_null() -> Object {
    one_of_or_null(PROJECT_ROLES)
}

/// What a token may be used for at most.
pub(crate) fn token_scope() -> Object {
    one_of(SCOPES)
}

/// A language of the interface.
pub(crate) fn lang() -> Object {
    one_of(LANGS)
}

/// The same where it may be left out.
pub(crate) fn lang_or_null() -> Object {
    one_of_or_null(LANGS)
}

/// How the pages look.
pub(crate) fn theme() -> Object {
    one_of(THEMES)
}

/// The same where it may be left out.
pub(crate) fn theme_or_null() -> Object {
    one_of_or_null(THEMES)
}

/// What may be granted on an asset.
pub(crate) fn asset_action() -> Object {
    one_of(ASSET_ACTIONS)
}

/// What somebody may do with an asset.
pub(crate) fn asset_actions() -> Array {
    ArrayBuilder::new().items(one_of(ASSET_RIGHTS)).build()
}

/// What somebody may do in a project.
pub(crate) fn project_actions() -> Array {
    let actions =
        ["discover", "edit", "manage", "run", "write_code", "write_python", "create", "list_members", "manage_members"];
    ArrayBuilder::new().items(one_of(actions)).build()
}

/// What was decided on.
pub(crate) fn decision() -> Object {
    one_of(["allow", "deny"])
}

/// What an activity is about.
pub(crate) fn topic() -> Object {
    one_of(["run", "version", "asset", "thread", "project", "member"])
}

/// Where a request for access stands.
pub(crate) fn request_state() -> Object {
    one_of(["pending", "approved", "denied"])
}

/// What a node of a lineage is.
pub(crate) fn node_kind() -> Object {
    one_of(["asset", "run"])
}
