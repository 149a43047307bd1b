//! Handing messages to the server.

use std::{fs, net::IpAddr, sync::Arc};

use lettre::{
    message::Mailbox,
    transport::smtp::{
        authentication::{Credentials, DEFAULT_MECHANISMS},
        client::AsyncSmtpConnection,
        commands::{Data, Mail as MailFrom, Rcpt},
        extension::ClientId,
    },
};
use tandem_core::{
    Error, ErrorCode, Result,
    config::{MailConfig, MailTls},
};
use tokio_rustls::TlsConnector;

use crate::{
    Address, Mail,
    connect::{away, connect, connector},
};

/// Sends messages through one server. Cheap to clone.
#[derive(Clone)]
pub struct Sender(Arc<Inner>);

struct Inner {
    config: MailConfig,
    from: Mailbox,
    connector: TlsConnector,
}

/// What became of a message that the server took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    /// Its `Message-ID`, without the angle brackets.
    pub message_id: String,
    /// Recipients that the server refused for good, while it took others.
    pub refused: Vec<String>,
}

impl Sender {
    /// With a configuration, of which everything is checked that can be without
    /// the server.
    ///
    /// # Errors
    /// `invalid_parameter`, which says what is wrong with the configuration.
    pub fn new(config: MailConfig) -> Result<Self> {
        let wrong = |message: String| Error::new(ErrorCode::InvalidParameter, message);
        let from: Mailbox = config.from.parse().map_err(|error| {
            wrong("--mail-from is not an address: write name@host or Name <name@host>.".to_owned()).with_source(error)
        })?;
        Address::read(from.email.as_ref())?;
        if from.name.as_ref().is_some_and(|name| name.chars().any(char::is_control)) {
            return Err(wrong("--mail-from holds a control character.".to_owned()));
        }
        if config.user.is_some() != config.password_file.is_some() {
            return Err(wrong("--mail-user and --mail-password-file belong together.".to_owned()));
        }
        let own = config.host == "localhost" || config.host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback());
        if config.tls == MailTls::None && config.user.is_some() && !own {
            let message = "A password isn't sent over a connection that is not encrypted. Choose --mail-tls starttls \
                           or implicit.";
            return Err(wrong(message.to_owned()));
        }
        let connector = connector(config.ca_file.as_deref())?;
        Ok(Self(Arc::new(Inner { config, from, connector })))
    }

    /// Its configuration.
    pub fn config(&self) -> &MailConfig {
        &self.0.config
    }

    /// Whether the operator lets everybody at the host of `address` be written to.
    pub fn allows(&self, address: &Address) -> bool {
        address.is_allowed(&self.0.config)
    }

    /// Whether a message is within the limits.
    ///
    /// # Errors
    /// `invalid_parameter`, `payload_too_large`.
    pub fn check(&self, mail: &Mail) -> Result<()> {
        mail.check(&self.0.config)
    }

    /// Sends a message to all of its recipients at once.
    ///
    /// # Errors
    /// `unavailable` where another attempt may succeed, and nobody got it, unless
    /// the connection broke after the server had taken it; `mail_refused` where
    /// none will; those of [`Sender::check`].
    pub async fn send(&self, mail: &Mail) -> Result<Sent> {
        self.check(mail)?;
        let bytes = mail.bytes(&self.0.from)?;
        let message_id = format!("{}@{}", mail.id, self.0.from.email.domain());
        let refused = self.in_time(self.hand_over(mail, &bytes)).await?;
        Ok(Sent { message_id, refused })
    }

    /// Connects and signs in, and sends nothing.
    ///
    /// # Errors
    /// As [`Sender::send`].
    pub async fn try_out(&self) -> Result<()> {
        self.in_time(async {
            let mut connection = self.connection().await?;
            // It has answered already; how it takes leave is of no interest.
            let _ = connection.quit().await;
            Ok(())
        })
        .await
    }

    async fn in_time<T>(&self, work: impl Future<Output = Result<T>>) -> Result<T> {
        let config = &self.0.config;
        tokio::time::timeout(config.timeout, work).await.map_err(|_| {
            let message = format!(
                "The mail server {}:{} took longer than {} s.",
                config.host,
                config.port,
                config.timeout.as_secs_f64()
            );
            Error::new(ErrorCode::Unavailable, message)
        })?
    }

    async fn connection(&self) -> Result<AsyncSmtpConnection> {
        let Inner { config, from, connector } = &*self.0;
        let hello = from.email.domain();
        let wire = connect(config, connector, hello).await?;
        let hello = ClientId::Domain(hello.to_owned());
        let opened = AsyncSmtpConnection::connect_with_transport(Box::new(wire), &hello).await;
        let mut connection = opened.map_err(|error| self.failed(error, "refuses the connection"))?;
        if let (Some(user), Some(file)) = (&config.user, &config.password_file) {
            let password = fs::read_to_string(file).map_err(|error| {
                let message = format!("The mail server's password can't be read from {}.", file.display());
                Error::new(ErrorCode::Unavailable, message).with_source(error)
            })?;
            let password = password.trim_end_matches(['\r', '\n']).to_owned();
            let credentials = Credentials::new(user.clone(), password);
            let answer = connection.auth(DEFAULT_MECHANISMS, &credentials).await;
            answer.map_err(|error| self.failed(error, "doesn't take the user and password it was given"))?;
        }
        Ok(connection)
    }

    async fn hand_over(&self, mail: &Mail, bytes: &[u8]) -> Result<Vec<String>> {
        let mut connection = self.connection().await?;
        let from = MailFrom::new(Some(self.0.from.email.clone()), Vec::new());
        let answer = connection.command(from).await;
        answer.map_err(|error| self.failed(error, "doesn't send for the address of --mail-from"))?;
        let mut refused = Vec::new();
        for to in &mail.to {
            match connection.command(Rcpt::new(to.inner().clone(), Vec::new())).await {
                Ok(_) => {}
                Err(error) if error.is_permanent() => refused.push((to.to_string(), error)),
                // Had the others got it now, the next attempt would give it to them again.
                Err(error) => return Err(self.failed(error, "doesn't take a recipient now")),
            }
        }
        if refused.len() == mail.to.len()
            && let Some((_, error)) = refused.pop()
        {
            return Err(self.failed(error, "knows none of the recipients, or may not write to them"));
        }
        let answer = connection.command(Data).await;
        answer.map_err(|error| self.failed(error, "takes no message"))?;
        let answer = connection.message(bytes).await;
        answer.map_err(|error| self.failed(error, "doesn't take the message, perhaps for its size"))?;
        // It has it; how it takes leave is of no interest.
        let _ = connection.quit().await;
        Ok(refused.into_iter().map(|(address, _)| address).collect())
    }

    /// What became of a command: the code that the server answered is told, its
    /// words are for the log.
    fn failed(&self, error: lettre::transport::smtp::Error, what: &str) -> Error {
        let config = &self.0.config;
        let code = error.status().map(|code| format!(" (it answered {code})")).unwrap_or_default();
        let message = format!("The mail server {}:{} {what}{code}.", config.host, config.port);
        match error.is_permanent() || error.is_client() {
            true => Error::new(ErrorCode::MailRefused, message).with_source(error),
            false if error.is_transient() => Error::new(ErrorCode::Unavailable, message).with_source(error),
            false => away(config, error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(change: impl FnOnce(&mut MailConfig)) -> String {
        let mut config = MailConfig::new("mail.example.com", 587, "Tandem <tandem@example.com>");
        change(&mut config);
        Sender::new(config).err().expect("refused").message().to_owned()
    }

    #[test]
    fn a_configuration_that_can_not_work_is_refused_at_once() {
        assert!(refused(|config| config.from = "Tandem".into()).contains("--mail-from"));
        assert!(refused(|config| config.from = "a@b.c\r\nX: y".into()).contains("--mail-from"));
        assert!(refused(|config| config.user = Some("u".into())).contains("belong together"));
        let plain = refused(|config| {
            config.tls = MailTls::None;
            config.user = Some("u".into());
            config.password_file = Some("p".into());
        });
        assert!(plain.contains("not encrypted"));
        assert!(refused(|config| config.ca_file = Some("/nowhere".into())).contains("/nowhere"));
        assert!(Sender::new(MailConfig::new("localhost", 25, "t@example.com")).is_ok());
    }
}
