//! `tandem scenario show`.

use std::fmt::Write;

use clap::Args as ClapArgs;
use serde_json::Value;
use tandem_app::scenarios::{self, Manifest};
use tandem_core::{Error, Lang, Result, Text};

use crate::{
    output,
    terminal::{LangArg, pick},
};

/// Arguments.
#[derive(Debug, ClapArgs)]
pub(crate) struct Args {
    /// The scenario's name, such as customer-value.
    name: String,
    /// Print the signature as JSON.
    #[arg(long)]
    json: bool,
    /// Language of the text; that of the environment otherwise.
    #[arg(long, value_enum)]
    lang: Option<LangArg>,
}

pub(super) fn run(args: &Args) -> Result<()> {
    let scenario = scenarios::find(&args.name)?;
    if args.json {
        let mut json = serde_json::to_vec_pretty(&scenario).map_err(Error::internal)?;
        json.push(b'\n');
        return output::print(&json);
    }
    output::print(describe(&scenario, pick(args.lang)).as_bytes())
}

/// The signature as text.
fn describe(scenario: &Manifest, lang: Lang) -> String {
    let (inputs, params, required, default) = match lang {
        Lang::En => ("Inputs and roles", "Parameters", "required", "default"),
        Lang::Zh => ("输入与角色", "参数", "必填", "默认"),
    };
    // Writing to a String can't fail.
    let mut out = String::new();
    let _ = writeln!(
        out,
        "{} ({})\n{}\n\n{inputs}",
        scenario.title.get(lang),
        scenario.name,
        scenario.description.get(lang)
    );
    for input in &scenario.inputs {
        let _ = writeln!(out, "  --input {}=FILE  {}", input.name, input.help.get(lang));
        for role in &input.roles {
            let mark = if role.required { format!(" [{required}]") } else { String::new() };
            let _ = writeln!(
                out,
                "    --map {}=COLUMN{mark}\n        {}: {}",
                role.name,
                role.label.get(lang),
                role.help.get(lang)
            );
        }
    }
    let _ = writeln!(out, "\n{params}");
    for (name, schema) in scenario.properties() {
        let words = |key: &str| {
            let text = schema.get(key).and_then(|v| serde_json::from_value::<Text>(v.clone()).ok());
            text.map_or_else(String::new, |t| t.get(lang).to_owned())
        };
        let options = schema.get("enum").and_then(Value::as_array).map_or_else(
            || "VALUE".to_owned(),
            |all| all.iter().filter_map(Value::as_str).collect::<Vec<_>>().join("|"),
        );
        let set = schema.get("default").map_or_else(String::new, |v| {
            format!(" [{default}: {}]", v.as_str().map_or_else(|| v.to_string(), str::to_owned))
        });
        let _ = writeln!(out, "    --param {name}={options}{set}\n        {}: {}", words("x-label"), words("x-help"));
    }
    out
}
