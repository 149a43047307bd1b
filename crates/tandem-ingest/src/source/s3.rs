//! An object of an S3-compatible store, staged on disk.

mod client;

use std::{fmt, path::Path, time::Duration};

use object_store::{ObjectStoreExt as _, RetryConfig, aws::AmazonS3Builder, path::Path as Key};
use serde::{Deserialize, Serialize};
use tandem_core::{Cancel, Error, ErrorCode, HostPolicy, Progress, Result};
use url::Url;

use super::{
    reach,
    stage::{Expected, stage},
};

/// Which object, and how to get at it.
#[derive(Clone, Serialize, Deserialize)]
pub struct S3Source {
    /// `s3://bucket/key`.
    pub url: String,
    /// Where the store is, for others than Amazon's (`http://127.0.0.1:9000`).
    #[serde(default)]
    pub endpoint: Option<String>,
    /// Its region; `us-east-1` if absent.
    #[serde(default)]
    pub region: Option<String>,
    /// Access key; without one the object is read unsigned.
    #[serde(default)]
    pub access_key: Option<String>,
    /// Secret key.
    #[serde(default)]
    pub secret_key: Option<String>,
    /// Where the store may be. It is the server's to say, and never read from
    /// what somebody asks for.
    #[serde(skip)]
    pub hosts: HostPolicy,
}

impl fmt::Debug for S3Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("S3Source").field("url", &self.url).field("endpoint", &self.endpoint).finish_non_exhaustive()
    }
}

impl S3Source {
    /// The bucket and the key.
    fn parts(&self) -> Result<(String, Key)> {
        let wrong = || {
            Error::new(ErrorCode::InvalidParameter, "The address of an object is written `s3://bucket/path/to/file`.")
        };
        let url = Url::parse(&self.url).map_err(|e| wrong().with_source(e))?;
        let bucket = url.host_str().filter(|h| !h.is_empty()).ok_or_else(wrong)?;
        let key = Key::from_url_path(url.path()).map_err(|e| wrong().with_source(e))?;
        let named = bucket.chars().all(|c| c.is_ascii_alphanumeric() || ".-_".contains(c));
        if url.scheme() != "s3" || key.as_ref().is_empty() || !named {
            return Err(wrong());
        }
        Ok((bucket.to_owned(), key))
    }

    /// Checks what the client of the store takes on trust: it puts them into
    /// addresses and headers as they are.
    fn check(&self) -> Result<()> {
        let plain = |text: &Option<String>, extra: &str| {
            text.as_deref().is_none_or(|t| {
                !t.is_empty() && t.len() <= 256 && t.chars().all(|c| c.is_ascii_alphanumeric() || extra.contains(c))
            })
        };
        let endpoint = self.endpoint.as_deref().is_none_or(|text| {
            Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
        });
        let printable = |text: &Option<String>| text.as_deref().is_none_or(|t| t.chars().all(|c| c.is_ascii_graphic()));
        if plain(&self.region, "-_") && endpoint && plain(&self.access_key, "-_./+=") && printable(&self.secret_key) {
            return Ok(());
        }
        Err(Error::new(
            ErrorCode::InvalidParameter,
            "The endpoint is an http:// or https:// address, and region and keys are plain ASCII. Check them.",
        ))
    }

    /// The object's name without its path.
    ///
    /// # Errors
    /// `invalid_parameter` where the address is malformed.
    pub fn file_name(&self) -> Result<String> {
        let (_, key) = self.parts()?;
        Ok(key.filename().unwrap_or_default().to_owned())
    }

    /// Whether the store may be connected to, as far as that can be told
    /// before.
    ///
    /// # Errors
    /// `host_not_allowed`, `source_unavailable`, `invalid_parameter`.
    pub async fn check_host(&self) -> Result<()> {
        self.check()?;
        let amazon = || format!("https://s3.{}.amazonaws.com", self.region());
        let address = self.endpoint.clone().unwrap_or_else(amazon);
        let url = Url::parse(&address).map_err(Error::internal)?;
        let host = url.host_str().unwrap_or_default();
        reach::addresses(&self.hosts, host, url.port_or_known_default().unwrap_or_default()).await.map(drop)
    }

    fn region(&self) -> &str {
        self.region.as_deref().unwrap_or("us-east-1")
    }

    /// Copies the object to `target`, which appears once it is whole. Gives its
    /// size in bytes, of which there may be `limit`.
    ///
    /// # Errors
    /// `host_not_allowed`, `source_unavailable`, `not_found`, `payload_too_large`,
    /// `truncated_file`, `storage_full`, `cancelled`.
    pub async fn fetch(&self, target: &Path, limit: u64, cancel: &Cancel, progress: &dyn Progress) -> Result<u64> {
        let (bucket, key) = self.parts()?;
        self.check_host().await?;
        // Nothing of the server's own environment is used: neither its keys nor its role.
        let mut builder = AmazonS3Builder::new()
            .with_bucket_name(bucket)
            .with_region(self.region())
            .with_http_connector(client::Guarded(self.hosts.clone()))
            .with_retry(RetryConfig {
                max_retries: 3,
                retry_timeout: Duration::from_secs(30),
                ..RetryConfig::default()
            });
        if let Some(endpoint) = &self.endpoint {
            builder = builder.with_endpoint(endpoint).with_allow_http(endpoint.starts_with("http://"));
        }
        builder = match (&self.access_key, &self.secret_key) {
            (Some(access), Some(secret)) => builder.with_access_key_id(access).with_secret_access_key(secret),
            _ => builder.with_skip_signature(true),
        };
        let store = builder.build().map_err(store_error)?;
        let found = store.get(&key).await.map_err(store_error)?;
        let size = found.meta.size;
        if size > limit {
            return Err(Error::new(
                ErrorCode::PayloadTooLarge,
                format!("The object has {size} bytes; at most {limit} can be imported."),
            ));
        }
        stage(found.into_stream(), target, Expected { limit, exactly: Some(size) }, cancel, progress).await
    }
}

fn store_error(error: object_store::Error) -> Error {
    use object_store::Error as E;
    let ours = match &error {
        E::NotFound { .. } => Error::new(ErrorCode::NotFound, "There is no such bucket or object. Check the address."),
        E::PermissionDenied { .. } | E::Unauthenticated { .. } => {
            Error::new(ErrorCode::SourceUnavailable, "The store refused access. Check the keys and what they may read.")
        }
        _ => Error::new(
            ErrorCode::SourceUnavailable,
            "The store can't be reached or did not answer as expected. Check endpoint, region and keys.",
        ),
    };
    ours.with_source(error)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(url: &str) -> S3Source {
        let secret_key = Some("hush".into());
        let hosts = HostPolicy::default();
        S3Source { url: url.into(), endpoint: None, region: None, access_key: None, secret_key, hosts }
    }

    #[test]
    fn addresses() {
        assert_eq!(source("s3://b/a/%E8%AE%A2%E5%8D%95.csv").file_name().unwrap(), "订单.csv");
        for bad in ["", "b/a.csv", "s3://", "s3://b", "s3://b/", "http://b/a.csv"] {
            assert_eq!(source(bad).file_name().unwrap_err().code(), ErrorCode::InvalidParameter, "{bad}");
        }
    }

    #[test]
    fn secrets_are_not_shown() {
        assert!(!format!("{:?}", source("s3://b/a.csv")).contains("hush"));
    }
}
