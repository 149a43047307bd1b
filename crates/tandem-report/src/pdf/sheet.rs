//! The document while it grows: pages, a place on the last one, and what is drawn there.
//!
//! Places are points (1/72 inch) from the top left corner. A page that is full
//! is compressed at once, so that a long report takes little memory.

use std::{collections::BTreeSet, io::Write};

use flate2::{Compression, write::ZlibEncoder};
use pdf_writer::{Content, Name, Str, TextStr, types::StructRole};
use tandem_core::{Error, Lang, Result};

use super::{
    font::{Face, Fonts},
    tags::Tags,
    text::{clean, wrap},
};

/// A4, in points.
pub(super) const PAGE: (f32, f32) = (595.28, 841.89);
/// Room at the left and the right.
pub(super) const MARGIN: f32 = 48.0;
/// Where content begins and ends.
pub(super) const TOP: f32 = 46.0;
pub(super) const BOTTOM: f32 = PAGE.1 - 58.0;
/// How wide content is.
pub(super) const WIDE: f32 = PAGE.0 - 2.0 * MARGIN;

/// The form's own colours.
pub(super) mod color {
    pub(in super::super) const INK: u32 = 0x16_201F;
    pub(in super::super) const SOFT: u32 = 0x5B_6967;
    pub(in super::super) const FAINT: u32 = 0x8A_9694;
    pub(in super::super) const RULE: u32 = 0xE1_E7E6;
    pub(in super::super) const GRID: u32 = 0xE9_EEED;
    pub(in super::super) const RAISED: u32 = 0xF7_F9F9;
    pub(in super::super) const ACCENT: u32 = crate::palette::ACCENT_LIGHT;
    pub(in super::super) const AMBER: u32 = 0xB4_5309;
    pub(in super::super) const AMBER_GROUND: u32 = 0xFE_F6E7;
    pub(in super::super) const RED: u32 = 0xB4_2318;
    pub(in super::super) const RED_GROUND: u32 = 0xFD_F0EE;
    pub(in super::super) const WHITE: u32 = 0xFF_FFFF;
}

/// How words look.
#[derive(Debug, Clone, Copy)]
pub(super) struct Style {
    /// Points.
    pub(super) size: f32,
    /// From line to line, in points.
    pub(super) leading: f32,
    pub(super) color: u32,
    pub(super) strong: bool,
}

impl Style {
    pub(super) const fn new(size: f32, leading: f32, color: u32) -> Self {
        Self { size, leading, color, strong: false }
    }

    pub(super) const fn strong(mut self) -> Self {
        self.strong = true;
        self
    }

    /// From the top of a line to the foot of its letters.
    pub(super) fn foot(self) -> f32 {
        self.leading / 2.0 + self.size * 0.36
    }
}

/// Where a link goes.
pub(super) enum Goal {
    /// To the part of the document with this name.
    Place(String),
    /// Elsewhere.
    Address(String),
}

/// A place that is pressed.
pub(super) struct Link {
    /// Left, top, right, bottom.
    pub(super) area: [f32; 4],
    pub(super) goal: Goal,
}

/// A line of the outline.
pub(super) struct Bookmark {
    pub(super) title: String,
    /// What links name it by.
    pub(super) name: Option<String>,
    /// Whether it stands below the one before.
    pub(super) below: bool,
    pub(super) page: usize,
    pub(super) top: f32,
}

/// A page that is done.
pub(super) struct Page {
    /// Its content, compressed.
    pub(super) content: Vec<u8>,
    pub(super) links: Vec<Link>,
}

/// The document while it grows.
pub(super) struct Sheet<'a> {
    pub(super) lang: Lang,
    pub(super) faces: [Face<'a>; 2],
    pub(super) tags: Tags,
    pub(super) pages: Vec<Page>,
    pub(super) outline: Vec<Bookmark>,
    /// How opaque things are that are not quite so, in hundredths.
    pub(super) alphas: BTreeSet<u8>,
    content: Content,
    links: Vec<Link>,
    /// How far down the page is written.
    pub(super) y: f32,
    /// Whether what is drawn is of one piece that is marked already.
    inside: bool,
}

impl<'a> Sheet<'a> {
    pub(super) fn new(fonts: &'a Fonts, lang: Lang) -> Result<Self> {
        Ok(Self {
            lang,
            faces: fonts.faces(lang)?,
            tags: Tags::new(),
            pages: Vec::new(),
            outline: Vec::new(),
            alphas: BTreeSet::new(),
            content: Content::new(),
            links: Vec::new(),
            y: TOP,
            inside: false,
        })
    }

    /// The number of the page that is written now, from 0.
    pub(super) fn page(&self) -> usize {
        self.pages.len()
    }

    /// Ends the page.
    pub(super) fn turn(&mut self) -> Result<()> {
        let content = std::mem::replace(&mut self.content, Content::new()).finish();
        self.pages.push(Page { content: squeeze(content.as_slice())?, links: std::mem::take(&mut self.links) });
        self.y = TOP;
        Ok(())
    }

    /// Turns the page where less than `height` is left; what is higher than a page begins on a fresh one.
    pub(super) fn need(&mut self, height: f32) -> Result<()> {
        if self.y + height > BOTTOM && self.y > TOP { self.turn() } else { Ok(()) }
    }

    /// Leaves room, though not at the top of a page.
    pub(super) fn space(&mut self, height: f32) {
        if self.y > TOP {
            self.y += height;
        }
    }

    pub(super) fn face(&mut self, strong: bool) -> &mut Face<'a> {
        let [regular, bold] = &mut self.faces;
        if strong { bold } else { regular }
    }

    /// The words in lines, at most `most`.
    pub(super) fn lines(&mut self, words: &str, style: Style, room: f32, most: usize) -> Vec<String> {
        wrap(self.face(style.strong), &clean(words), style.size, room, most)
    }

    /// Adds a line to the outline that leads here.
    pub(super) fn bookmark(&mut self, title: &str, name: Option<String>, below: bool) {
        let (page, top) = (self.page(), self.y);
        let title: String = clean(title).chars().take(200).collect();
        self.outline.push(Bookmark { title, name, below, page, top });
    }

    /// A place that is pressed.
    pub(super) fn link(&mut self, area: [f32; 4], goal: Goal) {
        self.links.push(Link { area, goal });
    }

    /// What is drawn inside is one piece of the open part.
    pub(super) fn piece(&mut self, draw: impl FnOnce(&mut Self)) {
        let number = self.tags.mark(self.pages.len());
        self.content.begin_marked_content_with_properties(Name(b"Figure")).properties().identify(number);
        self.inside = true;
        draw(self);
        self.inside = false;
        self.content.end_marked_content();
    }

    /// Words at a place: the left end of the foot of their letters. They belong to the open part.
    pub(super) fn words(&mut self, at: (f32, f32), words: &str, style: Style) {
        if words.is_empty() {
            return;
        }
        let (bytes, whole) = self.face(style.strong).encode(words);
        if !self.inside {
            let number = self.tags.mark(self.pages.len());
            let mut mark = self.content.begin_marked_content_with_properties(Name(b"Span"));
            let mut properties = mark.properties();
            properties.identify(number);
            // Boxes are copied as the characters that they stand for.
            if !whole {
                properties.actual_text(TextStr(words));
            }
        }
        self.show(at, &bytes, style);
        if !self.inside {
            self.content.end_marked_content();
        }
    }

    fn show(&mut self, at: (f32, f32), bytes: &[u8], style: Style) {
        let [r, g, b] = rgb(style.color);
        let name: &[u8] = if style.strong { b"B" } else { b"R" };
        self.content.set_fill_rgb(r, g, b).begin_text().set_font(Name(name), style.size);
        self.content.next_line(near(at.0), near(PAGE.1 - at.1)).show(Str(bytes)).end_text();
    }

    /// The same, ending at `right`.
    pub(super) fn words_to(&mut self, right: f32, foot: f32, words: &str, style: Style) {
        let width = self.face(style.strong).width(words, style.size);
        self.words((right - width, foot), words, style);
    }

    /// Draws what says nothing: grounds, rules, what is repeated.
    pub(super) fn mute(&mut self, draw: impl FnOnce(&mut Self)) {
        if self.inside {
            return draw(self);
        }
        self.content.begin_marked_content(Name(b"Artifact"));
        self.inside = true;
        draw(self);
        self.inside = false;
        self.content.end_marked_content();
    }

    /// A filled rectangle: left, top, width, height.
    pub(super) fn ground(&mut self, area: [f32; 4], color: u32) {
        self.mute(|sheet| {
            let [r, g, b] = rgb(color);
            let [x, y, w, h] = area.map(near);
            sheet.content.set_fill_rgb(r, g, b).rect(x, PAGE.1 - y - h, w, h).fill_nonzero();
        });
    }

    /// A level line.
    pub(super) fn rule(&mut self, from: f32, to: f32, y: f32, color: u32) {
        self.ground([from, y - 0.3, to - from, 0.6], color);
    }

    /// Draws by the operators of the page itself.
    pub(super) fn content(&mut self) -> &mut Content {
        &mut self.content
    }

    /// What is drawn from now on is so opaque; 100 is quite.
    pub(super) fn opaque(&mut self, hundredths: u8) {
        self.alphas.insert(hundredths);
        self.content.set_parameters(Name(format!("A{hundredths}").as_bytes()));
    }

    /// A block of words at the margin, over pages where need be.
    pub(super) fn flow(&mut self, role: StructRole, words: &str, style: Style) -> Result<()> {
        self.flow_in(role, words, style, MARGIN, WIDE)
    }

    /// A block of words in a column.
    pub(super) fn flow_in(&mut self, role: StructRole, words: &str, style: Style, x: f32, room: f32) -> Result<()> {
        self.tags.open(role);
        for line in self.lines(words, style, room, usize::MAX) {
            self.need(style.leading)?;
            let foot = self.y + style.foot();
            self.words((x, foot), &line, style);
            self.y += style.leading;
        }
        self.tags.close();
        Ok(())
    }
}

/// Red, green and blue from 0 to 1.
pub(super) fn rgb(color: u32) -> [f32; 3] {
    [16, 8, 0].map(|shift| near(f32::from(u8::try_from((color >> shift) & 0xFF).unwrap_or(0)) / 255.0 * 10.0) / 10.0)
}

/// Two digits after the point are enough; what isn't a number is zero, and nothing is far away.
pub(super) fn near(v: f32) -> f32 {
    if v.is_finite() { (v.clamp(-20_000.0, 20_000.0) * 100.0).round() / 100.0 } else { 0.0 }
}

/// The bytes, compressed as PDF readers know it.
///
/// # Errors
/// `internal`; never in memory.
pub(super) fn squeeze(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = ZlibEncoder::new(Vec::with_capacity(bytes.len() / 3), Compression::new(6));
    encoder.write_all(bytes).map_err(Error::internal)?;
    encoder.finish().map_err(Error::internal)
}
