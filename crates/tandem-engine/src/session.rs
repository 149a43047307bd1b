//! Where sessions are made: the one place that decides what SQL can reach.
//!
//! A session holds the tables of one query and nothing else: no file formats, no table factories, no URL tables, no
//! settings that a statement could change, the functions of `functions` alone.

use std::{path::Path, sync::Arc};

use datafusion::{
    catalog::{
        CatalogProvider, CatalogProviderList, MemoryCatalogProvider, MemoryCatalogProviderList, MemorySchemaProvider,
        SchemaProvider, TableProvider,
    },
    common::{DataFusionError, Result as DataFusionResult},
    execution::{
        SessionState, SessionStateBuilder, SessionStateDefaults,
        disk_manager::{DiskManagerBuilder, DiskManagerMode},
        object_store::{ObjectStoreRegistry, ObjectStoreUrl},
        runtime_env::{RuntimeEnv, RuntimeEnvBuilder},
    },
    logical_expr::ScalarUDF,
    prelude::SessionConfig,
};
use object_store::{ObjectStore, local::LocalFileSystem};
use tandem_core::{Clock, Error, Result};
use url::Url;

use crate::{
    distinct::DistinctCounts,
    distinct_bitmaps::DistinctBitmaps,
    functions::{self, ScalarFunction},
    groups::PartialGroups,
    pool::{Ledger, QueryPool},
    short_texts::ShortTexts,
};

/// The catalog and schema in which the tables of a query are.
pub(crate) const CATALOG: &str = "tandem";
/// The schema of the tables.
pub(crate) const SCHEMA: &str = "main";
/// The schema that describes them.
pub(crate) const INFORMATION_SCHEMA: &str = "information_schema";

/// Where a file is: the tables' own folder, or anywhere on this machine (which
/// only an access plan can name).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    Tables,
    Machine,
}

/// What one spilled run takes while it is merged, at most in ordinary tables.
const MERGED_RUN_MEMORY: usize = 8 << 20;

/// Under so much memory batches are smaller, as each operator holds some.
const SMALL_MEMORY: usize = 128 << 20;

/// Under so much memory several distinct counts beside each other become groups, which spill; they take a multiple of the
/// time of bitmaps and sets in memory.
const DISTINCT_MEMORY: usize = 4 << 30;

/// Least memory of a query, without which operators can't even spill.
const LEAST_MEMORY: usize = 16 << 20;

/// Makes sessions.
pub(crate) struct Sessions {
    /// Disk, caches and object store, shared by all.
    base: RuntimeEnv,
    memory: Arc<Ledger>,
    threads: usize,
    functions: Vec<Arc<ScalarUDF>>,
    clock: Arc<dyn Clock>,
}

/// What one session is for.
#[derive(Default)]
pub(crate) struct SessionPlan {
    /// Most memory, the engine's where none is given.
    pub(crate) memory: Option<u64>,
    /// Rows come in the order of their files, on one thread.
    pub(crate) ordered: bool,
    /// Joins sort and spill rather than keep one side in memory.
    pub(crate) sort_joins: bool,
    /// The tables, by their names inside the engine.
    pub(crate) tables: Vec<(String, Arc<dyn TableProvider>)>,
    /// What `information_schema` holds.
    pub(crate) descriptions: Vec<(String, Arc<dyn TableProvider>)>,
}

impl Sessions {
    /// `spill` is an existing folder of this process alone.
    pub(crate) fn new(
        store: Arc<dyn ObjectStore>,
        spill: &Path,
        memory: usize,
        threads: usize,
        clock: Arc<dyn Clock>,
        functions: &[ScalarFunction],
    ) -> Result<Self> {
        // A merge of spilled runs takes a few megabytes for each, and takes as many
        // at once as it is let: without a bound, the first of two partitions
        // leaves nothing to the second.
        let fan_in = (memory / threads.max(1) / MERGED_RUN_MEMORY).clamp(4, 64);
        let disk = DiskManagerBuilder::default()
            .with_mode(DiskManagerMode::Directories(vec![spill.to_path_buf()]))
            .with_max_spill_merge_fan_in(fan_in);
        let base = RuntimeEnvBuilder::new()
            .with_disk_manager_builder(disk)
            .with_object_store_registry(Arc::new(Places { tables: store, machine: Arc::new(LocalFileSystem::new()) }))
            .build()
            .map_err(Error::internal)?;
        let own = functions.iter().map(ScalarFunction::for_sessions);
        let functions = functions::scalar().into_iter().chain(own).collect();
        Ok(Self { base, memory: Ledger::new(memory.max(LEAST_MEMORY)), threads, functions, clock })
    }

    /// Bytes that queries hold now.
    pub(crate) fn memory_taken(&self) -> usize {
        self.memory.taken()
    }

    /// Under which address the files of a place are known inside a session.
    pub(crate) fn store_url(place: Place) -> DataFusionResult<ObjectStoreUrl> {
        ObjectStoreUrl::parse(match place {
            Place::Tables => "tandem://tables",
            Place::Machine => "tandem://machine",
        })
    }

    pub(crate) fn session(&self, plan: SessionPlan) -> Result<SessionState> {
        let most = self.memory.limit();
        let memory = plan.memory.map_or(most, |bytes| usize::try_from(bytes).unwrap_or(most)).clamp(LEAST_MEMORY, most);
        let mut runtime = self.base.clone();
        runtime.memory_pool = Arc::new(QueryPool::new(memory, self.memory.clone()));
        let catalogs = catalogs(plan.tables, plan.descriptions).map_err(Error::internal)?;
        let mut planners = SessionStateDefaults::default_expr_planners();
        planners.insert(0, Arc::new(functions::ConcatPlanner::new()));
        if let Some(planner) = functions::ExtractPlanner::of(&self.functions) {
            planners.insert(0, Arc::new(planner));
        }
        let mut builder = SessionStateBuilder::new()
            .with_config(self.config(memory, plan.ordered, plan.sort_joins))
            .with_runtime_env(Arc::new(runtime))
            .with_catalog_list(catalogs)
            .with_expr_planners(planners)
            .with_scalar_functions(self.functions.clone())
            .with_aggregate_functions(functions::aggregates())
            .with_window_functions(SessionStateDefaults::default_window_functions())
            .with_table_function_list(SessionStateDefaults::default_table_functions())
            .with_physical_optimizer_rule(Arc::new(PartialGroups))
            .with_physical_optimizer_rule(Arc::new(ShortTexts));
        builder = match memory < DISTINCT_MEMORY {
            true => builder.with_optimizer_rule(Arc::new(DistinctCounts)),
            false => builder.with_optimizer_rule(Arc::new(DistinctBitmaps)),
        };
        let mut state = builder.build();
        state.execution_props_mut().query_execution_start_time = Some(self.clock.now());
        Ok(state)
    }

    fn config(&self, memory: usize, ordered: bool, sort_joins: bool) -> SessionConfig {
        let partitions = if ordered { 1 } else { self.threads };
        let mut config = SessionConfig::new()
            .with_create_default_catalog_and_schema(false)
            .with_default_catalog_and_schema(CATALOG, SCHEMA)
            .with_information_schema(false)
            .with_target_partitions(partitions)
            .with_batch_size(if memory < SMALL_MEMORY { 2048 } else { 8192 });
        let options = config.options_mut();
        options.sql_parser.enable_ident_normalization = false;
        options.execution.planning_concurrency = self.threads;
        options.execution.parquet.pushdown_filters = false;
        options.execution.parquet.enable_page_index = true;
        options.execution.parquet.bloom_filter_on_read = false;
        // Merging spilled runs needs room in each partition.
        options.execution.sort_spill_reservation_bytes = (memory / (8 * partitions)).clamp(1 << 20, 10 << 20);
        options.execution.enable_file_stream_work_stealing = !ordered;
        if sort_joins {
            options.optimizer.prefer_hash_join = false;
        }
        config
    }
}

impl std::fmt::Debug for Sessions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sessions").field("memory", &self.memory).field("threads", &self.threads).finish_non_exhaustive()
    }
}

fn catalogs(
    tables: Vec<(String, Arc<dyn TableProvider>)>,
    descriptions: Vec<(String, Arc<dyn TableProvider>)>,
) -> DataFusionResult<Arc<dyn CatalogProviderList>> {
    let catalog = Arc::new(MemoryCatalogProvider::new());
    for (name, tables) in [(SCHEMA, tables), (INFORMATION_SCHEMA, descriptions)] {
        let schema = Arc::new(MemorySchemaProvider::new());
        for (name, table) in tables {
            schema.register_table(name, table)?;
        }
        catalog.register_schema(name, schema)?;
    }
    let list = Arc::new(MemoryCatalogProviderList::new());
    list.register_catalog(CATALOG.into(), catalog);
    Ok(list)
}

/// The two places and no other: no network, nothing that SQL could name.
#[derive(Debug)]
struct Places {
    tables: Arc<dyn ObjectStore>,
    machine: Arc<dyn ObjectStore>,
}

impl ObjectStoreRegistry for Places {
    fn register_store(&self, _url: &Url, _store: Arc<dyn ObjectStore>) -> Option<Arc<dyn ObjectStore>> {
        None
    }

    fn get_store(&self, url: &Url) -> DataFusionResult<Arc<dyn ObjectStore>> {
        match (url.scheme(), url.host_str()) {
            ("tandem", Some("tables")) => Ok(self.tables.clone()),
            ("tandem", Some("machine")) => Ok(self.machine.clone()),
            _ => Err(DataFusionError::Plan("there is no such place".into())),
        }
    }
}
