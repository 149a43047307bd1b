//! Whether an installation is sound: that what the metadata name is there and
//! is what they say.

use std::sync::Arc;

use tandem_core::{Clock, Error, PageRequest, Result, config::Config, page::MAX_LIMIT};
use tandem_meta::{Asset, AssetFilter, AssetKind, Org};

use crate::{App, datasets::DatasetContent};

/// One thing that was looked at.
#[derive(Debug, Clone)]
pub struct Finding {
    /// What.
    pub check: &'static str,
    /// Whether it is as it should be.
    pub ok: bool,
    /// What was found.
    pub detail: String,
}

/// Looks at everything, without changing anything but the schema of the
/// metadata, which is brought up to date.
///
/// # Errors
/// `not_found` where there is no installation, and those that keep it from looking.
pub async fn examine(config: Config, clock: Arc<dyn Clock>) -> Result<Vec<Finding>> {
    App::require_installed(&config)?;
    let app = App::open(config, clock).await?;
    let mut findings = vec![Finding { check: "metadata", ok: true, detail: format!("on {}", app.meta.backend()) }];
    let orgs = app.meta.read().await?.every_org().await?;
    for org in &orgs {
        findings.push(audit(&app, org).await?);
        findings.push(tables(&app, org).await?);
    }
    findings.extend(mail(&app).await);
    findings.push(python(&app).await?);
    app.meta.close().await?;
    Ok(findings)
}

/// Whether the mail server, where one is set up, lets us in.
async fn mail(app: &App) -> Option<Finding> {
    let sender = app.mail.as_ref()?;
    let server = format!("{}:{}", sender.config().host, sender.config().port);
    let tried = sender.try_out().await;
    let cause = |error: &Error| std::error::Error::source(error).map(|cause| format!(" ({cause})")).unwrap_or_default();
    let detail = match &tried {
        Ok(()) => format!("{server} takes mail from {}", sender.config().from),
        Err(error) => format!("{}{}", error.message(), cause(error)),
    };
    Some(Finding { check: "mail", ok: tried.is_ok(), detail })
}

async fn audit(app: &App, org: &Org) -> Result<Finding> {
    let check = app.meta.read().await?.verify_audit(org.id).await?;
    let detail = match check.broken_at {
        None => format!("{}: {} rows, unbroken", org.name, check.rows),
        Some(row) => format!("{}: row {row} is missing or was changed", org.name),
    };
    Ok(Finding { check: "audit log", ok: check.broken_at.is_none(), detail })
}

/// Whether Python components can run; where nobody made an environment for
/// them, that they can't is nothing wrong.
async fn python(app: &App) -> Result<Finding> {
    let environments = app.python.environments.list()?;
    let named = |ready: bool| {
        let some: Vec<&str> =
            environments.iter().filter(|one| one.ready == ready).map(|one| one.name.as_str()).collect();
        some.join(", ")
    };
    let (ready, missing) = (named(true), named(false));
    let (ok, detail) = match app.python.examine().await {
        Err(error) => (environments.is_empty(), error.message().to_owned()),
        Ok(()) if environments.is_empty() => {
            (true, "there is a wall around them, and no environment was made".to_owned())
        }
        Ok(()) if missing.is_empty() => (true, format!("there is a wall around them; environments: {ready}")),
        Ok(()) => {
            let how = "tandem component environment NAME.lock --data FOLDER";
            (false, format!("these environments have a lock file and were not made: {missing}. Make each with: {how}"))
        }
    };
    Ok(Finding { check: "Python components", ok, detail })
}

/// Every version of every dataset has its files, with their lengths.
async fn tables(app: &App, org: &Org) -> Result<Finding> {
    let filter = AssetFilter { kind: Some(AssetKind::Dataset), ..AssetFilter::default() };
    let mut page = PageRequest { limit: MAX_LIMIT, cursor: None };
    let (mut versions, mut wrong) = (0_u64, Vec::new());
    loop {
        let assets = app.meta.read().await?.assets(org.id, &filter, &page, |_| true).await?;
        for asset in &assets.items {
            dataset(app, asset, &mut versions, &mut wrong).await?;
        }
        match assets.next_cursor {
            Some(cursor) => page.cursor = Some(cursor),
            None => break,
        }
    }
    let detail = match wrong.first() {
        None => format!("{}: {versions} versions, all there", org.name),
        Some(first) => {
            format!("{}: {} of {versions} versions are damaged; the first is {first}", org.name, wrong.len())
        }
    };
    Ok(Finding { check: "tables", ok: wrong.is_empty(), detail })
}

async fn dataset(app: &App, asset: &Asset, versions: &mut u64, wrong: &mut Vec<String>) -> Result<()> {
    let mut page = PageRequest { limit: MAX_LIMIT, cursor: None };
    loop {
        let found = app.meta.read().await?.versions(asset.org_id, asset.id, &page).await?;
        for version in &found.items {
            *versions += 1;
            let content = DatasetContent::of(version)?;
            let info = app.engine.version(content.table, content.delta_version).await;
            let files = app.engine.files_at(content.table, content.delta_version).await;
            let sound = match (info, files) {
                (Ok(info), Ok(files)) => {
                    info.rows == content.rows
                        && info
                            .files
                            .iter()
                            .zip(&files)
                            .all(|(file, path)| std::fs::metadata(path).is_ok_and(|m| m.len() == file.bytes))
                }
                _ => false,
            };
            if !sound {
                wrong.push(format!("{}@v{}", asset.name, version.seq));
            }
        }
        match found.next_cursor {
            Some(cursor) => page.cursor = Some(cursor),
            None => return Ok(()),
        }
    }
}
