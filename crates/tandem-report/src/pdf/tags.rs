//! What the document is made of: the tree of headings, paragraphs, figures and
//! tables that programs read aloud and search.

use pdf_writer::{
    Chunk, Name, Ref, TextStr,
    types::{StructRole, TableHeaderScope},
};

/// A part of the document.
struct Node {
    role: StructRole,
    parent: usize,
    kids: Vec<Kid>,
    /// What it shows, for who can't see it.
    alt: Option<String>,
}

enum Kid {
    Node(usize),
    /// Page and number of a piece of its content.
    Mark(usize, i32),
}

/// The tree while it grows. The document itself is its first part.
pub(super) struct Tags {
    nodes: Vec<Node>,
    /// The parts that are open, the innermost last.
    open: Vec<usize>,
    /// For each page, which part owns each piece of its content.
    owners: Vec<Vec<usize>>,
}

impl Tags {
    pub(super) fn new() -> Self {
        let root = Node { role: StructRole::Document, parent: 0, kids: Vec::new(), alt: None };
        Self { nodes: vec![root], open: vec![0], owners: Vec::new() }
    }

    /// Begins a part inside the one that is open.
    pub(super) fn open(&mut self, role: StructRole) {
        self.open_as(role, None);
    }

    /// Begins a part that is described in words.
    pub(super) fn open_as(&mut self, role: StructRole, alt: Option<String>) {
        let (parent, id) = (self.open.last().copied().unwrap_or(0), self.nodes.len());
        self.nodes.push(Node { role, parent, kids: Vec::new(), alt });
        if let Some(parent) = self.nodes.get_mut(parent) {
            parent.kids.push(Kid::Node(id));
        }
        self.open.push(id);
    }

    /// Ends the part that is open.
    pub(super) fn close(&mut self) {
        if self.open.len() > 1 {
            self.open.pop();
        }
    }

    /// The number of a new piece of content of the open part on a page.
    pub(super) fn mark(&mut self, page: usize) -> i32 {
        let owner = self.open.last().copied().unwrap_or(0);
        if self.owners.len() <= page {
            self.owners.resize_with(page + 1, Vec::new);
        }
        let number = self.owners.get(page).map_or(0, |owned| i32::try_from(owned.len()).unwrap_or(i32::MAX));
        if let Some(owned) = self.owners.get_mut(page) {
            owned.push(owner);
        }
        if let Some(node) = self.nodes.get_mut(owner) {
            node.kids.push(Kid::Mark(page, number));
        }
        number
    }

    /// Writes the tree. Parts without content are left out.
    pub(super) fn write(&self, out: &mut Chunk, next: &mut Ref, pages: &[Ref]) -> Ref {
        let root = next.bump();
        let ids: Vec<Ref> = self.nodes.iter().map(|_| next.bump()).collect();
        let mut full = vec![false; self.nodes.len()];
        // A part comes after the one that holds it.
        for (at, node) in self.nodes.iter().enumerate().rev() {
            let has = node.kids.iter().any(|kid| match kid {
                Kid::Node(at) => full.get(*at).copied().unwrap_or(false),
                Kid::Mark(..) => true,
            });
            if let Some(full) = full.get_mut(at) {
                *full = has || at == 0;
            }
        }
        for ((at, node), id) in self.nodes.iter().enumerate().zip(&ids) {
            if !full.get(at).copied().unwrap_or(false) {
                continue;
            }
            let mut element = out.struct_element(*id);
            element.kind(node.role);
            element.parent(if at == 0 { root } else { ids.get(node.parent).copied().unwrap_or(root) });
            if let Some(alt) = &node.alt {
                element.alt(TextStr(alt));
            }
            if node.role == StructRole::TH {
                element.attributes().push().table().scope(TableHeaderScope::Column);
            }
            let home = node.kids.iter().find_map(|kid| match kid {
                Kid::Mark(page, _) => Some(*page),
                Kid::Node(_) => None,
            });
            if let Some(page) = home.and_then(|page| pages.get(page)) {
                element.page(*page);
            }
            let mut kids = element.children();
            for kid in &node.kids {
                match kid {
                    Kid::Node(at) if full.get(*at).copied().unwrap_or(false) => {
                        if let Some(id) = ids.get(*at) {
                            kids.struct_element(*id);
                        }
                    }
                    Kid::Node(_) => {}
                    Kid::Mark(page, number) if Some(*page) == home => {
                        kids.marked_content_id(*number);
                    }
                    Kid::Mark(page, number) => {
                        if let Some(page) = pages.get(*page) {
                            kids.marked_content_ref().page(*page).marked_content_id(*number);
                        }
                    }
                }
            }
        }
        let owners: Vec<Ref> = self.owners.iter().map(|_| next.bump()).collect();
        for (owned, id) in self.owners.iter().zip(&owners) {
            out.indirect(*id).array().items(owned.iter().filter_map(|at| ids.get(*at).copied()));
        }
        let parents = next.bump();
        {
            let mut tree = out.number_tree::<Ref>(parents);
            let mut entries = tree.nums();
            for (page, id) in (0..).zip(&owners) {
                entries.insert(page, *id);
            }
        }
        let mut tree = out.indirect(root).dict();
        tree.pair(Name(b"Type"), Name(b"StructTreeRoot"));
        if let Some(document) = ids.first() {
            tree.pair(Name(b"K"), *document);
        }
        tree.pair(Name(b"ParentTree"), parents);
        tree.pair(Name(b"ParentTreeNextKey"), i32::try_from(owners.len()).unwrap_or(i32::MAX));
        root
    }
}
