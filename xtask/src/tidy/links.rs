//! A document's links to other files of the checkout lead somewhere.

use std::path::{Component, Path, PathBuf};

use super::{Problem, Source};

/// The links of a Markdown file that lead nowhere; `exists` is asked with paths from the root.
pub(super) fn check(source: &Source, exists: impl Fn(&Path) -> bool) -> Vec<Problem> {
    if !source.has_extension(&["md"]) {
        return Vec::new();
    }
    let folder = source.path.parent().unwrap_or(Path::new(""));
    let mut problems = Vec::new();
    for (number, line) in (1..).zip(source.text.lines()) {
        for target in targets(line) {
            match resolve(folder, target) {
                Some(path) if exists(&path) => {}
                _ => problems.push(Problem::new(&source.path, number, format!("the link to {target} leads nowhere"))),
            }
        }
    }
    problems
}

/// What `](…)` holds, but for addresses and places in the same page.
fn targets(line: &str) -> impl Iterator<Item = &str> {
    line.split("](").skip(1).filter_map(|rest| {
        let target = rest.split([')', ' ', '#']).next()?;
        (!target.is_empty() && !target.contains(':')).then_some(target)
    })
}

/// `folder/target` without `.` and `..`; nothing if it climbs out of the checkout.
fn resolve(folder: &Path, target: &str) -> Option<PathBuf> {
    let mut path = PathBuf::new();
    for part in folder.join(target).components() {
        match part {
            Component::Normal(name) => path.push(name),
            Component::ParentDir => path.pop().then_some(())?,
            Component::CurDir => {}
            Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    Some(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn broken(text: &str) -> usize {
        let source = Source { path: "docs/adr/0001.md".into(), text: text.to_owned() };
        check(&source, |path| path == Path::new("docs/API.md")).len()
    }

    #[test]
    fn a_link_is_followed_from_where_it_stands() {
        assert_eq!(broken("[the API](../API.md#errors), ![a picture](../API.md \"title\")"), 0);
        assert_eq!(broken("[the API](API.md)"), 1);
        assert_eq!(broken("[out](../../../API.md) and [one](../x.md)"), 2);
    }

    #[test]
    fn addresses_and_places_in_the_page_are_not_files() {
        assert_eq!(broken("[a](https://example.org/x) [b](#there) [c](mailto:a@example.org)"), 0);
    }
}
