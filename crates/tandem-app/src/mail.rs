//! Mail on somebody's behalf: to members of their organization and to the
//! domains that the operator allows, since what is mailed has left.
//!
//! Whether the person may take the data out is for the caller to ask.

use tandem_core::{Error, ErrorCode, Result, id::OrgId};
use tandem_mail::{Address, Mail};
pub use tandem_mail::{Attachment, Sent};
use tandem_meta::Snapshot;

use crate::App;

/// What is to be mailed.
#[derive(Debug, Clone)]
pub struct Letter {
    /// What the message is known by, such as the id of the run that sends it: the
    /// same for every attempt, so that a second copy can be recognised.
    pub id: String,
    /// Addresses; all of them see one another.
    pub to: Vec<String>,
    /// The subject, one line.
    pub subject: String,
    /// The text, plain.
    pub text: String,
    /// What is attached.
    pub attachments: Vec<Attachment>,
}

/// What may be mailed, where anything may.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailLimits {
    /// Recipients of one message, at most.
    pub max_recipients: usize,
    /// Attachments of one message together, at most, in bytes.
    pub max_bytes: u64,
    /// Domains that may be written to, beside the members of the organization.
    pub domains: Vec<String>,
    /// Whether anybody at all may be.
    pub anyone: bool,
}

/// What may be mailed; nothing where no mail server is set up.
pub fn limits(app: &App) -> Option<MailLimits> {
    let config = app.mail.as_ref()?.config();
    Some(MailLimits {
        max_recipients: config.max_recipients,
        max_bytes: config.max_bytes,
        domains: config.domains.clone(),
        anyone: config.anyone,
    })
}

/// The addresses of a list that somebody wrote, without those that are in it
/// twice. Each is a member's of the organization who isn't shut out, or at a
/// domain that the operator allows.
///
/// # Errors
/// `state_conflict` where no mail server is set up; `invalid_parameter` for what
/// is no address; `mail_refused` for who may not be written to.
pub async fn recipients(app: &App, org: OrgId, to: &[String]) -> Result<Vec<Address>> {
    let sender = app.mail.as_ref().ok_or_else(none)?;
    let most = sender.config().max_recipients;
    if to.len() > most {
        let message = format!("A message goes to {most} recipients at most. Leave some out.");
        return Err(Error::new(ErrorCode::InvalidParameter, message));
    }
    let mut found: Vec<Address> = Vec::new();
    let mut meta = app.meta.read().await?;
    for text in to {
        let address = Address::read(text)?;
        if found.iter().any(|other| other.is(&address.to_string())) {
            continue;
        }
        if !sender.allows(&address) && !is_member(&mut meta, org, &address).await? {
            let message = format!(
                "{address} is not the address of a member of this organization, nor at a domain that may be written \
                 to. Choose another, or ask who runs this installation (--mail-domain)."
            );
            return Err(Error::new(ErrorCode::MailRefused, message));
        }
        found.push(address);
    }
    Ok(found)
}

async fn is_member(meta: &mut Snapshot, org: OrgId, address: &Address) -> Result<bool> {
    let Some(account) = meta.account_by_email(&address.to_string()).await? else { return Ok(false) };
    let member = meta.member(org, account.id).await?;
    Ok(member.is_some_and(|member| !member.disabled && !member.account.disabled))
}

/// Sends a letter; who may be written to is asked again.
///
/// # Errors
/// Those of [`recipients`]; `invalid_parameter` and `payload_too_large` for what
/// is beyond the limits; `mail_refused` where the server won't take it;
/// `unavailable` where another attempt may succeed.
pub async fn send(app: &App, org: OrgId, letter: Letter) -> Result<Sent> {
    let sender = app.mail.as_ref().ok_or_else(none)?;
    let to = recipients(app, org, &letter.to).await?;
    let Letter { id, subject, text, attachments, .. } = letter;
    let mail = Mail { id, date: app.clock.now(), to, subject, text, attachments };
    sender.send(&mail).await
}

fn none() -> Error {
    let message = "No mail server is set up, so nothing can be mailed. Ask who runs this installation to name one \
                   (--mail-host).";
    Error::new(ErrorCode::StateConflict, message)
}
