//! Addresses, and which of them may be written to.

use std::fmt;

use tandem_core::{Error, ErrorCode, Result, config::MailConfig};

/// The longest address, in characters (RFC 5321, 4.5.3.1.3).
const LONGEST: usize = 254;

/// An address that can stand in an envelope and in a header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address(lettre::Address);

impl Address {
    /// Reads `name@host`, without a name of a person before it.
    ///
    /// # Errors
    /// `invalid_parameter`, which names the address without what could break a line.
    pub fn read(text: &str) -> Result<Self> {
        let text = text.trim();
        let refuse = || {
            let shown: String = text.chars().filter(|c| !c.is_control()).take(LONGEST).collect();
            let message = format!("“{shown}” is not an e-mail address. Write name@host, in ASCII letters.");
            Err(Error::new(ErrorCode::InvalidParameter, message))
        };
        if text.len() > LONGEST || !text.is_ascii() || text.chars().any(|c| c.is_control() || c.is_whitespace()) {
            return refuse();
        }
        text.parse().map(Self).or_else(|_| refuse())
    }

    pub(crate) const fn inner(&self) -> &lettre::Address {
        &self.0
    }

    /// Whether the operator's configuration allows everybody at this address's host.
    pub(crate) fn is_allowed(&self, config: &MailConfig) -> bool {
        let host = self.0.domain().trim_end_matches('.').to_ascii_lowercase();
        let allows = |domain: &String| {
            let domain = domain.to_ascii_lowercase();
            match domain.strip_prefix("*.") {
                Some(above) => host.strip_suffix(above).is_some_and(|start| start.ends_with('.') && start.len() > 1),
                None => host == domain,
            }
        };
        config.anyone || config.domains.iter().any(allows)
    }

    /// Whether it is the same mailbox, as far as can be told from outside: the
    /// case of letters is ignored, as it is at sign-in.
    pub fn is(&self, other: &str) -> bool {
        self.to_string().eq_ignore_ascii_case(other.trim())
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_break_a_line_or_name_somebody_else_is_no_address() {
        for wrong in [
            "",
            "a",
            "@b.c",
            "a@",
            "a@b.c\r\nBcc: x@y.z",
            "a@b.c\nRCPT TO:<x@y.z>",
            "a@b.c,d@e.f",
            "a b@c.d",
            "<a@b.c>",
            "a@b.c>",
            "用户@例子.中国",
            "a@b\0.c",
        ] {
            let error = Address::read(wrong).unwrap_err();
            assert_eq!(error.code(), ErrorCode::InvalidParameter, "{wrong:?}");
            assert!(!error.message().contains(['\r', '\n', '\0']), "{wrong:?}");
        }
        assert_eq!(Address::read(" Ann@Example.com ").unwrap().to_string(), "Ann@Example.com");
        assert!(Address::read("ann@example.com").unwrap().is("Ann@EXAMPLE.com"));
    }

    #[test]
    fn a_domain_allows_itself_and_a_star_what_is_below() {
        let may = |domains: &[&str], address: &str| {
            let mut config = MailConfig::new("localhost", 25, "t@example.com");
            config.domains = domains.iter().map(ToString::to_string).collect();
            Address::read(address).unwrap().is_allowed(&config)
        };
        assert!(may(&["example.com"], "a@EXAMPLE.com"));
        assert!(!may(&["example.com"], "a@mail.example.com"));
        assert!(!may(&["example.com"], "a@notexample.com"));
        assert!(may(&["*.example.com"], "a@mail.example.com"));
        assert!(!may(&["*.example.com"], "a@example.com"));
        assert!(!may(&["*.example.com"], "a@notexample.com"));
        assert!(!may(&[], "a@example.com"));
        let anyone = MailConfig { anyone: true, ..MailConfig::new("localhost", 25, "t@example.com") };
        assert!(Address::read("a@b.c").unwrap().is_allowed(&anyone));
    }
}
