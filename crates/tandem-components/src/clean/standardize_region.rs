//! Provinces and cities of China by name or code, in one form.

use serde::Deserialize;
use tandem_core::Result;

use crate::{Ask, select::Select, sql::as_text};

#[derive(Deserialize)]
struct Params {
    column: String,
    add: Vec<Part>,
    #[serde(default)]
    prefix: Option<String>,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "snake_case")]
enum Part {
    Province,
    ProvinceCode,
    City,
    CityCode,
}

impl Part {
    fn word(self) -> &'static str {
        match self {
            Self::Province => "province",
            Self::ProvinceCode => "province_code",
            Self::City => "city",
            Self::CityCode => "city_code",
        }
    }
}

pub(super) fn query(ask: &Ask<'_>) -> Result<String> {
    let params: Params = ask.params()?;
    let table = ask.table("table")?;
    let value = as_text(table.need(&params.column)?);
    let prefix = params.prefix.as_deref().unwrap_or_default();
    let mut select = Select::of(table);
    for part in &params.add {
        select.add(&format!("{prefix}{}", part.word()), format!("cn_region({value}, '{}')", part.word()))?;
    }
    Ok(select.from(&table.sql()))
}
