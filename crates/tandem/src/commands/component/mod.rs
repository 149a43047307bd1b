//! `tandem component`: what workflows are made of.

mod run;
mod test;
mod write;

use std::path::Path;

use clap::{Args, Subcommand};
use tandem_app::files;
use tandem_core::{Error, ErrorCode, Lang, Result};
use tandem_flow::{Signature, signature::page};

use crate::{
    commands::{client::Push, own::Own},
    output,
    terminal::{Align, LangArg, Table, pick},
};

/// Components.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// List the components that ship, and those of your own.
    List(List),
    /// Show a component's page: what it takes, what may be set, what it gives, and an example.
    Show(Show),
    /// Run a component over files.
    Run(run::Args),
    /// Write a Python component to begin from, which runs as it is.
    New(write::New),
    /// Run the example of a component of your own.
    Test(test::Args),
    /// Make the environment of a lock file: downloads what it names, by uv.
    Environment(write::Make),
    /// Bring a Python component to a server, as a new one or as the next version.
    Push(Push),
}

/// Arguments of `list`.
#[derive(Debug, Args)]
pub(crate) struct List {
    /// Only those with this in their name, title or summary.
    #[arg(long, value_name = "WORD")]
    search: Option<String>,
    #[command(flatten)]
    own: Own,
    /// Print the signatures as JSON.
    #[arg(long)]
    json: bool,
    /// Language of the text; that of the environment otherwise.
    #[arg(long, value_enum)]
    lang: Option<LangArg>,
}

/// Arguments of `show`.
#[derive(Debug, Args)]
pub(crate) struct Show {
    /// The component's name, such as group.
    name: String,
    #[command(flatten)]
    own: Own,
    /// Print the signature as JSON.
    #[arg(long)]
    json: bool,
    /// Language of the text; that of the environment otherwise.
    #[arg(long, value_enum)]
    lang: Option<LangArg>,
}

/// Does it.
///
/// # Errors
/// Those of the command.
pub(crate) fn run(command: Command) -> Result<()> {
    match command {
        Command::List(args) => list(&args),
        Command::Show(args) => show(&args),
        Command::Run(args) => run::run(&args),
        Command::New(args) => write::new(&args),
        Command::Test(args) => test::run(&args),
        Command::Environment(args) => write::environment(&args),
        Command::Push(args) => args.run(),
    }
}

fn list(args: &List) -> Result<()> {
    let word = args.search.as_deref().unwrap_or("").to_lowercase();
    let has = |signature: &&Signature| {
        let texts = [&signature.title, &signature.summary];
        signature.name.contains(&word)
            || texts.iter().any(|text| text.en.to_lowercase().contains(&word) || text.zh.contains(&word))
    };
    let own = args.own.read(Path::new("."))?;
    let mut signatures: Vec<&Signature> = files::shipped()?.collect();
    signatures.extend(own.iter().flat_map(|shelf| shelf.all()).map(|own| &own.signature));
    signatures.retain(has);
    if args.json {
        return json(&signatures);
    }
    let lang = pick(args.lang);
    let head = match lang {
        Lang::En => ["Category", "Name", "Title", "What it does"],
        Lang::Zh => ["类别", "名称", "标题", "作用"],
    };
    let mut table = Table::new(head.map(|name| (name, Align::Left)));
    for signature in signatures {
        let category = signature.category.words();
        let words = [category.get(lang), &signature.name, signature.title(lang), signature.summary.get(lang)];
        table.row(words.map(str::to_owned));
    }
    output::print(table.render().as_bytes())
}

fn show(args: &Show) -> Result<()> {
    let own = args.own.read(Path::new("."))?;
    let own = own.as_ref().and_then(|shelf| shelf.newest(&args.name)).map(|own| &own.signature);
    let shipped = || files::shipped().map(|mut all| all.find(|signature| signature.name == args.name));
    let found = match own {
        Some(own) => Some(own),
        None => shipped()?,
    };
    let found = found.ok_or_else(|| {
        let message =
            format!("There is no component {}. `tandem component list` shows those that there are.", args.name);
        Error::new(ErrorCode::NotFound, message)
    })?;
    if args.json {
        return json(&found);
    }
    output::print(page(found, pick(args.lang)).as_bytes())
}

fn json(value: &impl serde::Serialize) -> Result<()> {
    let mut json = serde_json::to_vec_pretty(value).map_err(Error::internal)?;
    json.push(b'\n');
    output::print(&json)
}
