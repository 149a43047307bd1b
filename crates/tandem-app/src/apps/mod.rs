//! Apps: a workflow, or a packaged component, that somebody opens as a form:
//! they choose the data, set what may be set, run it, and read what came out,
//! without seeing how it is made.

mod data;
mod open;
mod outputs;
mod publish;
mod report;
mod run;

pub use data::{Candidate, Misfit, datasets};
pub(crate) use open::seen;
pub use open::{AppView, get, list};
pub use outputs::{OutputState, RunOutput, download, look, outputs};
pub use publish::{publish, unpublish};
pub use report::report_file;
pub use run::{AppRequest, run, runs};
