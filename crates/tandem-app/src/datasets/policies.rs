//! Who sees which rows and which values of a dataset: rules kept with the
//! dataset, turned into the row filter and masks of an access plan.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde::{Deserialize, Serialize};
use tandem_core::{
    Error, ErrorCode, Principal, ProjectRole, Result,
    id::{AssetId, OrgId, UserId},
};
use tandem_engine::{Filter, Mask, TableAccess};
use tandem_meta::Snapshot;

use super::{ColumnInfo, eye::same_column};

/// The rules of one dataset. Without rules everybody who may use it sees all.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DatasetPolicies {
    /// All rules that apply to a person apply together: row filters are joined
    /// by *and*, a column is masked by the strictest of its masks.
    pub rules: Vec<PolicyRule>,
}

/// One rule.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PolicyRule {
    /// What people call it.
    pub name: String,
    /// Roles it doesn't apply to.
    #[serde(default)]
    pub exempt_roles: Vec<ProjectRole>,
    /// People it doesn't apply to.
    #[serde(default)]
    pub exempt_users: Vec<UserId>,
    /// Only rows for which this is true exist.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub row_filter: Option<Filter>,
    /// Columns whose values are replaced.
    #[serde(default)]
    pub masks: BTreeMap<String, ColumnMask>,
    /// Columns that don't exist.
    #[serde(default)]
    pub hidden_columns: Vec<String>,
}

/// How a column's values are replaced.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum ColumnMask {
    /// The lower edge of the value's bucket.
    Bucket {
        /// Width of a bucket, above 0.
        width: f64,
    },
    /// A keyed hash: equal values stay equal.
    Hash,
    /// The first and last characters.
    Partial {
        /// Characters kept at the start.
        keep_start: usize,
        /// Characters kept at the end.
        keep_end: usize,
    },
    /// Nothing.
    Null,
}

impl ColumnMask {
    /// How much it hides; the highest wins.
    const fn strictness(self) -> u8 {
        match self {
            Self::Bucket { .. } => 0,
            Self::Partial { .. } => 1,
            Self::Hash => 2,
            Self::Null => 3,
        }
    }

    fn engine(self, salt: &str) -> Mask {
        match self {
            Self::Bucket { width } => Mask::Bucket { width },
            Self::Hash => Mask::Hash { salt: salt.to_owned() },
            Self::Partial { keep_start, keep_end } => Mask::Partial { keep_start, keep_end },
            Self::Null => Mask::Null,
        }
    }
}

/// A rule that names columns which a version doesn't have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Outdated {
    /// What the rule is called.
    pub rule: String,
    /// The columns that aren't there.
    pub columns: Vec<String>,
}

impl PolicyRule {
    /// The columns that it names, each as often as it does.
    fn columns(&self) -> Vec<&str> {
        let filtered = self.row_filter.iter().flat_map(Filter::columns);
        filtered.chain(self.masks.keys().chain(&self.hidden_columns).map(String::as_str)).collect()
    }

    fn applies(&self, principal: &Principal, role: Option<ProjectRole>) -> bool {
        !role.is_some_and(|role| self.exempt_roles.contains(&role)) && !self.exempt_users.contains(&principal.user)
    }
}

impl DatasetPolicies {
    /// The rules that are for this person.
    pub(crate) fn of(&self, principal: &Principal, role: Option<ProjectRole>) -> impl Iterator<Item = &PolicyRule> {
        self.rules.iter().filter(move |rule| rule.applies(principal, role))
    }

    /// Rules that name columns which are not among `columns`: versions with
    /// these are closed to whom the rules are for.
    pub fn outdated(&self, columns: &[ColumnInfo]) -> Vec<Outdated> {
        let there = |name: &&str| columns.iter().any(|column| same_column(&column.name, name));
        let outdated = |rule: &PolicyRule| {
            let missing: BTreeSet<&str> = rule.columns().into_iter().filter(|name| !there(name)).collect();
            let columns = missing.into_iter().map(str::to_owned).collect();
            Outdated { rule: rule.name.clone(), columns }
        };
        self.rules.iter().map(outdated).filter(|outdated| !outdated.columns.is_empty()).collect()
    }

    /// Checks the rules against the columns they are for.
    ///
    /// # Errors
    /// `unknown_column` for a column that isn't there; `invalid_parameter` for
    /// a bucket without width.
    pub fn check(&self, columns: &[ColumnInfo]) -> Result<()> {
        if let Some(Outdated { rule, columns }) = self.outdated(columns).first() {
            let missing = columns.join("”, “");
            return Err(Error::new(
                ErrorCode::UnknownColumn,
                format!(
                    "Rule “{rule}” names “{missing}”, which is no column of the newest version; nothing was changed. \
                     Name columns that are there, or take the rule away."
                ),
            ));
        }
        for rule in &self.rules {
            let wrong = |mask: &ColumnMask| matches!(mask, ColumnMask::Bucket { width } if !(*width > 0.0 && width.is_finite()));
            if rule.masks.values().any(wrong) {
                return Err(Error::new(
                    ErrorCode::InvalidParameter,
                    format!("Rule “{}” has a bucket whose width is not above 0.", rule.name),
                ));
            }
        }
        Ok(())
    }

    /// Whether any rule keeps something from this person.
    pub fn restricts(&self, principal: &Principal, role: Option<ProjectRole>) -> bool {
        self.rules.iter().any(|rule| rule.applies(principal, role))
    }

    /// Narrows `table` to what this person may see.
    pub fn narrow(
        &self,
        mut table: TableAccess,
        principal: &Principal,
        role: Option<ProjectRole>,
        salt: &str,
    ) -> TableAccess {
        let mut masks: BTreeMap<String, ColumnMask> = BTreeMap::new();
        let mut filters: Vec<Filter> = table.row_filter.take().into_iter().collect();
        for rule in self.of(principal, role) {
            filters.extend(rule.row_filter.clone());
            table.hidden_columns.extend(rule.hidden_columns.iter().cloned());
            for (column, mask) in &rule.masks {
                let strictest = masks.entry(column.clone()).or_insert(*mask);
                if mask.strictness() > strictest.strictness() {
                    *strictest = *mask;
                }
            }
        }
        table.row_filter = match filters.len() {
            0 => None,
            1 => filters.pop(),
            _ => Some(Filter::And { filters }),
        };
        table.masks.extend(masks.into_iter().map(|(column, mask)| (column, mask.engine(salt))));
        table
    }
}

impl DatasetPolicies {
    /// The rules kept with a dataset; none where there are none.
    ///
    /// # Errors
    /// Those of the database, and `internal` where the rules can't be read:
    /// a dataset whose rules are unreadable is not shown.
    pub async fn load(snapshot: &mut Snapshot, org: OrgId, asset: AssetId) -> Result<Self> {
        Ok(Self::load_all(snapshot, org, &[asset]).await?.remove(&asset).unwrap_or_default())
    }

    /// The rules kept with those of `assets` that have any.
    ///
    /// # Errors
    /// As [`DatasetPolicies::load`].
    pub async fn load_all(snapshot: &mut Snapshot, org: OrgId, assets: &[AssetId]) -> Result<HashMap<AssetId, Self>> {
        let kept = snapshot.policies(org, assets).await?.into_iter();
        kept.map(|one| Ok((one.asset_id, serde_json::from_value(one.body).map_err(Error::internal)?))).collect()
    }
}
