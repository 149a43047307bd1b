//! What people did, as rows of the audit log: beside the decisions that
//! `access` writes, these name whom or what it was done to.

use std::fmt::Display;

use tandem_core::{
    Principal,
    id::{OrgId, UserId},
    principal::Via,
};
use tandem_meta::{
    Tx,
    repo::audit::{AuditEntry, Decision},
};

use crate::App;

/// Notes, in the transaction that does it, that something was done.
pub(crate) fn changed(tx: &mut Tx, principal: &Principal, action: &str, kind: &str, object: impl Display) {
    changed_so(tx, principal, action, kind, object, "done");
}

/// The same with what exactly was done, for people to read.
pub(crate) fn changed_so(
    tx: &mut Tx,
    principal: &Principal,
    action: &str,
    kind: &str,
    object: impl Display,
    what: &str,
) {
    let entry = AuditEntry {
        org_id: principal.org,
        at: tx.now(),
        who: Some(principal.user),
        via: via(&principal.via),
        action: action.to_owned(),
        kind: kind.to_owned(),
        object: object.to_string(),
        decision: Decision::Allow,
        reason: what.to_owned(),
        request_id: None,
    };
    tx.audit(entry);
}

/// Notes that a rule which no policy knows refused somebody.
pub(crate) fn refused(app: &App, principal: &Principal, action: &str, kind: &str, object: impl Display, reason: &str) {
    app.meta.audit_soon(AuditEntry {
        org_id: principal.org,
        at: app.clock.now(),
        who: Some(principal.user),
        via: via(&principal.via),
        action: action.to_owned(),
        kind: kind.to_owned(),
        object: object.to_string(),
        decision: Decision::Deny,
        reason: reason.to_owned(),
        request_id: None,
    });
}

/// Notes that somebody failed to prove who they are: it was tried on `account`
/// from `place`.
pub(super) fn denied(app: &App, org: OrgId, account: UserId, place: &str, action: &str, reason: &str) {
    app.meta.audit_soon(AuditEntry {
        org_id: org,
        at: app.clock.now(),
        who: None,
        via: place.to_owned(),
        action: action.to_owned(),
        kind: "user".to_owned(),
        object: account.to_string(),
        decision: Decision::Deny,
        reason: reason.to_owned(),
        request_id: None,
    });
}

fn via(via: &Via) -> String {
    match via {
        Via::Session => "session".to_owned(),
        Via::Token { id, .. } => format!("token:{id}"),
        Via::Local => "local".to_owned(),
        Via::Run(id) => format!("run:{id}"),
        Via::Schedule(id) => format!("schedule:{id}"),
    }
}
