//! The functions of the repositories, read off their source: those that look or
//! write in the name of an organization, and those that don't.

use std::{collections::BTreeSet, path::Path};

/// The public functions of the repositories, on [`Snapshot`] or on [`Tx`],
/// that take `org: OrgId`, or those that don't.
pub(crate) fn functions(writes: bool, with_org: bool) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    scan(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/repo"), writes, with_org, &mut found);
    found
}

fn scan(folder: &Path, writes: bool, with_org: bool, found: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            scan(&path, writes, with_org, found);
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        let mut in_block = false;
        for (number, line) in text.lines().enumerate() {
            if line.starts_with("impl ") {
                in_block = line.starts_with(if writes { "impl Tx " } else { "impl Snapshot " });
            }
            let Some(rest) = line.strip_prefix("    pub async fn ").filter(|_| in_block) else { continue };
            let signature: String = text.lines().skip(number).take_while(|l| !l.ends_with('{')).collect();
            let signature = format!("{signature}{line}");
            if signature.contains("org: OrgId") == with_org {
                found.insert(rest.split(['(', '<']).next().unwrap().to_owned());
            }
        }
    }
}

/// What is not asked for in the name of an organization, each for its reason:
/// accounts, sessions and tokens come before it is known which one; the rest
/// is the installation's own work. The lists may only shrink.
#[test]
fn nothing_else_goes_around_the_wall() {
    let reads = [
        "account",
        "account_by_email",
        "count_jobs",
        "events_after",
        "every_org",
        "expired_uploads",
        "has_accounts",
        "next_job_at",
        "orgs_of",
        "org",
        "outbox_seq",
        "schedules_to_attend",
        "session",
        "sign_in_failures",
        "token",
        "upload_exists",
    ];
    let writes = [
        "claim_job",
        "clear_sign_in_failures",
        "complete_job",
        "create_account",
        "create_org",
        "create_session",
        "create_token",
        "delete_session",
        "delete_sessions_of",
        "expire_leases",
        "fail_job",
        "heartbeat_job",
        "note_sign_in_failure",
        "prune_draft_edits",
        "prune_events",
        "prune_firings",
        "prune_jobs",
        "prune_sessions",
        "prune_sign_in_failures",
        "reap_jobs",
        "release_jobs",
        "rename_org",
        "set_account_disabled",
        "set_password",
        "stop_job",
        "touch_session",
        "touch_token",
        "update_account",
    ];
    assert_eq!(functions(false, false), reads.map(str::to_owned).into());
    assert_eq!(functions(true, false), writes.map(str::to_owned).into());
}
