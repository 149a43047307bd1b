//! The components of a folder.

use std::{collections::BTreeMap, path::Path, sync::Arc};

use tandem_core::{Error, ErrorCode, Result};
use tandem_flow::graph::Component;

use crate::{Environments, Limits, Own, Wall, free::free};

/// Components by name and version, and where their environments are.
#[derive(Debug, Clone)]
pub struct Shelf {
    components: BTreeMap<Component, Arc<Own>>,
    /// Where environments are.
    pub environments: Environments,
    /// The wall behind which they run, if any.
    pub wall: Option<Wall>,
}

impl Shelf {
    /// Reads every folder in `folder` that holds a `component.json`; none may take more than `most`.
    ///
    /// # Errors
    /// `not_found` where there is no such folder; those of a component that is wrong, which name its file;
    /// `already_exists` where two have one name and version.
    pub fn read(folder: &Path, environments: Environments, most: Limits) -> Result<Self> {
        let entries = std::fs::read_dir(folder).map_err(|error| {
            let message = format!(
                "There is no folder of components {}. Name one, or write one with tandem component new.",
                folder.display()
            );
            Error::new(ErrorCode::NotFound, message).with_source(error)
        })?;
        // Python may change its folder before it reads its own file.
        let folder = folder.canonicalize()?;
        let locks = folder.join("environments");
        let mut names: Vec<_> = entries.flatten().map(|entry| entry.file_name()).collect();
        names.sort();
        let mut shelf = Self { components: BTreeMap::new(), environments, wall: None };
        shelf.add(free(&locks, most)?)?;
        for name in names {
            let place = folder.join(name);
            if place.join("component.json").is_file() {
                shelf.add(Own::read(&place, &locks, most)?)?;
            }
        }
        Ok(shelf)
    }

    fn add(&mut self, own: Own) -> Result<()> {
        let key = Component::new(&*own.signature.name, own.signature.version);
        if self.components.contains_key(&key) {
            let message = format!("Two components are called {key}. Rename one, or raise its version.");
            return Err(Error::new(ErrorCode::AlreadyExists, message));
        }
        self.components.insert(key, Arc::new(own));
        Ok(())
    }

    /// The component of that name and version.
    pub fn get(&self, component: &Component) -> Option<&Arc<Own>> {
        self.components.get(component)
    }

    /// The newest version of a name.
    pub fn newest(&self, name: &str) -> Option<&Arc<Own>> {
        self.components.iter().filter(|(component, _)| component.name == name).map(|(_, own)| own).next_back()
    }

    /// All of them, by name and version.
    pub fn all(&self) -> impl Iterator<Item = &Arc<Own>> {
        self.components.values()
    }
}
