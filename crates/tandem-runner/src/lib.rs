//! Runs a workflow: nodes that are queries melt into the query of whatever
//! reads their rows, functions read rows through the engine, and what came out
//! is kept by digest, so that nothing is computed twice.
//!
//! Invariant: nothing here knows of people, assets or jobs. Tables from outside
//! come with the access that somebody else decided ([`Source`]); what is known
//! is in [`Results`], so that a run that died goes on from there.

mod blame;
mod fingerprint;
mod function;
mod job;
mod made;
mod node;
mod peek;
mod query;
mod results;
mod run;
mod text;
mod watch;

pub use fingerprint::Fingerprint;
pub use job::{Effects, Given, Identity, Job, Source};
pub use peek::{Peek, peek, standing};
pub use results::{Kept, Results, Stored};
pub use run::{Ran, Runner, run};
pub use watch::{NodeEnd, Watch};
