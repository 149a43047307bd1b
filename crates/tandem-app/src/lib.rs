//! Use cases and authorization, a folder a domain.

pub mod files;
pub mod scenarios;
