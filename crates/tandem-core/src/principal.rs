//! Who asks, in which role, for what.

use serde::{Deserialize, Serialize};

use crate::id::{AssetId, OrgId, ProjectId, RunId, TokenId, UserId};

/// A person's place in an organization.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrgRole {
    /// An outside expert: sees only the projects that name them.
    Guest,
    /// An ordinary member.
    Member,
    /// Runs the organization: people, projects, audit.
    Owner,
}

/// A person's role in one project; each may do what those before it may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProjectRole {
    /// An outside expert: uses the data granted, takes nothing away.
    Guest,
    /// Reads what others made.
    Viewer,
    /// Runs scenarios and fills in forms; writes no code.
    Operator,
    /// Imports data, writes SQL, builds.
    Analyst,
    /// Decides who may do what inside the project.
    Maintainer,
    /// Owns the project; can delete it.
    Owner,
}

/// What an API token may be used for, at most; its owner's rights still apply.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TokenScope {
    /// Read and query.
    Read,
    /// Import, run and edit as well.
    Write,
    /// Members, grants and tokens as well.
    Admin,
}

/// Something that may be allowed or denied. The list is closed: the policies
/// name each one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Know that it exists: name, description, who to ask.
    Discover,
    /// Read inside the platform: query, preview, run on it.
    Use,
    /// See how it is made: the graph of a workflow, what stands inside of a component.
    Inspect,
    /// Read what people say about it.
    ReadComments,
    /// Say something about it.
    Comment,
    /// Take the rows away as a file.
    Download,
    /// Add versions, rename, label.
    Edit,
    /// Grant, restrict, release, delete.
    Manage,
    /// Start a run of a scenario or workflow.
    Run,
    /// Write SQL or other code.
    WriteCode,
    /// Write functions in Python, which the server runs.
    WritePython,
    /// Make assets in a project.
    Create,
    /// See the members of a project or organization.
    ListMembers,
    /// Add, change and remove members.
    ManageMembers,
    /// Make projects in an organization.
    CreateProject,
    /// Read the audit log.
    ReadAudit,
}

impl Action {
    /// The stable name, as in policies, the audit log and the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Discover => "discover",
            Self::Use => "use",
            Self::Inspect => "inspect",
            Self::ReadComments => "read_comments",
            Self::Comment => "comment",
            Self::Download => "download",
            Self::Edit => "edit",
            Self::Manage => "manage",
            Self::Run => "run",
            Self::WriteCode => "write_code",
            Self::WritePython => "write_python",
            Self::Create => "create",
            Self::ListMembers => "list_members",
            Self::ManageMembers => "manage_members",
            Self::CreateProject => "create_project",
            Self::ReadAudit => "read_audit",
        }
    }
}

/// How a person proved who they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Via {
    /// A browser session.
    Session,
    /// An API token, limited to a scope and perhaps to one project.
    Token {
        /// Which token.
        id: TokenId,
        /// What it may do at most.
        scope: TokenScope,
        /// The only project it may touch, where it is limited to one.
        project: Option<ProjectId>,
    },
    /// The command line on the machine that holds the data folder.
    Local,
    /// A run that the person started, working on their behalf.
    Run(RunId),
    /// The schedule of a workflow, which they set.
    Schedule(AssetId),
}

/// A person who has proved who they are, inside one organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    /// The person.
    pub user: UserId,
    /// The organization they act in.
    pub org: OrgId,
    /// Their place in it.
    pub role: OrgRole,
    /// How they proved it.
    pub via: Via,
}
