//! Workflows: the components, the document and its edits, checks, runs, and
//! what is there at each port.

mod components;
mod document;
mod live;
pub(crate) mod look;
mod notebook;
mod runs;
mod schedules;
mod stale;

use std::sync::Arc;

use tandem_app::App;
use utoipa_axum::router::OpenApiRouter;

pub(crate) fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .merge(components::router())
        .merge(document::router())
        .merge(live::router())
        .merge(look::router())
        .merge(notebook::router())
        .merge(runs::router())
        .merge(schedules::router())
        .merge(stale::router())
}
