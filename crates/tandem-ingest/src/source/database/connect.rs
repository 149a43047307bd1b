//! Addresses, connections and what goes wrong with them.

use std::time::Duration;

use sqlx::{
    ConnectOptions as _, MySqlConnection, PgConnection,
    mysql::{MySqlConnectOptions, MySqlSslMode},
    postgres::{PgConnectOptions, PgSslMode},
};
use tandem_core::{Error, ErrorCode, Result};
use url::Url;

use super::{
    DatabaseKind, DatabaseSource,
    route::{self, Route},
};
use crate::source::reach;

/// How long a connection may take to come about.
const PATIENCE: Duration = Duration::from_secs(15);
const POSTGRES_SCHEMES: [&str; 2] = ["postgres", "postgresql"];
const POSTGRES_PORT: u16 = 5432;
const MYSQL_SCHEMES: [&str; 2] = ["mysql", "mariadb"];
const MYSQL_PORT: u16 = 3306;
/// How often a wait is interrupted to see whether it was cancelled.
pub(super) const LOOK: Duration = Duration::from_millis(200);

/// A database's address, taken apart. Only these parts count: other parameters
/// could make the driver read files of this machine, or use its sockets.
struct Address {
    host: String,
    port: Option<u16>,
    user: String,
    password: String,
    database: String,
    ssl: Option<String>,
}

impl Address {
    fn of(source: &DatabaseSource, schemes: &[&str]) -> Result<Self> {
        let wrong = |what: &str| {
            Error::new(
                ErrorCode::InvalidParameter,
                format!("{what} It is written `{}://user:password@host:port/database`.", schemes[0]),
            )
        };
        let url = Url::parse(&source.url).map_err(|_| wrong("The database's address can't be understood."))?;
        if !schemes.contains(&url.scheme()) {
            return Err(wrong("The database's address is of another kind."));
        }
        let decoded = |text: &str| percent_decoded(text).ok_or_else(|| wrong("The address holds a malformed `%`."));
        let host = decoded(url.host_str().unwrap_or_default())?;
        let database = decoded(url.path().trim_start_matches('/'))?;
        if host.is_empty() || host.contains('/') || database.is_empty() {
            return Err(wrong("The address needs a host and a database."));
        }
        let mut ssl = None;
        for (key, value) in url.query_pairs() {
            match key.as_ref() {
                "sslmode" | "ssl-mode" => ssl = Some(value.to_ascii_lowercase().replace('-', "_")),
                other => {
                    return Err(wrong(&format!("The address may not have the parameter `{other}`, only `sslmode`.")));
                }
            }
        }
        Ok(Self {
            host: host.trim_matches(['[', ']']).to_owned(),
            port: url.port(),
            user: decoded(url.username())?,
            password: decoded(url.password().unwrap_or_default())?,
            database,
            ssl,
        })
    }
}

fn percent_decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        rest = tail;
        if *first == b'%' {
            let (digits, tail) = tail.split_at_checked(2)?;
            bytes.push(u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?);
            rest = tail;
        } else {
            bytes.push(*first);
        }
    }
    String::from_utf8(bytes).ok()
}

/// A connection to PostgreSQL.
pub(super) async fn postgres(source: &DatabaseSource) -> Result<PgConnection> {
    let address = Address::of(source, &POSTGRES_SCHEMES)?;
    let ssl = match address.ssl.as_deref() {
        None | Some("prefer") => PgSslMode::Prefer,
        Some("disable") => PgSslMode::Disable,
        Some("allow") => PgSslMode::Allow,
        Some("require") => PgSslMode::Require,
        Some("verify_ca") => PgSslMode::VerifyCa,
        Some("verify_full") => PgSslMode::VerifyFull,
        Some(other) => return Err(unknown_ssl(other)),
    };
    let port = address.port.unwrap_or(POSTGRES_PORT);
    let by_name = !matches!(ssl, PgSslMode::Disable | PgSslMode::Allow);
    let route = in_time(route::find(&source.hosts, &address.host, port, by_name)).await?;
    let options = PgConnectOptions::new_without_pgpass();
    let options = match &route {
        Route::Direct(host) => options.host(host),
        Route::Relay(relay) => options.host(&address.host).socket(relay.folder()),
    };
    let options = options
        .port(port)
        .username(&address.user)
        .password(&address.password)
        .database(&address.database)
        .application_name("tandem")
        .statement_cache_capacity(0)
        .ssl_mode(ssl)
        .disable_statement_logging();
    in_time(async { options.connect().await.map_err(refused) }).await
}

/// A connection to MySQL or MariaDB.
pub(super) async fn mysql(source: &DatabaseSource) -> Result<MySqlConnection> {
    let address = Address::of(source, &MYSQL_SCHEMES)?;
    let ssl = match address.ssl.as_deref() {
        None | Some("prefer" | "preferred") => MySqlSslMode::Preferred,
        Some("disable" | "disabled") => MySqlSslMode::Disabled,
        Some("require" | "required") => MySqlSslMode::Required,
        Some("verify_ca") => MySqlSslMode::VerifyCa,
        Some("verify_full" | "verify_identity") => MySqlSslMode::VerifyIdentity,
        Some(other) => return Err(unknown_ssl(other)),
    };
    let port = address.port.unwrap_or(MYSQL_PORT);
    let by_name = !matches!(ssl, MySqlSslMode::Disabled);
    let route = in_time(route::find(&source.hosts, &address.host, port, by_name)).await?;
    let options = MySqlConnectOptions::new();
    let options = match &route {
        Route::Direct(host) => options.host(host),
        Route::Relay(relay) => options.host(&address.host).socket(relay.socket()),
    };
    let options = options
        .port(port)
        .username(&address.user)
        .password(&address.password)
        .database(&address.database)
        .statement_cache_capacity(0)
        .ssl_mode(ssl)
        .disable_statement_logging();
    in_time(async { options.connect().await.map_err(refused) }).await
}

fn unknown_ssl(mode: &str) -> Error {
    Error::new(
        ErrorCode::InvalidParameter,
        format!("There is no sslmode `{mode}`. Choose disable, prefer, require, verify-ca or verify-full."),
    )
}

/// Whether the host of the database is one that may be connected to.
///
/// # Errors
/// As [`route::find`], and `invalid_parameter` for a malformed address.
pub(super) async fn check(source: &DatabaseSource) -> Result<()> {
    let (schemes, port): (&[&str], u16) = match source.kind {
        DatabaseKind::Postgres => (&POSTGRES_SCHEMES, POSTGRES_PORT),
        DatabaseKind::Mysql => (&MYSQL_SCHEMES, MYSQL_PORT),
        DatabaseKind::Sqlite => return Ok(()),
    };
    let address = Address::of(source, schemes)?;
    let port = address.port.unwrap_or(port);
    in_time(reach::addresses(&source.hosts, &address.host, port)).await.map(drop)
}

async fn in_time<C>(connecting: impl Future<Output = Result<C>>) -> Result<C> {
    tokio::time::timeout(PATIENCE, connecting).await.unwrap_or_else(|elapsed| Err(unreachable().with_source(elapsed)))
}

fn unreachable() -> Error {
    Error::new(ErrorCode::SourceUnavailable, "The database can't be reached. Check host, port and network.")
}

/// No connection to the host came about.
pub(super) fn not_reached(error: std::io::Error) -> Error {
    unreachable().with_source(error)
}

/// A connection that did not come about.
pub(super) fn refused(error: sqlx::Error) -> Error {
    let ours = match &error {
        sqlx::Error::Database(theirs) => Error::new(
            ErrorCode::SourceUnavailable,
            format!("The database refused the connection: {}.", theirs.message().trim_end_matches('.')),
        ),
        sqlx::Error::Tls(_) => Error::new(
            ErrorCode::SourceUnavailable,
            "No encrypted connection to the database came about. Check its certificate, or choose another sslmode.",
        ),
        _ => unreachable(),
    };
    ours.with_source(error)
}

/// A statement that failed.
pub(super) fn failed(error: sqlx::Error) -> Error {
    let ours = match &error {
        sqlx::Error::Database(theirs) => {
            let message = theirs.message().trim_end_matches('.');
            // PostgreSQL: read_only_sql_transaction; MySQL: ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION; SQLite: READONLY.
            let writes = matches!(theirs.code().as_deref(), Some("25006" | "25000" | "8"));
            if writes {
                Error::new(
                    ErrorCode::SqlNotAllowed,
                    format!("A source may only be read, and this would write: {message}."),
                )
            } else {
                Error::new(ErrorCode::InvalidSql, format!("The database refused the query: {message}."))
            }
        }
        // The driver could not make out what the database said of the columns.
        sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) | sqlx::Error::TypeNotFound { .. } => Error::new(
            ErrorCode::UnsupportedFormat,
            "A column of the query is of a type that can't be read. Cast it to text in the query.",
        ),
        _ => Error::new(
            ErrorCode::SourceUnavailable,
            "The connection to the database broke off; nothing was changed. Try again.",
        ),
    };
    ours.with_source(error)
}

#[cfg(test)]
mod tests {
    use tandem_core::HostPolicy;

    use super::*;

    #[test]
    fn addresses_name_a_host_and_nothing_of_this_machine() {
        let of = |url: &str| {
            let kind = DatabaseKind::Postgres;
            let source =
                DatabaseSource { kind, url: url.into(), table: None, query: None, hosts: HostPolicy::default() };
            Address::of(&source, &["postgres", "postgresql"])
        };
        let address = of("postgres://a%40b:p%2Fw@[::1]:5433/d%20b?sslmode=verify-full").unwrap();
        assert_eq!((address.user.as_str(), address.password.as_str()), ("a@b", "p/w"));
        assert_eq!((address.host.as_str(), address.port, address.database.as_str()), ("::1", Some(5433), "d b"));
        assert_eq!(address.ssl.as_deref(), Some("verify_full"));
        for bad in [
            "",
            "postgres://",
            "postgres:///d",
            "postgres://h/",
            "mysql://h/d",
            "postgres://%2Fvar%2Frun/d",
            "postgres://h/d?host=/var/run",
            "postgres://h/d?sslrootcert=/etc/passwd",
            "postgres://u:%zz@h/d",
        ] {
            assert_eq!(of(bad).map(|a| a.host).unwrap_err().code(), ErrorCode::InvalidParameter, "{bad}");
        }
    }
}
