//! The mail server, for what runs and for what looks whether it could.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use tandem_core::config::{MailConfig, MailTls};

/// How mail is sent.
#[derive(Debug, Args)]
pub(crate) struct MailOptions {
    /// The SMTP server that mail goes through; nothing is mailed without one.
    #[arg(long, env = "TANDEM_MAIL_HOST", value_name = "HOST", requires = "mail_from")]
    mail_host: Option<String>,

    /// Its port. Without it 587 with starttls, 465 with implicit, 25 with none.
    #[arg(long, env = "TANDEM_MAIL_PORT", value_name = "PORT")]
    mail_port: Option<u16>,

    /// How the connection to it is encrypted: asked for (starttls), from the start (implicit), or not (none).
    #[arg(long, env = "TANDEM_MAIL_TLS", value_name = "MODE", default_value = "starttls")]
    mail_tls: Tls,

    /// The user to sign in to it as.
    #[arg(long, env = "TANDEM_MAIL_USER", value_name = "USER")]
    mail_user: Option<String>,

    /// The file that holds the user's password; it may be changed while the server runs.
    #[arg(long, env = "TANDEM_MAIL_PASSWORD_FILE", value_name = "FILE")]
    mail_password_file: Option<PathBuf>,

    /// Whom mail comes from: name@host, or Name <name@host>.
    #[arg(long, env = "TANDEM_MAIL_FROM", value_name = "ADDRESS")]
    mail_from: Option<String>,

    /// A PEM file of certificate authorities that are trusted beside the public ones.
    #[arg(long, env = "TANDEM_MAIL_CA", value_name = "FILE")]
    mail_ca: Option<PathBuf>,

    /// A domain that may be written to, beside the members of an organization: example.com, or *.example.com for those
    /// below it; may be given several times.
    #[arg(long = "mail-domain", env = "TANDEM_MAIL_DOMAINS", value_name = "DOMAIN", value_delimiter = ',')]
    mail_domains: Vec<String>,

    /// Let anybody be written to. What is mailed leaves the organization.
    #[arg(long, env = "TANDEM_MAIL_ANYONE")]
    mail_anyone: bool,

    /// Recipients of one message, at most.
    #[arg(long, env = "TANDEM_MAIL_MAX_RECIPIENTS", default_value_t = 50, value_name = "NUMBER")]
    mail_max_recipients: usize,

    /// Attachments of one message together, at most, in MiB.
    #[arg(long, env = "TANDEM_MAIL_MAX_MIB", default_value_t = 20, value_name = "MIB")]
    mail_max: u64,
}

/// How the connection is encrypted.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Tls {
    Starttls,
    Implicit,
    None,
}

impl MailOptions {
    /// The configuration, where there is a server.
    pub(crate) fn config(&self) -> Option<MailConfig> {
        let host = self.mail_host.clone()?;
        let (tls, port) = match self.mail_tls {
            Tls::Starttls => (MailTls::StartTls, 587),
            Tls::Implicit => (MailTls::Implicit, 465),
            Tls::None => (MailTls::None, 25),
        };
        Some(MailConfig {
            tls,
            user: self.mail_user.clone(),
            password_file: self.mail_password_file.clone(),
            ca_file: self.mail_ca.clone(),
            domains: self.mail_domains.clone(),
            anyone: self.mail_anyone,
            max_recipients: self.mail_max_recipients,
            max_bytes: self.mail_max << 20,
            ..MailConfig::new(host, self.mail_port.unwrap_or(port), self.mail_from.clone()?)
        })
    }
}
