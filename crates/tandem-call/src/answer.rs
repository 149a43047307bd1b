//! What a service answered, within bounds.

use reqwest::Response;
use serde_json::Value;
use tandem_core::{Error, ErrorCode, Result};

/// Most bytes of an answer.
const MOST: usize = 64 << 20;

/// The answer as JSON; nothing where it is empty.
pub(crate) async fn read(service: &str, mut response: Response) -> Result<Value> {
    let failed = |what: &str| Error::new(ErrorCode::ServiceFailed, format!("The service “{service}” {what}."));
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|_| failed("broke off in the middle of its answer"))? {
        if bytes.len() + chunk.len() > MOST {
            return Err(failed("answered with more than 64 MB"));
        }
        bytes.extend_from_slice(&chunk);
    }
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Ok(Value::Null);
    }
    serde_json::from_slice(&bytes).map_err(|_| failed("answered with what is no JSON"))
}
