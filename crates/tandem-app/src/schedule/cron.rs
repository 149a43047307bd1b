//! When a cron is due, in a time zone whose clocks may change.
//!
//! Written as crontab(5) has it, with five parts. Where the clocks skip an
//! hour, a fixed time of day is due as they have changed; where they repeat
//! one, it is due the first time only, and what is meant for every hour or
//! minute is due both times.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use croner::{
    Cron,
    errors::CronError,
    parser::{CronParser, Seconds, Year},
};
use tandem_core::{Error, ErrorCode, Result};

use super::UPCOMING;
use crate::App;

/// The longest expression that is read.
const LENGTH: usize = 200;

/// A cron that was read and is due some time.
#[derive(Debug, Clone)]
pub(super) struct Times {
    cron: Cron,
    zone: Tz,
}

impl Times {
    /// Reads a cron.
    ///
    /// # Errors
    /// `invalid_parameter` for what is none, for a time zone that isn't there,
    /// and for what is never due after `now`.
    pub(super) fn read(expression: &str, time_zone: &str, now: DateTime<Utc>) -> Result<Self> {
        let zone: Tz = time_zone.parse().map_err(|_| {
            invalid(format!(
                "“{time_zone}” is not a time zone. Write its name in the IANA database, such as Asia/Shanghai or UTC."
            ))
        })?;
        if expression.len() > LENGTH {
            return Err(invalid("The cron is too long. Write its five parts with fewer items.".to_owned()));
        }
        let parts = expression.split_whitespace().count();
        if parts != 5 && !expression.trim().starts_with('@') {
            return Err(invalid(format!(
                "The cron has {parts} parts. Write five: minute, hour, day of the month, month, day of the week; for \
                 example 30 6 * * MON-FRI."
            )));
        }
        let parser = CronParser::builder().seconds(Seconds::Disallowed).year(Year::Disallowed).build();
        let cron = parser.parse(expression.trim()).map_err(|error| unreadable(&error))?;
        let times = Self { cron, zone };
        if times.next(now).is_none() {
            return Err(invalid(
                "This cron never fires: no day has what it asks for. Check the day of the month and the month."
                    .to_owned(),
            ));
        }
        Ok(times)
    }

    /// The first time after `after`; none where there is none for years.
    pub(super) fn next(&self, after: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let local = after.with_timezone(&self.zone);
        self.cron.find_next_occurrence(&local, false).ok().map(|at| at.with_timezone(&Utc))
    }

    /// The last time that isn't after `now`.
    pub(super) fn last(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let local = now.with_timezone(&self.zone);
        self.cron.find_previous_occurrence(&local, true).ok().map(|at| at.with_timezone(&Utc))
    }

    /// The next `count` times after `after`.
    pub(super) fn upcoming(&self, after: DateTime<Utc>, count: usize) -> Vec<DateTime<Utc>> {
        std::iter::successors(self.next(after), |at| self.next(*at)).take(count).collect()
    }
}

/// The next times of a cron.
///
/// # Errors
/// `invalid_parameter`.
pub fn upcoming(app: &App, expression: &str, time_zone: &str) -> Result<Vec<DateTime<Utc>>> {
    let now = app.clock.now();
    Ok(Times::read(expression, time_zone, now)?.upcoming(now, UPCOMING))
}

fn unreadable(error: &CronError) -> Error {
    let what = match error {
        CronError::InvalidPattern(what) | CronError::IllegalCharacters(what) | CronError::ComponentError(what) => what,
        _ => "it can't be read.",
    };
    invalid(format!("This is not a cron: {what} Write minute, hour, day of the month, month and day of the week."))
}

fn invalid(message: String) -> Error {
    Error::new(ErrorCode::InvalidParameter, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn times(expression: &str, zone: &str, after: &str, count: usize) -> Vec<String> {
        let times = Times::read(expression, zone, at(after)).unwrap();
        times.upcoming(at(after), count).iter().map(|at| at.format("%m-%dT%H:%M").to_string()).collect()
    }

    #[test]
    fn a_time_of_day_is_of_its_zone() {
        assert_eq!(times("30 6 * * *", "Asia/Shanghai", "2026-03-02T00:00:00Z", 2), ["03-02T22:30", "03-03T22:30"]);
        assert_eq!(times("30 6 * * MON-FRI", "UTC", "2026-03-06T06:30:00Z", 2), ["03-09T06:30", "03-10T06:30"]);
        // The last day of the month, the second Tuesday.
        assert_eq!(times("0 0 L * *", "UTC", "2026-02-01T00:00:00Z", 2), ["02-28T00:00", "03-31T00:00"]);
        assert_eq!(times("0 0 * * TUE#2", "UTC", "2026-03-01T00:00:00Z", 1), ["03-10T00:00"]);
    }

    #[test]
    fn what_the_clocks_leave_out_is_due_when_they_have_changed() {
        // Berlin: 2026-03-29 from 02:00 to 03:00, which is 01:00 UTC.
        let due = times("30 2 * * *", "Europe/Berlin", "2026-03-28T00:00:00Z", 3);
        assert_eq!(due, ["03-28T01:30", "03-29T01:00", "03-30T00:30"]);
        // Every half hour there is no time that isn't there.
        let due = times("*/30 * * * *", "Europe/Berlin", "2026-03-29T00:29:00Z", 3);
        assert_eq!(due, ["03-29T00:30", "03-29T01:00", "03-29T01:30"]);
    }

    #[test]
    fn what_the_clocks_repeat_is_due_once_unless_every_hour_is_meant() {
        // Berlin: 2026-10-25 from 03:00 to 02:00, which is 01:00 UTC.
        let due = times("30 2 * * *", "Europe/Berlin", "2026-10-24T12:00:00Z", 2);
        assert_eq!(due, ["10-25T00:30", "10-26T01:30"]);
        let due = times("0 * * * *", "Europe/Berlin", "2026-10-24T23:30:00Z", 4);
        assert_eq!(due, ["10-25T00:00", "10-25T01:00", "10-25T02:00", "10-25T03:00"]);
    }

    #[test]
    fn the_last_time_counts_this_moment() {
        let times = Times::read("0 * * * *", "UTC", at("2026-03-02T00:00:00Z")).unwrap();
        assert_eq!(times.last(at("2026-03-02T05:00:00Z")), Some(at("2026-03-02T05:00:00Z")));
        assert_eq!(times.last(at("2026-03-02T05:59:59Z")), Some(at("2026-03-02T05:00:00Z")));
    }

    #[test]
    fn what_is_no_cron_or_never_fires_is_refused_with_what_to_do() {
        let refused = |expression: &str, zone: &str| {
            let error = Times::read(expression, zone, at("2026-03-02T00:00:00Z")).unwrap_err();
            assert_eq!(error.code(), ErrorCode::InvalidParameter);
            error.message().to_owned()
        };
        assert!(refused("0 0 30 2 *", "UTC").contains("never fires"));
        assert!(refused("0 0 31 4,6,9,11 *", "UTC").contains("never fires"));
        assert!(refused("* * * *", "UTC").contains("4 parts"));
        assert!(refused("0 0 * * * *", "UTC").contains("6 parts"));
        assert!(refused("61 * * * *", "UTC").contains("not a cron"));
        assert!(refused("a b c d e", "UTC").contains("not a cron"));
        assert!(refused("", "UTC").contains("0 parts"));
        assert!(refused("0 0 * * *", "Beijing").contains("time zone"));
        assert!(refused(&format!("{} * * * *", "1,".repeat(120)), "UTC").contains("too long"));
        assert!(!times("0 0 29 2 *", "UTC", "2026-03-02T00:00:00Z", 1).is_empty(), "a leap day comes");
    }
}
