//! What a person sets of a schedule, and what it waits for and remembers.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tandem_core::{Error, ErrorCode, Result, Text, id::AssetId};

use super::cron::Times;

/// The longest wait for more data, in seconds.
const WAIT: u32 = 86_400;
/// How many times the wait it may take at most, however much comes.
const PATIENCE: i32 = 10;
/// The largest parameters that are kept, in bytes.
const PARAMS: usize = 64 << 10;

/// What a person has set.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct ScheduleSettings {
    /// At which times.
    pub cron: Option<CronSetting>,
    /// On arrival of data.
    pub on_data: Option<DataSetting>,
    /// The workflow's parameters.
    #[serde(default)]
    pub params: Map<String, Value>,
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

impl ScheduleSettings {
    /// Whether it says when at all, and what it says can be.
    ///
    /// # Errors
    /// `invalid_parameter`.
    pub(super) fn check(&self, now: DateTime<Utc>) -> Result<()> {
        let invalid = |message: &str| Err(Error::new(ErrorCode::InvalidParameter, message));
        if self.cron.is_none() && self.on_data.is_none() {
            return invalid("Say when it is to run: at times (cron), when data comes (on_data), or both.");
        }
        if self.on_data.as_ref().is_some_and(|data| data.wait_seconds > WAIT) {
            return invalid("wait_seconds is from 0 to 86,400, which is a day.");
        }
        if Value::Object(self.params.clone()).to_string().len() > PARAMS {
            return invalid("The parameters take more than 64 KB. Put large values into a dataset.");
        }
        self.times(now).map(drop)
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
    /// What last came that the workflow had caused itself.
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
    /// `failures`, `rights` or `workflow`.
    pub code: String,
    /// What happened, and what to do.
    pub message: Text,
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
    fn a_schedule_says_when() {
        let now = second(0);
        assert!(ScheduleSettings::default().check(now).unwrap_err().message().contains("when"));
        let on_data = |wait_seconds| ScheduleSettings {
            on_data: Some(DataSetting { wait_seconds }),
            ..ScheduleSettings::default()
        };
        assert!(on_data(0).check(now).is_ok());
        assert!(on_data(86_401).check(now).unwrap_err().message().contains("86,400"));
    }
}
