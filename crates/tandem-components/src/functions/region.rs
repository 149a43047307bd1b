//! Provinces and cities of China: names and codes of GB/T 2260, at province and
//! prefecture level, with the counties and cities that stand directly under a
//! province.
//!
//! Source: GB/T 2260–2007, *Codes for the administrative divisions of the
//! People's Republic of China*, as amended (codes published by the Ministry of
//! Civil Affairs). The districts of a municipality count as one city of its name.

use std::{
    collections::HashMap,
    sync::{Arc, OnceLock},
};

use arrow::{
    array::{ArrayRef, StringArray},
    datatypes::DataType,
};
use tandem_engine::{ScalarFunction, Takes};

use super::{texts, width::half};

/// What follows the name proper, longest first.
const SUFFIXES: &[&str] = &[
    "布依族苗族自治州",
    "土家族苗族自治州",
    "哈尼族彝族自治州",
    "傣族景颇族自治州",
    "柯尔克孜自治州",
    "黎族苗族自治县",
    "苗族侗族自治州",
    "壮族苗族自治州",
    "藏族羌族自治州",
    "蒙古族藏族自治州",
    "维吾尔自治区",
    "朝鲜族自治州",
    "傈僳族自治州",
    "哈萨克自治州",
    "壮族自治区",
    "回族自治区",
    "特别行政区",
    "黎族自治县",
    "彝族自治州",
    "藏族自治州",
    "回族自治州",
    "傣族自治州",
    "白族自治州",
    "蒙古自治州",
    "自治区",
    "自治州",
    "自治县",
    "地区",
    "林区",
    "省",
    "市",
    "盟",
    "县",
];

/// A province, and the city in it where it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Region {
    /// Name and code of the province.
    pub province: (&'static str, &'static str),
    /// Name and code of the city.
    pub city: Option<(&'static str, &'static str)>,
}

#[derive(Debug, Clone, Copy)]
struct Place {
    name: &'static str,
    short: &'static str,
    code: &'static str,
}

struct Regions {
    provinces: Vec<Place>,
    cities: Vec<Place>,
}

fn regions() -> &'static Regions {
    static REGIONS: OnceLock<Regions> = OnceLock::new();
    REGIONS.get_or_init(|| {
        let lines = include_str!("regions.tsv").lines().filter_map(|line| line.split_once('\t'));
        let places = lines.map(|(code, name)| Place { name, short: short(name), code });
        let (provinces, cities) = places.partition(|place| place.code.ends_with("0000"));
        Regions { provinces, cities }
    })
}

/// The name without what kind of place it is; never less than two characters.
fn short(name: &str) -> &str {
    let stripped = SUFFIXES.iter().find_map(|suffix| name.strip_suffix(suffix));
    stripped.filter(|short| short.chars().count() >= 2).unwrap_or(name)
}

impl Place {
    fn within(&self, province: &Self) -> bool {
        self.code.get(..2) == province.code.get(..2)
    }

    fn province(&self) -> Option<Self> {
        regions().provinces.iter().copied().find(|province| self.within(province))
    }

    fn named(&self) -> (&'static str, &'static str) {
        (self.name, self.code)
    }
}

/// The region that a code or a text such as `广东深圳`, `深圳市南山区` or `440305` is in.
pub fn find(text: &str) -> Option<Region> {
    let text: String = half(text).chars().filter(|c| !c.is_whitespace() && !"-/·,，、".contains(*c)).collect();
    let text = text.strip_prefix("中国").unwrap_or(&text);
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        return by_code(text);
    }
    // “吉林市” and “海南藏族自治州” are not in the province with which they begin.
    if let Some(city) = regions().cities.iter().find(|city| text.starts_with(city.name)) {
        return Some(region(city.province()?, Some(*city)));
    }
    match longest(&regions().provinces, text) {
        Some((province, length)) => {
            let cities: Vec<Place> = regions().cities.iter().copied().filter(|city| city.within(&province)).collect();
            Some(region(province, longest(&cities, &text[length..]).map(|(city, _)| city)))
        }
        None => {
            let (city, _) = longest(&regions().cities, text)?;
            Some(region(city.province()?, Some(city)))
        }
    }
}

/// A municipality is its own city.
fn region(province: Place, city: Option<Place>) -> Region {
    let own = || regions().cities.iter().find(|city| city.name == province.name).copied();
    Region { province: province.named(), city: city.or_else(own).map(|city| city.named()) }
}

/// The place of which the text begins with most, and how many bytes of it that is.
fn longest(places: &[Place], text: &str) -> Option<(Place, usize)> {
    let begins = |place: &Place| {
        let named = [place.name, place.short].into_iter().find(|name| text.starts_with(name))?;
        Some((*place, named.len()))
    };
    places.iter().filter_map(begins).max_by_key(|(_, length)| *length)
}

/// By two, four, six or more digits; those of counties and streets lead to their city.
fn by_code(digits: &str) -> Option<Region> {
    let start = digits.get(..2)?;
    let province = regions().provinces.iter().copied().find(|province| province.code.starts_with(start))?;
    let city = |code: String| regions().cities.iter().copied().find(|city| city.code == code);
    let exact = digits.get(..6).and_then(|code| city(code.to_owned()));
    Some(region(province, exact.or_else(|| city(format!("{}00", digits.get(..4)?)))))
}

/// `cn_region(text, 'province' | 'province_code' | 'city' | 'city_code')`.
pub(super) fn function() -> ScalarFunction {
    let takes = Takes::These(vec![DataType::Utf8, DataType::Utf8]);
    ScalarFunction::new("cn_region", takes, DataType::Utf8, |columns, rows| {
        let [text, part] = columns else { return Ok(Arc::new(StringArray::new_null(rows))) };
        // A column of places has few different ones.
        let mut known: HashMap<&str, Option<Region>> = HashMap::new();
        let mut found = Vec::with_capacity(rows);
        for (text, part) in texts(text).zip(texts(part)) {
            let region = text.and_then(|text| *known.entry(text).or_insert_with(|| find(text)));
            found.push(region.and_then(|region| match part? {
                "province" => Some(region.province.0),
                "province_code" => Some(region.province.1),
                "city" => Some(region.city?.0),
                "city_code" => Some(region.city?.1),
                _ => None,
            }));
        }
        Ok(Arc::new(StringArray::from(found)) as ArrayRef)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(text: &str) -> (&'static str, Option<&'static str>) {
        let region = find(text).unwrap_or_else(|| panic!("{text}"));
        (region.province.1, region.city.map(|(_, code)| code))
    }

    #[test]
    fn places_are_found_by_name_and_by_code() {
        let cases = [
            ("广东", "440000", None),
            ("广东省", "440000", None),
            ("深圳", "440000", Some("440300")),
            ("广东省深圳市南山区", "440000", Some("440300")),
            ("广东 / 深圳", "440000", Some("440300")),
            ("440305", "440000", Some("440300")),
            ("44", "440000", None),
            ("北京", "110000", Some("110100")),
            ("北京市朝阳区", "110000", Some("110100")),
            ("110105", "110000", Some("110100")),
            ("内蒙古", "150000", None),
            ("吉林", "220000", None),
            ("吉林市", "220000", Some("220200")),
            ("吉林省吉林市", "220000", Some("220200")),
            ("海南", "460000", None),
            ("青海海南藏族自治州", "630000", Some("632500")),
            ("海南藏族自治州", "630000", Some("632500")),
            ("大理", "530000", Some("532900")),
            ("仙桃", "420000", Some("429004")),
            ("429004", "420000", Some("429004")),
            ("香港", "810000", None),
            ("中国上海", "310000", Some("310100")),
        ];
        for (text, province, city) in cases {
            assert_eq!(places(text), (province, city), "{text}");
        }
        for text in ["", "Paris", "99", "东", "9"] {
            assert_eq!(find(text), None, "{text}");
        }
    }

    #[test]
    fn every_place_of_the_table_finds_itself() {
        for city in &regions().cities {
            let text = format!("{}{}", city.province().unwrap().name, city.short);
            assert_eq!(places(&text).1, Some(city.code), "{text}");
            assert_eq!(places(city.code).1, Some(city.code), "{}", city.code);
        }
        assert_eq!(regions().provinces.len(), 34);
    }
}
