//! The picture being drawn: shapes in their order, and how they are written as SVG.

use std::fmt::Write;

use super::text::escape;

/// Where a text stands in relation to its point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Anchor {
    Start,
    Middle,
    End,
}

/// A point in pixels, from the top left corner.
pub(crate) type Point = (f64, f64);

/// What a shape is. Sizes are pixels.
#[derive(Debug)]
pub(crate) enum Form {
    Line { from: Point, to: Point },
    Text { at: Point, anchor: Anchor, words: String },
    Rect { at: Point, size: (f64, f64) },
    Circle { at: Point, radius: f64 },
    Path { points: Vec<Point>, closed: bool },
    Ribbon { from: (f64, f64, f64), to: (f64, f64, f64) },
}

/// A shape, and the classes that say its colour and stroke.
#[derive(Debug)]
pub(crate) struct Shape {
    pub(crate) class: String,
    pub(crate) form: Form,
    /// What it stands for, said where it is pointed at.
    tip: Option<String>,
}

/// A picture of known size.
#[derive(Debug)]
pub(crate) struct Canvas {
    pub(crate) width: f64,
    pub(crate) height: f64,
    pub(crate) shapes: Vec<Shape>,
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
        Self { width, height, shapes: Vec::new() }
    }

    pub(super) fn line(&mut self, class: &str, from: Point, to: Point) {
        self.put(class, Form::Line { from, to }, None);
    }

    /// Words at a point. `class` says size and colour.
    pub(super) fn text(&mut self, class: &str, x: f64, y: f64, anchor: Anchor, text: &str) {
        self.put(class, Form::Text { at: (x, y), anchor, words: text.to_owned() }, None);
    }

    /// A rectangle with a tooltip; one with no area is left out.
    pub(super) fn rect(&mut self, class: &str, at: Point, size: (f64, f64), tip: &str) {
        if size.0 <= 0.0 || size.1 <= 0.0 {
            return;
        }
        self.put(class, Form::Rect { at, size }, Some(tip));
    }

    pub(super) fn circle(&mut self, class: &str, x: f64, y: f64, radius: f64, tip: &str) {
        self.put(class, Form::Circle { at: (x, y), radius }, Some(tip));
    }

    /// A path through points; `closed` for an area.
    pub(super) fn path(&mut self, class: &str, points: impl IntoIterator<Item = Point>, closed: bool) {
        let points: Vec<Point> = points.into_iter().collect();
        if !points.is_empty() {
            self.put(class, Form::Path { points, closed }, None);
        }
    }

    /// A ribbon that swings from a vertical edge to another: `(x, top, bottom)` each.
    pub(super) fn ribbon(&mut self, class: &str, from: (f64, f64, f64), to: (f64, f64, f64), tip: &str) {
        self.put(class, Form::Ribbon { from, to }, Some(tip));
    }

    /// The whole element.
    pub(super) fn finish(self, id: &str, title: &str, description: &str) -> String {
        let (w, h) = (px(self.width), px(self.height));
        let (title, description) = (escape(title), escape(description));
        let mut out = String::with_capacity(512 + self.shapes.len() * 96);
        // Writing to a String can't fail.
        let _ = write!(
            out,
            concat!(
                r#"<svg role="img" aria-labelledby="{id}-t {id}-d" viewBox="0 0 {w} {h}" width="{w}" height="{h}">"#,
                r#"<title id="{id}-t">{title}</title><desc id="{id}-d">{description}</desc>"#
            ),
            id = id,
            w = w,
            h = h,
            title = title,
            description = description
        );
        for shape in &self.shapes {
            shape.write(&mut out);
        }
        out.push_str("</svg>");
        out
    }

    fn put(&mut self, class: &str, form: Form, tip: Option<&str>) {
        self.shapes.push(Shape { class: class.to_owned(), form, tip: tip.map(str::to_owned) });
    }
}

impl Shape {
    fn write(&self, out: &mut String) {
        let class = &self.class;
        let tip = |tag: &str| match &self.tip {
            Some(tip) => format!("><title>{}</title></{tag}>", escape(tip)),
            None => "/>".to_owned(),
        };
        // Writing to a String can't fail.
        let _ = match &self.form {
            Form::Line { from, to } => {
                let (x1, y1, x2, y2) = (px(from.0), px(from.1), px(to.0), px(to.1));
                write!(out, r#"<line class="{class}" x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}"/>"#)
            }
            Form::Text { at, anchor, words } => {
                let anchor = match anchor {
                    Anchor::Start => "",
                    Anchor::Middle => r#" text-anchor="middle""#,
                    Anchor::End => r#" text-anchor="end""#,
                };
                let (x, y, words) = (px(at.0), px(at.1), escape(words));
                write!(out, r#"<text class="{class}" x="{x}" y="{y}"{anchor}>{words}</text>"#)
            }
            Form::Rect { at, size } => {
                let (x, y, w, h, tip) = (px(at.0), px(at.1), px(size.0), px(size.1), tip("rect"));
                write!(out, r#"<rect class="{class}" x="{x}" y="{y}" width="{w}" height="{h}"{tip}"#)
            }
            Form::Circle { at, radius } => {
                let (x, y, r, tip) = (px(at.0), px(at.1), px(*radius), tip("circle"));
                write!(out, r#"<circle class="{class}" cx="{x}" cy="{y}" r="{r}"{tip}"#)
            }
            Form::Path { points, closed } => {
                let _ = write!(out, r#"<path class="{class}" d=""#);
                for (i, (x, y)) in points.iter().enumerate() {
                    out.push(if i == 0 { 'M' } else { 'L' });
                    out.push_str(&px(*x));
                    out.push(' ');
                    out.push_str(&px(*y));
                }
                out.push_str(if *closed { "Z\"/>" } else { "\"/>" });
                Ok(())
            }
            Form::Ribbon { from, to } => {
                let middle = px(f64::midpoint(from.0, to.0));
                let ((x1, a1, b1), (x2, a2, b2)) = (*from, *to);
                let [x1, a1, b1, x2, a2, b2] = [x1, a1, b1, x2, a2, b2].map(px);
                let tip = tip("path");
                write!(
                    out,
                    r#"<path class="{class}" d="M{x1} {a1}C{middle} {a1} {middle} {a2} {x2} {a2}L{x2} {b2}C{middle} {b2} {middle} {b1} {x1} {b1}Z"{tip}"#
                )
            }
        };
    }
}
