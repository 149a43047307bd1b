//! Deliveries of dashboards: files into a folder or by mail, when a schedule or
//! a person says so.

use std::{collections::BTreeMap, sync::Arc};

use axum::{Json, extract::State, http::StatusCode};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tandem_app::{
    App, FileFormat,
    dashboards::Condition,
    deliveries::{self, Delivered, DeliverySettings, DeliveryView, Offers, Stamp, Target},
    mail::MailLimits,
    records::run::RunState,
    schedule::{ScheduleReason, When},
};
use tandem_core::{
    Error, ErrorCode, Lang,
    id::{AssetId, ScheduleId},
};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::{
    dashboards::ExportFormat,
    shape::{DONE, User},
    when::{Cron, OnData},
};
use crate::{
    auth::Caller,
    error::{ApiResult, Errors},
    extract::{At, Body},
};

pub(crate) fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(get, set, remove)).routes(routes!(send))
}

/// A delivery to set up.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DeliveryBody {
    /// Whether it is delivered by itself.
    enabled: bool,
    /// At which times; without it at none.
    #[serde(default)]
    cron: Option<Cron>,
    /// On arrival of data; without it on none.
    #[serde(default)]
    on_data: Option<OnData>,
    /// What it is called, and its files.
    #[schema(min_length = 1, max_length = 120)]
    name: String,
    /// The kinds of file.
    #[schema(min_items = 1)]
    formats: Vec<ExportFormat>,
    /// The language of the files: `en` or `zh-CN`.
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "zh-CN")]
    lang: Lang,
    /// The IANA time zone of the dates in names and subjects.
    #[schema(example = "Asia/Shanghai")]
    time_zone: String,
    /// What of the time is in the names of files: a file of the same name is replaced by the next delivery.
    #[serde(default)]
    stamp: DeliveryStamp,
    /// What holds instead of filters' own conditions: filter → `[{operator, value}]`.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    filters: Option<Value>,
    /// Where to.
    to: DeliveryTarget,
}

/// What of the time is in the names of files.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum DeliveryStamp {
    /// Nothing: there is one file, the newest.
    None,
    /// The day.
    #[default]
    Day,
    /// The day and the time.
    Minute,
}

/// Where files go.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum DeliveryTarget {
    /// A folder that the operator allows.
    Folder {
        /// Its name, of those in `offers`.
        folder: String,
    },
    /// Mail to members of the organization and to whom the operator allows.
    Mail {
        /// Addresses; all of them see one another.
        #[schema(min_items = 1)]
        to: Vec<String>,
        /// One line, in which `{date}` stands for the day.
        #[schema(min_length = 1, max_length = 150)]
        subject: String,
        /// The text, in which `{date}` stands for the day.
        #[serde(default)]
        #[schema(max_length = 4000)]
        text: String,
    },
}

impl From<DeliveryTarget> for Target {
    fn from(to: DeliveryTarget) -> Self {
        match to {
            DeliveryTarget::Folder { folder } => Self::Folder { folder },
            DeliveryTarget::Mail { to, subject, text } => Self::Mail { to, subject, text },
        }
    }
}

impl From<Target> for DeliveryTarget {
    fn from(to: Target) -> Self {
        match to {
            Target::Folder { folder } => Self::Folder { folder },
            Target::Mail { to, subject, text } => Self::Mail { to, subject, text },
        }
    }
}

impl From<DeliveryStamp> for Stamp {
    fn from(stamp: DeliveryStamp) -> Self {
        match stamp {
            DeliveryStamp::None => Self::None,
            DeliveryStamp::Day => Self::Day,
            DeliveryStamp::Minute => Self::Minute,
        }
    }
}

impl From<Stamp> for DeliveryStamp {
    fn from(stamp: Stamp) -> Self {
        match stamp {
            Stamp::None => Self::None,
            Stamp::Day => Self::Day,
            Stamp::Minute => Self::Minute,
        }
    }
}

impl DeliveryBody {
    fn settings(self) -> Result<(bool, When, DeliverySettings), Error> {
        let filters: BTreeMap<String, Vec<Condition>> = match self.filters {
            None | Some(Value::Null) => BTreeMap::new(),
            Some(filters) => serde_json::from_value(filters).map_err(|error| {
                Error::new(
                    ErrorCode::InvalidParameter,
                    format!("filters: {error}. Write filter → [{{operator, value}}]."),
                )
            })?,
        };
        let when = When { cron: self.cron.map(Into::into), on_data: self.on_data.map(Into::into) };
        let settings = DeliverySettings {
            name: self.name,
            formats: self.formats.into_iter().map(FileFormat::from).collect(),
            lang: self.lang,
            time_zone: self.time_zone,
            stamp: self.stamp.into(),
            filters,
            to: self.to.into(),
        };
        Ok((self.enabled, when, settings))
    }
}

/// A delivery.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Delivery {
    id: Uuid,
    enabled: bool,
    #[schema(required)]
    cron: Option<Cron>,
    #[schema(required)]
    on_data: Option<OnData>,
    name: String,
    formats: Vec<&'static str>,
    /// `en` or `zh-CN`.
    lang: &'static str,
    time_zone: String,
    stamp: DeliveryStamp,
    #[schema(value_type = Object)]
    filters: Value,
    to: DeliveryTarget,
    /// `active`, `off`, `paused` (it failed too often) or `stopped` (it can't be delivered any more).
    #[schema(example = "active")]
    state: &'static str,
    /// Why it is paused or stopped: `{code, message: {en, zh-CN}}`.
    #[schema(required, value_type = Option<Object>)]
    reason: Option<ScheduleReason>,
    /// When its cron is next due.
    #[schema(required)]
    next_at: Option<DateTime<Utc>>,
    /// When data that has come is delivered, unless more comes.
    #[schema(required)]
    waits_until: Option<DateTime<Utc>>,
    /// Deliveries in a row that failed.
    failures: u32,
    /// As whom it is delivered: with their rights at that time.
    owner: User,
    /// Whether that is the caller.
    own: bool,
    updated_at: DateTime<Utc>,
    /// The next times of its cron.
    upcoming: Vec<DateTime<Utc>>,
    /// What the last times came to, newest first.
    history: Vec<DeliveredDto>,
}

/// What a time that was due came to.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DeliveredDto {
    at: DateTime<Utc>,
    due_at: DateTime<Utc>,
    /// `cron`, `data` or `person`.
    #[schema(example = "cron")]
    cause: &'static str,
    /// `started`, `skipped`, `held_back` or `stopped`.
    #[schema(example = "started")]
    outcome: &'static str,
    #[schema(required)]
    run_id: Option<Uuid>,
    /// The state of the run.
    #[schema(required)]
    run_state: Option<&'static str>,
    #[schema(required)]
    finished_at: Option<DateTime<Utc>>,
    /// What was delivered: `{to, files: [{name, bytes}]}`, and of mail `recipients`, `refused`, `message_id`.
    #[schema(required, value_type = Option<Object>)]
    result: Option<Value>,
    /// Why it failed: `{code, message}`.
    #[schema(required, value_type = Option<Object>)]
    error: Option<Value>,
    /// What else there is to say of it: `{en, zh-CN}`.
    #[schema(required, value_type = Option<Object>)]
    message: Option<Value>,
}

impl From<Delivered> for DeliveredDto {
    fn from(delivered: Delivered) -> Self {
        let Delivered { firing, state, end } = delivered;
        let (finished_at, result, error) =
            end.map_or((None, None, None), |end| (end.finished_at, end.result, end.error));
        Self {
            at: firing.created_at,
            due_at: firing.due_at,
            cause: firing.cause.as_str(),
            outcome: firing.outcome.as_str(),
            run_id: firing.run_id.map(|id| *id.as_uuid()),
            run_state: state.map(RunState::as_str),
            finished_at,
            result,
            error,
            message: firing.message,
        }
    }
}

impl Delivery {
    fn new(view: DeliveryView) -> Result<Self, Error> {
        let settings = view.settings;
        Ok(Self {
            id: *view.id.as_uuid(),
            enabled: view.state.as_str() != "off",
            cron: view.when.cron.map(Cron::from),
            on_data: view.when.on_data.map(OnData::from),
            name: settings.name,
            formats: settings.formats.into_iter().map(FileFormat::extension).collect(),
            lang: settings.lang.tag(),
            time_zone: settings.time_zone,
            stamp: settings.stamp.into(),
            filters: serde_json::to_value(settings.filters).map_err(Error::internal)?,
            to: settings.to.into(),
            state: view.state.as_str(),
            reason: view.reason,
            next_at: view.next_at,
            waits_until: view.waits_until,
            failures: view.failures,
            owner: view.owner.into(),
            own: view.own,
            updated_at: view.set_at,
            upcoming: view.upcoming,
            history: view.history.into_iter().map(DeliveredDto::from).collect(),
        })
    }
}

/// The deliveries of a dashboard, and what can be chosen for another.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DeliveryList {
    /// The caller's own, and everybody's for who may edit the dashboard; oldest first.
    items: Vec<Delivery>,
    offers: DeliveryOffers,
    /// Whether the caller may set one up, for which it takes `download` on every dataset that the dashboard reads.
    may: bool,
}

/// What can be chosen for a delivery.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DeliveryOffers {
    /// The kinds of file.
    formats: Vec<&'static str>,
    /// The folders that the operator allows.
    folders: Vec<String>,
    /// Null where nothing can be mailed.
    #[schema(required)]
    mail: Option<MailOffer>,
}

/// What may be mailed.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MailOffer {
    /// Recipients of one message, at most.
    max_recipients: usize,
    /// Attachments of one message together, at most.
    max_bytes: u64,
    /// Domains that may be written to, beside the members of the organization.
    domains: Vec<String>,
    /// Whether anybody at all may be.
    anyone: bool,
}

impl From<Offers> for DeliveryOffers {
    fn from(offers: Offers) -> Self {
        Self {
            formats: offers.formats.into_iter().map(FileFormat::extension).collect(),
            folders: offers.folders,
            mail: offers.mail.map(|MailLimits { max_recipients, max_bytes, domains, anyone }| MailOffer {
                max_recipients,
                max_bytes,
                domains,
                anyone,
            }),
        }
    }
}

/// The deliveries of a dashboard.
#[utoipa::path(get, path = "/dashboards/{dashboard_id}/deliveries", tag = "dashboards",
    operation_id = "list_deliveries", params(("dashboard_id" = Uuid, Path)),
    responses((status = 200, body = DeliveryList), Errors))]
async fn list(State(app): State<Arc<App>>, Caller(who): Caller, At(id): At<AssetId>) -> ApiResult<Json<DeliveryList>> {
    let found = deliveries::list(&app, &who, id).await?;
    let items = found.items.into_iter().map(Delivery::new).collect::<Result<_, _>>()?;
    Ok(Json(DeliveryList { items, offers: found.offers.into(), may: found.may }))
}

/// Have a dashboard delivered as files, into a folder or by mail: at times, when
/// data comes, or when a person says so. It is delivered as the caller, with the
/// rights that they have then; takes `download` on every dataset that it reads.
#[utoipa::path(post, path = "/dashboards/{dashboard_id}/deliveries", tag = "dashboards",
    operation_id = "create_delivery", params(("dashboard_id" = Uuid, Path)), request_body = DeliveryBody,
    responses((status = 201, body = Delivery), Errors))]
async fn create(
    State(app): State<Arc<App>>,
    Caller(who): Caller,
    At(id): At<AssetId>,
    Body(body): Body<DeliveryBody>,
) -> ApiResult<(StatusCode, Json<Delivery>)> {
    let (enabled, when, settings) = body.settings()?;
    let made = deliveries::create(&app, &who, id, enabled, when, settings).await?;
    Ok((StatusCode::CREATED, Json(Delivery::new(made)?)))
}

/// One delivery, when it is next due, and what came of it.
#[utoipa::path(get, path = "/dashboards/{dashboard_id}/deliveries/{delivery_id}", tag = "dashboards",
    operation_id = "get_delivery", params(("dashboard_id" = Uuid, Path), ("delivery_id" = Uuid, Path)),
    responses((status = 200, body = Delivery), Errors))]
async fn get(
    State(app): State<Arc<App>>,
    Caller(who): Caller,
    At((dashboard, id)): At<(AssetId, ScheduleId)>,
) -> ApiResult<Json<Delivery>> {
    Ok(Json(Delivery::new(deliveries::get(&app, &who, dashboard, id).await?)?))
}

/// Change a delivery; it is delivered as the caller from now on.
#[utoipa::path(put, path = "/dashboards/{dashboard_id}/deliveries/{delivery_id}", tag = "dashboards",
    operation_id = "set_delivery", params(("dashboard_id" = Uuid, Path), ("delivery_id" = Uuid, Path)),
    request_body = DeliveryBody, responses((status = 200, body = Delivery), Errors))]
async fn set(
    State(app): State<Arc<App>>,
    Caller(who): Caller,
    At((dashboard, id)): At<(AssetId, ScheduleId)>,
    Body(body): Body<DeliveryBody>,
) -> ApiResult<Json<Delivery>> {
    let (enabled, when, settings) = body.settings()?;
    Ok(Json(Delivery::new(deliveries::set(&app, &who, dashboard, id, enabled, when, settings).await?)?))
}

/// Take a delivery away. Files that it has written stay.
#[utoipa::path(delete, path = "/dashboards/{dashboard_id}/deliveries/{delivery_id}", tag = "dashboards",
    operation_id = "delete_delivery", params(("dashboard_id" = Uuid, Path), ("delivery_id" = Uuid, Path)),
    responses((status = 204), Errors))]
async fn remove(
    State(app): State<Arc<App>>,
    Caller(who): Caller,
    At((dashboard, id)): At<(AssetId, ScheduleId)>,
) -> ApiResult<StatusCode> {
    deliveries::remove(&app, &who, dashboard, id).await?;
    Ok(DONE)
}

/// A delivery to be sent now.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SendBody {
    /// By mail to the caller's own address alone, as a test.
    #[serde(default)]
    to_me: bool,
}

/// What delivers it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Sending {
    /// The run; how it ends is in the delivery's history too.
    run_id: Uuid,
}

/// Deliver now, as the caller and with their rights.
#[utoipa::path(post, path = "/dashboards/{dashboard_id}/deliveries/{delivery_id}/send", tag = "dashboards",
    operation_id = "send_delivery", params(("dashboard_id" = Uuid, Path), ("delivery_id" = Uuid, Path)),
    request_body = SendBody, responses((status = 202, body = Sending), Errors))]
async fn send(
    State(app): State<Arc<App>>,
    Caller(who): Caller,
    At((dashboard, id)): At<(AssetId, ScheduleId)>,
    Body(body): Body<SendBody>,
) -> ApiResult<(StatusCode, Json<Sending>)> {
    let run = deliveries::send(&app, &who, dashboard, id, body.to_me).await?;
    Ok((StatusCode::ACCEPTED, Json(Sending { run_id: *run.as_uuid() })))
}
