//! Assets of every kind: naming, versions, lineage, grants, and requests for
//! access are the same for all of them.

mod change;
mod grant;
mod lineage;
mod list;
mod release;
mod request;
mod stale;
mod version;

pub use change::{delete, describe, undelete};
pub use grant::{GrantSummary, grant, grants, revoke};
pub use lineage::{LineageEdge, LineageNode, LineageView, NodeKind, lineage};
pub(crate) use list::visible;
pub use list::{AssetSummary, get, list, summary};
pub use release::release;
pub use request::{RequestFilter, RequestSummary, ask, decide, requests};
pub use stale::{NewerSource, newer_sources};
pub use version::{VersionSummary, annotate, version, versions};
