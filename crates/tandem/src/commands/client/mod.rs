//! The commands that work through a server: they hold a token of its.

mod datasets;
mod http;
mod import;
mod login;
mod push;
mod saved;
mod workflows;

pub(crate) use datasets::Datasets;
pub(crate) use import::Import;
pub(crate) use login::Login;
pub(crate) use push::Push;
pub(crate) use workflows::Remote;
