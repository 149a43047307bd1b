//! The server as a whole, over HTTP: what it answers to whom.

mod assets;
mod audit;
mod coverage;
mod isolation;
mod members;
mod postgres;
mod projects;
mod session;
mod tokens;
mod world;
