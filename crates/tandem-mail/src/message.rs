//! A message, and its form on the wire (RFC 5322, MIME).

use chrono::{DateTime, Utc};
use lettre::message::{Attachment as Part, Mailbox, MultiPart, SinglePart, header::ContentType};
use tandem_core::{Error, ErrorCode, Result, config::MailConfig};

use crate::Address;

/// The longest subject, in characters.
const SUBJECT: usize = 200;
/// The longest text, in bytes.
const TEXT: usize = 100 << 10;
/// Attachments, at most.
const ATTACHMENTS: usize = 20;
/// The longest name of an attachment, in characters.
const NAME: usize = 200;

/// A message.
#[derive(Debug, Clone)]
pub struct Mail {
    /// What it is known by: letters, digits, `-`, `_` and `.`. The same for every
    /// attempt to send the same message, so that a copy can be told from another
    /// message.
    pub id: String,
    /// When it was written.
    pub date: DateTime<Utc>,
    /// To whom; they see one another.
    pub to: Vec<Address>,
    /// The subject, one line.
    pub subject: String,
    /// The text, plain.
    pub text: String,
    /// What is attached.
    pub attachments: Vec<Attachment>,
}

/// A file that goes with a message.
#[derive(Clone)]
pub struct Attachment {
    /// Its name, in any script.
    pub name: String,
    /// Its media type, such as `text/html; charset=utf-8`.
    pub media_type: String,
    /// What is in it.
    pub bytes: Vec<u8>,
}

impl std::fmt::Debug for Attachment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Attachment({}, {} bytes)", self.name, self.bytes.len())
    }
}

impl Mail {
    /// Whether it can be sent within the limits of `config`.
    ///
    /// # Errors
    /// `invalid_parameter`, `payload_too_large`.
    pub(crate) fn check(&self, config: &MailConfig) -> Result<()> {
        let refuse = |message: String| Err(Error::new(ErrorCode::InvalidParameter, message));
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        if self.id.is_empty() || !self.id.chars().all(plain) {
            return Err(Error::internal("a message needs an id of letters and digits"));
        }
        if self.to.is_empty() {
            return refuse("The message goes to nobody. Add a recipient.".to_owned());
        }
        if self.to.len() > config.max_recipients {
            let message = format!("A message goes to {} recipients at most. Leave some out.", config.max_recipients);
            return refuse(message);
        }
        if self.subject.trim().is_empty() || self.subject.chars().count() > SUBJECT {
            return refuse(format!("The subject has from 1 to {SUBJECT} characters."));
        }
        one_line("subject", &self.subject)?;
        if self.text.len() > TEXT {
            return refuse("The text of the message is longer than 100 KB. Shorten it.".to_owned());
        }
        if self.attachments.len() > ATTACHMENTS {
            return refuse(format!("A message has {ATTACHMENTS} attachments at most. Leave some out."));
        }
        for attachment in &self.attachments {
            if attachment.name.is_empty() || attachment.name.chars().count() > NAME {
                return refuse(format!("The name of an attachment has from 1 to {NAME} characters."));
            }
            one_line("name of an attachment", &attachment.name)?;
        }
        let bytes: u64 = self.attachments.iter().map(|one| one.bytes.len() as u64).sum();
        if bytes > config.max_bytes {
            let message = format!(
                "The attachments take {} KB, and a message may have {} KB. Narrow the data by a filter, choose fewer \
                 files, or have them delivered to a folder.",
                bytes.div_ceil(1024),
                config.max_bytes / 1024
            );
            return Err(Error::new(ErrorCode::PayloadTooLarge, message));
        }
        Ok(())
    }

    /// The bytes that go over the wire, without the dots that SMTP adds.
    ///
    /// # Errors
    /// `internal` where it can't be put together.
    pub(crate) fn bytes(&self, from: &Mailbox) -> Result<Vec<u8>> {
        let mut message = lettre::Message::builder()
            .from(from.clone())
            .date(self.date.into())
            .subject(self.subject.clone())
            .message_id(Some(format!("<{}@{}>", self.id, from.email.domain())));
        for to in &self.to {
            message = message.to(Mailbox::new(None, to.inner().clone()));
        }
        let mut parts = MultiPart::mixed().singlepart(SinglePart::plain(self.text.clone()));
        for attachment in &self.attachments {
            let kind: ContentType = attachment.media_type.parse().map_err(Error::internal)?;
            parts = parts.singlepart(Part::new(attachment.name.clone()).body(attachment.bytes.clone(), kind));
        }
        Ok(message.multipart(parts).map_err(Error::internal)?.formatted())
    }
}

/// A header is one line: whoever could end it could write others.
fn one_line(what: &str, text: &str) -> Result<()> {
    match text.chars().any(char::is_control) {
        true => Err(Error::new(
            ErrorCode::InvalidParameter,
            format!("The {what} holds a line break or another control character. Remove it."),
        )),
        false => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mail() -> Mail {
        Mail {
            id: "one".to_owned(),
            date: DateTime::from_timestamp(1_800_000_000, 0).unwrap(),
            to: vec![Address::read("ann@example.com").unwrap()],
            subject: "月报".to_owned(),
            text: "见附件\n.\nend".to_owned(),
            attachments: Vec::new(),
        }
    }

    fn refused(change: impl FnOnce(&mut Mail)) -> ErrorCode {
        let mut mail = mail();
        change(&mut mail);
        let config =
            MailConfig { max_bytes: 10, max_recipients: 2, ..MailConfig::new("localhost", 25, "t@example.com") };
        mail.check(&config).unwrap_err().code()
    }

    #[test]
    fn nobody_writes_headers_of_their_own() {
        for text in ["a\r\nBcc: x@y.z", "a\nb", "a\rb", "a\0b", "", " "] {
            assert_eq!(refused(|mail| mail.subject = text.to_owned()), ErrorCode::InvalidParameter, "{text:?}");
        }
        let file = |name: &str| Attachment { name: name.to_owned(), media_type: "text/html".to_owned(), bytes: vec![] };
        for name in ["a\r\nX: y", "", "a\u{b}b"] {
            assert_eq!(refused(|mail| mail.attachments.push(file(name))), ErrorCode::InvalidParameter, "{name:?}");
        }
    }

    #[test]
    fn what_is_sent_is_limited() {
        let file = Attachment { name: "a".to_owned(), media_type: "text/html".to_owned(), bytes: vec![0; 11] };
        assert_eq!(refused(|mail| mail.attachments.push(file)), ErrorCode::PayloadTooLarge);
        assert_eq!(refused(|mail| mail.to = vec![mail.to[0].clone(); 3]), ErrorCode::InvalidParameter);
        assert_eq!(refused(|mail| mail.to.clear()), ErrorCode::InvalidParameter);
        assert_eq!(refused(|mail| mail.text = "x".repeat(TEXT + 1)), ErrorCode::InvalidParameter);
    }

    #[test]
    fn every_attempt_has_the_same_message_id_and_date() {
        let from: Mailbox = "数据合伙人 <tandem@example.com>".parse().unwrap();
        let text = String::from_utf8(mail().bytes(&from).unwrap()).unwrap();
        assert!(text.is_ascii(), "nothing needs an extension of the server");
        assert!(text.contains("Message-ID: <one@example.com>\r\n"), "{text}");
        assert!(text.contains("Date: Fri, 15 Jan 2027 08:00:00 +0000\r\n"), "{text}");
    }
}
