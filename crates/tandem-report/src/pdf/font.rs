//! The typeface: what a character looks like, how wide it is, and the part of the font that a document carries.

use std::{
    borrow::Cow,
    collections::{BTreeMap, HashMap},
    fmt,
};

use subsetter::GlyphRemapper;
use tandem_core::{Error, ErrorCode, Lang, Result};
use ttf_parser::{
    GlyphId, Tag,
    gsub::{SingleSubstitution, SubstitutionSubtable},
};

/// The two weights of one typeface, as TrueType or OpenType files. A character
/// that they lack is shown as the box for missing glyphs.
#[derive(Clone)]
pub struct Fonts {
    regular: Cow<'static, [u8]>,
    strong: Cow<'static, [u8]>,
}

impl Fonts {
    /// The regular and the semi-bold weight.
    ///
    /// # Errors
    /// `unsupported_format` where one of them is not a font.
    pub fn new(regular: impl Into<Cow<'static, [u8]>>, strong: impl Into<Cow<'static, [u8]>>) -> Result<Self> {
        let fonts = Self { regular: regular.into(), strong: strong.into() };
        fonts.faces(Lang::En)?;
        Ok(fonts)
    }

    pub(super) fn faces(&self, lang: Lang) -> Result<[Face<'_>; 2]> {
        Ok([Face::new(&self.regular, lang)?, Face::new(&self.strong, lang)?])
    }
}

impl fmt::Debug for Fonts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Fonts({} and {} bytes)", self.regular.len(), self.strong.len())
    }
}

/// One weight, and which of its glyphs the document uses.
pub(super) struct Face<'a> {
    data: &'a [u8],
    face: ttf_parser::Face<'a>,
    /// Whether quotation marks are as narrow as English has them: they are one character with the wide Chinese ones.
    narrow: bool,
    /// Thousandths of the size for each unit of the font.
    scale: f32,
    known: HashMap<char, (u16, f32)>,
    remapper: GlyphRemapper,
    /// Number in the document → the character that it stands for and its width in thousandths of the size.
    used: BTreeMap<u16, (char, f32)>,
}

/// What a reader is told of a font; lengths are thousandths of the size.
pub(super) struct Metrics {
    pub(super) bbox: [f32; 4],
    pub(super) ascent: f32,
    pub(super) descent: f32,
    pub(super) cap_height: f32,
}

impl<'a> Face<'a> {
    fn new(data: &'a [u8], lang: Lang) -> Result<Self> {
        let face = ttf_parser::Face::parse(data, 0).map_err(|error| {
            Error::new(ErrorCode::UnsupportedFormat, "The font for PDF can't be read.").with_source(error)
        })?;
        let scale = 1000.0 / f32::from(face.units_per_em().max(1));
        let (narrow, known, used) = (lang == Lang::En, HashMap::new(), BTreeMap::new());
        Ok(Self { data, face, narrow, scale, known, remapper: GlyphRemapper::new(), used })
    }

    /// The glyph of a character, 0 where there is none, and its width in thousandths of the size.
    fn glyph(&mut self, c: char) -> (u16, f32) {
        if let Some(known) = self.known.get(&c) {
            return *known;
        }
        // Blanks of other widths are blanks.
        let like = if c.is_whitespace() && self.face.glyph_index(c).is_none() { ' ' } else { c };
        let id = self.face.glyph_index(like).unwrap_or(GlyphId(0));
        let mark = self.narrow && matches!(c, '‘' | '’' | '“' | '”');
        let id = if mark { self.proportional(id).unwrap_or(id) } else { id };
        let width = self.face.glyph_hor_advance(id).map_or(0.0, |width| f32::from(width) * self.scale);
        self.known.insert(c, (id.0, width));
        (id.0, width)
    }

    /// The form of a glyph that is as wide as it needs, where the font has one (OpenType's feature `pwid`).
    fn proportional(&self, glyph: GlyphId) -> Option<GlyphId> {
        let table = self.face.tables().gsub?;
        let features = table.features.into_iter().filter(|feature| feature.tag == Tag::from_bytes(b"pwid"));
        let lookups = features.flat_map(|feature| feature.lookup_indices).filter_map(|at| table.lookups.get(at));
        lookups.flat_map(|lookup| lookup.subtables.into_iter::<SubstitutionSubtable<'_>>()).find_map(|part| {
            let SubstitutionSubtable::Single(single) = part else { return None };
            match single {
                SingleSubstitution::Format1 { coverage, delta } => {
                    coverage.get(glyph).map(|_| GlyphId(glyph.0.wrapping_add_signed(delta)))
                }
                SingleSubstitution::Format2 { coverage, substitutes } => substitutes.get(coverage.get(glyph)?),
            }
        })
    }

    /// How wide a character is at `size` points.
    pub(super) fn advance(&mut self, c: char, size: f32) -> f32 {
        self.glyph(c).1 * size / 1000.0
    }

    /// How wide words are at `size` points.
    pub(super) fn width(&mut self, words: &str, size: f32) -> f32 {
        words.chars().map(|c| self.glyph(c).1).sum::<f32>() * size / 1000.0
    }

    /// The words as numbers of glyphs in the document, two bytes each, and whether all of them have one.
    pub(super) fn encode(&mut self, words: &str) -> (Vec<u8>, bool) {
        let mut bytes = Vec::with_capacity(words.len() * 2);
        let mut whole = true;
        for c in words.chars() {
            let (glyph, width) = self.glyph(c);
            let number = self.remapper.remap(glyph);
            whole &= glyph != 0;
            self.used.entry(number).or_insert((if glyph == 0 { '\u{FFFD}' } else { c }, width));
            bytes.extend_from_slice(&number.to_be_bytes());
        }
        (bytes, whole)
    }

    /// The glyphs that are used: number in the document, character, width in thousandths of the size.
    pub(super) fn used(&self) -> impl Iterator<Item = (u16, char, f32)> + '_ {
        self.used.iter().map(|(number, (c, width))| (*number, *c, *width))
    }

    pub(super) fn metrics(&self) -> Metrics {
        let (face, scale) = (&self.face, self.scale);
        let bbox = face.global_bounding_box();
        Metrics {
            bbox: [bbox.x_min, bbox.y_min, bbox.x_max, bbox.y_max].map(|v| f32::from(v) * scale),
            ascent: f32::from(face.ascender()) * scale,
            descent: f32::from(face.descender()) * scale,
            cap_height: face.capital_height().map_or(733.0, |height| f32::from(height) * scale),
        }
    }

    /// A font file with the glyphs that are used and nothing else.
    ///
    /// # Errors
    /// `internal` where the font is damaged.
    pub(super) fn subset(&self) -> Result<Vec<u8>> {
        subsetter::subset(self.data, 0, &self.remapper)
            .map_err(|error| Error::internal(std::io::Error::other(error.to_string())))
    }
}
