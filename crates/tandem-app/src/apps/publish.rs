//! Making a version of a workflow an app, and ending that.

use serde_json::json;
use tandem_core::{Action, Error, ErrorCode, Principal, Result, Text, id::AssetId};
use tandem_flow::{package::Words, signature::PortKind};

use super::{
    AppView,
    open::{APP, Published, is_kind, seen},
};
use crate::{
    App,
    components::{Library, name_of},
    people::{check, note},
    workflows::document,
};

/// Makes a version of a workflow or component an app, in place of what was.
///
/// # Errors
/// `not_found`, `forbidden`; `invalid_parameter` where the version declares
/// nothing, or something that can't be.
pub async fn publish(
    app: &App,
    principal: &Principal,
    id: AssetId,
    seq: i64,
    title: Text,
    summary: Text,
    help: Text,
) -> Result<AppView> {
    let view = app.require_asset(principal, Action::Edit, id).await?;
    if !is_kind(&view.asset) {
        return Err(Error::not_found("workflow"));
    }
    for (field, text) in [("title", &title), ("summary", &summary)] {
        check::name(&format!("{field}.en"), &text.en)?;
        check::name(&format!("{field}.zh-CN"), &text.zh)?;
    }
    check::prose("help.en", &help.en)?;
    check::prose("help.zh-CN", &help.zh)?;
    let version = document::version(app, principal, id, seq).await?;
    let workflow = document::inside(&view.asset, &version)?;
    let library = Library::load(app, principal, view.asset.project_id, &workflow).await?;
    let words = Words {
        name: name_of(id),
        version: u32::try_from(seq).unwrap_or(u32::MAX),
        title: title.clone(),
        summary: summary.clone(),
        help: help.clone(),
    };
    let (signature, problems) = seen(app, &workflow, &library, words)?;
    let refuse = |message: String| Err(Error::new(ErrorCode::InvalidParameter, message));
    if let Some(problem) = problems.first() {
        return refuse(format!("seq: version {seq} can't be an app yet: {}", problem.message.en));
    }
    if workflow.inputs.is_empty() && workflow.outputs.is_empty() && workflow.params.is_empty() {
        return refuse(format!("seq: version {seq} declares no inputs, parameters or outputs. Declare some and save."));
    }
    if let Some(port) = signature.inputs.iter().find(|port| port.kind != PortKind::Table) {
        let kind = port.kind.words().en;
        return refuse(format!("seq: input “{}” takes a {kind}, and only tables can be chosen in a form.", port.name));
    }
    let mut tx = app.meta.begin().await?.acting_for(principal.user);
    let published = Published { seq, title, summary, help, at: tx.now(), by: principal.user };
    tx.put_setting(principal.org, id, APP, &json!(published), principal.user).await?;
    note::changed_so(&mut tx, principal, "publish_app", "asset", id, &format!("version {seq}"));
    tx.commit().await?;
    super::get(app, principal, id).await
}

/// Ends an app; the workflow stays as it is.
///
/// # Errors
/// `not_found`, `forbidden`.
pub async fn unpublish(app: &App, principal: &Principal, id: AssetId) -> Result<()> {
    let view = app.require_asset(principal, Action::Edit, id).await?;
    if !is_kind(&view.asset) {
        return Err(Error::not_found("app"));
    }
    let mut tx = app.meta.begin().await?.acting_for(principal.user);
    if tx.setting(principal.org, id, APP).await?.is_none() {
        return Err(Error::not_found("app"));
    }
    tx.delete_setting(principal.org, id, APP).await?;
    note::changed(&mut tx, principal, "unpublish_app", "asset", id);
    tx.commit().await
}
