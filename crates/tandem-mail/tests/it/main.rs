//! Messages through a real server.

#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test that can't go on fails, and says where; one that is skipped says why"
)]

mod server;

use std::time::Duration;

use chrono::DateTime;
use server::MailServer;
use tandem_core::{
    ErrorCode,
    config::{MailConfig, MailTls},
};
use tandem_mail::{Address, Attachment, Mail, Sender};

fn mail(to: &[&str]) -> Mail {
    Mail {
        id: "019a-1".to_owned(),
        date: DateTime::from_timestamp(1_800_000_000, 0).unwrap(),
        to: to.iter().map(|to| Address::read(to).unwrap()).collect(),
        subject: "每周销售 – weekly sales of a shop whose name is so long that its line has to be folded".to_owned(),
        text: "见附件。\n.\nA line with one dot stays, and so does what follows it.".to_owned(),
        attachments: vec![Attachment {
            name: "销售 2027-01-15.html".to_owned(),
            media_type: "text/html; charset=utf-8".to_owned(),
            bytes: "<!doctype html><p>¥1,234</p>".into(),
        }],
    }
}

fn config(server: &MailServer) -> MailConfig {
    let from = "数据合伙人 <tandem@example.com>";
    MailConfig { tls: MailTls::None, ..MailConfig::new("127.0.0.1", server.port, from) }
}

#[tokio::test]
async fn a_message_arrives_as_it_was_written() {
    let Some(server) = MailServer::start(&[]) else { return };
    let sender = Sender::new(config(&server)).unwrap();
    let mail = mail(&["ann@example.com", "bob@example.com"]);
    let sent = sender.send(&mail).await.unwrap();
    assert_eq!((sent.message_id.as_str(), sent.refused.len()), ("019a-1@example.com", 0));
    // A second attempt is the same message.
    sender.send(&mail).await.unwrap();
    let messages = server.messages();
    assert_eq!(messages.len(), 2);
    for message in &messages {
        let headers = &message["headers"];
        assert_eq!(headers["Subject"], mail.subject);
        assert_eq!(headers["From"], "数据合伙人 <tandem@example.com>");
        assert_eq!(headers["To"], "ann@example.com, bob@example.com");
        assert_eq!(headers["X-Envelope-To"], headers["To"]);
        assert_eq!(headers["Message-ID"], "<019a-1@example.com>");
        assert_eq!(headers["Date"], "Fri, 15 Jan 2027 08:00:00 +0000");
        assert_eq!(message["defects"], serde_json::json!([]));
        assert_eq!(message["text"].as_str().unwrap().trim_end(), mail.text);
        let attached = &message["attachments"][0];
        assert_eq!(attached["name"], "销售 2027-01-15.html");
        assert_eq!(attached["type"], "text/html");
        assert_eq!(attached["text"], "<!doctype html><p>¥1,234</p>");
    }
}

#[tokio::test]
async fn a_connection_is_encrypted_or_nothing_is_sent() {
    for (option, tls) in [("starttls", MailTls::StartTls), ("implicit", MailTls::Implicit)] {
        let Some(server) = MailServer::start(&["--tls", option, "--user", "tandem:a secret"]) else { return };
        let password = server.folder().join("password");
        std::fs::write(&password, "a secret\n").unwrap();
        let trusting = MailConfig {
            tls,
            ca_file: Some(server.folder().join("ca.pem")),
            user: Some("tandem".to_owned()),
            password_file: Some(password.clone()),
            ..config(&server)
        };
        let sender = Sender::new(trusting.clone()).unwrap();
        sender.try_out().await.unwrap_or_else(|error| panic!("{option}: {error:?}"));
        sender.send(&mail(&["ann@example.com"])).await.unwrap();
        assert_eq!(server.messages().len(), 1, "{option}");

        // The certificate of nobody known.
        let strange = Sender::new(MailConfig { ca_file: None, ..trusting.clone() }).unwrap();
        let error = strange.send(&mail(&["ann@example.com"])).await.unwrap_err();
        assert_eq!(error.code(), ErrorCode::MailRefused, "{error:?}");
        assert!(error.message().contains("--mail-ca"), "{error}");

        // A certificate for another name.
        let other = MailConfig { host: "localhost".to_owned(), ..trusting.clone() };
        let error = Sender::new(other).unwrap().try_out().await.unwrap_err();
        assert!(error.message().contains("--mail-ca"), "{error:?}");

        std::fs::write(&password, "another").unwrap();
        let error = sender.send(&mail(&["ann@example.com"])).await.unwrap_err();
        assert_eq!(error.code(), ErrorCode::MailRefused);
        assert!(error.message().contains("535") && !format!("{error:?}").contains("another"), "{error:?}");
        std::fs::remove_file(&password).unwrap();
        let error = sender.try_out().await.unwrap_err();
        assert!(error.message().contains("password"), "{error}");
        assert_eq!(server.messages().len(), 1, "{option}");
    }
}

#[tokio::test]
async fn a_server_without_encryption_gets_nothing() {
    let Some(server) = MailServer::start(&[]) else { return };
    let sender = Sender::new(MailConfig { tls: MailTls::StartTls, ..config(&server) }).unwrap();
    let error = sender.send(&mail(&["ann@example.com"])).await.unwrap_err();
    assert_eq!(error.code(), ErrorCode::MailRefused);
    assert!(error.message().contains("STARTTLS"), "{error}");
    let plain = MailServer::start(&["--tls", "starttls"]).unwrap();
    let error = Sender::new(config(&plain)).unwrap().send(&mail(&["ann@example.com"])).await.unwrap_err();
    assert_eq!(error.code(), ErrorCode::MailRefused, "the server insists on encryption: {error:?}");
    assert!(server.messages().is_empty() && plain.messages().is_empty());
}

#[tokio::test]
async fn a_recipient_who_is_not_there_keeps_nobody_else_from_it() {
    let Some(server) = MailServer::start(&["--refuse", "gone@example.com"]) else { return };
    let sender = Sender::new(config(&server)).unwrap();
    let sent = sender.send(&mail(&["gone@example.com", "ann@example.com"])).await.unwrap();
    assert_eq!(sent.refused, ["gone@example.com"]);
    let error = sender.send(&mail(&["gone@example.com"])).await.unwrap_err();
    assert_eq!(error.code(), ErrorCode::MailRefused);
    assert!(error.message().contains("550"), "{error}");
    assert!(!error.message().contains("secret word"), "the server's words are for the log: {error}");
    let messages = server.messages();
    assert_eq!(messages.len(), 1);
    assert_eq!(messages[0]["headers"]["X-Envelope-To"], "ann@example.com");
}

#[tokio::test]
async fn who_is_put_off_gets_it_later_and_nobody_gets_it_twice() {
    let Some(server) = MailServer::start(&["--later", "bob@example.com"]) else { return };
    let sender = Sender::new(config(&server)).unwrap();
    let error = sender.send(&mail(&["ann@example.com", "bob@example.com"])).await.unwrap_err();
    assert_eq!(error.code(), ErrorCode::Unavailable);
    assert!(server.messages().is_empty());
    std::fs::write(server.folder().join("ready"), "").unwrap();
    sender.send(&mail(&["ann@example.com", "bob@example.com"])).await.unwrap();
    assert_eq!(server.messages().len(), 1);
}

#[tokio::test]
async fn a_message_that_is_too_large_for_the_server_is_refused_for_good() {
    let Some(server) = MailServer::start(&["--limit", "500"]) else { return };
    let error = Sender::new(config(&server)).unwrap().send(&mail(&["ann@example.com"])).await.unwrap_err();
    assert_eq!(error.code(), ErrorCode::MailRefused);
    assert!(error.message().contains("552"), "{error}");
}

#[tokio::test]
async fn a_server_that_hangs_or_is_not_there_is_tried_again_later() {
    let Some(server) = MailServer::start(&["--hang"]) else { return };
    for tls in [MailTls::None, MailTls::StartTls, MailTls::Implicit] {
        let config = MailConfig { tls, timeout: Duration::from_millis(200), ..config(&server) };
        let error = Sender::new(config).unwrap().send(&mail(&["ann@example.com"])).await.unwrap_err();
        assert_eq!(error.code(), ErrorCode::Unavailable);
        assert!(error.message().contains("0.2 s"), "{error}");
    }
    let config = config(&server);
    drop(server);
    let error = Sender::new(config).unwrap().try_out().await.unwrap_err();
    assert_eq!(error.code(), ErrorCode::Unavailable);
}
