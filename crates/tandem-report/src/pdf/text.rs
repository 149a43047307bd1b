//! Words in lines: what may be shown, and where a line may be broken.

use super::font::Face;

/// The words as they may be shown: control characters and the marks that turn
/// the direction of writing become U+FFFD, what has no form of its own is left
/// out, and any run of line ends is a blank.
pub(super) fn clean(words: &str) -> String {
    let mut out = String::with_capacity(words.len());
    for c in words.chars() {
        match c {
            '\t' | '\n' | '\r' | '\u{2028}' | '\u{2029}' => out.push(' '),
            '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{2060}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' => {}
            '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FFFE}' | '\u{FFFF}' => out.push('\u{FFFD}'),
            c if c.is_control() => out.push('\u{FFFD}'),
            c => out.push(c),
        }
    }
    out
}

/// Whether a line may be broken on either side of the character: those that Chinese, Japanese and Korean write
/// without blanks between words.
fn is_wide(c: char) -> bool {
    matches!(c, '\u{2E80}'..='\u{9FFF}' | '\u{A960}'..='\u{A97F}' | '\u{AC00}'..='\u{D7FF}' | '\u{F900}'..='\u{FAFF}'
        | '\u{FE30}'..='\u{FE4F}' | '\u{FF00}'..='\u{FFEF}' | '\u{20000}'..='\u{3FFFF}')
}

/// What doesn't begin a line (GB/T 15834: no point, closing bracket or closing quotation mark).
fn never_first(c: char) -> bool {
    "，。、；：？！）】》」』〉〕｝］〗〙〛’”…—·～％℃‰,.;:?!)]}%°".contains(c) || matches!(c, 'ー' | '々')
}

/// What doesn't end a line: opening brackets and quotation marks, signs before numbers.
fn never_last(c: char) -> bool {
    "（【《「『〈〔｛［〖〘〚‘“￥＄¥$€£([{#".contains(c)
}

/// Whether a line may be broken between two characters that follow each other.
fn may_break(before: char, after: char) -> bool {
    if after == ' ' || before == '\u{A0}' || after == '\u{A0}' {
        return false;
    }
    if before == ' ' {
        return true;
    }
    if never_last(before) || never_first(after) {
        return false;
    }
    let joint = matches!(before, '-' | '–' | '/' | '_' | '@' | '?' | '&' | '=' | ',' | ';') && after.is_alphabetic();
    joint || is_wide(before) || is_wide(after) || before == '—'
}

/// The pieces between which a line may be broken, blanks at their ends.
pub(super) fn pieces(words: &str) -> impl Iterator<Item = &str> {
    let mut rest = words;
    std::iter::from_fn(move || {
        let mut before = None;
        let end = rest.char_indices().find(|&(_, c)| before.replace(c).is_some_and(|before| may_break(before, c)));
        let (piece, tail) = rest.split_at(end.map_or(rest.len(), |(at, _)| at));
        rest = tail;
        (!piece.is_empty()).then_some(piece)
    })
}

/// The words in lines of at most `room` points, and at most `most` lines: what
/// is cut off ends in `…`. What has no place to be broken is broken anywhere.
pub(super) fn wrap(face: &mut Face<'_>, words: &str, size: f32, room: f32, most: usize) -> Vec<String> {
    let mut lines = Lines { done: Vec::new(), line: String::new(), used: 0.0 };
    let mut cut = false;
    'pieces: for piece in pieces(words) {
        let bare = face.width(piece.trim_end_matches(' '), size);
        if lines.used + bare > room && bare <= room {
            lines.end();
        }
        if lines.done.len() >= most {
            cut = true;
            break;
        }
        if bare <= room {
            lines.line.push_str(piece);
            lines.used += face.width(piece, size);
            continue;
        }
        for c in piece.chars() {
            let width = face.advance(c, size);
            if lines.used + width > room && !lines.line.is_empty() {
                lines.end();
                if lines.done.len() >= most {
                    cut = true;
                    break 'pieces;
                }
            }
            lines.line.push(c);
            lines.used += width;
        }
    }
    lines.end();
    if let (true, Some(last)) = (cut, lines.done.last_mut()) {
        *last = fit(face, &format!("{last}…"), size, room);
    }
    lines.done
}

struct Lines {
    done: Vec<String>,
    line: String,
    used: f32,
}

impl Lines {
    fn end(&mut self) {
        let line = std::mem::take(&mut self.line);
        let line = line.trim_end_matches(' ');
        if !line.is_empty() {
            self.done.push(line.to_owned());
        }
        self.used = 0.0;
    }
}

/// The words cut to `room` points, ending in `…` where something was cut.
pub(super) fn fit(face: &mut Face<'_>, words: &str, size: f32, room: f32) -> String {
    let dots = face.advance('…', size);
    let (mut used, mut kept) = (0.0, 0);
    for (at, c) in words.char_indices() {
        used += face.advance(c, size);
        if used > room {
            let kept = words[..kept].trim_end_matches([' ', '…']);
            return if kept.is_empty() { String::new() } else { format!("{kept}…") };
        }
        if used + dots <= room {
            kept = at + c.len_utf8();
        }
    }
    words.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn broken(words: &str) -> Vec<&str> {
        pieces(words).collect()
    }

    #[test]
    fn lines_break_at_blanks_and_around_chinese_characters() {
        assert_eq!(broken("keep the best"), ["keep ", "the ", "best"]);
        assert_eq!(broken("客户价值"), ["客", "户", "价", "值"]);
        assert_eq!(broken("用 RFM 分群"), ["用 ", "RFM ", "分", "群"]);
        assert_eq!(broken("12\u{a0}万 next"), ["12\u{a0}万 ", "next"]);
        assert_eq!(broken("well-known"), ["well-", "known"]);
    }

    #[test]
    fn points_stay_with_what_is_before_and_brackets_with_what_is_inside() {
        assert_eq!(broken("值，高。"), ["值，", "高。"]);
        assert_eq!(broken("在（近一年）内"), ["在", "（近", "一", "年）", "内"]);
        assert_eq!(broken("增长12.5%，好"), ["增", "长", "12.5%，", "好"]);
        assert_eq!(broken("“好”的"), ["“好”", "的"]);
    }

    #[test]
    fn what_cannot_be_shown_is_marked_or_left_out() {
        assert_eq!(clean("a\u{202E}b\u{0}c\r\nd\u{200B}e\u{FEFF}"), "a\u{FFFD}b\u{FFFD}c  de");
    }
}
