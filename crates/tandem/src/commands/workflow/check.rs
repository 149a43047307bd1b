//! `tandem workflow check`.

use std::path::Path;

use clap::Args as ClapArgs;
use tandem_app::files::{self, LocalFile};
use tandem_core::{Error, ErrorCode, Lang, Result};
use tandem_flow::{
    Workflow,
    check::{Problem, Severity},
};

use super::given::Which;
use crate::{
    commands::{
        file::pair,
        own::{Own, folder_of},
    },
    output,
    terminal::{LangArg, pick},
};

/// Arguments.
#[derive(Debug, ClapArgs)]
pub(crate) struct Args {
    #[command(flatten)]
    which: Which,
    /// A file for an input, so that columns are known. May be given several times.
    #[arg(long = "input", value_name = "NAME=FILE", value_parser = pair)]
    inputs: Vec<(String, String)>,
    #[command(flatten)]
    own: Own,
    /// Print what was found as JSON.
    #[arg(long)]
    json: bool,
    /// Language of the messages; that of the environment otherwise.
    #[arg(long, value_enum)]
    lang: Option<LangArg>,
}

pub(super) fn run(args: &Args) -> Result<()> {
    let lang = pick(args.lang);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let (problems, nodes) = match runtime.block_on(args.which.remote(&args.inputs))? {
        Some(remote) => runtime.block_on(remote.check(args.which.seq))?,
        None => {
            let workflow = files::read_workflow(&args.which.file)?;
            let inputs = looked_at(&args.inputs)?;
            let _inside = runtime.enter();
            let own = args.own.read(folder_of(&args.which.file))?;
            (files::check_workflow(&workflow, &inputs, own)?, workflow.nodes.len())
        }
    };
    if args.json {
        let mut json = serde_json::to_vec_pretty(&problems).map_err(Error::internal)?;
        json.push(b'\n');
        output::print(&json)?;
    } else if problems.is_empty() {
        let words = match lang {
            Lang::En => format!("{nodes} nodes, nothing wrong\n"),
            Lang::Zh => format!("{nodes} 个节点，未发现问题\n"),
        };
        output::print(words.as_bytes())?;
    } else {
        output::print(lines(&problems, lang).as_bytes())?;
    }
    let errors = problems.iter().filter(|problem| problem.severity == Severity::Error).count();
    if errors > 0 {
        return Err(Error::new(
            ErrorCode::InvalidRequest,
            format!("{errors} problems keep the workflow from running; put them right."),
        ));
    }
    Ok(())
}

/// The error of a file for an input that the workflow doesn't have.
pub(super) fn no_input(workflow: &Workflow, name: &str) -> Error {
    let known: Vec<&str> = workflow.inputs.keys().map(String::as_str).collect();
    let message = format!("The workflow has no input {name}. It has: {}.", known.join(", "));
    Error::new(ErrorCode::InvalidRequest, message)
}

/// The files of the inputs.
pub(super) fn looked_at(inputs: &[(String, String)]) -> Result<Vec<(String, LocalFile)>> {
    let mut files: Vec<(String, LocalFile)> = Vec::new();
    for (name, path) in inputs {
        if files.iter().any(|(known, _)| known == name) {
            return Err(Error::new(ErrorCode::InvalidRequest, format!("--input {name} was given twice.")));
        }
        files.push((name.clone(), LocalFile::look(Path::new(path))?));
    }
    Ok(files)
}

/// One line a problem: where it is, and what.
pub(super) fn lines(problems: &[Problem], lang: Lang) -> String {
    let line = |problem: &Problem| {
        let parts = [
            problem.at.node.as_ref().map(|node| node.as_str()),
            problem.at.port.as_deref(),
            problem.at.param.as_deref(),
        ];
        let place: Vec<&str> = parts.into_iter().flatten().collect();
        let grave = match (problem.severity, lang) {
            (Severity::Error, Lang::En) => "error",
            (Severity::Error, Lang::Zh) => "错误",
            (Severity::Notice, Lang::En) => "note",
            (Severity::Notice, Lang::Zh) => "提示",
        };
        format!("{grave} {}: {}\n", place.join("."), problem.message.get(lang))
    };
    problems.iter().map(line).collect()
}
