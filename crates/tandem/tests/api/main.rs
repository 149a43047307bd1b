//! The server as a whole, over HTTP: what it answers to whom; and the command
//! line without one.

mod assets;
mod audit;
mod cli;
mod coverage;
mod crash;
mod data;
mod datasets;
mod isolation;
mod members;
mod postgres;
mod projects;
mod scenarios;
mod session;
mod tokens;
mod world;
