//! The services that there are, and a call of one.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use reqwest::{
    Client, Response, StatusCode, Url,
    header::{HeaderMap, HeaderName, HeaderValue, RETRY_AFTER},
    redirect::Policy,
};
use serde::Deserialize;
use serde_json::Value;
use tandem_core::{Cancel, Error, ErrorCode, Result};

use crate::answer;

/// How often a call is tried that may go better the next time.
const TRIES: u32 = 4;
/// How long to wait before the second try; twice as long before each further one.
const PAUSE: Duration = Duration::from_millis(500);
/// The longest pause that a service may ask for.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// How soon a call that waits notices that it was cancelled.
const LOOK: Duration = Duration::from_millis(100);
/// How long one call may take where the service says nothing else.
const TIMEOUT: u64 = 60;

/// What may be called, by name. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Services {
    services: BTreeMap<String, Service>,
    client: Client,
}

/// One service, as the operator describes it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Service {
    name: String,
    url: Url,
    #[serde(default)]
    headers: BTreeMap<String, HeaderText>,
    #[serde(default = "timeout")]
    timeout_seconds: u64,
}

const fn timeout() -> u64 {
    TIMEOUT
}

/// The value of a header: as it stands, or the first line of a file.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
enum HeaderText {
    Plain(String),
    File { file: PathBuf },
}

/// How a service is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// Nothing is sent.
    Get,
    /// Something is sent, to be answered.
    Post,
    /// Something is sent, to be put in place.
    Put,
}

/// One call.
#[derive(Debug, Clone, Copy)]
pub struct Call<'a> {
    /// The service's name.
    pub service: &'a str,
    /// The path below its address; may be empty, and may end in a query.
    pub path: &'a str,
    /// How it is asked.
    pub method: Method,
    /// What is sent, as JSON.
    pub body: Option<&'a Value>,
    /// What the call is known by: the same for every attempt, sent as `Idempotency-Key`.
    pub key: &'a str,
}

impl Services {
    /// Those of a JSON file: `[{"name": "score", "url": "https://…", "headers": {"authorization": {"file": "…"}}}]`.
    ///
    /// # Errors
    /// `invalid_parameter` where the file can't be read or understood.
    pub fn load(file: &Path) -> Result<Self> {
        let wrong = |what: String| {
            let message = format!("The services in {} can't be used: {what}.", file.display());
            Error::new(ErrorCode::InvalidParameter, message)
        };
        let text = fs::read(file).map_err(|error| wrong(error.to_string()))?;
        let list: Vec<Service> = serde_json::from_slice(&text).map_err(|error| wrong(error.to_string()))?;
        let mut services = BTreeMap::new();
        for service in list {
            if !matches!(service.url.scheme(), "http" | "https") || service.url.cannot_be_a_base() {
                return Err(wrong(format!("the address of “{}” is not of http or https", service.name)));
            }
            for name in service.headers.keys() {
                HeaderName::try_from(name).map_err(|_| wrong(format!("“{name}” is no name of a header")))?;
            }
            if let Some(twice) = services.insert(service.name.clone(), service) {
                return Err(wrong(format!("there are two with the name “{}”", twice.name)));
            }
        }
        // Where a service leads elsewhere, that is not the address that the operator allowed.
        let client = Client::builder().redirect(Policy::none()).build().map_err(Error::internal)?;
        Ok(Self { services, client })
    }

    /// Their names, sorted.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.services.keys().map(String::as_str)
    }

    /// Calls a service, again where that may help, and gives its answer.
    ///
    /// # Errors
    /// `not_found` for a service that is not there, `invalid_parameter` for a path that leads out of it,
    /// `service_failed` where it can't be reached, refuses, or answers no JSON or more than 64 MB; `cancelled`.
    pub async fn call(&self, call: Call<'_>, cancel: &Cancel) -> Result<Value> {
        let service = self.services.get(call.service).ok_or_else(|| self.unknown(call.service))?;
        let url = service.at(call.path)?;
        let headers = service.headers()?;
        let mut turn = 0;
        loop {
            cancel.check()?;
            turn += 1;
            let once = self.once(service, url.clone(), headers.clone(), &call);
            let failed = match unless(cancel, once).await? {
                Ok(response) if response.status().is_success() => return answer::read(call.service, response).await,
                Ok(response) => Failed::of(&response),
                Err(error) => Failed { what: reason(&error), pause: None, again: true },
            };
            if !failed.again || turn == TRIES {
                let message = format!("The service “{}” {}.", call.service, failed.what);
                return Err(Error::new(ErrorCode::ServiceFailed, message));
            }
            let pause = failed.pause.unwrap_or(PAUSE * 2_u32.pow(turn - 1)).min(LONGEST_PAUSE);
            unless(cancel, tokio::time::sleep(pause)).await?;
        }
    }

    async fn once(
        &self,
        service: &Service,
        url: Url,
        headers: HeaderMap,
        call: &Call<'_>,
    ) -> reqwest::Result<Response> {
        let request = match call.method {
            Method::Get => self.client.get(url),
            Method::Post => self.client.post(url),
            Method::Put => self.client.put(url),
        };
        let request = request.headers(headers).header("idempotency-key", call.key);
        let request = request.timeout(Duration::from_secs(service.timeout_seconds.clamp(1, 3_600)));
        match call.body.filter(|_| call.method != Method::Get) {
            Some(body) => request.json(body).send().await,
            None => request.send().await,
        }
    }

    fn unknown(&self, name: &str) -> Error {
        let names: Vec<&str> = self.names().collect();
        let there = match names.as_slice() {
            [] => "There are none: ask who runs this installation to name some (--services)".to_owned(),
            names => format!("There are {}", names.join(", ")),
        };
        Error::new(ErrorCode::NotFound, format!("There is no service “{name}”. {there}."))
    }
}

impl Service {
    /// The address of a path below.
    fn at(&self, path: &str) -> Result<Url> {
        let base = self.url.as_str().trim_end_matches('/');
        let path = path.trim().trim_start_matches('/');
        let whole = if path.is_empty() { self.url.to_string() } else { format!("{base}/{path}") };
        let refused = || {
            let message = format!("The path “{path}” leads out of the service “{}”. Choose one below it.", self.name);
            Error::new(ErrorCode::InvalidParameter, message)
        };
        let url = Url::parse(&whole).map_err(|_| refused())?;
        let below = url.path().starts_with(self.url.path().trim_end_matches('/'));
        if url.origin() != self.url.origin() || !below || path.split(['/', '\\', '?']).any(is_up) {
            return Err(refused());
        }
        Ok(url)
    }

    fn headers(&self) -> Result<HeaderMap> {
        let mut headers = HeaderMap::new();
        for (name, text) in &self.headers {
            let text = match text {
                HeaderText::Plain(text) => text.clone(),
                HeaderText::File { file } => fs::read_to_string(file)?.lines().next().unwrap_or_default().to_owned(),
            };
            let mut value = HeaderValue::try_from(text).map_err(Error::internal)?;
            value.set_sensitive(true);
            headers.insert(HeaderName::try_from(name).map_err(Error::internal)?, value);
        }
        Ok(headers)
    }
}

/// What comes of `work`, unless it is cancelled before.
async fn unless<T>(cancel: &Cancel, work: impl Future<Output = T>) -> Result<T> {
    let mut work = std::pin::pin!(work);
    loop {
        tokio::select! {
            done = &mut work => return Ok(done),
            () = tokio::time::sleep(LOOK) => cancel.check()?,
        }
    }
}

/// A part of a path that leads up, also written with a code.
fn is_up(part: &str) -> bool {
    part.to_ascii_lowercase().replace("%2e", ".") == ".."
}

/// Why a call did not succeed, in words that follow the service's name.
struct Failed {
    what: String,
    pause: Option<Duration>,
    again: bool,
}

impl Failed {
    fn of(response: &Response) -> Self {
        let status = response.status();
        let asked = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse().ok());
        Self {
            what: format!("answered {}", status.as_u16()),
            pause: asked.map(Duration::from_secs),
            again: status.is_server_error()
                || matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::REQUEST_TIMEOUT),
        }
    }
}

/// What a person may know of an error on the way, which may name addresses.
fn reason(error: &reqwest::Error) -> String {
    tracing::debug!(error = %error, "a call of a service failed");
    match () {
        () if error.is_timeout() => "took too long to answer".to_owned(),
        () if error.is_connect() => "can't be reached".to_owned(),
        () => "broke off".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn services(text: &str) -> Result<Services> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("services.json");
        fs::write(&file, text).unwrap();
        Services::load(&file)
    }

    #[test]
    fn a_path_stays_below_the_service() {
        let services = services(r#"[{"name": "score", "url": "http://host:1/v1/"}]"#).unwrap();
        let service = &services.services["score"];
        for (path, expected) in [
            ("", "http://host:1/v1/"),
            ("rows", "http://host:1/v1/rows"),
            ("/rows?model=a", "http://host:1/v1/rows?model=a"),
            ("http://other/", "http://host:1/v1/http://other/"),
        ] {
            assert_eq!(service.at(path).unwrap().as_str(), expected);
        }
        for path in ["..", "a/../../b", "%2e%2e/b", "a\\..\\..", "rows?../.."] {
            assert_eq!(service.at(path).unwrap_err().code(), ErrorCode::InvalidParameter, "{path}");
        }
    }

    #[test]
    fn a_file_that_names_no_services_says_why() {
        for (text, part) in [
            ("{}", "can't be used"),
            (r#"[{"name": "a", "url": "file:///etc/passwd"}]"#, "http or https"),
            (r#"[{"name": "a", "url": "http://a"}, {"name": "a", "url": "http://b"}]"#, "two with the name"),
            (r#"[{"name": "a", "url": "http://a", "headers": {"a b": "c"}}]"#, "no name of a header"),
        ] {
            let error = services(text).unwrap_err();
            assert!(error.message().contains(part), "{}", error.message());
        }
    }

    #[tokio::test]
    async fn a_service_that_is_not_there_is_told_with_those_that_are() {
        let services = services(r#"[{"name": "score", "url": "http://host:1/"}]"#).unwrap();
        let call = Call { service: "scores", path: "", method: Method::Get, body: None, key: "k" };
        let error = services.call(call, &Cancel::new()).await.unwrap_err();
        assert_eq!(error.code(), ErrorCode::NotFound);
        assert!(error.message().contains("There are score."), "{}", error.message());
    }
}
