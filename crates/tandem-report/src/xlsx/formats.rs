//! Cell formats.

use rust_xlsxwriter::{Color, Format, FormatAlign, FormatBorder};

use crate::{NumberFormat, NumberStyle, palette};

/// A plain cell with words, wrapped.
pub(super) fn words() -> Format {
    Format::new().set_align(FormatAlign::Top).set_text_wrap()
}

/// A label.
pub(super) fn label() -> Format {
    Format::new().set_align(FormatAlign::Top).set_font_color(Color::RGB(0x5B_6967))
}

/// The workbook's title.
pub(super) fn title() -> Format {
    Format::new().set_bold().set_font_size(16)
}

/// A heading inside a sheet.
pub(super) fn heading() -> Format {
    Format::new().set_bold().set_font_size(12).set_font_color(Color::RGB(palette::ACCENT_LIGHT))
}

/// The head of a column.
pub(super) fn head(right: bool) -> Format {
    let format = Format::new()
        .set_bold()
        .set_text_wrap()
        .set_align(FormatAlign::Top)
        .set_border_bottom(FormatBorder::Thin)
        .set_background_color(Color::RGB(0xEE_F4F3));
    if right { format.set_align(FormatAlign::Right) } else { format }
}

/// A number, shown in `format` with its full precision kept.
pub(super) fn number(format: &NumberFormat) -> Format {
    Format::new().set_num_format(code(format)).set_align(FormatAlign::Top)
}

/// The format code of a spreadsheet for a number's format.
fn code(format: &NumberFormat) -> String {
    let decimals = |default: u8| {
        let n = usize::from(format.decimals.unwrap_or(default));
        if n == 0 { String::new() } else { format!(".{}", "0".repeat(n)) }
    };
    match format.style {
        NumberStyle::Count => "#,##0".to_owned(),
        NumberStyle::Decimal => format!("#,##0{}", decimals(2)),
        NumberStyle::Percent => format!("0{}%", decimals(1)),
        NumberStyle::Money => match format.currency.as_deref().filter(|c| c.chars().all(|c| c.is_ascii_uppercase())) {
            Some(currency) => format!("[${currency}] #,##0{}", decimals(2)),
            None => format!("#,##0{}", decimals(2)),
        },
        NumberStyle::Date => "yyyy-mm-dd".to_owned(),
    }
}
