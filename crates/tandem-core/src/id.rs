//! Typed identifiers: a `DatasetId` can't be passed where a `RunId` is meant.
//!
//! All are UUID version 7 (RFC 9562), so that they sort by the time they were
//! made and indexes stay compact.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{Clock, Error, ErrorCode};

macro_rules! typed_ids {
    ($($(#[$doc:meta])* $name:ident;)+) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// A new identifier carrying the time of `clock`.
            pub fn generate(clock: &dyn Clock) -> Self {
                let millis = u64::try_from(clock.now().timestamp_millis()).unwrap_or(0);
                let random: [u8; 10] = rand::random();
                Self(uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid())
            }

            /// The identifier with exactly these bits, for values read back from storage.
            pub const fn from_uuid(uuid: Uuid) -> Self {
                Self(uuid)
            }

            /// The plain UUID.
            pub const fn as_uuid(&self) -> &Uuid {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }

        impl FromStr for $name {
            type Err = Error;

            /// # Errors
            /// `invalid_parameter` where the text is no UUID.
            fn from_str(text: &str) -> Result<Self, Error> {
                Uuid::parse_str(text).map(Self).map_err(|_| {
                    Error::new(ErrorCode::InvalidParameter, format!("“{text}” is not an identifier (a UUID)."))
                })
            }
        }
    )+};
}

typed_ids! {
    /// An organization: the wall that nothing crosses.
    OrgId;
    /// A project inside an organization.
    ProjectId;
    /// A person's account.
    UserId;
    /// An asset of any kind: dataset, workflow, report, model, …
    AssetId;
    /// One immutable version of an asset.
    VersionId;
    /// Something that is computed.
    RunId;
    /// A unit of durable background work.
    JobId;
    /// A grant of an action to a person.
    GrantId;
    /// An API token (its public half).
    TokenId;
    /// A signed-in browser.
    SessionId;
    /// When something happens by itself: a workflow's goes by the workflow's id.
    ScheduleId;
    /// A thread of comments.
    ThreadId;
    /// A comment in a thread.
    CommentId;
    /// A file on its way in, before it is a version.
    UploadId;
    /// One request, for the logs and for people to quote.
    RequestId;
}

impl From<AssetId> for ScheduleId {
    /// The schedule of a workflow, which has one.
    fn from(workflow: AssetId) -> Self {
        Self(*workflow.as_uuid())
    }
}
