//! What a person sets of a schedule, and what it waits for and remembers.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use tandem_core::{Error, ErrorCode, Result, Text, id::AssetId};

use super::{UPCOMING, cron::Times};

/// The longest wait for more data, in seconds.
const WAIT: u32 = 86_400;
/// How many times the wait it may take at most, however much comes.
const PATIENCE: i32 = 10;

/// When something is due, as a person has set it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct When {
    /// At which times.
    pub cron: Option<CronSetting>,
    /// On arrival of data.
    pub on_data: Option<DataSetting>,
}

/// Times.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CronSetting {
    /// Five parts: minute, hour, day of the month, month, day of the week.
    pub expression: String,
    /// A name of the IANA database.
    pub time_zone: String,
    /// What becomes of times that passed.
    pub missed: Missed,
}

/// What becomes of times that passed while nothing ran.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Missed {
    /// They are made up for by one run.
    Once,
    /// They are left out.
    Skip,
}

/// Arrival of data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DataSetting {
    /// For how long nothing more may have come, in seconds.
    pub wait_seconds: u32,
}

impl When {
    /// Whether it says anything at all.
    pub const fn is_never(&self) -> bool {
        self.cron.is_none() && self.on_data.is_none()
    }

    /// Whether what it says can be.
    ///
    /// # Errors
    /// `invalid_parameter`.
    pub(crate) fn check(&self, now: DateTime<Utc>) -> Result<()> {
        if self.on_data.as_ref().is_some_and(|data| data.wait_seconds > WAIT) {
            let message = "wait_seconds is from 0 to 86,400, which is a day.";
            return Err(Error::new(ErrorCode::InvalidParameter, message));
        }
        self.times(now).map(drop)
    }

    /// The next time of its cron.
    ///
    /// # Errors
    /// `invalid_parameter`.
    pub(crate) fn next(&self, now: DateTime<Utc>) -> Result<Option<DateTime<Utc>>> {
        Ok(self.times(now)?.and_then(|times| times.next(now)))
    }

    /// The next times of its cron.
    ///
    /// # Errors
    /// `invalid_parameter`.
    pub(crate) fn upcoming(&self, now: DateTime<Utc>) -> Result<Vec<DateTime<Utc>>> {
        Ok(self.times(now)?.map(|times| times.upcoming(now, UPCOMING)).unwrap_or_default())
    }

    /// The times, where it has any.
    ///
    /// # Errors
    /// `invalid_parameter`.
    pub(super) fn times(&self, now: DateTime<Utc>) -> Result<Option<Times>> {
        self.cron.as_ref().map(|cron| Times::read(&cron.expression, &cron.time_zone, now)).transpose()
    }
}

/// What a schedule waits for and remembers.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub(crate) struct Waiting {
    /// When the cron is next due; in the past while a run goes on.
    pub(crate) next_at: Option<DateTime<Utc>>,
    /// Data that has come.
    #[serde(default)]
    pub(crate) data: Option<Arrived>,
    /// Runs in a row that failed.
    #[serde(default)]
    pub(crate) failures: u32,
    /// Why it doesn't run any more.
    #[serde(default)]
    pub(crate) reason: Option<ScheduleReason>,
    /// What last came that the schedule had caused itself.
    #[serde(default)]
    pub(crate) held_back: Option<Held>,
}

/// Data that has come and waits for more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Arrived {
    /// When the first came.
    pub(crate) first_at: DateTime<Utc>,
    /// When it is due unless more comes.
    pub(crate) due_at: DateTime<Utc>,
    /// The workflows that led to it.
    pub(crate) chain: BTreeSet<AssetId>,
}

/// Data that came and starts nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Held {
    pub(crate) at: DateTime<Utc>,
    pub(crate) dataset: AssetId,
}

/// Why a schedule doesn't run any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScheduleReason {
    /// `failures`, `rights`, or the kind of asset where it can't be run.
    pub code: String,
    /// What happened, and what to do.
    pub message: Text,
}

/// A reason in both languages.
pub(crate) fn reason(code: &str, en: impl Into<String>, zh: impl Into<String>) -> ScheduleReason {
    ScheduleReason { code: code.to_owned(), message: Text::new(en, zh) }
}

impl Arrived {
    /// With more that came at `now`, caused by the workflows of `chain`.
    pub(super) fn more(before: Option<Self>, now: DateTime<Utc>, wait: u32, chain: BTreeSet<AssetId>) -> Self {
        let wait = TimeDelta::seconds(i64::from(wait));
        let (first_at, mut all) = before.map_or((now, BTreeSet::new()), |before| (before.first_at, before.chain));
        all.extend(chain);
        Self { first_at, due_at: (now + wait).min(first_at + wait * PATIENCE), chain: all }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn second(second: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000 + second, 0).unwrap()
    }

    #[test]
    fn data_waits_for_more_and_not_for_ever() {
        let mut data = Arrived::more(None, second(0), 60, BTreeSet::new());
        assert_eq!(data.due_at, second(60));
        data = Arrived::more(Some(data), second(50), 60, BTreeSet::new());
        assert_eq!((data.first_at, data.due_at), (second(0), second(110)));
        for at in 2..20 {
            data = Arrived::more(Some(data), second(at * 50), 60, BTreeSet::new());
        }
        assert_eq!(data.due_at, second(600));
    }

    #[test]
    fn a_wait_has_an_end() {
        let now = second(0);
        assert!(When::default().is_never());
        let on_data = |wait_seconds| When { on_data: Some(DataSetting { wait_seconds }), ..When::default() };
        assert!(on_data(0).check(now).is_ok() && !on_data(0).is_never());
        assert!(on_data(86_401).check(now).unwrap_err().message().contains("86,400"));
    }
}
