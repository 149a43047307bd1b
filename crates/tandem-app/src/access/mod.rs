//! Authorization: the one place that says who may do what. Every use case
//! begins with one of the `require_*` calls; each call is an audit row, allowed
//! or denied. What a person may not know of is not found.

mod decide;
#[cfg(test)]
mod decide_tests;
mod refusal;

use std::collections::{BTreeMap, BTreeSet, HashMap};

pub use decide::{Decision, Policies, Resource};
use refusal::refusal;
use tandem_core::{
    Action, Error, ErrorCode, Principal, ProjectRole, Result,
    id::{AssetId, ProjectId},
    principal::Via,
};
use tandem_meta::Snapshot;
use tandem_meta::repo::{
    asset::{Asset, AssetKind},
    audit::{AuditEntry, Decision as Verdict},
    org::Org,
    project::Project,
};

use crate::{App, datasets::DatasetPolicies};

/// The setting of a component that the whole organization may use.
pub(crate) const SHARED: &str = "shared";

/// The actions that can be granted on an asset, and that its page shows as rights.
pub const ASSET_ACTIONS: [Action; 5] = [Action::Discover, Action::Use, Action::Download, Action::Edit, Action::Manage];

/// A project, as one person may see it.
#[derive(Debug, Clone)]
pub struct ProjectView {
    /// The project.
    pub project: Project,
    /// Their role in it; an owner of the organization may have none.
    pub role: Option<ProjectRole>,
}

/// An asset, as one person may see it.
#[derive(Debug, Clone)]
pub struct AssetView {
    /// The asset.
    pub asset: Asset,
    /// Their role in its project.
    pub role: Option<ProjectRole>,
    /// What they may do with it.
    pub rights: BTreeSet<Action>,
}

/// How somebody sees an asset.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sight {
    /// Whether they may use it.
    pub(crate) usable: bool,
    /// Whether some of its rows or values are kept from them.
    pub(crate) narrowed: bool,
}

impl App {
    /// The organization, if `principal` may do `action` in it.
    ///
    /// # Errors
    /// `forbidden`, and those of the database.
    pub async fn require_org(&self, principal: &Principal, action: Action) -> Result<Org> {
        let resource = Resource::Org(principal.org);
        let decision = self.policies.decide(principal, action, &resource)?;
        self.audit(principal, action, &resource, &decision);
        if !decision.allowed {
            return Err(refusal(principal, action, &resource, true));
        }
        let mut snapshot = self.meta.read().await?;
        snapshot.org(principal.org).await?.ok_or_else(|| Error::not_found("organization"))
    }

    /// The project, if `principal` may do `action` in it.
    ///
    /// # Errors
    /// `not_found` where they may not know of it, `forbidden`, and those of the
    /// database.
    pub async fn require_project(&self, principal: &Principal, action: Action, id: ProjectId) -> Result<ProjectView> {
        let mut snapshot = self.meta.read().await?;
        let project = snapshot.project(principal.org, id).await?;
        let role = snapshot.project_role(principal.org, id, principal.user).await?;
        drop(snapshot);
        let resource = Resource::Project { id, org: principal.org, role };
        let Some(project) = project.filter(|p| p.archived_at.is_none() || action == Action::Manage) else {
            self.audit(principal, action, &resource, &Decision { allowed: false, reason: "absent".into() });
            return Err(Error::not_found("project"));
        };
        self.require(principal, action, &resource)?;
        Ok(ProjectView { project, role })
    }

    /// What `principal` may do in a project; no audit row.
    ///
    /// # Errors
    /// `internal` where the policies can't be asked.
    pub fn project_rights(
        &self,
        principal: &Principal,
        id: ProjectId,
        role: Option<ProjectRole>,
    ) -> Result<BTreeSet<Action>> {
        use Action::{Create, Discover, Edit, ListMembers, Manage, ManageMembers, Run, WriteCode, WritePython};
        let resource = Resource::Project { id, org: principal.org, role };
        self.allowed(
            principal,
            &[Discover, Create, Run, WriteCode, WritePython, Edit, ListMembers, ManageMembers, Manage],
            &resource,
        )
    }

    /// Whether `principal` may do `action` in a project in which they have `role`; no audit row.
    ///
    /// # Errors
    /// `internal` where the policies can't be asked.
    pub fn project_may(
        &self,
        principal: &Principal,
        id: ProjectId,
        role: Option<ProjectRole>,
        action: Action,
    ) -> Result<bool> {
        let resource = Resource::Project { id, org: principal.org, role };
        Ok(self.policies.decide(principal, action, &resource)?.allowed)
    }

    /// The live asset, if `principal` may do `action` with it.
    ///
    /// # Errors
    /// `not_found` where they may not know of it, `forbidden`, and those of the
    /// database.
    pub async fn require_asset(&self, principal: &Principal, action: Action, id: AssetId) -> Result<AssetView> {
        let mut snapshot = self.meta.read().await?;
        let asset = snapshot.asset(principal.org, id).await?;
        self.require_found(principal, action, id, asset, &mut snapshot).await
    }

    /// The same for an asset that may have been deleted.
    ///
    /// # Errors
    /// As [`App::require_asset`].
    pub async fn require_deleted_asset(&self, principal: &Principal, action: Action, id: AssetId) -> Result<AssetView> {
        let mut snapshot = self.meta.read().await?;
        let asset = snapshot.asset_even_deleted(principal.org, id).await?;
        self.require_found(principal, action, id, asset, &mut snapshot).await
    }

    async fn require_found(
        &self,
        principal: &Principal,
        action: Action,
        id: AssetId,
        asset: Option<Asset>,
        snapshot: &mut Snapshot,
    ) -> Result<AssetView> {
        let Some(asset) = asset else {
            let unknown = Decision { allowed: false, reason: "absent".into() };
            self.audit_named(principal, action, ("asset", id.to_string()), &unknown);
            return Err(Error::not_found("asset"));
        };
        let resource = self.facts(principal, std::slice::from_ref(&asset), snapshot).await?.remove(0);
        self.require(principal, action, &resource)?;
        let rights = self.allowed(principal, shown(&asset), &resource)?;
        let role = role_of(&resource);
        Ok(AssetView { asset, role, rights })
    }

    /// What `principal` may do with each of `assets`, for lists; no audit row.
    /// Assets of projects in which the person has no role come back without
    /// `discover` and are left out by the caller.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn asset_rights(&self, principal: &Principal, assets: &[Asset]) -> Result<Vec<BTreeSet<Action>>> {
        let mut snapshot = self.meta.read().await?;
        let facts = self.facts(principal, assets, &mut snapshot).await?;
        let each = assets.iter().zip(&facts);
        each.map(|(asset, resource)| self.allowed(principal, shown(asset), resource)).collect()
    }

    /// Whether `principal` may do `action` with each of `assets`, for lists; no
    /// audit row.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn assets_may(&self, principal: &Principal, assets: &[Asset], action: Action) -> Result<Vec<bool>> {
        let mut snapshot = self.meta.read().await?;
        let facts = self.facts(principal, assets, &mut snapshot).await?;
        let may = |resource: &Resource| Ok(self.policies.decide(principal, action, resource)?.allowed);
        facts.iter().map(may).collect()
    }

    /// How `principal` sees each of `assets`; no audit row.
    ///
    /// # Errors
    /// Those of the database.
    pub(crate) async fn asset_views(&self, principal: &Principal, assets: &[Asset]) -> Result<Vec<Sight>> {
        let mut snapshot = self.meta.read().await?;
        let facts = self.facts(principal, assets, &mut snapshot).await?;
        let mut seen = Vec::with_capacity(assets.len());
        for (asset, facts) in assets.iter().zip(facts) {
            let usable = self.policies.decide(principal, Action::Use, &facts)?.allowed;
            let narrowed = self.is_narrowed(principal, asset, role_of(&facts), &mut snapshot).await?;
            seen.push(Sight { usable, narrowed });
        }
        Ok(seen)
    }

    /// Refuses to let somebody put other rows in the place of a dataset's who
    /// doesn't see all of those.
    ///
    /// # Errors
    /// `forbidden`, and those of the database.
    pub(crate) async fn require_whole(&self, principal: &Principal, asset: &Asset) -> Result<()> {
        let mut snapshot = self.meta.read().await?;
        let role = snapshot.project_role(principal.org, asset.project_id, principal.user).await?;
        let narrowed = self.is_narrowed(principal, asset, role, &mut snapshot).await?;
        drop(snapshot);
        if !narrowed {
            return Ok(());
        }
        let kept_back = Decision { allowed: false, reason: "narrowed".into() };
        self.audit_named(principal, Action::Edit, ("asset", asset.id.to_string()), &kept_back);
        Err(Error::new(
            ErrorCode::Forbidden,
            format!(
                "Rules keep some of “{}” from you, so you may not put other rows in the place of those that are there; \
                 nothing was changed. Append rows, or ask whoever manages it.",
                asset.name
            ),
        ))
    }

    fn require(&self, principal: &Principal, action: Action, resource: &Resource) -> Result<()> {
        let decision = self.policies.decide(principal, action, resource)?;
        self.audit(principal, action, resource, &decision);
        if decision.allowed {
            return Ok(());
        }
        let known = self.policies.decide(principal, Action::Discover, resource)?.allowed;
        Err(refusal(principal, action, resource, known))
    }

    fn allowed(&self, principal: &Principal, actions: &[Action], resource: &Resource) -> Result<BTreeSet<Action>> {
        let mut set = BTreeSet::new();
        for action in actions {
            if self.policies.decide(principal, *action, resource)?.allowed {
                set.insert(*action);
            }
        }
        Ok(set)
    }

    /// The facts about a person and some assets: role, grants, and what the
    /// sources of a derived asset bar them from.
    async fn facts(&self, principal: &Principal, assets: &[Asset], snapshot: &mut Snapshot) -> Result<Vec<Resource>> {
        let ids: Vec<AssetId> = assets.iter().map(|a| a.id).collect();
        let inherited = snapshot.restricted_by(principal.org, &ids).await?;
        let source_ids: BTreeSet<AssetId> = inherited.values().flatten().copied().collect();
        let source_ids: Vec<AssetId> = source_ids.into_iter().collect();
        let sources = snapshot.assets_by_id(principal.org, &source_ids).await?;
        let own = Own::load(principal, snapshot).await?;
        let components = assets.iter().filter(|asset| asset.kind == AssetKind::Component);
        let components: Vec<AssetId> = components.map(|asset| asset.id).collect();
        let shared = snapshot.settings(principal.org, &components, SHARED).await?;
        let shared: BTreeSet<AssetId> =
            shared.into_iter().filter(|one| one.body == true).map(|one| one.asset_id).collect();
        let mut barred_by: HashMap<AssetId, BTreeSet<Action>> = HashMap::new();
        for source in &sources {
            let facts = own.resource(source, BTreeSet::new(), false);
            let rights = self.allowed(principal, &[Action::Use, Action::Download], &facts)?;
            let mut barred: BTreeSet<Action> =
                [Action::Use, Action::Download].into_iter().filter(|a| !rights.contains(a)).collect();
            if self.is_narrowed(principal, source, role_of(&facts), snapshot).await? {
                barred.extend([Action::Use, Action::Download]);
            }
            barred_by.insert(source.id, barred);
        }
        let resource = |asset: &Asset| {
            let sources = inherited.get(&asset.id).into_iter().flatten();
            let barred = sources.filter_map(|source| barred_by.get(source)).flatten().copied().collect();
            own.resource(asset, barred, shared.contains(&asset.id))
        };
        Ok(assets.iter().map(resource).collect())
    }

    /// Whether rules of a source keep rows or values from this person. What was
    /// made from it may hold them, so it stays closed until it is released.
    async fn is_narrowed(
        &self,
        principal: &Principal,
        source: &Asset,
        role: Option<ProjectRole>,
        snapshot: &mut Snapshot,
    ) -> Result<bool> {
        let policies = DatasetPolicies::load(snapshot, principal.org, source.id).await?;
        Ok(policies.restricts(principal, role))
    }

    fn audit(&self, principal: &Principal, action: Action, resource: &Resource, decision: &Decision) {
        self.audit_named(principal, action, resource.name(), decision);
    }

    fn audit_named(&self, principal: &Principal, action: Action, name: (&'static str, String), decision: &Decision) {
        let (kind, object) = name;
        self.meta.audit_soon(AuditEntry {
            org_id: principal.org,
            at: self.clock.now(),
            who: Some(principal.user),
            via: via(&principal.via),
            action: action.as_str().to_owned(),
            kind: kind.to_owned(),
            object,
            decision: if decision.allowed { Verdict::Allow } else { Verdict::Deny },
            reason: decision.reason.clone(),
            request_id: None,
        });
    }
}

/// A person's own roles and grants, loaded once for a list.
struct Own {
    org: tandem_core::id::OrgId,
    roles: BTreeMap<ProjectId, ProjectRole>,
    granted: HashMap<AssetId, BTreeSet<Action>>,
}

impl Own {
    async fn load(principal: &Principal, snapshot: &mut Snapshot) -> Result<Self> {
        let roles = snapshot.project_roles_of(principal.org, principal.user).await?.into_iter().collect();
        let mut granted: HashMap<AssetId, BTreeSet<Action>> = HashMap::new();
        for grant in snapshot.grants_of(principal.org, principal.user).await? {
            granted.entry(grant.asset_id).or_default().insert(grant.action);
        }
        Ok(Self { org: principal.org, roles, granted })
    }

    fn resource(&self, asset: &Asset, barred: BTreeSet<Action>, shared: bool) -> Resource {
        Resource::Asset {
            id: asset.id,
            project: asset.project_id,
            org: self.org,
            role: self.roles.get(&asset.project_id).copied(),
            granted: self.granted.get(&asset.id).cloned().unwrap_or_default(),
            barred,
            shared,
        }
    }
}

/// The actions that are shown as rights of an asset: how it is made is there to
/// be seen of some kinds only.
const fn shown(asset: &Asset) -> &'static [Action] {
    match asset.kind {
        AssetKind::Workflow | AssetKind::Component => {
            &[Action::Discover, Action::Use, Action::Inspect, Action::Download, Action::Edit, Action::Manage]
        }
        _ => &ASSET_ACTIONS,
    }
}

const fn role_of(resource: &Resource) -> Option<ProjectRole> {
    match resource {
        Resource::Org(_) => None,
        Resource::Project { role, .. } | Resource::Asset { role, .. } => *role,
    }
}

fn via(via: &Via) -> String {
    match via {
        Via::Session => "session".to_owned(),
        Via::Token { id, .. } => format!("token:{id}"),
        Via::Local => "local".to_owned(),
        Via::Run(id) => format!("run:{id}"),
        Via::Schedule(id) => format!("schedule:{id}"),
    }
}
