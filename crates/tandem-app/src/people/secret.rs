//! Bearer secrets of sessions and tokens: 256 random bits that only their
//! holder has; the database keeps a SHA-256 of them.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// A new secret and the hash to store. The secret is shown once.
pub fn generate() -> (String, String) {
    let bytes: [u8; 32] = rand::random();
    let secret = BASE64_URL_SAFE_NO_PAD.encode(bytes);
    let hash = hash(&secret);
    (secret, hash)
}

/// What is stored of a secret. A plain digest is enough: unlike a password it
/// can't be guessed.
pub fn hash(secret: &str) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(secret.as_bytes()))
}

/// Whether `secret` is the one behind `stored`, in constant time.
pub fn matches(secret: &str, stored: &str) -> bool {
    hash(secret).as_bytes().ct_eq(stored.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_matches_its_own_hash_alone() {
        let (secret, stored) = generate();
        let (other, _) = generate();
        assert!(matches(&secret, &stored));
        assert!(!matches(&other, &stored));
        assert!(!stored.contains(&secret));
    }
}
