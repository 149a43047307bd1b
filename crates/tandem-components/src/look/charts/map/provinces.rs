//! The provinces of China as tiles: the codes of GB/T 2260, each tile near the
//! place of its province and beside its neighbours as far as a grid allows.

use serde::Deserialize;
use tandem_core::Result;
use tandem_report::{Plot, Tile};

use super::super::{
    drawing::{Drawing, count, floats, left_out},
    measure::Measure,
};
use crate::{Ask, Host, Outputs, learn::features::words, page::t, sql::as_text};

/// Code, name in English, name in Chinese, column, row.
const TILES: &[(&str, &str, &str, u8, u8)] = &[
    ("110000", "Beijing", "北京", 4, 1),
    ("120000", "Tianjin", "天津", 5, 2),
    ("130000", "Hebei", "河北", 4, 2),
    ("140000", "Shanxi", "山西", 3, 2),
    ("150000", "Inner Mongolia", "内蒙古", 3, 1),
    ("210000", "Liaoning", "辽宁", 5, 1),
    ("220000", "Jilin", "吉林", 6, 1),
    ("230000", "Heilongjiang", "黑龙江", 6, 0),
    ("310000", "Shanghai", "上海", 6, 4),
    ("320000", "Jiangsu", "江苏", 5, 4),
    ("330000", "Zhejiang", "浙江", 5, 5),
    ("340000", "Anhui", "安徽", 4, 4),
    ("350000", "Fujian", "福建", 4, 6),
    ("360000", "Jiangxi", "江西", 4, 5),
    ("370000", "Shandong", "山东", 4, 3),
    ("410000", "Henan", "河南", 3, 3),
    ("420000", "Hubei", "湖北", 3, 4),
    ("430000", "Hunan", "湖南", 3, 5),
    ("440000", "Guangdong", "广东", 3, 6),
    ("450000", "Guangxi", "广西", 2, 6),
    ("460000", "Hainan", "海南", 2, 7),
    ("500000", "Chongqing", "重庆", 2, 4),
    ("510000", "Sichuan", "四川", 1, 4),
    ("520000", "Guizhou", "贵州", 2, 5),
    ("530000", "Yunnan", "云南", 1, 5),
    ("540000", "Tibet", "西藏", 0, 3),
    ("610000", "Shaanxi", "陕西", 2, 3),
    ("620000", "Gansu", "甘肃", 1, 2),
    ("630000", "Qinghai", "青海", 1, 3),
    ("640000", "Ningxia", "宁夏", 2, 2),
    ("650000", "Xinjiang", "新疆", 0, 2),
    ("710000", "Taiwan", "台湾", 6, 6),
    ("810000", "Hong Kong", "香港", 4, 7),
    ("820000", "Macao", "澳门", 3, 7),
];

#[derive(Deserialize)]
struct Params {
    region: String,
    #[serde(flatten)]
    measure: Measure,
    #[serde(default)]
    title: Option<String>,
}

pub(super) fn run(ask: &Ask<'_>, host: &dyn Host) -> Result<Outputs> {
    let params: Params = ask.params()?;
    let table = ask.table("table")?;
    let code = format!("cn_region({}, 'province_code')", as_text(table.need(&params.region)?));
    let value = params.measure.axis();
    let from = table.sql();
    let found = host.query(&format!(
        "SELECT \"code\", \"v\" FROM (SELECT {code} AS \"code\", {} AS \"v\" FROM {from} GROUP BY 1) WHERE \"code\" IS NOT NULL ORDER BY 1",
        params.measure.sql(table)?,
    ))?;
    let unknown = host.query(&format!("SELECT count(*) - count({code}) AS \"n\" FROM {from}"))?;
    let of: Vec<Option<String>> = words(&found, "code")?;
    let values = floats(&found, "v")?;
    let known = |code: &str| {
        let at = of.iter().position(|own| own.as_deref() == Some(code))?;
        values.get(at).copied().flatten()
    };
    let tile = |(code, en, zh, column, row): &(&str, &str, &str, u8, u8)| Tile {
        name: t(*en, *zh),
        short: t(short(en), *zh),
        column: *column,
        row: *row,
        value: known(code),
    };
    let tiles: Vec<Tile> = TILES.iter().map(tile).collect();
    let greatest = tiles.iter().filter_map(|tile| Some((tile, tile.value?))).max_by(|a, b| a.1.total_cmp(&b.1));
    let alt = match greatest {
        Some((tile, _)) => t(
            format!("{} of each province; {} has the most.", value.label.en, tile.name.en),
            format!("各省级行政区的{}，最高的是{}。", value.label.zh, tile.name.zh),
        ),
        None => t("No province has a value.", "没有任何省份有数值。"),
    };
    let mut notes = vec![t(
        "Each province is a tile of one size near its place; this is no map of borders.",
        "每个省级行政区为一个等大的方格，按大致方位排列，不表示边界。",
    )];
    notes.extend(left_out(count(&unknown, "n")?, "in no province that is known", "无法识别省份"));
    Ok(Drawing {
        id: "map",
        title: params.title,
        otherwise: t(format!("{} by province", value.label.en), format!("各省{}", value.label.zh)),
        alt,
        notes,
        empty: of.is_empty(),
        plot: Plot::TileMap { value, tiles },
    }
    .give())
}

/// A name that fits into a tile.
fn short(name: &str) -> &str {
    match name {
        "Inner Mongolia" => "I. Mongolia",
        "Heilongjiang" => "Heilong.",
        name => name,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::functions::region;

    #[test]
    fn every_province_has_a_tile_of_its_own() {
        let places: BTreeSet<(u8, u8)> = TILES.iter().map(|tile| (tile.3, tile.4)).collect();
        assert_eq!((TILES.len(), places.len()), (34, 34));
        for (code, _, name, ..) in TILES {
            assert_eq!(region::find(name).unwrap().province.1, *code, "{name}");
        }
    }
}
