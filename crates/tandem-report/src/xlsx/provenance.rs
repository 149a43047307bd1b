//! The last sheet: inputs, parameters, program and digest.

use rust_xlsxwriter::{Worksheet, XlsxError};
use tandem_core::Lang;

use super::{formats, sheet::words};
use crate::{Cell, NumberFormat, Report};

pub(super) fn write(sheet: &mut Worksheet, report: &Report, lang: Lang) -> Result<(), XlsxError> {
    sheet.set_column_width(0, 30)?.set_column_width(1, 76)?;
    let made = &report.provenance;
    let t = |en: &'static str, zh: &'static str| match lang {
        Lang::En => en,
        Lang::Zh => zh,
    };
    let mut row = 0;
    let mut pair = |sheet: &mut Worksheet, label: &str, value: &str| -> Result<(), XlsxError> {
        words(sheet, row, 0, label, &formats::label())?;
        words(sheet, row, 1, value, &formats::words())?;
        row += 1;
        Ok(())
    };
    pair(sheet, t("Scenario", "场景"), &report.scenario)?;
    pair(sheet, t("Made at", "生成时间"), &report.created_at.to_rfc3339())?;
    pair(sheet, t("Computed by", "计算程序"), &made.engine)?;
    pair(sheet, t("Seed", "随机种子"), &made.seed.to_string())?;
    if let Some(run) = &made.run {
        pair(sheet, t("Run", "运行"), &run.to_string())?;
    }
    if let Some(digest) = &made.digest {
        pair(sheet, t("Digest", "摘要"), digest)?;
    }
    for input in &made.inputs {
        let version = input.version.map_or_else(String::new, |v| format!(" v{v}"));
        pair(sheet, &format!("{}: {}", t("Input", "输入"), input.input), &format!("{}{version}", input.name))?;
        if let Some(rows) = input.rows {
            let rows = crate::format::number(rows as f64, &NumberFormat::count(), lang);
            pair(sheet, t("Rows read", "读取行数"), &rows)?;
        }
        if let Some(digest) = &input.digest {
            pair(sheet, t("Content digest", "内容摘要"), digest)?;
        }
        for role in &input.map {
            pair(sheet, &format!("{} → {}", t("Role", "角色"), role.role), &role.column)?;
        }
    }
    for param in &made.params {
        let value = match &param.value {
            Cell::Null => crate::format::MISSING.to_owned(),
            Cell::Int(v) => v.to_string(),
            Cell::Number(v) => v.to_string(),
            Cell::Raw(v) => v.clone(),
            Cell::Text(v) => v.get(lang).to_owned(),
        };
        let unit = param.unit.as_ref().map_or_else(String::new, |u| format!(" {}", u.get(lang)));
        pair(sheet, &format!("{} ({})", param.label.get(lang), param.key), &format!("{value}{unit}"))?;
    }
    Ok(())
}
