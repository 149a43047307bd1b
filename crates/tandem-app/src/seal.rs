//! Sealing of secrets that must be kept to be used again, such as a database
//! password of an import that may be retried: XChaCha20-Poly1305 with a key
//! that lives beside the data, readable by the server alone.

use std::{fs, io::Write, os::unix::fs::OpenOptionsExt, path::Path};

use base64::{Engine, prelude::BASE64_STANDARD};
use chacha20poly1305::{
    Key, KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};
use tandem_core::{Error, ErrorCode, Result};

const NONCE: usize = 24;

/// Seals and opens secrets with one key.
#[derive(Clone)]
pub(crate) struct Sealer(XChaCha20Poly1305);

/// The 32 random bytes in `path`, readable by the server alone; made where
/// there are none.
///
/// # Errors
/// `internal` where the file can't be read or written, or is no key.
pub(crate) fn secret_key(path: &Path) -> Result<[u8; 32]> {
    let bytes = match fs::read(path) {
        Ok(bytes) => bytes,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
            let key: [u8; 32] = rand::random();
            let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
            file.write_all(&key)?;
            file.sync_all()?;
            key.to_vec()
        }
        Err(e) => return Err(e.into()),
    };
    bytes.try_into().map_err(|_| Error::internal("a key file is damaged"))
}

impl Sealer {
    /// The key in `path`; a new one is made where there is none.
    ///
    /// # Errors
    /// `internal` where the file can't be read or written, or is no key.
    pub(crate) fn open(path: &Path) -> Result<Self> {
        let key = secret_key(path)?;
        Ok(Self(XChaCha20Poly1305::new(&Key::from(key))))
    }

    /// Seals `secret` for one `purpose`; it opens for that purpose alone.
    ///
    /// # Errors
    /// `internal` where the cipher fails.
    pub(crate) fn seal(&self, purpose: &str, secret: &str) -> Result<String> {
        let nonce: [u8; NONCE] = rand::random();
        let payload = Payload { msg: secret.as_bytes(), aad: purpose.as_bytes() };
        let sealed = self
            .0
            .encrypt(&XNonce::from(nonce), payload)
            .map_err(|_| Error::internal("a secret could not be sealed"))?;
        Ok(BASE64_STANDARD.encode([nonce.as_slice(), &sealed].concat()))
    }

    /// Opens what [`Sealer::seal`] made for the same purpose.
    ///
    /// # Errors
    /// `state_conflict` where it was sealed with another key or for another purpose.
    pub(crate) fn open_sealed(&self, purpose: &str, sealed: &str) -> Result<String> {
        let refused = || {
            Error::new(
                ErrorCode::StateConflict,
                "A saved password can't be read with this server's key. Enter it again and retry.",
            )
        };
        let bytes = BASE64_STANDARD.decode(sealed).map_err(|_| refused())?;
        let (nonce, sealed) = bytes.split_at_checked(NONCE).ok_or_else(refused)?;
        let nonce: [u8; NONCE] = nonce.try_into().map_err(|_| refused())?;
        let payload = Payload { msg: sealed, aad: purpose.as_bytes() };
        let secret = self.0.decrypt(&XNonce::from(nonce), payload).map_err(|_| refused())?;
        String::from_utf8(secret).map_err(|_| refused())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_opens_with_its_key_and_purpose_alone() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("key");
        let sealed = Sealer::open(&path).unwrap().seal("import", "p4ssword").unwrap();
        assert!(!sealed.contains("p4ssword"));
        let again = Sealer::open(&path).unwrap();
        assert_eq!(again.open_sealed("import", &sealed).unwrap(), "p4ssword");
        assert!(again.open_sealed("other", &sealed).is_err());
        let other = Sealer::open(&dir.path().join("other")).unwrap();
        assert_eq!(other.open_sealed("import", &sealed).unwrap_err().code(), ErrorCode::StateConflict);
    }
}
