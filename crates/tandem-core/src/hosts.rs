//! Which other machines the server reads from on somebody's behalf.
//!
//! Who may import names the address of a database or an object store, and it
//! is the server that connects: without a policy that person would reach
//! whatever the server reaches. Names are never trusted for what they lead to:
//! each address they resolve to is asked about.

use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    str::FromStr,
};

use crate::{Error, ErrorCode, Result};

/// Addresses at which clouds give away the credentials of the machine that
/// asks, and which are not link-local: Alibaba Cloud, Azure, Oracle Cloud.
const METADATA_V4: [Ipv4Addr; 3] =
    [Ipv4Addr::new(100, 100, 100, 200), Ipv4Addr::new(168, 63, 129, 16), Ipv4Addr::new(192, 0, 0, 192)];
/// The same of AWS on IPv6.
const METADATA_V6: Ipv6Addr = Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254);

/// What may be read from. Without rules: every address but this machine's own,
/// link-local ones and those of cloud metadata.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HostPolicy(Vec<HostRule>);

/// One thing that may be read from.
///
/// Written as `default` (what is allowed without rules), `any`, an address, a
/// network in CIDR notation, a host name, or `*.` before the end of host names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HostRule {
    /// What is allowed without rules.
    Default,
    /// Every address there is, this machine's own among them.
    Any,
    /// A network, or one address of it.
    Network {
        /// Its first address.
        base: IpAddr,
        /// How many leading bits its addresses share.
        bits: u8,
    },
    /// A host, wherever its name leads.
    Name(String),
    /// All hosts whose names end so; with the leading point.
    Suffix(String),
}

impl HostPolicy {
    /// What `rules` say, or the default where there are none.
    pub const fn new(rules: Vec<HostRule>) -> Self {
        Self(rules)
    }

    /// Whether the host of this name is allowed wherever the name leads.
    pub fn allows_name(&self, name: &str) -> bool {
        let name = name.trim_end_matches('.').to_ascii_lowercase();
        self.0.iter().any(|rule| match rule {
            HostRule::Any => true,
            HostRule::Name(allowed) => *allowed == name,
            HostRule::Suffix(end) => name.len() > end.len() && name.ends_with(end),
            HostRule::Default | HostRule::Network { .. } => false,
        })
    }

    /// Whether this address is allowed, however it was come by.
    pub fn allows_address(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        if self.0.is_empty() {
            return is_elsewhere(address);
        }
        self.0.iter().any(|rule| match rule {
            HostRule::Any => true,
            HostRule::Default => is_elsewhere(address),
            HostRule::Network { base, bits } => contains(*base, *bits, address),
            HostRule::Name(_) | HostRule::Suffix(_) => false,
        })
    }

    /// What to say of a host that is refused.
    pub fn refusal(&self, host: &str) -> Error {
        let why = if self.0.is_empty() {
            "it is the server itself, a link-local address or a cloud's metadata"
        } else {
            "it is not among the hosts that this server may read from"
        };
        Error::new(
            ErrorCode::HostNotAllowed,
            format!(
                "Imports may not read from {host}: {why}. Whoever runs the server can allow it with \
                 `tandem serve --allow-source`."
            ),
        )
    }
}

impl FromStr for HostRule {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let wrong = || {
            Error::new(
                ErrorCode::InvalidParameter,
                format!(
                    "“{text}” is no source to allow. Write default, any, an address, a network such as 10.0.0.0/8, a \
                     host name or *.example.com."
                ),
            )
        };
        let text = text.trim().to_ascii_lowercase();
        let name = |name: &str| {
            let plain = |c: char| c.is_alphanumeric() || "-_.".contains(c);
            !name.is_empty() && name.chars().all(plain) && !name.starts_with('.')
        };
        match text.as_str() {
            "default" => return Ok(Self::Default),
            "any" => return Ok(Self::Any),
            _ => {}
        }
        if let Ok(base) = text.trim_matches(['[', ']']).parse::<IpAddr>() {
            let base = base.to_canonical();
            return Ok(Self::Network { base, bits: width(base) });
        }
        if let Some((base, bits)) = text.split_once('/') {
            let base: IpAddr = base.parse().map_err(|_| wrong())?;
            let bits = bits.parse().ok().filter(|bits| *bits <= width(base)).ok_or_else(wrong)?;
            return Ok(Self::Network { base, bits });
        }
        if let Some(end) = text.strip_prefix("*.") {
            return if name(end) { Ok(Self::Suffix(format!(".{end}"))) } else { Err(wrong()) };
        }
        // A row of numbers is a mistyped address, not a name.
        let numbers = text.chars().all(|c| c.is_ascii_digit() || c == '.');
        if name(&text) && !numbers { Ok(Self::Name(text.trim_end_matches('.').to_owned())) } else { Err(wrong()) }
    }
}

impl fmt::Display for HostRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::Any => f.write_str("any"),
            Self::Network { base, bits } => write!(f, "{base}/{bits}"),
            Self::Name(name) => f.write_str(name),
            Self::Suffix(end) => write!(f, "*{end}"),
        }
    }
}

const fn width(address: IpAddr) -> u8 {
    if address.is_ipv4() { 32 } else { 128 }
}

fn contains(base: IpAddr, bits: u8, address: IpAddr) -> bool {
    let first = |number: u128, of: u8| {
        let rest = u32::from(of.saturating_sub(bits));
        number.checked_shr(rest).unwrap_or_default()
    };
    match (base, address) {
        (IpAddr::V4(base), IpAddr::V4(address)) => {
            first(u128::from(base.to_bits()), 32) == first(u128::from(address.to_bits()), 32)
        }
        (IpAddr::V6(base), IpAddr::V6(address)) => first(base.to_bits(), 128) == first(address.to_bits(), 128),
        _ => false,
    }
}

/// Whether the address is another machine's, and not one that gives away this
/// one's credentials.
fn is_elsewhere(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => {
            let here = v4.octets()[0] == 0 || v4.is_loopback();
            !(here || v4.is_link_local() || v4.is_multicast() || v4.is_broadcast() || METADATA_V4.contains(&v4))
        }
        IpAddr::V6(v6) => {
            let here = v6.is_unspecified() || v6.is_loopback();
            let special = v6.is_unicast_link_local() || v6.is_multicast() || v6 == METADATA_V6;
            // What is translated to IPv4 on its way is judged by where it ends.
            !here && !special && inner(v6).is_none_or(|v4| is_elsewhere(IpAddr::V4(v4)))
        }
    }
}

/// The IPv4 address inside a translated one: NAT64, 6to4, and the deprecated
/// form with zeros before it.
fn inner(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let [a, b, c, d, e, f, g, h] = address.segments();
    let of = |high: u16, low: u16| Ipv4Addr::from_bits(u32::from(high) << 16 | u32::from(low));
    match [a, b, c, d, e, f] {
        [0x64, 0xff9b, 0, 0, 0, 0] | [0, 0, 0, 0, 0, 0] => Some(of(g, h)),
        [0x2002, high, low, ..] => Some(of(high, low)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy(rules: &[&str]) -> HostPolicy {
        HostPolicy::new(rules.iter().map(|rule| rule.parse().unwrap()).collect())
    }

    fn allows(rules: &[&str], address: &str) -> bool {
        policy(rules).allows_address(address.parse().unwrap())
    }

    #[test]
    fn by_default_other_machines_alone() {
        for address in
            ["10.1.2.3", "192.168.0.9", "172.17.0.1", "8.8.8.8", "2001:db8::1", "fd12::1", "64:ff9b::808:808"]
        {
            assert!(allows(&[], address), "{address}");
        }
        for address in [
            "127.0.0.1",
            "127.255.0.9",
            "0.0.0.0",
            "0.1.2.3",
            "169.254.169.254",
            "100.100.100.200",
            "168.63.129.16",
            "192.0.0.192",
            "224.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::127.0.0.1",
            "::ffff:169.254.169.254",
            "64:ff9b::7f00:1",
            "2002:7f00:1::",
            "fe80::1",
            "fd00:ec2::254",
            "ff02::1",
        ] {
            assert!(!allows(&[], address), "{address}");
        }
    }

    #[test]
    fn rules_are_all_there_is() {
        let rules = ["10.20.0.0/16", "192.168.7.7", "fd00:1::/32", "db.example.com", "*.amazonaws.com"];
        for address in ["10.20.255.1", "192.168.7.7", "::ffff:10.20.0.1", "fd00:1:2::9"] {
            assert!(allows(&rules, address), "{address}");
        }
        for address in ["10.21.0.1", "192.168.7.8", "8.8.8.8", "127.0.0.1", "fd00:2::1"] {
            assert!(!allows(&rules, address), "{address}");
        }
        let policy = policy(&rules);
        for name in ["db.example.com", "DB.Example.com.", "s3.eu-west-1.amazonaws.com"] {
            assert!(policy.allows_name(name), "{name}");
        }
        for name in ["example.com", "db.example.com.evil.test", "evilamazonaws.com", ".amazonaws.com", "10.20.0.1"] {
            assert!(!policy.allows_name(name), "{name}");
        }
        assert!(allows(&["default", "127.0.0.0/8"], "127.0.0.1") && allows(&["default", "::1"], "8.8.8.8"));
        assert!(!allows(&["default", "127.0.0.0/8"], "169.254.169.254"));
        assert!(allows(&["any"], "169.254.169.254") && allows(&["0.0.0.0/0"], "127.0.0.1"));
    }

    #[test]
    fn what_is_no_rule_is_said() {
        for wrong in ["", "10.0.0.0/33", "10.0.0/8", "a b", "http://x", "*.", "*", "300.1.1.1", "::1/129", ".x"] {
            assert_eq!(wrong.parse::<HostRule>().unwrap_err().code(), ErrorCode::InvalidParameter, "{wrong}");
        }
        for rule in ["default", "any", "10.0.0.0/8", "db.example.com", "*.example.com"] {
            assert_eq!(rule.parse::<HostRule>().unwrap().to_string(), rule);
        }
    }
}
