//! A database for one test.

use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};
use uuid::Uuid;

/// A PostgreSQL database that is dropped with this value.
pub(crate) struct PostgresDb {
    admin: String,
    name: String,
}

/// The address of a PostgreSQL server where tests may make databases; `None`,
/// with a printed line, where there is none: the test is skipped then.
pub fn postgres_url() -> Option<String> {
    let url = std::env::var("TANDEM_TEST_POSTGRES_URL").ok().filter(|url| !url.is_empty());
    if url.is_none() {
        println!("skipped: TANDEM_TEST_POSTGRES_URL names no PostgreSQL server");
    }
    url
}

impl PostgresDb {
    /// A new database on the server at `admin`.
    pub(crate) async fn create(admin: String) -> Self {
        let name = format!("tandem_api_{}", Uuid::new_v4().simple());
        let mut connection = PgConnection::connect(&admin).await.unwrap();
        connection.execute(AssertSqlSafe(format!("CREATE DATABASE {name}"))).await.unwrap();
        Self { admin, name }
    }

    /// Its address.
    pub(crate) fn url(&self) -> String {
        let mut url = url::Url::parse(&self.admin).unwrap();
        url.set_path(&self.name);
        url.to_string()
    }
}

impl Drop for PostgresDb {
    fn drop(&mut self) {
        let (admin, name) = (self.admin.clone(), self.name.clone());
        // Dropping can't wait, so a thread of its own does.
        let dropped = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let mut connection = PgConnection::connect(&admin).await?;
                connection.execute(AssertSqlSafe(format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"))).await
            })
        });
        if !matches!(dropped.join(), Ok(Ok(_))) {
            println!("a test database stayed behind: {}", self.name);
        }
    }
}
