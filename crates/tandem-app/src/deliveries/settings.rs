//! What is delivered, as what and where to.

use std::collections::{BTreeMap, BTreeSet};

use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use tandem_core::{Error, ErrorCode, Lang, Result, id::OrgId};
use tandem_report::FileFormat;

use super::name;
use crate::{
    App,
    dashboards::{Condition, Dashboard},
    mail,
    people::check,
    schedule::When,
};

/// The longest subject, in characters.
const SUBJECT: usize = 150;
/// The longest text of a mail, in characters.
const TEXT: usize = 4000;
/// The largest filters that are kept, in bytes.
const FILTERS: usize = 64 << 10;

/// What is kept of a delivery: when, and what.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Kept {
    #[serde(flatten)]
    pub(super) when: When,
    pub(super) delivery: DeliverySettings,
}

/// What is delivered, as what and where to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DeliverySettings {
    /// What it is called, and its files.
    pub name: String,
    /// The kinds of file, each once.
    pub formats: Vec<FileFormat>,
    /// The language of the files.
    pub lang: Lang,
    /// The IANA time zone of the dates in names and subjects.
    pub time_zone: String,
    /// What of the time is in the names of files.
    pub stamp: Stamp,
    /// What holds instead of filters' own conditions, by their ids.
    #[serde(default)]
    pub filters: BTreeMap<String, Vec<Condition>>,
    /// Where to.
    pub to: Target,
}

/// What of the time is in the names of files. A file of the same name is
/// replaced by the next delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stamp {
    /// Nothing: there is one file, the newest.
    None,
    /// The day.
    #[default]
    Day,
    /// The day and the time.
    Minute,
}

/// Where files go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Target {
    /// A folder that the operator allows.
    Folder {
        /// The name that it has in the operator's configuration.
        folder: String,
    },
    /// Mail.
    Mail {
        /// Addresses.
        to: Vec<String>,
        /// The subject, in which `{date}` stands for the day.
        subject: String,
        /// The text, in which `{date}` stands for the day.
        text: String,
    },
}

impl DeliverySettings {
    /// Brings it into form, if it can be done at all. Rights are asked elsewhere.
    ///
    /// # Errors
    /// `invalid_parameter`, `path_not_allowed`, `mail_refused`; `state_conflict`
    /// where no mail server is set up.
    pub(super) async fn settle(mut self, app: &App, org: OrgId, dashboard: &Dashboard) -> Result<Self> {
        name::check(check::name("name", &self.name)?)?;
        self.name = self.name.trim().to_owned();
        self.formats = FileFormat::ALL.into_iter().filter(|format| self.formats.contains(format)).collect();
        if self.formats.is_empty() {
            return wrong("Choose at least one kind of file.".to_owned());
        }
        if self.time_zone.parse::<Tz>().is_err() {
            let message = "This is not a time zone. Write its name in the IANA database, such as Asia/Shanghai or UTC.";
            return wrong(message.to_owned());
        }
        let known: BTreeSet<&str> = dashboard.filters.iter().map(|filter| filter.id.as_str()).collect();
        if let Some(unknown) = self.filters.keys().find(|id| !known.contains(id.as_str())) {
            return wrong(format!("The dashboard has no filter “{unknown}”. Load it again."));
        }
        if serde_json::to_string(&self.filters).map_err(Error::internal)?.len() > FILTERS {
            return wrong("The filters take more than 64 KB. Choose fewer values.".to_owned());
        }
        match &mut self.to {
            Target::Folder { folder } => folder_of(app, folder).map(drop)?,
            Target::Mail { to, subject, text } => {
                if to.is_empty() {
                    return wrong("Add a recipient.".to_owned());
                }
                *to = mail::recipients(app, org, to).await?.iter().map(ToString::to_string).collect();
                *subject = subject.trim().to_owned();
                if subject.is_empty() || subject.chars().count() > SUBJECT || subject.chars().any(char::is_control) {
                    return wrong(format!("The subject is one line of 1 to {SUBJECT} characters."));
                }
                if text.chars().count() > TEXT {
                    return wrong(format!("The text is longer than {TEXT} characters. Shorten it."));
                }
                check::prose("text", text)?;
            }
        }
        Ok(self)
    }
}

/// The folder that the operator calls so.
///
/// # Errors
/// `path_not_allowed`.
pub(super) fn folder_of<'a>(app: &'a App, name: &str) -> Result<&'a std::path::Path> {
    app.config.delivery_folders.get(name).map(std::path::PathBuf::as_path).ok_or_else(|| {
        let message = "This is not one of the folders that files may be delivered to. Choose another, or ask who runs \
                       this installation (--delivery-folder).";
        Error::new(ErrorCode::PathNotAllowed, message)
    })
}

fn wrong<T>(message: String) -> Result<T> {
    Err(Error::new(ErrorCode::InvalidParameter, message))
}
