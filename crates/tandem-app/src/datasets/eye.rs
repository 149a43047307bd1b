//! What the rules of a dataset leave one person to see of it, without a look at its rows.

use tandem_core::{
    Principal, ProjectRole, Result,
    id::{AssetId, OrgId},
};
use tandem_meta::Snapshot;

use super::{ColumnInfo, DatasetContent, DatasetPolicies};

/// Whether two names are those of one column: tables don't tell case apart.
pub(crate) fn same_column(one: &str, other: &str) -> bool {
    one == other || one.to_lowercase() == other.to_lowercase()
}

/// How the rules of a dataset narrow what one person sees.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Eye {
    /// Whether any rule is for them.
    narrowed: bool,
    filters: Vec<String>,
    masked: Vec<String>,
    hidden: Vec<String>,
    filtered: bool,
}

impl Eye {
    /// That of somebody with `role` in the dataset's project.
    pub(crate) fn of(policies: &DatasetPolicies, principal: &Principal, role: Option<ProjectRole>) -> Self {
        let mut eye = Self::default();
        for rule in policies.of(principal, role) {
            eye.narrowed = true;
            if let Some(filter) = &rule.row_filter {
                eye.filtered = true;
                eye.filters.extend(filter.columns().into_iter().map(str::to_owned));
            }
            eye.masked.extend(rule.masks.keys().cloned());
            eye.hidden.extend(rule.hidden_columns.iter().cloned());
        }
        eye
    }

    /// That of `principal` on a dataset.
    ///
    /// # Errors
    /// Those of the database.
    pub(crate) async fn on(meta: &mut Snapshot, principal: &Principal, id: AssetId) -> Result<Self> {
        let policies = DatasetPolicies::load(meta, principal.org, id).await?;
        let role = role_at(meta, principal, id).await?;
        Ok(Self::of(&policies, principal, role))
    }

    /// Whether they see every row and value.
    pub(crate) const fn sees_all(&self) -> bool {
        !self.narrowed
    }

    /// Whether some rows are kept from them.
    pub(crate) const fn filtered(&self) -> bool {
        self.filtered
    }

    /// Whether the column doesn't exist for them.
    pub(crate) fn hides(&self, column: &str) -> bool {
        self.hidden.iter().any(|hidden| same_column(hidden, column))
    }

    /// Whether the column's values are replaced for them.
    pub(crate) fn masks(&self, column: &str) -> bool {
        self.masked.iter().any(|masked| same_column(masked, column))
    }

    /// Whether a version with these columns is closed to them: what is kept from
    /// them may stand there under another name.
    pub(crate) fn is_closed(&self, columns: &[ColumnInfo]) -> bool {
        let missing = |name: &String| !columns.iter().any(|column| same_column(&column.name, name));
        self.filters.iter().chain(&self.masked).chain(&self.hidden).any(missing)
    }

    /// What they may know of a version.
    pub(crate) fn facts(&self, content: &DatasetContent) -> Facts {
        if self.is_closed(&content.columns) {
            return Facts::default();
        }
        let columns = content.columns.iter().filter(|column| !self.hides(&column.name)).cloned().collect();
        if self.filtered || !self.hidden.is_empty() {
            return Facts { columns: Some(columns), ..Facts::default() };
        }
        Facts {
            rows: Some(content.rows),
            bytes: Some(content.bytes),
            rejected: Some(content.rejected),
            columns: Some(columns),
        }
    }
}

async fn role_at(meta: &mut Snapshot, principal: &Principal, id: AssetId) -> Result<Option<ProjectRole>> {
    let org: OrgId = principal.org;
    match meta.asset_even_deleted(org, id).await? {
        Some(asset) => meta.project_role(org, asset.project_id, principal.user).await,
        None => Ok(None),
    }
}

/// What one person may know of a version of a dataset without reading it. What
/// counts rows or bytes is told to nobody from whom rows or columns are kept.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts {
    /// Rows.
    pub rows: Option<u64>,
    /// Bytes on disk.
    pub bytes: Option<u64>,
    /// Rows that could not be read.
    pub rejected: Option<u64>,
    /// The columns that exist for the person; none where the version is closed to them.
    pub columns: Option<Vec<ColumnInfo>>,
}

#[cfg(test)]
mod tests {
    use tandem_core::{
        Clock, OrgRole, SystemClock,
        id::{OrgId, UserId},
        principal::Via,
    };

    use super::*;

    fn eye(rule: serde_json::Value) -> Eye {
        let policies = serde_json::json!({ "rules": [rule] });
        let policies: DatasetPolicies = serde_json::from_value(policies).unwrap();
        let clock: &dyn Clock = &SystemClock;
        let principal = Principal {
            user: UserId::generate(clock),
            org: OrgId::generate(clock),
            role: OrgRole::Member,
            via: Via::Session,
        };
        Eye::of(&policies, &principal, Some(ProjectRole::Analyst))
    }

    fn content(columns: &[&str]) -> DatasetContent {
        let column = |name: &&str| ColumnInfo { name: (*name).to_owned(), kind: "text".into(), nullable: true };
        DatasetContent {
            table: AssetId::generate(&SystemClock),
            delta_version: 0,
            columns: columns.iter().map(column).collect(),
            rows: 7,
            bytes: 70,
            content_digest: String::new(),
            rejected: 1,
            rejects: None,
            origin: String::new(),
        }
    }

    #[test]
    fn counts_are_for_who_sees_every_row_and_column() {
        let filter = serde_json::json!({"op": "compare", "column": "city", "is": "eq", "value": "x"});
        let at = content(&["id", "City", "phone"]);
        let counted = |rule: serde_json::Value| {
            let facts = eye(rule).facts(&at);
            let names: Vec<String> = facts.columns.into_iter().flatten().map(|column| column.name).collect();
            (facts.rows, facts.bytes, facts.rejected, names.join(" "))
        };
        let all = || "id City phone".to_owned();
        assert_eq!(
            counted(serde_json::json!({"name": "a", "exempt_roles": ["analyst"], "hidden_columns": ["id"]})),
            (Some(7), Some(70), Some(1), all())
        );
        assert_eq!(
            counted(serde_json::json!({"name": "a", "masks": {"phone": {"kind": "null"}}})),
            (Some(7), Some(70), Some(1), all())
        );
        assert_eq!(counted(serde_json::json!({"name": "a", "row_filter": filter})), (None, None, None, all()));
        assert_eq!(
            counted(serde_json::json!({"name": "a", "hidden_columns": ["CITY"]})),
            (None, None, None, "id phone".to_owned())
        );
        for gone in [
            serde_json::json!({"name": "a", "hidden_columns": ["mobile"]}),
            serde_json::json!({"name": "a", "masks": {"mobile": {"kind": "hash"}}}),
            serde_json::json!({"name": "a", "row_filter": {"op": "not", "filter": {"op": "is_null", "column": "mobile"}}}),
        ] {
            assert_eq!(eye(gone).facts(&at), Facts::default());
        }
    }
}
