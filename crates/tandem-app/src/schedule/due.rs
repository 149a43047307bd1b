//! What is due: a function of what a schedule waits for and of the time.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use tandem_meta::Cause;

use super::{
    cron::Times,
    settings::{Missed, Waiting},
    subject::Due,
};

/// Up to here a time is not late.
const LATE: TimeDelta = TimeDelta::seconds(60);

/// What has come of looking.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Look {
    /// The first time that was left out.
    pub(super) skipped: Option<DateTime<Utc>>,
    /// The run that is due.
    pub(super) due: Option<Due>,
}

/// Looks what is due at `now`, and moves on what is waited for. While a run
/// goes on (`busy`), nothing is due.
pub(super) fn look(waiting: &mut Waiting, times: Option<(&Times, Missed)>, now: DateTime<Utc>, busy: bool) -> Look {
    let mut look = Look::default();
    if busy {
        return look;
    }
    let due_at = waiting.next_at.filter(|at| *at <= now);
    if let (Some(first), Some((times, missed))) = (due_at, times) {
        let last = times.last(now).filter(|at| *at >= first).unwrap_or(first);
        let late = now - last > LATE;
        if late && missed == Missed::Skip {
            look.skipped = Some(first);
        } else {
            if missed == Missed::Skip && last > first {
                look.skipped = Some(first);
            }
            look.due = Some(Due { cause: Cause::Cron, at: last, chain: BTreeSet::new() });
        }
        waiting.next_at = times.next(now);
    }
    // A run takes what is there, so what has come is no longer waited for.
    let data = match &look.due {
        Some(_) => waiting.data.take(),
        None => waiting.data.take_if(|data| data.due_at <= now),
    };
    if let Some(data) = data {
        let due = look.due.get_or_insert(Due { cause: Cause::Data, at: data.due_at, chain: BTreeSet::new() });
        due.chain.extend(data.chain);
    }
    look
}

/// When to look next.
pub(crate) fn wake_at(waiting: &Waiting) -> Option<DateTime<Utc>> {
    let data = waiting.data.as_ref().map(|data| data.due_at);
    [waiting.next_at, data].into_iter().flatten().min()
}

#[cfg(test)]
mod tests {
    use tandem_core::id::AssetId;

    use super::{super::settings::Arrived, *};

    fn at(text: &str) -> DateTime<Utc> {
        format!("2026-03-02T{text}Z").parse().unwrap()
    }

    fn hourly() -> Times {
        Times::read("0 * * * *", "UTC", at("00:00:00")).unwrap()
    }

    fn from(next: &str) -> Waiting {
        Waiting { next_at: Some(at(next)), ..Waiting::default() }
    }

    #[test]
    fn a_time_is_due_once_and_not_before() {
        let times = hourly();
        let mut waiting = from("05:00:00");
        assert_eq!(look(&mut waiting, Some((&times, Missed::Once)), at("04:59:59"), false), Look::default());
        let found = look(&mut waiting, Some((&times, Missed::Skip)), at("05:00:03"), false);
        assert_eq!(found.due.map(|due| (due.cause, due.at)), Some((Cause::Cron, at("05:00:00"))));
        assert_eq!((found.skipped, waiting.next_at), (None, Some(at("06:00:00"))));
        assert_eq!(look(&mut waiting, Some((&times, Missed::Once)), at("05:00:03"), false), Look::default());
    }

    #[test]
    fn missed_times_are_made_up_for_once_or_left_out() {
        let times = hourly();
        let mut waiting = from("05:00:00");
        let found = look(&mut waiting, Some((&times, Missed::Once)), at("09:30:00"), false);
        assert_eq!((found.due.map(|due| due.at), found.skipped), (Some(at("09:00:00")), None));
        assert_eq!(waiting.next_at, Some(at("10:00:00")));

        let mut waiting = from("05:00:00");
        let found = look(&mut waiting, Some((&times, Missed::Skip)), at("09:30:00"), false);
        assert_eq!((found.due, found.skipped), (None, Some(at("05:00:00"))));
        assert_eq!(waiting.next_at, Some(at("10:00:00")));

        // The last of them has only just come.
        let mut waiting = from("05:00:00");
        let found = look(&mut waiting, Some((&times, Missed::Skip)), at("09:00:10"), false);
        assert_eq!((found.due.map(|due| due.at), found.skipped), (Some(at("09:00:00")), Some(at("05:00:00"))));
    }

    #[test]
    fn while_a_run_goes_on_what_is_due_waits() {
        let times = hourly();
        let mut waiting = from("05:00:00");
        assert_eq!(look(&mut waiting, Some((&times, Missed::Once)), at("05:10:00"), true), Look::default());
        assert_eq!(waiting.next_at, Some(at("05:00:00")));
        let found = look(&mut waiting, Some((&times, Missed::Once)), at("05:20:00"), false);
        assert_eq!(found.due.map(|due| due.at), Some(at("05:00:00")));
    }

    #[test]
    fn one_run_serves_the_time_and_the_data() {
        let times = hourly();
        let mut waiting = from("05:00:00");
        let cause = AssetId::from_uuid(uuid::Uuid::from_u128(7));
        waiting.data = Some(Arrived::more(None, at("04:59:30"), 60, [cause].into()));
        assert_eq!(wake_at(&waiting), Some(at("05:00:00")));
        let due = look(&mut waiting, Some((&times, Missed::Once)), at("05:00:00"), false).due.unwrap();
        assert_eq!((due.cause, due.chain), (Cause::Cron, [cause].into()));
        assert_eq!((waiting.data, wake_at(&from("06:00:00"))), (None, Some(at("06:00:00"))));

        let data = Some(Arrived::more(None, at("04:59:30"), 60, BTreeSet::new()));
        let mut waiting = Waiting { data, ..Waiting::default() };
        assert_eq!(look(&mut waiting, None, at("05:00:29"), false), Look::default());
        let due = look(&mut waiting, None, at("05:00:30"), false).due.unwrap();
        assert_eq!((due.cause, due.at), (Cause::Data, at("05:00:30")));
        assert_eq!(wake_at(&waiting), None);
    }
}
