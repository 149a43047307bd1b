//! The HTTP client of object stores: it goes where the policy lets it, and
//! nowhere that a store sends it.

use std::{sync::Arc, time::Duration};

use object_store::{
    ClientOptions,
    client::{HttpClient, HttpConnector},
};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use tandem_core::HostPolicy;

use crate::source::reach;

/// How long a connection may take to come about.
const CONNECT: Duration = Duration::from_secs(10);
/// How long a store may be silent.
const SILENCE: Duration = Duration::from_secs(30);

/// Makes clients that ask the policy about every address they connect to.
#[derive(Debug, Clone)]
pub(super) struct Guarded(pub(super) HostPolicy);

impl HttpConnector for Guarded {
    fn connect(&self, _: &ClientOptions) -> object_store::Result<HttpClient> {
        // A redirect could lead to what may not be reached, and a proxy would
        // resolve names by itself.
        let client = reqwest::Client::builder()
            .dns_resolver(Arc::new(self.clone()))
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .http1_only()
            .connect_timeout(CONNECT)
            .read_timeout(SILENCE)
            .build()
            .map_err(|source| object_store::Error::Generic { store: "S3", source: Box::new(source) })?;
        Ok(HttpClient::new(client))
    }
}

impl Resolve for Guarded {
    fn resolve(&self, name: Name) -> Resolving {
        let policy = self.0.clone();
        Box::pin(async move {
            let found = reach::addresses(&policy, name.as_str(), 0).await?;
            let addresses: Addrs = Box::new(found.into_iter());
            Ok(addresses)
        })
    }
}
