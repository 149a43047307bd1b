//! The finished document: feet of pages, fonts, outline, tags and what it says of itself.

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike, Timelike, Utc};
use pdf_writer::{
    Chunk, Content, Date, Filter, Finish, Name, Pdf, Rect, Ref, Settings, Str, TextStr,
    types::{ActionType, AnnotationType, CidFontType, FontFlags, SystemInfo, TabOrder, UnicodeCmap},
};
use tandem_core::Result;

use super::{
    font::Face,
    page,
    sheet::{Bookmark, Goal, Link, MARGIN, PAGE, Sheet, Style, WIDE, color, near, rgb, squeeze},
    text::fit,
};
use crate::{Report, words};

const PLAIN: Settings = Settings { pretty: false };
const CID: SystemInfo<'static> = SystemInfo { registry: Str(b"Adobe"), ordering: Str(b"Identity"), supplement: 0 };
const FOOT: Style = Style::new(7.5, 11.0, color::FAINT);

/// The document's bytes.
pub(super) fn document(mut sheet: Sheet<'_>, report: &Report) -> Result<Vec<u8>> {
    sheet.turn()?;
    let lang = sheet.lang;
    let feet = feet(&mut sheet, report)?;
    let mut pdf = Pdf::with_settings(PLAIN);
    pdf.set_version(1, 7);
    let mut next = Ref::new(1);
    let [catalog, tree, resources, info, metadata] = [(); 5].map(|()| next.bump());
    let pages: Vec<Ref> = sheet.pages.iter().map(|_| next.bump()).collect();
    for (at, (page, foot)) in sheet.pages.iter().zip(&feet).enumerate() {
        let Some(id) = pages.get(at).copied() else { break };
        let (body, below) = (next.bump(), next.bump());
        let links: Vec<Ref> = page.links.iter().map(|_| next.bump()).collect();
        let mut out = pdf.page(id);
        out.parent(tree).media_box(Rect::new(0.0, 0.0, PAGE.0, PAGE.1)).contents_array([body, below]);
        out.pair(Name(b"Resources"), resources);
        out.struct_parents(i32::try_from(at).unwrap_or(i32::MAX)).tab_order(TabOrder::StructureOrder);
        if !links.is_empty() {
            out.annotations(links.iter().copied());
        }
        out.finish();
        pdf.stream(body, &page.content).filter(Filter::FlateDecode);
        pdf.stream(below, foot).filter(Filter::FlateDecode);
        for (link, id) in page.links.iter().zip(links) {
            self::link(&mut pdf, id, link, &sheet.outline, &pages);
        }
    }
    pdf.pages(tree).kids(pages.iter().copied()).count(i32::try_from(pages.len()).unwrap_or(i32::MAX));
    let fonts = [next.bump(), next.bump()];
    for (face, (id, name)) in sheet.faces.iter().zip(fonts.iter().zip(["Regular", "SemiBold"])) {
        font(&mut pdf, face, *id, name, &mut next)?;
    }
    let alphas: Vec<(u8, Ref)> = sheet.alphas.iter().map(|alpha| (*alpha, next.bump())).collect();
    for (alpha, id) in &alphas {
        let share = near(f32::from(*alpha) / 100.0);
        pdf.ext_graphics(*id).non_stroking_alpha(share).stroking_alpha(share);
    }
    {
        let mut all = pdf.indirect(resources).start::<pdf_writer::writers::Resources<'_>>();
        all.fonts().pair(Name(b"R"), fonts[0]).pair(Name(b"B"), fonts[1]);
        let mut states = all.ext_g_states();
        for (alpha, id) in &alphas {
            states.pair(Name(format!("A{alpha}").as_bytes()), *id);
        }
    }
    let outline = outline(&mut pdf, &sheet.outline, &pages, &mut next);
    let tags = sheet.tags.write(&mut pdf, &mut next, &pages);
    let title = super::text::clean(report.title.get(lang));
    said(&mut pdf, info, metadata, report, &title, lang.tag());
    let mut root = pdf.catalog(catalog);
    root.pages(tree).lang(TextStr(lang.tag())).metadata(metadata).pair(Name(b"StructTreeRoot"), tags);
    root.mark_info().marked(true);
    root.viewer_preferences().display_doc_title(true);
    if let Some(outline) = outline {
        root.outlines(outline);
    }
    root.finish();
    Ok(pdf.finish())
}

/// The foot of each page, compressed.
fn feet(sheet: &mut Sheet<'_>, report: &Report) -> Result<Vec<Vec<u8>>> {
    let (count, lang) = (sheet.pages.len(), sheet.lang);
    let y = PAGE.1 - 30.0;
    let line = page::foot(report, lang);
    let line = fit(sheet.face(false), &line, FOOT.size, WIDE - 90.0);
    let line = sheet.face(false).encode(&line).0;
    let [r, g, b] = rgb(FOOT.color);
    let [rule_r, rule_g, rule_b] = rgb(color::RULE);
    (1..=count)
        .map(|number| {
            let words = words::page_of(number, count, lang);
            let width = sheet.face(false).width(&words, FOOT.size);
            let words = sheet.face(false).encode(&words).0;
            let mut out = Content::new();
            out.begin_marked_content(Name(b"Artifact"));
            out.set_fill_rgb(rule_r, rule_g, rule_b).rect(MARGIN, PAGE.1 - y + 12.0, WIDE, 0.6).fill_nonzero();
            out.set_fill_rgb(r, g, b);
            for (x, bytes) in [(MARGIN, &line), (MARGIN + WIDE - width, &words)] {
                out.begin_text().set_font(Name(b"R"), FOOT.size).next_line(near(x), near(PAGE.1 - y));
                out.show(Str(bytes)).end_text();
            }
            out.end_marked_content();
            squeeze(out.finish().as_slice())
        })
        .collect()
}

fn link(pdf: &mut Chunk, id: Ref, link: &Link, outline: &[Bookmark], pages: &[Ref]) {
    let [left, top, right, bottom] = link.area;
    let mut out = pdf.annotation(id);
    out.subtype(AnnotationType::Link).border(0.0, 0.0, 0.0, None);
    out.rect(Rect::new(near(left), near(PAGE.1 - bottom), near(right), near(PAGE.1 - top)));
    match &link.goal {
        Goal::Address(address) => {
            out.action().action_type(ActionType::Uri).uri(Str(address.as_bytes()));
        }
        Goal::Place(name) => {
            let goal = outline.iter().find(|mark| mark.name.as_ref() == Some(name));
            if let Some((page, mark)) = goal.and_then(|mark| Some((pages.get(mark.page)?, mark))) {
                let mut action = out.action();
                action.action_type(ActionType::GoTo);
                action.destination().page(*page).xyz(0.0, near(PAGE.1 - mark.top + 8.0), None);
            }
        }
    }
}

/// A weight of the typeface, with the glyphs that are used.
fn font(pdf: &mut Chunk, face: &Face<'_>, id: Ref, weight: &str, next: &mut Ref) -> Result<()> {
    let [descendant, descriptor, file, unicode] = [(); 4].map(|()| next.bump());
    // Six letters before the name say that it is a part; they needn't mean anything.
    let name = format!("TANDEM+Report-{weight}");
    let name = Name(name.as_bytes());
    pdf.type0_font(id)
        .base_font(name)
        .encoding_predefined(Name(b"Identity-H"))
        .descendant_font(descendant)
        .to_unicode(unicode);
    {
        let mut cid = pdf.cid_font(descendant);
        cid.subtype(CidFontType::Type2).base_font(name).system_info(CID).font_descriptor(descriptor);
        cid.default_width(1000.0).cid_to_gid_map_predefined(Name(b"Identity"));
        let mut widths = cid.widths();
        for (number, _, width) in face.used() {
            if (width - 1000.0).abs() > 0.01 {
                widths.consecutive(number, [near(width)]);
            }
        }
    }
    let metrics = face.metrics();
    let [left, bottom, right, top] = metrics.bbox.map(near);
    pdf.font_descriptor(descriptor)
        .name(name)
        .flags(FontFlags::SYMBOLIC)
        .bbox(Rect::new(left, bottom, right, top))
        .italic_angle(0.0)
        .ascent(near(metrics.ascent))
        .descent(near(metrics.descent))
        .cap_height(near(metrics.cap_height))
        .stem_v(if weight == "Regular" { 80.0 } else { 120.0 })
        .font_file2(file);
    let mut map = UnicodeCmap::<u16>::new(Name(b"Tandem"), CID);
    for (number, c, _) in face.used() {
        map.pair(number, c);
    }
    let map = squeeze(map.finish().as_slice())?;
    pdf.cmap(unicode, &map).filter(Filter::FlateDecode);
    let subset = face.subset()?;
    let length = i32::try_from(subset.len()).unwrap_or(i32::MAX);
    let subset = squeeze(&subset)?;
    pdf.stream(file, &subset).filter(Filter::FlateDecode).pair(Name(b"Length1"), length);
    Ok(())
}

/// The outline: sections, and below them their charts, tables and headings.
fn outline(pdf: &mut Chunk, marks: &[Bookmark], pages: &[Ref], next: &mut Ref) -> Option<Ref> {
    let tops: Vec<usize> = (0..marks.len()).filter(|at| !marks[*at].below).collect();
    let (first, last) = (tops.first()?, tops.last()?);
    let root = next.bump();
    let ids: Vec<Ref> = marks.iter().map(|_| next.bump()).collect();
    let below: BTreeMap<usize, std::ops::Range<usize>> =
        tops.iter().enumerate().map(|(i, at)| (*at, at + 1..tops.get(i + 1).copied().unwrap_or(marks.len()))).collect();
    pdf.outline(root).first(ids[*first]).last(ids[*last]).count(i32::try_from(tops.len()).unwrap_or(i32::MAX));
    let mut write = |at: usize, parent: Ref, before: Option<usize>, after: Option<usize>| {
        let Some(mark) = marks.get(at) else { return };
        let mut item = pdf.outline_item(ids[at]);
        item.title(TextStr(&mark.title)).parent(parent);
        if let Some(before) = before {
            item.prev(ids[before]);
        }
        if let Some(after) = after {
            item.next(ids[after]);
        }
        if let Some(kids) = below.get(&at).filter(|kids| !kids.is_empty()) {
            // A count below zero: folded.
            item.first(ids[kids.start]).last(ids[kids.end - 1]).count(-i32::try_from(kids.len()).unwrap_or(i32::MAX));
        }
        if let Some(page) = pages.get(mark.page) {
            item.dest().page(*page).xyz(0.0, near(PAGE.1 - mark.top + 8.0), None);
        }
    };
    for (i, at) in tops.iter().enumerate() {
        write(*at, root, i.checked_sub(1).map(|i| tops[i]), tops.get(i + 1).copied());
        if let Some(kids) = below.get(at) {
            for kid in kids.clone() {
                let before = (kid > kids.start).then(|| kid - 1);
                write(kid, ids[*at], before, (kid + 1 < kids.end).then_some(kid + 1));
            }
        }
    }
    Some(root)
}

/// What the document says of itself, as readers of two ages look for it.
fn said(pdf: &mut Pdf, info: Ref, metadata: Ref, report: &Report, title: &str, lang: &str) {
    let made = &report.provenance.engine;
    let mut out = pdf.document_info(info);
    out.title(TextStr(title)).author(TextStr("Tandem")).creator(TextStr(made)).producer(TextStr("Tandem"));
    out.creation_date(date(report.created_at)).modified_date(date(report.created_at));
    out.finish();
    let (title, made) = (crate::svg::escape(title), crate::svg::escape(made));
    let at = report.created_at.format("%Y-%m-%dT%H:%M:%SZ");
    let xml = format!(
        concat!(
            "<?xpacket begin=\"\u{feff}\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>",
            "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">",
            "<rdf:Description rdf:about=\"\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\"",
            " xmlns:xmp=\"http://ns.adobe.com/xap/1.0/\" xmlns:pdf=\"http://ns.adobe.com/pdf/1.3/\">",
            "<dc:format>application/pdf</dc:format>",
            "<dc:title><rdf:Alt><rdf:li xml:lang=\"x-default\">{title}</rdf:li></rdf:Alt></dc:title>",
            "<dc:creator><rdf:Seq><rdf:li>Tandem</rdf:li></rdf:Seq></dc:creator>",
            "<dc:language><rdf:Bag><rdf:li>{lang}</rdf:li></rdf:Bag></dc:language>",
            "<xmp:CreatorTool>{made}</xmp:CreatorTool><xmp:CreateDate>{at}</xmp:CreateDate>",
            "<xmp:ModifyDate>{at}</xmp:ModifyDate><pdf:Producer>Tandem</pdf:Producer>",
            "</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end=\"r\"?>"
        ),
        title = title,
        lang = lang,
        made = made,
        at = at,
    );
    pdf.metadata(metadata, xml.as_bytes());
}

fn date(at: DateTime<Utc>) -> Date {
    let part = |value: u32| u8::try_from(value).unwrap_or(0);
    Date::new(u16::try_from(at.year()).unwrap_or(1970))
        .month(part(at.month()))
        .day(part(at.day()))
        .hour(part(at.hour()))
        .minute(part(at.minute()))
        .second(part(at.second()))
        .utc_offset_hour(0)
        .utc_offset_minute(0)
}
