//! The components that workflows are made of.

use std::{collections::BTreeMap, sync::Arc};

use axum::Json;
use serde::Serialize;
use serde_json::Value;
use tandem_app::{App, workflows};
use tandem_core::Error;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    auth::Caller,
    error::{ApiResult, Errors},
    extract::At,
};

pub(crate) fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(get))
}

/// The components there are, in the order of the palette.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ComponentList {
    /// Each component's signature: `name`, `version`, `category`, `title`, `inputs`, `params` as JSON Schema,
    /// `outputs`; texts are `{en, zh-CN}`.
    #[schema(value_type = Vec<Object>)]
    items: Vec<Value>,
}

/// A component with its page of documentation.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ComponentDetail {
    /// What it declares of itself.
    #[schema(value_type = Object)]
    signature: Value,
    /// Its page as Markdown, by language.
    pages: BTreeMap<&'static str, String>,
}

/// List the components.
#[utoipa::path(get, path = "/components", tag = "workflows", operation_id = "list_components",
    responses((status = 200, body = ComponentList), Errors))]
async fn list(Caller(_who): Caller) -> ApiResult<Json<ComponentList>> {
    let items = workflows::components()?.into_iter().map(serde_json::to_value).collect::<Result<_, _>>();
    Ok(Json(ComponentList { items: items.map_err(Error::internal)? }))
}

/// One component, with its page of documentation.
#[utoipa::path(get, path = "/components/{component}", tag = "workflows", operation_id = "get_component",
    params(("component" = String, Path)), responses((status = 200, body = ComponentDetail), Errors))]
async fn get(Caller(_who): Caller, At(name): At<String>) -> ApiResult<Json<ComponentDetail>> {
    let page = workflows::component(&name)?;
    let signature = serde_json::to_value(&page.signature).map_err(Error::internal)?;
    Ok(Json(ComponentDetail { signature, pages: BTreeMap::from([("en", page.en), ("zh-CN", page.zh)]) }))
}
