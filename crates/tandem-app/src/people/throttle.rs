//! Slowing down who guesses passwords.

use chrono::TimeDelta;
use tandem_core::{Error, ErrorCode, Result};
use tandem_meta::SignInFailures;

use crate::App;

/// Failures older than this are forgiven.
const WINDOW: TimeDelta = TimeDelta::minutes(15);
/// Attempts within the window for one e-mail address from one place.
const BOTH: i64 = 10;
/// For one e-mail address from anywhere: guesses spread over many machines.
const EMAIL: i64 = 50;
/// From one place for anybody: one password tried on many accounts.
const PLACE: i64 = 100;

/// Counts an attempt at the password of `email` made from `place`, before it is
/// judged: those made at once must not all pass the same count. Each is counted
/// once it is committed, so of any number at most as many go on as are allowed,
/// on however many servers. What is refused beforehand isn't counted, or who
/// guesses could keep somebody out for ever.
///
/// # Errors
/// `too_many_requests`.
pub(super) async fn attempt(app: &App, email: &str, place: &str) -> Result<()> {
    if too_many(failures(app, email, place).await?, 0) {
        return Err(refused());
    }
    let mut tx = app.meta.begin().await?;
    tx.note_sign_in_failure(email, place).await?;
    tx.commit().await?;
    if too_many(failures(app, email, place).await?, 1) { Err(refused()) } else { Ok(()) }
}

async fn failures(app: &App, email: &str, place: &str) -> Result<SignInFailures> {
    let since = app.clock.now() - WINDOW;
    app.meta.read().await?.sign_in_failures(email, place, since).await
}

/// Whether there are too many besides the `own` ones.
const fn too_many(counted: SignInFailures, own: i64) -> bool {
    counted.both - own >= BOTH || counted.email - own >= EMAIL || counted.address - own >= PLACE
}

fn refused() -> Error {
    Error::new(ErrorCode::TooManyRequests, "The password was wrong too often. Wait a quarter of an hour and try again.")
}
