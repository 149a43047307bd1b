//! The files that deliveries have written.

use tandem_core::{
    Result,
    id::{OrgId, ScheduleId},
};

use crate::{
    sql::{Row, params},
    tx::Tx,
};

/// Whose a file of a delivery folder is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Claim {
    /// This delivery's from now on; it has not written it before.
    New,
    /// This delivery's, which has written it before, or was about to.
    Own,
    /// Another's.
    Taken,
}

impl Tx {
    /// Says that `name` in the delivery folder `folder` is a file of a schedule,
    /// unless it is another's. Folders belong to the installation, so this asks
    /// across organizations, and tells no more than that the name is taken.
    ///
    /// # Errors
    /// `not_found` where there is no such schedule, and those of the database.
    pub async fn claim_file(&mut self, org: OrgId, id: ScheduleId, folder: &str, name: &str) -> Result<Claim> {
        self.has_schedule(org, id).await?;
        let made = self
            .execute(
                "INSERT INTO delivered_file (folder, name, org_id, schedule_id, created_at) \
                 VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
                params![folder, name, org, id, self.now()],
            )
            .await?;
        if made > 0 {
            return Ok(Claim::New);
        }
        let sql = "SELECT org_id, schedule_id FROM delivered_file WHERE folder = $1 AND name = $2";
        let read = |row: &Row| Ok((row.get::<OrgId>("org_id")?, row.get::<ScheduleId>("schedule_id")?));
        let owner = self.find(sql, params![folder, name], read).await?;
        Ok(if owner == Some((org, id)) { Claim::Own } else { Claim::Taken })
    }
}
