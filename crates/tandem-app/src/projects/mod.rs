//! Projects: where a team works, who is in it, what happened, and finding
//! things.

mod activity;
mod change;
mod follow;
mod list;
mod member;
mod search;

pub use activity::{Activity, activity};
pub use change::{NewProject, ProjectChange, archive, change, create, get};
pub use follow::{Follower, follow};
pub use list::{ProjectSummary, list};
pub use member::{ProjectPerson, members, put_member, remove_member};
pub use search::{Hit, HitKind, search};
