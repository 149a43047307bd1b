//! A page that came out of a run, as a file.

use chrono::{DateTime, Utc};
use tandem_core::{Action, Error, ErrorCode, Lang, Principal, Result, Text, id::RunId};
use tandem_report::{FileFormat, InputSource, Provenance, Report, SCHEMA_VERSION, Section};
use tandem_runner::{Peek, Stored};

use super::outputs::found;
use crate::{
    App,
    datasets::{DatasetContent, eye::Eye},
    runs::scenario::ENGINE,
    workflows::Ran,
};

/// An output that is a page, as a file. It may hold rows, so it takes the right
/// to download every dataset that the run read.
///
/// # Errors
/// `not_found`; `forbidden`; `state_conflict` where there is no page, or not any more.
pub async fn report_file(
    app: &App,
    principal: &Principal,
    id: RunId,
    output: &str,
    format: FileFormat,
    lang: Lang,
) -> Result<Vec<u8>> {
    let (ran, inside) = found(app, principal, id, output).await?;
    for dataset in ran.read() {
        app.require_asset(principal, Action::Download, dataset).await?;
    }
    let section = match ran.peek(app, &inside).await? {
        Peek::Kept { kept, .. } => match kept.stored {
            Stored::Report { section } => section,
            _ => return Err(Error::new(ErrorCode::StateConflict, "This output is no page.")),
        },
        Peek::View { .. } => return Err(Error::new(ErrorCode::StateConflict, "This output is no page.")),
        Peek::NotRun => {
            let message = "The result is not there any more, or not yet. Run the app again.";
            return Err(Error::new(ErrorCode::StateConflict, message));
        }
    };
    let inputs = inputs(app, principal, &ran).await?;
    app.report_file(document(&ran, section, inputs), format, lang).await
}

/// What the run read, by its versions.
async fn inputs(app: &App, principal: &Principal, ran: &Ran) -> Result<Vec<InputSource>> {
    let mut meta = app.meta.read().await?;
    let mut all = Vec::with_capacity(ran.view.inputs.len());
    for link in &ran.view.inputs {
        let asset = meta.asset_even_deleted(principal.org, link.asset_id).await?;
        let version = meta.version(principal.org, link.asset_id, link.seq).await?;
        // Other things than datasets go into runs, too: packages and models.
        let (Some(asset), Some(version)) = (asset, version) else { continue };
        let Ok(content) = DatasetContent::of(&version) else { continue };
        let rows = Eye::on(&mut meta, principal, link.asset_id).await?.facts(&content).rows;
        all.push(InputSource {
            input: link.role.clone(),
            name: asset.name,
            version: u64::try_from(link.seq).ok(),
            digest: Some(content.content_digest),
            rows,
            map: Vec::new(),
        });
    }
    Ok(all)
}

fn document(ran: &Ran, section: Section, inputs: Vec<InputSource>) -> Report {
    let run = &ran.view.run;
    let made: DateTime<Utc> = run.finished_at.unwrap_or(run.created_at);
    Report {
        schema_version: SCHEMA_VERSION,
        scenario: "workflow".to_owned(),
        title: Text::new(run.name.clone(), run.name.clone()),
        subtitle: Text::new("", ""),
        created_at: made,
        answer: Text::new("", ""),
        headline: Vec::new(),
        warnings: Vec::new(),
        sections: vec![section],
        provenance: Provenance {
            run: Some(run.id),
            inputs,
            params: Vec::new(),
            engine: ENGINE.to_owned(),
            seed: u64::try_from(run.seed).unwrap_or_default(),
            digest: run.digest.clone(),
        },
    }
}
