//! The server as a whole, over HTTP: what it answers to whom; and the command
//! line without one.

#![expect(
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test that can't go on fails, and says where; one that is skipped says why"
)]

mod apps;
mod assets;
mod audit;
mod bad_files;
mod bad_requests;
mod bad_workflows;
mod bring;
mod cli;
mod cli_server;
mod coverage;
mod crash;
mod crash_delivery;
mod crash_schedule;
mod crash_workflow;
mod dashboards;
mod data;
mod datasets;
mod deliveries;
mod each;
mod endless;
mod exports;
mod full_disk;
mod governance;
mod imports;
mod isolation;
#[path = "../../../tandem-mail/tests/it/server.rs"]
mod mail_server;
mod members;
mod models;
mod notify;
mod packages;
mod postgres;
mod process;
mod projects;
mod run_rows;
mod scenarios;
mod schedules;
mod services;
mod session;
mod sources;
mod stale;
mod terminal;
mod threads;
mod tokens;
mod workflows;
mod world;
