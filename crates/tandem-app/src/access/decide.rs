//! The decision itself: a pure function from facts to allowed or denied, asked
//! of the Cedar policies in `policies.cedar`.

use std::collections::{BTreeSet, HashMap, HashSet};

use cedar_policy::{
    Authorizer, Context, Decision as Verdict, Entities, Entity, EntityId, EntityTypeName, EntityUid, PolicySet,
    Request, RestrictedExpression,
};
use tandem_core::{
    Action, Error, OrgRole, Principal, ProjectRole, Result, TokenScope,
    id::{AssetId, OrgId, ProjectId},
    principal::Via,
};

const POLICIES: &str = include_str!("policies.cedar");

/// What somebody wants to act on, with the facts about that person there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Resource {
    /// The organization itself.
    Org(OrgId),
    /// A project.
    Project {
        /// Which.
        id: ProjectId,
        /// Whose.
        org: OrgId,
        /// The person's role in it, where they have one.
        role: Option<ProjectRole>,
    },
    /// An asset of any kind.
    Asset {
        /// Which.
        id: AssetId,
        /// The project it lives in.
        project: ProjectId,
        /// Whose.
        org: OrgId,
        /// The person's role in that project.
        role: Option<ProjectRole>,
        /// Actions granted to the person on this asset.
        granted: BTreeSet<Action>,
        /// Actions that one of its unreleased sources doesn't allow the person.
        barred: BTreeSet<Action>,
        /// Whether every member of the organization may use it.
        shared: bool,
    },
}

impl Resource {
    /// The kind and identifier, as the audit log names it.
    pub fn name(&self) -> (&'static str, String) {
        match self {
            Self::Org(id) => ("org", id.to_string()),
            Self::Project { id, .. } => ("project", id.to_string()),
            Self::Asset { id, .. } => ("asset", id.to_string()),
        }
    }

    /// What it is called in a message.
    pub const fn noun(&self) -> &'static str {
        match self {
            Self::Org(_) => "organization",
            Self::Project { .. } => "project",
            Self::Asset { .. } => "asset",
        }
    }
}

/// What was decided, and which policies decided it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// Whether it may be done.
    pub allowed: bool,
    /// The names of the policies that said so; empty where none allowed it.
    pub reason: String,
}

/// The policies, parsed once.
pub struct Policies {
    set: PolicySet,
    names: HashMap<cedar_policy::PolicyId, String>,
    types: Types,
}

struct Types {
    user: EntityTypeName,
    action: EntityTypeName,
    org: EntityTypeName,
    project: EntityTypeName,
    asset: EntityTypeName,
}

impl Policies {
    /// The policies that ship with the product.
    ///
    /// # Errors
    /// `internal` where they can't be parsed, which a test rules out.
    pub fn load() -> Result<Self> {
        let set: PolicySet = POLICIES.parse().map_err(|e| Error::internal(format!("policies: {e}")))?;
        let names =
            set.policies().map(|p| (p.id().clone(), p.annotation("id").unwrap_or_default().to_owned())).collect();
        let name = |text: &str| -> Result<EntityTypeName> { text.parse().map_err(Error::internal) };
        let types = Types {
            user: name("User")?,
            action: name("Action")?,
            org: name("Org")?,
            project: name("Project")?,
            asset: name("Asset")?,
        };
        Ok(Self { set, names, types })
    }

    /// Whether `principal` may do `action` on `resource`.
    ///
    /// # Errors
    /// `internal` where the facts can't be put to the policies.
    pub fn decide(&self, principal: &Principal, action: Action, resource: &Resource) -> Result<Decision> {
        let who = self.principal(principal)?;
        let what = self.resource(resource)?;
        let verb = uid(&self.types.action, action.as_str());
        let context = Context::from_pairs([("action".to_owned(), text(action.as_str()))]).map_err(Error::internal)?;
        let request = Request::new(who.uid(), verb, what.uid(), context, None).map_err(Error::internal)?;
        let entities = Entities::from_entities([who, what], None).map_err(Error::internal)?;
        let answer = Authorizer::new().is_authorized(&request, &self.set, &entities);
        if let Some(error) = answer.diagnostics().errors().next() {
            return Err(Error::internal(error.to_string()));
        }
        let mut reasons: Vec<&str> =
            answer.diagnostics().reason().map(|id| self.names.get(id).map_or("", String::as_str)).collect();
        reasons.sort_unstable();
        Ok(Decision { allowed: answer.decision() == Verdict::Allow, reason: reasons.join(" ") })
    }

    fn principal(&self, principal: &Principal) -> Result<Entity> {
        let mut facts = HashMap::from([
            ("org".to_owned(), text(&principal.org.to_string())),
            ("org_role".to_owned(), text(org_role(principal.role))),
            ("scope".to_owned(), RestrictedExpression::new_long(scope(&principal.via))),
        ]);
        if let Via::Token { project: Some(project), .. } = &principal.via {
            facts.insert("only_project".to_owned(), text(&project.to_string()));
        }
        entity(uid(&self.types.user, &principal.user.to_string()), facts)
    }

    fn resource(&self, resource: &Resource) -> Result<Entity> {
        let (_, id) = resource.name();
        let (kind, facts) = match resource {
            Resource::Org(org) => (&self.types.org, vec![("org", text(&org.to_string()))]),
            Resource::Project { id, org, role } => (
                &self.types.project,
                vec![
                    ("org", text(&org.to_string())),
                    ("project", text(&id.to_string())),
                    ("role", RestrictedExpression::new_long(rank(*role))),
                ],
            ),
            Resource::Asset { project, org, role, granted, barred, shared, .. } => (
                &self.types.asset,
                vec![
                    ("org", text(&org.to_string())),
                    ("project", text(&project.to_string())),
                    ("role", RestrictedExpression::new_long(rank(*role))),
                    ("granted", actions(granted)),
                    ("barred", actions(barred)),
                    ("shared", RestrictedExpression::new_bool(*shared)),
                ],
            ),
        };
        entity(uid(kind, &id), facts.into_iter().map(|(k, v)| (k.to_owned(), v)).collect())
    }
}

fn entity(uid: EntityUid, facts: HashMap<String, RestrictedExpression>) -> Result<Entity> {
    Entity::new(uid, facts, HashSet::new()).map_err(Error::internal)
}

fn uid(kind: &EntityTypeName, id: &str) -> EntityUid {
    EntityUid::from_type_name_and_id(kind.clone(), EntityId::new(id))
}

fn text(value: &str) -> RestrictedExpression {
    RestrictedExpression::new_string(value.to_owned())
}

fn actions(set: &BTreeSet<Action>) -> RestrictedExpression {
    RestrictedExpression::new_set(set.iter().map(|a| text(a.as_str())))
}

const fn org_role(role: OrgRole) -> &'static str {
    match role {
        OrgRole::Guest => "guest",
        OrgRole::Member => "member",
        OrgRole::Owner => "owner",
    }
}

const fn rank(role: Option<ProjectRole>) -> i64 {
    match role {
        None => 0,
        Some(ProjectRole::Guest) => 1,
        Some(ProjectRole::Viewer) => 2,
        Some(ProjectRole::Operator) => 3,
        Some(ProjectRole::Analyst) => 4,
        Some(ProjectRole::Maintainer) => 5,
        Some(ProjectRole::Owner) => 6,
    }
}

const fn scope(via: &Via) -> i64 {
    match via {
        Via::Session | Via::Local | Via::Run(_) | Via::Schedule(_) => 3,
        Via::Token { scope: TokenScope::Read, .. } => 1,
        Via::Token { scope: TokenScope::Write, .. } => 2,
        Via::Token { scope: TokenScope::Admin, .. } => 3,
    }
}
