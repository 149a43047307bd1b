//! The file that a scenario is run on, and which column plays which role.

use std::path::PathBuf;

use tandem_app::{
    files::LocalFile,
    scenarios::{Manifest, Mapping, facts, manifest::Input, suggest},
};
use tandem_core::{Error, ErrorCode, Lang, Result};

use crate::{commands::reading::Reading, output};

/// The scenario's input, the file given for it, and the roles.
#[derive(Debug)]
pub(super) struct Chosen {
    pub(super) file: LocalFile,
    pub(super) mapping: Mapping,
}

/// Looks at the file and settles the roles: those given, and for the others
/// what the file suggests, which is said.
pub(super) fn choose(
    manifest: &Manifest,
    inputs: &[(String, String)],
    reading: &Reading,
    map: &[(String, String)],
    lang: Lang,
) -> Result<Chosen> {
    let input = manifest.inputs.first().ok_or_else(|| Error::internal("a scenario without an input"))?;
    let path = path(input, inputs)?;
    let file = LocalFile::look_as(&path, &reading.options())?;
    let columns: Vec<String> = file.schema().fields().iter().map(|f| f.name().clone()).collect();
    let given: Mapping = Mapping(map.iter().cloned().collect());
    let mapping = if map.is_empty() { suggested(input, &file, lang)? } else { given };
    let mapping = mapping.settle(input, &columns)?;
    Ok(Chosen { file, mapping })
}

fn path(input: &Input, given: &[(String, String)]) -> Result<PathBuf> {
    let usage = |message: String| Error::new(ErrorCode::InvalidRequest, message);
    for (name, _) in given {
        if *name != input.name {
            return Err(usage(format!("There is no input “{name}”; it is --input {}=FILE.", input.name)));
        }
    }
    match given {
        [(_, path)] => Ok(PathBuf::from(path)),
        [] => Err(usage(format!("Name the file to run on: --input {}=FILE.", input.name))),
        _ => Err(usage(format!("--input {} was given twice.", input.name))),
    }
}

fn suggested(input: &Input, file: &LocalFile, lang: Lang) -> Result<Mapping> {
    let facts = facts::from_sample(&file.schema(), &file.sample()?)?;
    let suggestions = suggest::suggest(input, &facts);
    output::say(match lang {
        Lang::En => "No --map was given; these columns were chosen (--map ROLE=COLUMN chooses others):",
        Lang::Zh => "未指定 --map，已自动选择以下列（可用 --map 角色=列名 更改）：",
    });
    for s in &suggestions {
        output::say(&format!("  {} = {} ({})", s.role, s.column, s.reason.get(lang)));
    }
    Ok(suggest::mapping(&suggestions))
}
