//! The operations, a file a resource.

mod apps;
mod assets;
mod dashboards;
mod datasets;
mod deliveries;
mod imports;
mod me;
mod models;
mod org;
mod packages;
mod projects;
mod query;
mod rows;
mod runs;
mod scenarios;
mod session;
mod shape;
pub(crate) mod system;
mod threads;
mod when;
mod workflows;

use std::sync::Arc;

use tandem_app::App;
use utoipa::{
    Modify,
    openapi::{
        OpenApi,
        security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme},
    },
};
use utoipa_axum::router::OpenApiRouter;

use crate::auth;

/// All operations under `/api/v1`.
pub(crate) fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .merge(session::router())
        .merge(me::router())
        .merge(org::router())
        .merge(projects::router())
        .merge(assets::router())
        .merge(dashboards::router())
        .merge(deliveries::router())
        .merge(datasets::router())
        .merge(imports::router())
        .merge(query::router())
        .merge(runs::router())
        .merge(scenarios::router())
        .merge(models::router())
        .merge(workflows::router())
        .merge(threads::router())
        .merge(packages::router())
        .merge(apps::router())
}

/// The two ways to prove who one is.
pub(crate) struct Security;

impl Modify for Security {
    fn modify(&self, document: &mut OpenApi) {
        let components = document.components.get_or_insert_default();
        components
            .add_security_scheme("session", SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::new(auth::COOKIE))));
        components.add_security_scheme(
            "token",
            SecurityScheme::Http(HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build()),
        );
    }
}
