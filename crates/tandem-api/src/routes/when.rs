//! When something happens by itself, in requests and answers.

use serde::{Deserialize, Serialize};
use tandem_app::schedule::{CronSetting, DataSetting, Missed};
use utoipa::ToSchema;

/// Times at which something happens.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Cron {
    /// Minute, hour, day of the month, month and day of the week.
    #[schema(example = "30 6 * * MON-FRI", max_length = 200)]
    expression: String,
    /// A name of the IANA database.
    #[schema(example = "Asia/Shanghai")]
    time_zone: String,
    /// What becomes of times that passed while nothing could run.
    missed: MissedDto,
}

/// What becomes of times that passed while nothing could run.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum MissedDto {
    /// They are made up for by one run.
    Once,
    /// They are left out.
    Skip,
}

/// Arrival of data.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct OnData {
    /// For how long nothing more may have come.
    #[schema(maximum = 86400)]
    wait_seconds: u32,
}

impl From<OnData> for DataSetting {
    fn from(data: OnData) -> Self {
        Self { wait_seconds: data.wait_seconds }
    }
}

impl From<DataSetting> for OnData {
    fn from(data: DataSetting) -> Self {
        Self { wait_seconds: data.wait_seconds }
    }
}

impl From<Cron> for CronSetting {
    fn from(cron: Cron) -> Self {
        let missed = match cron.missed {
            MissedDto::Once => Missed::Once,
            MissedDto::Skip => Missed::Skip,
        };
        Self { expression: cron.expression, time_zone: cron.time_zone, missed }
    }
}

impl From<CronSetting> for Cron {
    fn from(cron: CronSetting) -> Self {
        let missed = match cron.missed {
            Missed::Once => MissedDto::Once,
            Missed::Skip => MissedDto::Skip,
        };
        Self { expression: cron.expression, time_zone: cron.time_zone, missed }
    }
}
