//! Passwords: argon2id, with the parameters OWASP recommends (19 MiB, two
//! passes), hashed away from the threads that answer requests.

use argon2::{Argon2, PasswordHash, PasswordHasher, PasswordVerifier, password_hash::SaltString};
use tandem_core::{Error, ErrorCode, Result};
use tokio::sync::Semaphore;

/// The shortest password accepted, in characters.
pub const MIN_LENGTH: usize = 10;
/// The longest, in bytes: hashing must not be a way to keep the server busy.
pub const MAX_LENGTH: usize = 1024;

/// Hashes that are computed at once. Memory is the process's, so the limit is
/// too: a crowd of wrong passwords must not take it all.
static AT_ONCE: Semaphore = Semaphore::const_new(4);

/// Hashes a new password into a PHC string.
///
/// # Errors
/// `invalid_parameter` where it is too short or too long.
pub async fn hash(password: String) -> Result<String> {
    if password.chars().count() < MIN_LENGTH || password.len() > MAX_LENGTH {
        return Err(Error::new(
            ErrorCode::InvalidParameter,
            format!("A password has at least {MIN_LENGTH} characters. Choose a longer one."),
        ));
    }
    blocking(move || {
        let salt = salt()?;
        let hash = Argon2::default().hash_password(password.as_bytes(), &salt);
        hash.map(|h| h.to_string()).map_err(|e| Error::internal(e.to_string()))
    })
    .await
}

/// Whether `password` is the one behind `stored`. With no stored hash the same
/// work is done in vain, so that the time taken doesn't tell whether the
/// account exists.
///
/// # Errors
/// `internal` where the stored hash is damaged.
pub async fn verify(password: String, stored: Option<String>) -> Result<bool> {
    if password.len() > MAX_LENGTH {
        return Ok(false);
    }
    blocking(move || {
        let Some(stored) = stored else {
            let salt = salt()?;
            let _ = Argon2::default().hash_password(password.as_bytes(), &salt);
            return Ok(false);
        };
        let hash = PasswordHash::new(&stored).map_err(|e| Error::internal(e.to_string()))?;
        Ok(Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
    })
    .await
}

/// 128 random bits, as RFC 9106 recommends.
fn salt() -> Result<SaltString> {
    let bytes: [u8; 16] = rand::random();
    SaltString::encode_b64(&bytes).map_err(|e| Error::internal(e.to_string()))
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    let _permit = AT_ONCE.acquire().await.map_err(Error::internal)?;
    tokio::task::spawn_blocking(work).await.map_err(Error::internal)?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_verifies_against_its_own_hash_alone() {
        let stored = hash("correct horse".into()).await.unwrap();
        assert!(stored.starts_with("$argon2id$"));
        assert!(verify("correct horse".into(), Some(stored.clone())).await.unwrap());
        assert!(!verify("correct horsf".into(), Some(stored)).await.unwrap());
        assert!(!verify("correct horse".into(), None).await.unwrap());
    }

    #[tokio::test]
    async fn short_passwords_are_refused() {
        assert_eq!(hash("short".into()).await.unwrap_err().code(), ErrorCode::InvalidParameter);
        // Counted in characters, not bytes: ten Chinese characters are enough.
        assert!(hash("一二三四五六七八九十".into()).await.is_ok());
    }
}
