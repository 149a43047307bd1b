//! People: how they prove who they are, and who is in an organization.
//!
//! A password is known to nobody but its owner (argon2id), sessions and tokens
//! are kept as hashes. Whatever fails while somebody proves who they are
//! answers the same, and takes about the same time, whether or not there is
//! such an account.

mod audit;
mod authenticate;
pub(crate) mod check;
mod member;
pub(crate) mod note;
pub mod password;
mod person;
mod profile;
pub mod secret;
mod set_up;
mod sign_in;
mod throttle;
mod token;

pub use audit::{AuditLine, audit_log};
pub use authenticate::{SessionView, by_session, by_token};
pub use member::{NewMember, add_member, change_member, members, org, remove_member, rename_org};
pub use person::{People, Person};
pub(crate) use profile::check_scope;
pub use profile::{Profile, change_password, change_profile, profile};
pub use set_up::{FirstOwner, SetUp, is_set_up, set_up};
pub use sign_in::{Home, Signed, home, sign_in, sign_out, switch_org};
pub use token::{MAX_DAYS, MadeToken, TokenOrder, create_token, revoke_token, tokens};
