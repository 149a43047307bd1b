//! What a worker does for a delivery.
//!
//! A worker that is killed is followed by another, which delivers again: a file
//! takes the place of the same file, and a mail has the same Message-ID, by which
//! mail programs and people recognise a second copy.

use chrono_tz::Tz;
use serde_json::{Value, json};
use tandem_core::{Error, ErrorCode, Lang, Result};
use tandem_meta::Claim;
use tandem_report::Report;

use super::{
    Target,
    folder::{Folder, Found, taken},
    name,
    settings::folder_of,
};
use crate::{
    App,
    dashboards::{self, Reading},
    mail::{self, Attachment, Letter},
    people::note,
    runs::{DeliverySpec, Done, Task},
    schedule::shut,
};

pub(crate) async fn execute(task: &Task, spec: DeliverySpec) -> Result<Done> {
    let app = &task.app;
    let reading = Reading { filters: spec.settings.filters.clone(), ..Reading::default() };
    task.progress_report("compute", 0, None);
    let (seq, cancel) = (Some(spec.seq), &task.cancel);
    let made = dashboards::report(app, &task.principal, spec.dashboard, seq, &spec.pins, &reading, cancel).await;
    let report = made.map_err(lost)?;
    let zone: Tz = spec.settings.time_zone.parse().unwrap_or(Tz::UTC);
    let mut files = Vec::new();
    for format in &spec.settings.formats {
        let bytes = app.report_file(report.clone(), *format, spec.settings.lang).await?;
        let name = name::file(&spec.settings.name, spec.settings.stamp, zone, spec.due_at, *format);
        files.push(Attachment { name, media_type: format.media_type().to_owned(), bytes });
    }
    if task.cancel.is_cancelled() {
        return Err(Error::new(ErrorCode::Cancelled, "The delivery was cancelled; nothing was sent."));
    }
    task.progress_report("deliver", 0, None);
    let told = files.iter().map(|file| json!({ "name": file.name, "bytes": file.bytes.len() })).collect();
    let result = match &spec.settings.to {
        Target::Folder { folder } => into_folder(task, &spec, folder, files, told).await?,
        Target::Mail { to, subject, text } => {
            let letter = Letter {
                id: format!("delivery-{}", task.run.id),
                to: to.clone(),
                subject: name::words(subject, zone, spec.due_at),
                text: body(app, task, &spec, &name::words(text, zone, spec.due_at), &report),
                attachments: files,
            };
            by_mail(task, &spec, letter, told).await?
        }
    };
    Ok(Done { outputs: Vec::new(), result, holds: Vec::new() })
}

/// A right that is lost stops the delivery, whatever it was.
fn lost(error: Error) -> Error {
    match shut(&error) {
        true => Error::new(
            ErrorCode::Forbidden,
            "The person as whom this is delivered may no longer read the dashboard, or take its data away.",
        )
        .with_source(error),
        false => error,
    }
}

async fn into_folder(
    task: &Task,
    spec: &DeliverySpec,
    called: &str,
    files: Vec<Attachment>,
    told: Vec<Value>,
) -> Result<Value> {
    let (app, org) = (&task.app, task.principal.org);
    let path = folder_of(app, called)?.to_owned();
    let name = called.to_owned();
    let folder = blocking(move || Folder::open(&path, &name)).await?;
    // Names are ours before anything is written, so that an attempt after this one knows its own files.
    let mut tx = app.meta.begin().await?.acting_for(task.principal.user);
    let mut replaces = Vec::new();
    for file in &files {
        let claim = tx.claim_file(org, spec.delivery, called, &file.name).await?;
        let found = folder.look(&file.name)?;
        if claim == Claim::Taken || found == Found::Other || (claim == Claim::New && found == Found::File) {
            tx.rollback().await?;
            return Err(taken(&file.name));
        }
        replaces.push(claim == Claim::Own);
    }
    let names: Vec<&str> = files.iter().map(|file| file.name.as_str()).collect();
    let what = format!("folder {called}: {}", names.join(", "));
    note::changed_so(&mut tx, &task.principal, "deliver", "asset", spec.dashboard, &what);
    tx.commit().await?;
    let run = task.run.id;
    blocking(move || {
        for (at, (file, replace)) in files.into_iter().zip(replaces).enumerate() {
            folder.write(&file.name, &format!(".tandem-{run}-{at}.part"), &file.bytes, replace)?;
        }
        Ok(())
    })
    .await?;
    Ok(json!({ "kind": "delivery", "to": "folder", "folder": called, "files": told }))
}

async fn by_mail(task: &Task, spec: &DeliverySpec, letter: Letter, told: Vec<Value>) -> Result<Value> {
    let app = &task.app;
    // What leaves is written down first: a row too many is better than one too few.
    let names: Vec<&str> = letter.attachments.iter().map(|file| file.name.as_str()).collect();
    let what = format!("mail to {}: {}", letter.to.join(", "), names.join(", "));
    let mut tx = app.meta.begin().await?.acting_for(task.principal.user);
    note::changed_so(&mut tx, &task.principal, "deliver", "asset", spec.dashboard, &what);
    tx.commit().await?;
    let recipients = letter.to.len();
    let sent = mail::send(app, task.principal.org, letter).await?;
    Ok(json!({
        "kind": "delivery",
        "to": "mail",
        "recipients": recipients,
        "refused": sent.refused,
        "message_id": sent.message_id,
        "files": told,
    }))
}

/// The text of a mail: what was written, and where it comes from.
fn body(app: &App, task: &Task, spec: &DeliverySpec, text: &str, report: &Report) -> String {
    let lang = spec.settings.lang;
    let from = match lang {
        Lang::En => "Delivered by Tandem",
        Lang::Zh => "由数据合伙人自动投递",
    };
    let mut lines = vec![text.trim_end().to_owned(), String::new(), "-- ".to_owned()];
    lines.push(format!("{from}: {}", report.title.get(lang)));
    lines.push(report.subtitle.get(lang).to_owned());
    if let Some(url) = &app.config.public_url {
        let url = url.trim_end_matches('/');
        lines.push(format!("{url}/projects/{}/dashboards/{}", task.run.project_id, spec.dashboard));
    }
    lines.join("\n")
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(Error::internal)?
}
