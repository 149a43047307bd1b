use chrono::TimeDelta;
use tandem_core::{Lang, OrgRole, ProjectRole, TokenScope, id::*};
use tandem_meta::{NewSession, NewToken, ProjectFilter, Secret, SignInFailures, Theme};

use crate::harness::{World, account, at, code, first_page, on_each};

#[tokio::test]
async fn accounts_are_one_per_address_whatever_its_case() {
    on_each(|world: World| async move {
        let mut tx = world.meta.begin().await.unwrap();
        assert!(!tx.has_accounts().await.unwrap());
        let ada = account(&mut tx, " Ada.L@Example.ORG ").await;
        assert_eq!(ada.email, "ada.l@example.org");
        assert_eq!(ada.created_at, at(&world.clock));
        let again = tandem_meta::NewAccount {
            email: "ada.l@example.org".to_owned(),
            name: "Other".to_owned(),
            password_hash: Secret::new("h"),
            lang: Lang::En,
        };
        assert_eq!(code(tx.create_account(again).await), "already_exists");
        // A name that is taken doesn't spoil the rest of the transaction.
        let changed = tx.update_account(ada.id, Some("Ada"), None, Some(Theme::Dark)).await.unwrap();
        assert_eq!((changed.name.as_str(), changed.lang, changed.theme), ("Ada", Lang::Zh, Theme::Dark));
        tx.commit().await.unwrap();

        let mut read = world.meta.read().await.unwrap();
        assert_eq!(read.account(ada.id).await.unwrap(), Some(changed.clone()));
        assert_eq!(read.account_by_email("ADA.L@example.org").await.unwrap(), Some(changed));
        assert_eq!(read.account_by_email("nobody@example.org").await.unwrap(), None);
        assert!(!format!("{ada:?}").contains("argon2id"), "hashes stay out of logs");
    })
    .await;
}

#[tokio::test]
async fn an_organization_keeps_an_owner_who_can_sign_in() {
    on_each(|world: World| async move {
        let team = world.team("acme").await;
        let (org, owner, member) = (team.org.id, team.owner.id, team.member.id);

        for attempt in 0..3 {
            let mut tx = world.meta.begin().await.unwrap();
            let refused = match attempt {
                0 => code(tx.update_member(org, owner, Some(OrgRole::Member), None).await),
                1 => code(tx.update_member(org, owner, None, Some(true)).await),
                _ => code(tx.remove_member(org, owner).await),
            };
            assert_eq!(refused, "state_conflict");
            assert_eq!(code(tx.commit().await), "state_conflict", "what was refused can't be committed");
        }
        let mut tx = world.meta.begin().await.unwrap();
        assert_eq!(code(tx.add_member(org, member, OrgRole::Guest).await), "already_exists");
        tx.update_member(org, member, Some(OrgRole::Owner), None).await.unwrap();
        tx.remove_member(org, owner).await.unwrap();
        tx.commit().await.unwrap();

        let mut read = world.meta.read().await.unwrap();
        assert_eq!(read.member(org, owner).await.unwrap(), None);
        assert_eq!(read.project_role(org, team.project.id, owner).await.unwrap(), None, "roles end with membership");
        let members = read.members(org, &first_page(10)).await.unwrap();
        let roles: Vec<_> = members.items.iter().map(|m| (m.account.id, m.role, m.disabled)).collect();
        assert_eq!(roles, [(member, OrgRole::Owner, false)]);
        let known = read.members_by_id(org, &[owner, member]).await.unwrap();
        assert_eq!(known.iter().map(|m| m.account.id).collect::<Vec<_>>(), [member]);
    })
    .await;
}

#[tokio::test]
async fn two_owners_who_leave_at_once_do_not_leave_none() {
    on_each(|world: World| async move {
        let team = world.team("acme").await;
        let mut tx = world.meta.begin().await.unwrap();
        tx.update_member(team.org.id, team.member.id, Some(OrgRole::Owner), None).await.unwrap();
        tx.commit().await.unwrap();

        let leave = |user: UserId| {
            let (meta, org) = (world.meta.clone(), team.org.id);
            async move {
                let mut tx = meta.begin().await?;
                tx.remove_member(org, user).await?;
                tx.commit().await
            }
        };
        let (one, two) = tokio::join!(leave(team.owner.id), leave(team.member.id));
        assert_eq!(usize::from(one.is_ok()) + usize::from(two.is_ok()), 1, "{one:?} {two:?}");
    })
    .await;
}

#[tokio::test]
async fn people_see_the_organizations_they_may_act_in() {
    on_each(|world: World| async move {
        let (zebra, acme) = (world.team("zebra").await, world.team("acme").await);
        let mut tx = world.meta.begin().await.unwrap();
        tx.add_member(acme.org.id, zebra.owner.id, OrgRole::Guest).await.unwrap();
        tx.add_member(zebra.org.id, acme.owner.id, OrgRole::Member).await.unwrap();
        tx.update_member(zebra.org.id, acme.owner.id, None, Some(true)).await.unwrap();
        assert_eq!(tx.rename_org(acme.org.id, " Acme Ltd ").await.unwrap().name, "Acme Ltd");
        tx.commit().await.unwrap();

        let mut read = world.meta.read().await.unwrap();
        let orgs = read.orgs_of(zebra.owner.id).await.unwrap();
        let names: Vec<_> = orgs.iter().map(|(org, role)| (org.name.as_str(), *role)).collect();
        assert_eq!(names, [("Acme Ltd", OrgRole::Guest), ("zebra", OrgRole::Owner)]);
        assert_eq!(read.orgs_of(acme.owner.id).await.unwrap().len(), 1, "shut out of the other");
        assert_eq!(read.every_org().await.unwrap().len(), 2);
        assert_eq!(read.org(acme.org.id).await.unwrap().unwrap().name, "Acme Ltd");
    })
    .await;
}

#[tokio::test]
async fn sessions_act_in_an_organization_of_their_person() {
    on_each(|world: World| async move {
        let (acme, other) = (world.team("acme").await, world.team("other").await);
        let new = |secret: &str| NewSession {
            user_id: acme.owner.id,
            org_id: acme.org.id,
            secret_hash: Secret::new(secret),
            csrf: Secret::new("c"),
            expires_at: at(&world.clock) + TimeDelta::hours(1),
        };
        let mut tx = world.meta.begin().await.unwrap();
        let here = tx.create_session(new("here")).await.unwrap();
        let there = tx.create_session(new("there")).await.unwrap();
        tx.commit().await.unwrap();

        let mut tx = world.meta.begin().await.unwrap();
        assert_eq!(code(tx.move_session(here.id, other.org.id).await), "not_found", "not a member there");
        assert_eq!(code(tx.commit().await), "state_conflict");

        let mut tx = world.meta.begin().await.unwrap();
        tx.add_member(other.org.id, acme.owner.id, OrgRole::Guest).await.unwrap();
        tx.move_session(here.id, other.org.id).await.unwrap();
        tx.set_password(acme.owner.id, &Secret::new("new"), Some(here.id)).await.unwrap();
        tx.commit().await.unwrap();

        let mut read = world.meta.read().await.unwrap();
        let found = read.session(here.id).await.unwrap().unwrap();
        assert_eq!(found.session.secret_hash.expose(), "here");
        assert_eq!(found.account.password_hash.expose(), "new");
        assert_eq!((found.membership.org_id, found.membership.role), (other.org.id, OrgRole::Guest));
        assert_eq!(read.session(there.id).await.unwrap(), None, "a new password ends the other sessions");
        drop(read);

        world.later(TimeDelta::minutes(59));
        let mut tx = world.meta.begin().await.unwrap();
        tx.touch_session(here.id, at(&world.clock) + TimeDelta::hours(1)).await.unwrap();
        tx.commit().await.unwrap();
        world.later(TimeDelta::minutes(30));
        let mut tx = world.meta.begin().await.unwrap();
        assert_eq!(tx.prune_sessions().await.unwrap(), 0, "it was used meanwhile");
        tx.remove_member(other.org.id, acme.owner.id).await.unwrap();
        assert_eq!(tx.session(here.id).await.unwrap(), None, "it ends with the membership");
        let last = tx.create_session(new("last")).await.unwrap();
        tx.set_account_disabled(acme.owner.id, true).await.unwrap();
        assert_eq!(tx.session(last.id).await.unwrap(), None);
        tx.create_session(new("past")).await.unwrap();
        tx.commit().await.unwrap();
        world.later(TimeDelta::hours(1));
        let mut tx = world.meta.begin().await.unwrap();
        assert_eq!(tx.prune_sessions().await.unwrap(), 1);
        tx.commit().await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn tokens_are_listed_used_and_revoked() {
    on_each(|world: World| async move {
        let team = world.team("acme").await;
        let new = |name: &str, project| NewToken {
            user_id: team.owner.id,
            org_id: team.org.id,
            name: name.to_owned(),
            secret_hash: Secret::new("s"),
            scope: TokenScope::Write,
            project_id: project,
            expires_at: at(&world.clock) + TimeDelta::days(30),
        };
        let mut tx = world.meta.begin().await.unwrap();
        let ci = tx.create_token(new("ci", Some(team.project.id))).await.unwrap();
        let laptop = tx.create_token(new("laptop", None)).await.unwrap();
        assert_eq!(code(tx.revoke_token(team.org.id, team.member.id, ci.id).await), "not_found", "someone else's");
        tx.touch_token(ci.id).await.unwrap();
        tx.revoke_token(team.org.id, team.owner.id, laptop.id).await.unwrap();
        assert_eq!(code(tx.revoke_token(team.org.id, team.owner.id, laptop.id).await), "not_found");
        tx.commit().await.unwrap();

        let mut read = world.meta.read().await.unwrap();
        let found = read.token(ci.id).await.unwrap().unwrap();
        assert_eq!(found.token.last_used_at, Some(at(&world.clock)));
        assert_eq!((found.token.scope, found.token.project_id), (TokenScope::Write, Some(team.project.id)));
        assert_eq!((found.account.id, found.membership.role), (team.owner.id, OrgRole::Owner));
        assert!(read.token(laptop.id).await.unwrap().unwrap().token.revoked_at.is_some());
        let listed = read.tokens_of(team.org.id, team.owner.id).await.unwrap();
        assert_eq!(listed.iter().map(|token| token.id).collect::<Vec<_>>(), [ci.id]);
    })
    .await;
}

#[tokio::test]
async fn failures_to_sign_in_are_counted_by_address_and_forgotten() {
    on_each(|world: World| async move {
        let start = at(&world.clock) - TimeDelta::seconds(1);
        let mut tx = world.meta.begin().await.unwrap();
        for (email, address) in [("a@x", "10.0.0.1"), ("A@X ", "10.0.0.1"), ("a@x", "10.0.0.2"), ("b@x", "10.0.0.1")] {
            tx.note_sign_in_failure(email, address).await.unwrap();
        }
        let count = tx.sign_in_failures("a@x", "10.0.0.1", start).await.unwrap();
        assert_eq!(count, SignInFailures { both: 2, email: 3, address: 3 });
        let now = at(&world.clock);
        let none = SignInFailures { both: 0, email: 0, address: 0 };
        assert_eq!(tx.sign_in_failures("a@x", "10.0.0.1", now).await.unwrap(), none, "only those since");
        tx.clear_sign_in_failures("a@x", "10.0.0.1").await.unwrap();
        let count = tx.sign_in_failures("a@x", "10.0.0.1", start).await.unwrap();
        assert_eq!(count, SignInFailures { both: 0, email: 1, address: 1 });
        assert_eq!(tx.prune_sign_in_failures(now).await.unwrap(), 0);
        assert_eq!(tx.prune_sign_in_failures(now + TimeDelta::seconds(1)).await.unwrap(), 2);
        tx.commit().await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn project_names_are_free_again_once_put_away() {
    on_each(|world: World| async move {
        let team = world.team("acme").await;
        let org = team.org.id;
        let mut tx = world.meta.begin().await.unwrap();
        assert_eq!(code(tx.create_project(org, " LOYALTY ", "", team.owner.id).await), "already_exists");
        let other = tx.create_project(org, "Ärger 客户", "", team.owner.id).await.unwrap();
        assert_eq!(tx.project_by_name(org, "äRGER 客户").await.unwrap(), Some(other.clone()));
        assert_eq!(code(tx.update_project(org, other.id, Some("loyalty"), None).await), "already_exists");
        let changed = tx.update_project(org, other.id, None, Some("Complaints")).await.unwrap();
        assert_eq!((changed.name.as_str(), changed.description.as_str()), ("Ärger 客户", "Complaints"));

        let put_away = tx.archive_project(org, team.project.id, true).await.unwrap();
        assert_eq!(put_away.archived_at, Some(at(&world.clock)));
        let new = tx.create_project(org, "Loyalty", "", team.owner.id).await.unwrap();
        assert_eq!(code(tx.archive_project(org, team.project.id, false).await), "already_exists");
        tx.update_project(org, new.id, Some("Loyalty 2"), None).await.unwrap();
        assert_eq!(tx.archive_project(org, team.project.id, false).await.unwrap().archived_at, None);
        tx.archive_project(org, new.id, true).await.unwrap();
        tx.commit().await.unwrap();

        let mut read = world.meta.read().await.unwrap();
        let mut names = Vec::new();
        for archived in [false, true] {
            let filter = ProjectFilter { archived, member: None };
            let page = read.projects(org, &filter, &first_page(10)).await.unwrap();
            names.push(page.items.into_iter().map(|project| project.name).collect::<Vec<_>>());
        }
        assert_eq!(names, [vec!["Loyalty".to_owned(), "Ärger 客户".to_owned()], vec!["Loyalty 2".to_owned()]]);
    })
    .await;
}

#[tokio::test]
async fn project_members_have_one_role_and_an_owner_stays() {
    on_each(|world: World| async move {
        let team = world.team("acme").await;
        let (org, project) = (team.org.id, team.project.id);
        let mut tx = world.meta.begin().await.unwrap();
        tx.set_project_member(org, project, team.member.id, ProjectRole::Viewer).await.unwrap();
        let member = tx.set_project_member(org, project, team.member.id, ProjectRole::Analyst).await.unwrap();
        assert_eq!(member.role, ProjectRole::Analyst);
        tx.commit().await.unwrap();

        let mut tx = world.meta.begin().await.unwrap();
        let demoted = tx.set_project_member(org, project, team.owner.id, ProjectRole::Viewer).await;
        assert_eq!(code(demoted), "state_conflict");
        drop(tx);
        let mut tx = world.meta.begin().await.unwrap();
        assert_eq!(code(tx.remove_project_member(org, project, team.owner.id).await), "state_conflict");
        drop(tx);

        let mut read = world.meta.read().await.unwrap();
        assert_eq!(read.project_role(org, project, team.owner.id).await.unwrap(), Some(ProjectRole::Owner));
        assert_eq!(read.project_roles_of(org, team.member.id).await.unwrap(), [(project, ProjectRole::Analyst)]);
        let members = read.project_members(org, project, &first_page(10)).await.unwrap().items;
        let mut both = [team.owner.id, team.member.id];
        both.sort();
        assert_eq!(members.iter().map(|m| m.user_id).collect::<Vec<_>>(), both);
        let theirs = ProjectFilter { member: Some(team.member.id), archived: false };
        assert_eq!(read.projects(org, &theirs, &first_page(10)).await.unwrap().items.len(), 1);
        drop(read);

        let mut tx = world.meta.begin().await.unwrap();
        tx.remove_project_member(org, project, team.member.id).await.unwrap();
        assert!(tx.projects(org, &theirs, &first_page(10)).await.unwrap().items.is_empty());
        tx.commit().await.unwrap();
    })
    .await;
}
