//! `tandem component new` and `environment`: what a component of one's own begins with.

use std::path::PathBuf;

use clap::Args;
use tandem_core::{Error, ErrorCode, Lang, Result};
use tandem_python::{Environment, Environments, write_skeleton, write_statement};

use crate::{
    commands::own::Kept,
    output,
    terminal::{LangArg, pick},
};

/// Arguments of `new`.
#[derive(Debug, Args)]
pub(crate) struct New {
    /// Its name: small letters, digits and hyphens.
    name: String,
    /// A statement over tables instead of a function in Python.
    #[arg(long)]
    sql: bool,
    /// The folder of components that it is written into.
    #[arg(long, value_name = "FOLDER", env = "TANDEM_COMPONENTS", default_value = "components")]
    components: PathBuf,
    /// Language of the messages; that of the environment otherwise.
    #[arg(long, value_enum)]
    lang: Option<LangArg>,
}

/// Arguments of `environment`.
#[derive(Debug, Args)]
pub(crate) struct Make {
    /// A lock file, such as components/environments/default.lock.
    lock: PathBuf,
    #[command(flatten)]
    environments: Kept,
    /// Make it for the server of this data folder, whose people then see it by the lock file's name.
    #[arg(long, value_name = "FOLDER", conflicts_with = "environments")]
    data: Option<PathBuf>,
    /// Language of the messages; that of the environment otherwise.
    #[arg(long, value_enum)]
    lang: Option<LangArg>,
}

pub(super) fn new(args: &New) -> Result<()> {
    let folder = args.components.display();
    let name = &args.name;
    if args.sql {
        write_statement(&args.components, name)?;
    } else {
        write_skeleton(&args.components, name)?;
    }
    let words = match pick(args.lang) {
        Lang::En if args.sql => format!(
            "Written to {folder}/{name}. What to do next:\n  tandem component test {name} --components {folder}\n"
        ),
        Lang::Zh if args.sql => {
            format!("已写入 {folder}/{name}。接下来：\n  tandem component test {name} --components {folder}\n")
        }
        Lang::En => format!(
            "Written to {folder}/{name}. What to do next:\n  \
             tandem component environment {folder}/environments/default.lock\n  \
             tandem component test {name} --components {folder}\n"
        ),
        Lang::Zh => format!(
            "已写入 {folder}/{name}。接下来：\n  \
             tandem component environment {folder}/environments/default.lock\n  \
             tandem component test {name} --components {folder}\n"
        ),
    };
    output::print(words.as_bytes())
}

pub(super) fn environment(args: &Make) -> Result<()> {
    let environment = Environment::look(&args.lock)?;
    let made = match &args.data {
        None => args.environments.open()?.make(&environment)?,
        Some(data) if data.join("keys").is_dir() => {
            Environments::new(data.join("environments").as_path()).add(&environment)?
        }
        Some(data) => {
            let message = format!("{} is no data folder of a server. Name the one it is started with.", data.display());
            return Err(Error::new(ErrorCode::NotFound, message));
        }
    };
    let words = match (pick(args.lang), made) {
        (Lang::En, true) => format!("The environment {} is made.\n", environment.name),
        (Lang::En, false) => format!("The environment {} was there already.\n", environment.name),
        (Lang::Zh, true) => format!("环境 {} 已创建。\n", environment.name),
        (Lang::Zh, false) => format!("环境 {} 已存在。\n", environment.name),
    };
    output::print(words.as_bytes())
}
