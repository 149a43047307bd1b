use std::collections::BTreeSet;

use cedar_policy::{Schema, ValidationMode, Validator};
use tandem_core::{
    Action, OrgRole, Principal, ProjectRole, SystemClock, TokenScope,
    id::{AssetId, OrgId, ProjectId, TokenId, UserId},
    principal::Via,
};

use super::decide::{Policies, Resource};

const ROLES: [Option<ProjectRole>; 7] = [
    None,
    Some(ProjectRole::Guest),
    Some(ProjectRole::Viewer),
    Some(ProjectRole::Operator),
    Some(ProjectRole::Analyst),
    Some(ProjectRole::Maintainer),
    Some(ProjectRole::Owner),
];

struct Case {
    policies: Policies,
    org: OrgId,
    project: ProjectId,
    asset: AssetId,
}

impl Case {
    fn new() -> Self {
        let clock = SystemClock;
        Self {
            policies: Policies::load().unwrap(),
            org: OrgId::generate(&clock),
            project: ProjectId::generate(&clock),
            asset: AssetId::generate(&clock),
        }
    }

    fn who(&self, role: OrgRole, via: Via) -> Principal {
        Principal { user: UserId::generate(&SystemClock), org: self.org, role, via }
    }

    fn asset(&self, role: Option<ProjectRole>, granted: &[Action], barred: &[Action]) -> Resource {
        Resource::Asset {
            id: self.asset,
            project: self.project,
            org: self.org,
            role,
            granted: granted.iter().copied().collect(),
            barred: barred.iter().copied().collect(),
            shared: false,
        }
    }

    fn project(&self, role: Option<ProjectRole>) -> Resource {
        Resource::Project { id: self.project, org: self.org, role }
    }

    fn allows(&self, who: &Principal, action: Action, on: &Resource) -> bool {
        self.policies.decide(who, action, on).unwrap().allowed
    }

    /// Which roles (as a string of `.` and `x`, in the order of `ROLES`) may.
    fn row(&self, action: Action, on: impl Fn(Option<ProjectRole>) -> Resource) -> String {
        let who = self.who(OrgRole::Member, Via::Session);
        ROLES.iter().map(|role| if self.allows(&who, action, &on(*role)) { 'x' } else { '.' }).collect()
    }
}

#[test]
fn the_policies_fit_their_model() {
    let (schema, _) = Schema::from_cedarschema_str(include_str!("model.cedarschema")).unwrap();
    let set = include_str!("policies.cedar").parse().unwrap();
    let outcome = Validator::new(schema).validate(&set, ValidationMode::Strict);
    let errors: Vec<String> = outcome.validation_errors().map(ToString::to_string).collect();
    assert!(outcome.validation_passed(), "{errors:#?}");
}

#[test]
fn roles_in_a_project() {
    let case = Case::new();
    // Columns: nobody, guest, viewer, operator, analyst, maintainer, owner.
    for (action, expected) in [
        (Action::Discover, ".xxxxxx"),
        (Action::ListMembers, ".xxxxxx"),
        (Action::Run, ".x.xxxx"),
        (Action::WriteCode, ".x..xxx"),
        (Action::WritePython, "....xxx"),
        (Action::Create, "...xxxx"),
        (Action::Edit, ".....xx"),
        (Action::ManageMembers, ".....xx"),
        (Action::Manage, "......x"),
    ] {
        assert_eq!(case.row(action, |role| case.project(role)), expected, "{action:?}");
    }
}

#[test]
fn roles_on_an_asset_without_grants() {
    let case = Case::new();
    for (action, expected) in [
        (Action::Discover, "..xxxxx"),
        (Action::Use, "..xxxxx"),
        (Action::Inspect, "..xxxxx"),
        (Action::ReadComments, "..xxxxx"),
        (Action::Comment, "..xxxxx"),
        (Action::Download, ".....xx"),
        (Action::Edit, "....xxx"),
        (Action::Manage, ".....xx"),
    ] {
        assert_eq!(case.row(action, |role| case.asset(role, &[], &[])), expected, "{action:?}");
    }
}

#[test]
fn use_and_download_are_separate() {
    let case = Case::new();
    let analyst = case.who(OrgRole::Member, Via::Session);
    let role = Some(ProjectRole::Analyst);
    assert!(case.allows(&analyst, Action::Use, &case.asset(role, &[], &[])));
    assert!(!case.allows(&analyst, Action::Download, &case.asset(role, &[Action::Use], &[])));
    assert!(case.allows(&analyst, Action::Download, &case.asset(role, &[Action::Download], &[])));
}

#[test]
fn a_guest_uses_what_is_granted_and_takes_nothing_away() {
    let case = Case::new();
    let guest = case.who(OrgRole::Guest, Via::Session);
    let role = Some(ProjectRole::Guest);
    assert!(!case.allows(&guest, Action::Discover, &case.asset(role, &[], &[])));
    let granted = case.asset(role, &[Action::Use, Action::Download], &[]);
    assert!(case.allows(&guest, Action::Use, &granted));
    assert!(!case.allows(&guest, Action::Download, &granted));
    // Even as somebody's maintainer: the organization's word stands above the project's.
    assert!(!case.allows(&guest, Action::Download, &case.asset(Some(ProjectRole::Maintainer), &[], &[])));
    assert!(!case.allows(&guest, Action::ListMembers, &Resource::Org(case.org)));
    // And writes nothing that the server runs.
    let analyst = Some(ProjectRole::Analyst);
    assert!(case.allows(&guest, Action::WriteCode, &case.project(analyst)));
    assert!(!case.allows(&guest, Action::WritePython, &case.project(analyst)));
    let token = Via::Token { id: TokenId::generate(&SystemClock), scope: TokenScope::Read, project: None };
    assert!(!case.allows(&case.who(OrgRole::Member, token), Action::WritePython, &case.project(analyst)));
}

#[test]
fn a_derived_asset_bars_what_its_source_bars() {
    let case = Case::new();
    let owner = case.who(OrgRole::Owner, Via::Session);
    let barred = case.asset(Some(ProjectRole::Owner), &[], &[Action::Download]);
    assert!(!case.allows(&owner, Action::Download, &barred));
    assert!(case.allows(&owner, Action::Use, &barred));
}

#[test]
fn tokens_do_no_more_than_their_scope() {
    let case = Case::new();
    let token = |scope, project| Via::Token { id: TokenId::generate(&SystemClock), scope, project };
    let asset = case.asset(Some(ProjectRole::Owner), &[], &[]);
    let read = case.who(OrgRole::Owner, token(TokenScope::Read, None));
    assert!(case.allows(&read, Action::Use, &asset));
    assert!(!case.allows(&read, Action::Edit, &asset));
    assert!(!case.allows(&read, Action::Run, &case.project(Some(ProjectRole::Owner))));
    let write = case.who(OrgRole::Owner, token(TokenScope::Write, None));
    assert!(case.allows(&write, Action::Edit, &asset));
    assert!(!case.allows(&write, Action::Manage, &asset));
    assert!(!case.allows(&write, Action::ReadAudit, &Resource::Org(case.org)));
    let elsewhere = case.who(OrgRole::Owner, token(TokenScope::Admin, Some(ProjectId::generate(&SystemClock))));
    assert!(!case.allows(&elsewhere, Action::Use, &asset));
    assert!(!case.allows(&elsewhere, Action::ReadAudit, &Resource::Org(case.org)));
}

#[test]
fn nothing_crosses_organizations() {
    let case = Case::new();
    let stranger = Principal {
        user: UserId::generate(&SystemClock),
        org: OrgId::generate(&SystemClock),
        role: OrgRole::Owner,
        via: Via::Session,
    };
    let all: BTreeSet<Action> = [Action::Discover, Action::Use, Action::Download, Action::Edit, Action::Manage].into();
    let granted: Vec<Action> = all.iter().copied().collect();
    for action in all {
        assert!(!case.allows(&stranger, action, &case.asset(Some(ProjectRole::Owner), &granted, &[])), "{action:?}");
        assert!(!case.allows(&stranger, action, &case.project(Some(ProjectRole::Owner))), "{action:?}");
        assert!(!case.allows(&stranger, action, &Resource::Org(case.org)), "{action:?}");
    }
}

#[test]
fn who_may_use_it_comments_and_who_may_edit_it_looks_inside() {
    let case = Case::new();
    let guest = case.who(OrgRole::Guest, Via::Session);
    let role = Some(ProjectRole::Guest);
    for action in [Action::ReadComments, Action::Comment] {
        assert!(!case.allows(&guest, action, &case.asset(role, &[], &[])));
        assert!(!case.allows(&guest, action, &case.asset(role, &[Action::Discover], &[])), "{action:?}");
        assert!(case.allows(&guest, action, &case.asset(role, &[Action::Use], &[])), "{action:?}");
        assert!(!case.allows(&guest, action, &case.asset(role, &[Action::Use], &[Action::Use])), "{action:?}");
    }
    assert!(!case.allows(&guest, Action::Inspect, &case.asset(role, &[Action::Use], &[])));
    assert!(case.allows(&guest, Action::Inspect, &case.asset(role, &[Action::Edit], &[])));
    let token = Via::Token { id: TokenId::generate(&SystemClock), scope: TokenScope::Read, project: None };
    let reader = case.who(OrgRole::Member, token);
    let asset = case.asset(Some(ProjectRole::Analyst), &[], &[]);
    assert!(case.allows(&reader, Action::ReadComments, &asset));
    assert!(!case.allows(&reader, Action::Comment, &asset));
}

#[test]
fn what_is_shared_is_used_by_every_member_and_by_no_guest() {
    let case = Case::new();
    let shared = |role, barred: &[Action]| match case.asset(role, &[], barred) {
        Resource::Asset { id, project, org, role, granted, barred, .. } => {
            Resource::Asset { id, project, org, role, granted, barred, shared: true }
        }
        other => other,
    };
    let member = case.who(OrgRole::Member, Via::Session);
    assert!(case.allows(&member, Action::Use, &shared(None, &[])));
    assert!(!case.allows(&member, Action::Edit, &shared(None, &[])));
    assert!(!case.allows(&member, Action::Inspect, &shared(None, &[])));
    assert!(!case.allows(&member, Action::Comment, &shared(None, &[])), "people of another project talk elsewhere");
    assert!(!case.allows(&case.who(OrgRole::Guest, Via::Session), Action::Use, &shared(None, &[])));
    let token = |project| Via::Token { id: TokenId::generate(&SystemClock), scope: TokenScope::Write, project };
    let elsewhere = case.who(OrgRole::Member, token(Some(ProjectId::generate(&SystemClock))));
    assert!(!case.allows(&elsewhere, Action::Use, &shared(None, &[])));
}
