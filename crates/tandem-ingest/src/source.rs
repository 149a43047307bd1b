//! Where data comes from: uploads, allowed folders, S3-compatible stores, and
//! databases.
//!
//! Files end as a path to read (an upload or an object is first staged on
//! disk); databases are read as they stream.

pub mod database;
pub mod folder;
mod reach;
pub mod s3;
pub mod stage;
