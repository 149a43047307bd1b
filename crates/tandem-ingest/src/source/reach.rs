//! From a host's name to the addresses that may be connected to.

use std::net::{IpAddr, SocketAddr};

use tandem_core::{Error, ErrorCode, HostPolicy, Result};

/// The addresses of `host` that `policy` allows; connect to these, since the
/// name may lead elsewhere the next time it is asked.
///
/// # Errors
/// `host_not_allowed` where it leads to none that is allowed,
/// `source_unavailable` where it leads nowhere.
pub(super) async fn addresses(policy: &HostPolicy, host: &str, port: u16) -> Result<Vec<SocketAddr>> {
    if let Some(address) = literal(host) {
        let allowed = policy.allows_address(address);
        return if allowed { Ok(vec![SocketAddr::new(address, port)]) } else { Err(policy.refusal(host)) };
    }
    let found = tokio::net::lookup_host((host, port)).await.map_err(|error| {
        Error::new(ErrorCode::SourceUnavailable, format!("There is no host {host} to be found. Check its name."))
            .with_source(error)
    })?;
    let named = policy.allows_name(host);
    let allowed: Vec<SocketAddr> = found.filter(|found| named || policy.allows_address(found.ip())).collect();
    if allowed.is_empty() { Err(policy.refusal(host)) } else { Ok(allowed) }
}

/// The address that `host` spells out, if it is no name.
pub(super) fn literal(host: &str) -> Option<IpAddr> {
    host.trim_start_matches('[').trim_end_matches(']').parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn code(policy: &HostPolicy, host: &str) -> Option<ErrorCode> {
        addresses(policy, host, 1).await.err().map(|error| error.code())
    }

    #[tokio::test]
    async fn what_a_name_leads_to_counts() {
        let strict = HostPolicy::default();
        // Ways to say 127.0.0.1 that no list of names would hold.
        for host in ["127.0.0.1", "[::1]", "localhost", "2130706433", "0x7f.1", "127.1", "::ffff:127.0.0.1"] {
            assert_eq!(code(&strict, host).await, Some(ErrorCode::HostNotAllowed), "{host}");
        }
        assert_eq!(code(&strict, "no-such-host.invalid").await, Some(ErrorCode::SourceUnavailable));
        assert_eq!(addresses(&strict, "10.1.2.3", 5432).await.unwrap(), ["10.1.2.3:5432".parse().unwrap()]);
        let named = HostPolicy::new(vec!["localhost".parse().unwrap()]);
        assert!(addresses(&named, "localhost", 1).await.unwrap().iter().all(|found| found.ip().is_loopback()));
        assert_eq!(code(&named, "127.0.0.1").await, Some(ErrorCode::HostNotAllowed));
    }
}
