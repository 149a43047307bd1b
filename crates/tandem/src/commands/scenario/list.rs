//! `tandem scenario list`.

use clap::Args as ClapArgs;
use tandem_app::scenarios;
use tandem_core::{Error, Lang, Result};

use crate::{
    output,
    terminal::{Align, LangArg, Table, pick},
};

/// Arguments.
#[derive(Debug, ClapArgs)]
pub(crate) struct Args {
    /// Print the signatures as JSON.
    #[arg(long)]
    json: bool,
    /// Language of the text; that of the environment otherwise.
    #[arg(long, value_enum)]
    lang: Option<LangArg>,
}

pub(super) fn run(args: &Args) -> Result<()> {
    let scenarios = scenarios::list()?;
    if args.json {
        let mut json = serde_json::to_vec_pretty(&scenarios).map_err(Error::internal)?;
        json.push(b'\n');
        return output::print(&json);
    }
    let lang = pick(args.lang);
    let head = match lang {
        Lang::En => ["Name", "Title", "What it answers"],
        Lang::Zh => ["名称", "标题", "回答什么"],
    };
    let mut table = Table::new(head.map(|name| (name, Align::Left)));
    for scenario in &scenarios {
        let words = [&scenario.title, &scenario.summary].map(|t| t.get(lang).to_owned());
        table.row(std::iter::once(scenario.name.clone()).chain(words));
    }
    output::print(table.render().as_bytes())
}
