//! Python components: calling one, on the command line as whoever runs it and
//! on a server behind its wall.

mod call;
pub(crate) mod code;
mod effects;
mod server;

pub(crate) use call::{Called, call, rows};
pub(crate) use effects::WithPython;
pub use server::environments;
pub(crate) use server::{Server, scratch};
pub use tandem_python::Listed as Environment;
