//! What somebody is told who may not do something: as little as they may know,
//! and whom to ask.

use tandem_core::{Action, Error, ErrorCode, Principal, principal::Via};

use super::Resource;

/// The error for what was not allowed; `known` says whether they may know of it.
pub(super) fn refusal(principal: &Principal, action: Action, resource: &Resource, known: bool) -> Error {
    if !known {
        return Error::not_found(resource.noun());
    }
    let forbidden = |message: String| Error::new(ErrorCode::Forbidden, message);
    let what = doing(action, resource.noun());
    let small_scope = matches!(
        action,
        Action::Manage
            | Action::ManageMembers
            | Action::CreateProject
            | Action::ReadAudit
            | Action::Edit
            | Action::Run
            | Action::Create
            | Action::Comment
    );
    if matches!(principal.via, Via::Token { .. }) && small_scope {
        return forbidden(format!(
            "You or this token may not {what}. Use a token with a larger scope, or ask for the right."
        ));
    }
    if let Resource::Asset { barred, .. } = resource
        && barred.contains(&action)
    {
        return forbidden(format!(
            "You may not {what}: it was made from data of which some is kept from you, and is as closed as that until it \
             is released. Request access to it, or ask whoever manages it and its sources to release it."
        ));
    }
    let whom = if matches!(resource, Resource::Org(_)) { "owners" } else { "maintainers" };
    forbidden(format!("You may not {what}. Ask one of its {whom} for the right."))
}

/// An action on something, as it follows “you may not”.
fn doing(action: Action, noun: &str) -> String {
    match action {
        Action::Discover => format!("see this {noun}"),
        Action::Use => format!("use this {noun}"),
        Action::Inspect => format!("see how this {noun} is made"),
        Action::ReadComments => format!("read what is said about this {noun}"),
        Action::Comment => format!("comment on this {noun}"),
        Action::Download => format!("download this {noun}"),
        Action::Edit => format!("change this {noun}"),
        Action::Manage => format!("manage this {noun}"),
        Action::Run => format!("start runs in this {noun}"),
        Action::WriteCode => format!("write code in this {noun}"),
        Action::WritePython => format!("write Python in this {noun}"),
        Action::Create => format!("make anything in this {noun}"),
        Action::ListMembers => format!("see the members of this {noun}"),
        Action::ManageMembers => format!("change the members of this {noun}"),
        Action::CreateProject => format!("make projects in this {noun}"),
        Action::ReadAudit => format!("read the audit log of this {noun}"),
    }
}
