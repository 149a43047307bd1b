//! From a configuration to a connection that may be spoken SMTP on.
//!
//! The encryption is made here rather than by lettre, whose own would turn on
//! a feature of rustls for the whole workspace.

use std::{path::Path, sync::Arc};

use rustls::{
    ClientConfig, RootCertStore,
    crypto::ring,
    pki_types::{CertificateDer, ServerName, pem::PemObject},
};
use tandem_core::{
    Error, ErrorCode, Result,
    config::{MailConfig, MailTls},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};
use tokio_rustls::TlsConnector;

use crate::wire::Wire;

/// What lettre waits for first; after STARTTLS the server has said it already.
const GREETING: &[u8] = b"220 ready\r\n";
/// The longest answer before the connection is encrypted, in bytes.
const ANSWER: usize = 16 << 10;

/// The connector for servers that one of the public authorities, or one in `ca_file`, vouches for.
///
/// # Errors
/// `invalid_parameter` where the file can't be read or holds no certificate.
pub(crate) fn connector(ca_file: Option<&Path>) -> Result<TlsConnector> {
    let mut roots = RootCertStore::empty();
    roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    if let Some(path) = ca_file {
        let wrong = || {
            let message =
                format!("{} holds no certificate in PEM form. Name another file of authorities.", path.display());
            Error::new(ErrorCode::InvalidParameter, message)
        };
        let mut found = 0;
        for certificate in CertificateDer::pem_file_iter(path).map_err(|error| wrong().with_source(error))? {
            let certificate = certificate.map_err(|error| wrong().with_source(error))?;
            roots.add(certificate).map_err(|error| wrong().with_source(error))?;
            found += 1;
        }
        if found == 0 {
            return Err(wrong());
        }
    }
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(Error::internal)?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(TlsConnector::from(Arc::new(config)))
}

/// A connection, encrypted as the configuration says; the next that is read is
/// the server's greeting.
///
/// # Errors
/// `unavailable`; `mail_refused` where the server can't be trusted or has no
/// encryption.
pub(crate) async fn connect(config: &MailConfig, connector: &TlsConnector, hello: &str) -> Result<Wire> {
    let mut stream =
        TcpStream::connect((config.host.as_str(), config.port)).await.map_err(|error| away(config, error))?;
    let first = match config.tls {
        MailTls::None => return Ok(Wire::Plain(stream)),
        MailTls::Implicit => &[],
        MailTls::StartTls => {
            start_tls(config, &mut stream, hello).await?;
            GREETING
        }
    };
    let name = ServerName::try_from(config.host.clone()).map_err(|error| {
        Error::new(ErrorCode::MailRefused, format!("“{}” is no name of a server.", config.host)).with_source(error)
    })?;
    let stream = connector.connect(name, stream).await.map_err(|error| untrusted(config, error))?;
    Ok(Wire::Tls(Box::new(stream), first))
}

/// Asks for encryption. Reads no byte too many: what came before it is never
/// taken for something said under it.
async fn start_tls(config: &MailConfig, stream: &mut TcpStream, hello: &str) -> Result<()> {
    let missing = || {
        let message = format!(
            "The mail server {}:{} offers no encryption (STARTTLS), so nothing was sent. Use its port for TLS with \
             --mail-tls implicit, or ask who runs it.",
            config.host, config.port
        );
        Error::new(ErrorCode::MailRefused, message)
    };
    said(config, stream, 220).await?;
    stream.write_all(format!("EHLO {hello}\r\n").as_bytes()).await.map_err(|error| away(config, error))?;
    let offers = said(config, stream, 250).await?;
    if !offers.lines().any(|line| line.get(4..).is_some_and(|word| word.trim().eq_ignore_ascii_case("STARTTLS"))) {
        return Err(missing());
    }
    stream.write_all(b"STARTTLS\r\n").await.map_err(|error| away(config, error))?;
    said(config, stream, 220).await.map(drop)
}

/// The lines of one answer, which must begin with `code`.
async fn said(config: &MailConfig, stream: &mut TcpStream, code: u16) -> Result<String> {
    let mut answer = Vec::new();
    let mut start = 0;
    loop {
        let byte = stream.read_u8().await.map_err(|error| away(config, error))?;
        answer.push(byte);
        if byte == b'\n' {
            // The last line has a space behind its code, the others a hyphen.
            if answer.get(start + 3) != Some(&b'-') {
                break;
            }
            start = answer.len();
        }
        if answer.len() > ANSWER {
            return Err(away(config, "an answer without an end"));
        }
    }
    let answer = String::from_utf8_lossy(&answer).into_owned();
    match answer.starts_with(&code.to_string()) {
        true => Ok(answer),
        false => Err(away(config, answer)),
    }
}

/// It can't be reached, or says what can't be understood: it is tried again later.
pub(crate) fn away(config: &MailConfig, cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
    let message = format!("The mail server {}:{} can't be reached now.", config.host, config.port);
    Error::new(ErrorCode::Unavailable, message).with_source(cause)
}

fn untrusted(config: &MailConfig, cause: std::io::Error) -> Error {
    // A connection that breaks is told from a certificate that is wrong.
    if cause.get_ref().is_none_or(|inner| inner.downcast_ref::<rustls::Error>().is_none()) {
        return away(config, cause);
    }
    let message = format!(
        "The mail server {}:{} didn't prove who it is, so nothing was sent. Its certificate must be for that name and \
         of an authority that is known: name one's own with --mail-ca.",
        config.host, config.port
    );
    Error::new(ErrorCode::MailRefused, message).with_source(cause)
}
