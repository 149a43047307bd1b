//! The picture being drawn: elements are appended as text.

use std::fmt::Write;

use super::text::escape;

/// Where a text stands in relation to its point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

/// An SVG of known size.
#[derive(Debug)]
pub(super) struct Canvas {
    pub(super) width: f64,
    pub(super) height: f64,
    body: String,
}

/// A coordinate with one digit after the point at the most.
pub(super) fn px(v: f64) -> String {
    let mut s = format!("{:.1}", if v.is_finite() { v } else { 0.0 });
    if s.ends_with(".0") {
        s.truncate(s.len() - 2);
    }
    if s == "-0" { "0".to_owned() } else { s }
}

impl Canvas {
    pub(super) fn new(width: f64, height: f64) -> Self {
        Self { width, height, body: String::with_capacity(4096) }
    }

    pub(super) fn line(&mut self, class: &str, from: (f64, f64), to: (f64, f64)) {
        let (x1, y1, x2, y2) = (px(from.0), px(from.1), px(to.0), px(to.1));
        self.put(format_args!(r#"<line class="{class}" x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}"/>"#));
    }

    /// Words at a point. `class` says size and colour.
    pub(super) fn text(&mut self, class: &str, x: f64, y: f64, anchor: Anchor, text: &str) {
        let anchor = match anchor {
            Anchor::Start => "",
            Anchor::Middle => r#" text-anchor="middle""#,
            Anchor::End => r#" text-anchor="end""#,
        };
        let (x, y, text) = (px(x), px(y), escape(text));
        self.put(format_args!(r#"<text class="{class}" x="{x}" y="{y}"{anchor}>{text}</text>"#));
    }

    /// A rectangle with a tooltip; one with no area is left out.
    pub(super) fn rect(&mut self, class: &str, at: (f64, f64), size: (f64, f64), tip: &str) {
        if size.0 <= 0.0 || size.1 <= 0.0 {
            return;
        }
        let (x, y, w, h, tip) = (px(at.0), px(at.1), px(size.0), px(size.1), escape(tip));
        self.put(format_args!(
            r#"<rect class="{class}" x="{x}" y="{y}" width="{w}" height="{h}"><title>{tip}</title></rect>"#
        ));
    }

    pub(super) fn circle(&mut self, class: &str, x: f64, y: f64, radius: f64, tip: &str) {
        let (x, y, r, tip) = (px(x), px(y), px(radius), escape(tip));
        self.put(format_args!(r#"<circle class="{class}" cx="{x}" cy="{y}" r="{r}"><title>{tip}</title></circle>"#));
    }

    /// A path through points; `closed` for an area.
    pub(super) fn path(&mut self, class: &str, points: impl IntoIterator<Item = (f64, f64)>, closed: bool) {
        let mut d = String::new();
        for (i, (x, y)) in points.into_iter().enumerate() {
            d.push(if i == 0 { 'M' } else { 'L' });
            d.push_str(&px(x));
            d.push(' ');
            d.push_str(&px(y));
        }
        if d.is_empty() {
            return;
        }
        let end = if closed { "Z" } else { "" };
        self.put(format_args!(r#"<path class="{class}" d="{d}{end}"/>"#));
    }

    /// A ribbon that swings from a vertical edge to another: `(x, top, bottom)` each.
    pub(super) fn ribbon(&mut self, class: &str, from: (f64, f64, f64), to: (f64, f64, f64), tip: &str) {
        let middle = px(f64::midpoint(from.0, to.0));
        let ((x1, a1, b1), (x2, a2, b2)) = (from, to);
        let [x1, a1, b1, x2, a2, b2] = [x1, a1, b1, x2, a2, b2].map(px);
        let tip = escape(tip);
        self.put(format_args!(
            r#"<path class="{class}" d="M{x1} {a1}C{middle} {a1} {middle} {a2} {x2} {a2}L{x2} {b2}C{middle} {b2} {middle} {b1} {x1} {b1}Z"><title>{tip}</title></path>"#
        ));
    }

    /// The whole element.
    pub(super) fn finish(self, id: &str, title: &str, description: &str) -> String {
        let (w, h) = (px(self.width), px(self.height));
        let (title, description) = (escape(title), escape(description));
        format!(
            concat!(
                r#"<svg role="img" aria-labelledby="{id}-t {id}-d" viewBox="0 0 {w} {h}" width="{w}" height="{h}">"#,
                r#"<title id="{id}-t">{title}</title><desc id="{id}-d">{description}</desc>{body}</svg>"#
            ),
            id = id,
            w = w,
            h = h,
            title = title,
            description = description,
            body = self.body
        )
    }

    fn put(&mut self, markup: std::fmt::Arguments<'_>) {
        // Writing to a String can't fail.
        let _ = self.body.write_fmt(markup);
    }
}
