//! A dashboard as a file: every page, as its reader sees it with the filters
//! that they set. It holds what was computed from rows, so it takes the right
//! to download every dataset that it reads.

use std::collections::BTreeMap;

use tandem_core::{Action, Cancel, Lang, Principal, Result, Text, id::AssetId};
use tandem_report::{Block, FileFormat, InputSource, Provenance, Report, SCHEMA_VERSION, Section, Severity, Warning};

use super::{
    answer::{Answer, UsedVersion, of_page},
    compile::Reading,
    document::{Page, Shows},
    manage,
};
use crate::{App, runs::scenario::ENGINE, scenarios::DEFAULT_SEED};

/// Every page, in one file.
///
/// # Errors
/// `not_found`, `forbidden`; those of a page that can't be computed at all.
pub async fn file(
    app: &App,
    principal: &Principal,
    id: AssetId,
    reading: &Reading,
    format: FileFormat,
    lang: Lang,
    cancel: &Cancel,
) -> Result<Vec<u8>> {
    let report = report(app, principal, id, None, &BTreeMap::new(), reading, cancel).await?;
    app.report_file(report, format, lang).await
}

/// Every page of the newest version, or of version `seq`, as a document; of the
/// sources that `pins` names, that version.
///
/// # Errors
/// As [`file`].
pub(crate) async fn report(
    app: &App,
    principal: &Principal,
    id: AssetId,
    seq: Option<i64>,
    pins: &BTreeMap<String, i64>,
    reading: &Reading,
    cancel: &Cancel,
) -> Result<Report> {
    let mut detail = manage::get(app, principal, id, seq).await?;
    for (name, source) in &mut detail.dashboard.sources {
        source.version = pins.get(name).copied().or(source.version);
    }
    for source in detail.dashboard.sources.values() {
        if let Some(dataset) = source.dataset {
            app.require_asset(principal, Action::Download, dataset).await?;
        }
    }
    let view = app.require_project(principal, Action::Discover, detail.asset.asset.project_id).await?;
    let (mut sections, mut used) = (Vec::new(), Vec::<UsedVersion>::new());
    for page in &detail.dashboard.pages {
        let answer =
            of_page(app, principal, &view.project, view.role, &detail.dashboard, page, reading, cancel).await?;
        used.extend(answer.used.iter().cloned());
        sections.push(section(page, answer));
    }
    used.sort_by(|a, b| a.source.cmp(&b.source));
    used.dedup();
    let name = same(&detail.asset.asset.name);
    Ok(Report {
        schema_version: SCHEMA_VERSION,
        scenario: "dashboard".to_owned(),
        title: name,
        subtitle: made_from(&used),
        created_at: app.clock.now(),
        answer: same(&detail.asset.asset.description),
        headline: Vec::new(),
        warnings: Vec::new(),
        sections,
        provenance: Provenance {
            run: None,
            inputs: used.into_iter().map(input).collect(),
            params: Vec::new(),
            engine: ENGINE.to_owned(),
            seed: DEFAULT_SEED,
            digest: None,
        },
    })
}

fn made_from(used: &[UsedVersion]) -> Text {
    let one = |used: &UsedVersion| format!("{}@v{}", used.name, used.seq);
    same(&used.iter().map(one).collect::<Vec<_>>().join(", "))
}

fn input(used: UsedVersion) -> InputSource {
    InputSource {
        input: used.source,
        name: used.name,
        version: u64::try_from(used.seq).ok(),
        digest: Some(format!("blake3:{}", used.digest)),
        rows: used.rows,
        map: Vec::new(),
    }
}

/// A page of the report. A figure that isn't there says why in its place.
fn section(page: &Page, answer: Answer) -> Section {
    let mut made: BTreeMap<String, _> = answer.blocks.into_iter().map(|block| (block.block, block.section)).collect();
    let mut section = Section::new(page.id.clone(), page.title.clone());
    for block in &page.blocks {
        match &block.shows {
            Shows::Text(text) => section = section.paragraph(text.clone()),
            Shows::Figure(_) => match made.remove(&block.id) {
                Some(Ok(figure)) => section.blocks.extend(titled(block, figure)),
                Some(Err((code, text))) => {
                    let warning = Warning::new(code.as_str(), Severity::Serious, text);
                    section = section.block(Block::Warning(warning));
                }
                None => {}
            },
        }
    }
    section
}

/// What a figure shows, under the heading and in the width that its block has,
/// and under names that no other figure has.
fn titled(block: &super::document::Block, figure: Section) -> Vec<Block> {
    let mut blocks = figure.blocks;
    for (at, one) in blocks.iter_mut().enumerate() {
        match one {
            Block::Chart(chart) => {
                chart.id = format!("{}-{at}", block.id);
                chart.span = block.span;
                if let Some(title) = &block.title {
                    chart.title = title.clone();
                }
            }
            Block::Table(table) => {
                table.id = format!("{}-{at}", block.id);
                if let Some(title) = &block.title {
                    table.title = title.clone();
                }
            }
            Block::Headline { items } => {
                items.iter_mut().for_each(|item| item.id = format!("{}-{}", block.id, item.id));
            }
            _ => {}
        }
    }
    // What draws no heading of its own gets the block's.
    let headed = blocks.iter().any(|one| matches!(one, Block::Chart(_) | Block::Table(_)));
    if let (Some(title), false) = (&block.title, headed) {
        blocks.insert(0, Block::Heading { text: title.clone() });
    }
    blocks
}

/// Words from data, the same in every language.
fn same(words: &str) -> Text {
    Text::new(words, words)
}
