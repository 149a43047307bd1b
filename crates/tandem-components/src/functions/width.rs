//! Full-width forms of ASCII, as Chinese input methods write them.

/// The text with them in their usual width; the ideographic space becomes a space.
pub(super) fn half(text: &str) -> String {
    let narrow = |c: char| match c {
        '\u{3000}' => ' ',
        // U+FF01–U+FF5E mirror U+0021–U+007E.
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
        other => other,
    };
    text.chars().map(narrow).collect()
}

#[cfg(test)]
mod tests {
    use super::half;

    #[test]
    fn what_has_a_half_width_form_takes_it() {
        assert_eq!(half("ＡＢｃ１２３（￥）　，。"), "ABc123(￥) ,。");
        assert_eq!(half("plain 文字"), "plain 文字");
    }
}
