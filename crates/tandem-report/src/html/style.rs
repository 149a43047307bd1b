//! The page's style sheet: the palette's variables, then the rules.

use std::fmt::Write;

use crate::palette;

const RULES: &str = include_str!("style.css");

/// The whole style sheet.
pub(super) fn sheet() -> String {
    let mut css = String::with_capacity(RULES.len() + 2048);
    variables(&mut css, ":root", &palette::LIGHT, |i| if palette::LIGHT_INK_DARK[i] { "#0b1413" } else { "#fff" });
    css.push_str("@media screen and (prefers-color-scheme:dark){");
    variables(&mut css, ":root", &palette::DARK, |_| "#0b1413");
    css.push('}');
    for i in 0..palette::LIGHT.len() {
        // Writing to a String can't fail.
        let _ = write!(
            css,
            ".fill.s{i},.dot.s{i},.band.s{i}{{fill:var(--s{i})}}.line.s{i}{{stroke:var(--s{i})}}.bg{i}{{--c:var(--s{i})}}.on{i}{{fill:var(--on{i})}}"
        );
    }
    for shade in 0..9 {
        let share = [5, 13, 23, 34, 46, 59, 72, 86, 100][shade];
        let _ = write!(css, ".h{shade}{{fill:color-mix(in oklab,var(--heat) {share}%,var(--ground))}}");
    }
    css.push_str(RULES);
    css
}

fn variables(css: &mut String, selector: &str, colors: &[u32; 8], ink: impl Fn(usize) -> &'static str) {
    let _ = write!(css, "{selector}{{");
    for (i, color) in colors.iter().enumerate() {
        let _ = write!(css, "--s{i}:#{color:06x};--on{i}:{};", ink(i));
    }
    css.push('}');
}
