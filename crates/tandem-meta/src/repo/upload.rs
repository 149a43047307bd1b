//! Files on their way in, before they are a version.

use chrono::{DateTime, Utc};
use tandem_core::{
    Error, Result,
    id::{OrgId, ProjectId, UploadId, UserId},
};

use crate::{
    sql::{micros, params, record},
    tx::{Snapshot, Tx},
};

record! {
    /// A file that was uploaded.
    pub struct Upload from "upload" {
        /// Its identifier.
        pub id: UploadId,
        /// The organization.
        pub org_id: OrgId,
        /// The project that it is for.
        pub project_id: ProjectId,
        /// Who sent it.
        pub user_id: UserId,
        /// The file's own name.
        pub name: String,
        /// Its size.
        pub bytes: u64,
        /// Where it lies, relative to the data folder.
        pub path: String,
        /// When it came.
        pub created_at: DateTime<Utc>,
        /// When it may be thrown away.
        pub expires_at: DateTime<Utc>,
    }
}

/// An upload to note.
#[derive(Debug, Clone)]
pub struct NewUpload {
    /// Its identifier, which its path is made from.
    pub id: UploadId,
    /// The project that it is for.
    pub project_id: ProjectId,
    /// Who sent it.
    pub user_id: UserId,
    /// The file's own name.
    pub name: String,
    /// Its size.
    pub bytes: u64,
    /// Where it lies, relative to the data folder.
    pub path: String,
    /// When it may be thrown away.
    pub expires_at: DateTime<Utc>,
}

impl Snapshot {
    /// The upload, past its end or not.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn upload(&mut self, org: OrgId, id: UploadId) -> Result<Option<Upload>> {
        let sql = format!("SELECT {} FROM upload WHERE org_id = $1 AND id = $2", Upload::COLUMNS);
        self.find(sql, params![org, id], Upload::read).await
    }

    /// Up to `limit` uploads of all organizations past their end, for
    /// housekeeping: delete the file, then [`Tx::delete_upload`].
    ///
    /// # Errors
    /// Those of the database.
    pub async fn expired_uploads(&mut self, limit: u32) -> Result<Vec<Upload>> {
        let sql =
            format!("SELECT {} FROM upload WHERE expires_at <= $1 ORDER BY expires_at, id LIMIT $2", Upload::COLUMNS);
        let params = params![self.now(), limit];
        self.list(sql, params, Upload::read).await
    }

    /// Whether a file is that of an upload, for finding what a crash left
    /// behind. Not of one organization.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn upload_exists(&mut self, id: UploadId) -> Result<bool> {
        Ok(!self.fetch("SELECT id FROM upload WHERE id = $1", params![id]).await?.is_empty())
    }
}

impl Tx {
    /// Notes a file that is there in full.
    ///
    /// # Errors
    /// `not_found` where the project is not of the organization, and those of
    /// the database.
    pub async fn create_upload(&mut self, org: OrgId, new: NewUpload) -> Result<Upload> {
        let upload = Upload {
            id: new.id,
            org_id: org,
            project_id: new.project_id,
            user_id: new.user_id,
            name: new.name,
            bytes: new.bytes,
            path: new.path,
            created_at: self.now(),
            expires_at: micros(new.expires_at),
        };
        self.execute(
            "INSERT INTO upload (id, org_id, project_id, user_id, name, bytes, path, created_at, expires_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            params![
                upload.id,
                org,
                upload.project_id,
                upload.user_id,
                upload.name,
                upload.bytes,
                upload.path,
                upload.created_at,
                upload.expires_at
            ],
        )
        .await?;
        Ok(upload)
    }

    /// Forgets an upload.
    ///
    /// # Errors
    /// `not_found`, and those of the database.
    pub async fn delete_upload(&mut self, org: OrgId, id: UploadId) -> Result<()> {
        let deleted = self.execute("DELETE FROM upload WHERE org_id = $1 AND id = $2", params![org, id]).await?;
        if deleted == 0 { Err(Error::not_found("upload")) } else { Ok(()) }
    }
}
