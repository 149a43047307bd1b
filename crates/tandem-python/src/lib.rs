//! Python components: functions in files, run in environments made from lock
//! files, in a child process that may take so much and no more.
//!
//! A folder of components has a folder for each, with its signature
//! (`component.json`), its function (`component.py`) and whatever else it needs,
//! and `environments/NAME.lock`. Tables go to the child and back as Arrow IPC
//! files in a folder of its own, which is removed afterwards.
//!
//! Invariant: nothing is downloaded but by [`Environments::make`], and nothing
//! here knows of people, assets or engines. The child gets no variable of this
//! process's environment. Without a [`Wall`] its limits bound mistakes, not
//! malice: it runs as the same user, with the files and the network that this
//! user has. What it leaves behind is read as a stranger's, with or without.

mod child;
mod embedded;
mod environment;
mod free;
mod log;
mod own;
mod shelf;
mod skeleton;
mod tables;
mod wall;
mod work;

pub use child::Limits;
pub use environment::{Environment, Environments, Listed};
pub use free::{CODE, ENVIRONMENT, PYTHON, free, signature};
pub use log::Log;
pub use own::{Manifest, Own, Wanted, read_statement};
pub use shelf::Shelf;
pub use skeleton::{write_skeleton, write_statement};
pub use wall::{Inside, NO_WALL, Wall, enter};
pub use work::{Call, Done, Thing, call};
