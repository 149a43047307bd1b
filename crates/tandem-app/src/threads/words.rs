//! What may be said, and whom it mentions.

use tandem_core::{
    Error, ErrorCode, Principal, Result,
    id::{ProjectId, UserId},
};
use tandem_meta::Snapshot;

/// The longest comment, in characters.
pub(super) const LONGEST: usize = 10_000;
/// People that one comment may mention.
pub(super) const MENTIONS: usize = 20;

/// The words of a comment without the space around them.
///
/// # Errors
/// `invalid_parameter` where there are none, too many, or control characters.
pub(super) fn words(body: &str) -> Result<&str> {
    let body = body.trim();
    let refuse = |message: String| Err(Error::new(ErrorCode::InvalidParameter, message));
    if body.is_empty() {
        return refuse("“body” is empty. Say something.".to_owned());
    }
    if body.chars().count() > LONGEST {
        return refuse(format!("“body” is longer than {LONGEST} characters. Shorten it."));
    }
    if body.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
        return refuse("“body” holds a control character. Remove it.".to_owned());
    }
    Ok(body)
}

/// Whom a text mentions: `@[Name](user:UUID)`, each once, in their order.
pub(super) fn named(body: &str) -> Vec<UserId> {
    let mut people = Vec::new();
    for (at, _) in body.match_indices("@[") {
        let rest = &body[at + 2..];
        let Some(close) = rest.find(['[', ']', '\n']).filter(|close| rest[*close..].starts_with("](user:")) else {
            continue;
        };
        let id = &rest[close + "](user:".len()..];
        let Some(id) = id.find(')').and_then(|end| id[..end].parse::<UserId>().ok()) else { continue };
        if !people.contains(&id) {
            people.push(id);
        }
    }
    people
}

/// Whom a text mentions, all of them members of the project.
///
/// # Errors
/// `invalid_parameter` where one is not, or they are too many.
pub(super) async fn mentioned(
    meta: &mut Snapshot,
    principal: &Principal,
    project: ProjectId,
    body: &str,
) -> Result<Vec<UserId>> {
    let people = named(body);
    if people.len() > MENTIONS {
        let message = format!("“body” mentions more than {MENTIONS} people. Mention fewer.");
        return Err(Error::new(ErrorCode::InvalidParameter, message));
    }
    for user in &people {
        if meta.project_role(principal.org, project, *user).await?.is_none() {
            return Err(Error::new(
                ErrorCode::InvalidParameter,
                "“body” mentions somebody who is not a member of this project. Add them first, or take them out.",
            ));
        }
    }
    Ok(people)
}
