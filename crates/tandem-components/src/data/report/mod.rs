//! Pages and tables put together as one page, with words around them.

mod markdown;

use std::collections::BTreeMap;

use serde::Deserialize;
use tandem_core::Result;
use tandem_flow::Columns;
use tandem_report::{Block, Section};

use crate::{
    Ask, Function, Host, Output, Outputs,
    look::charts::shown,
    page::{raw, t},
    refusal::cannot,
};

pub(super) const FUNCTION: Function = Function { columns, run };

#[derive(Deserialize)]
struct Params {
    #[serde(default)]
    title: Option<String>,
    #[serde(default)]
    text: Option<String>,
    headings: bool,
    rows: u32,
}

fn columns(_: &Ask<'_>) -> Result<BTreeMap<String, Columns>> {
    Ok(BTreeMap::new())
}

fn run(ask: &Ask<'_>, host: &dyn Host) -> Result<Outputs> {
    let params: Params = ask.params()?;
    let title = params.title.as_deref().map(str::trim).filter(|title| !title.is_empty());
    let mut page = Section::new("report", title.map_or_else(|| t("Report", "报告"), raw));
    page.blocks = markdown::blocks(params.text.as_deref().unwrap_or_default());
    for (at, part) in host.reports("reports").into_iter().enumerate() {
        // A page that is one figure says its title by itself.
        let said = part.blocks.iter().any(|block| match block {
            Block::Chart(chart) => chart.title == part.title,
            Block::Table(table) => table.title == part.title,
            _ => false,
        });
        if params.headings && !said {
            page.blocks.push(Block::Heading { text: part.title });
        }
        // Two parts may have charts of one name.
        page.blocks.extend(part.blocks.into_iter().map(|block| renamed(block, at + 1)));
    }
    for (at, table) in ask.tables("tables").iter().enumerate() {
        let (en, zh) = (format!("Table {}", at + 1), format!("表 {}", at + 1));
        let id = format!("table_{}", at + 1);
        if table.columns.is_empty() {
            continue;
        }
        page.blocks.push(Block::Table(shown(ask, host, (at, &id), &[], &[], params.rows, t(en, zh))?));
    }
    if page.blocks.is_empty() {
        return Err(cannot(
            "The report is empty. Connect a page or a table, or write a text.",
            "报告为空，请接入报告或表，或填写文字。",
        ));
    }
    Ok([("report".to_owned(), Output::Report(page))].into())
}

/// The block with a name that no other part has.
fn renamed(mut block: Block, part: usize) -> Block {
    match &mut block {
        Block::Chart(chart) => chart.id = format!("p{part}_{}", chart.id),
        Block::Table(table) => table.id = format!("p{part}_{}", table.id),
        Block::Headline { items } => items.iter_mut().for_each(|item| item.id = format!("p{part}_{}", item.id)),
        _ => {}
    }
    block
}
