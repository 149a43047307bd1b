//! How much memory queries may take: each its own limit, all together the
//! engine's.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use datafusion::{
    common::{DataFusionError, Result},
    execution::memory_pool::{FairSpillPool, MemoryConsumer, MemoryLimit, MemoryPool, MemoryReservation},
};

/// What all queries have taken together.
#[derive(Debug)]
pub(crate) struct Ledger {
    taken: AtomicUsize,
    limit: usize,
}

impl Ledger {
    pub(crate) fn new(limit: usize) -> Arc<Self> {
        Arc::new(Self { taken: AtomicUsize::new(0), limit })
    }

    pub(crate) fn limit(&self) -> usize {
        self.limit
    }

    /// Bytes that are taken now.
    pub(crate) fn taken(&self) -> usize {
        self.taken.load(Ordering::Relaxed)
    }

    fn try_take(&self, bytes: usize) -> bool {
        let take = |taken: usize| taken.checked_add(bytes).filter(|taken| *taken <= self.limit);
        self.taken.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take).is_ok()
    }
}

/// The memory of one query: shared fairly among its operators that can spill.
#[derive(Debug)]
pub(crate) struct QueryPool {
    own: FairSpillPool,
    all: Arc<Ledger>,
}

impl QueryPool {
    pub(crate) fn new(limit: usize, all: Arc<Ledger>) -> Self {
        Self { own: FairSpillPool::new(limit), all }
    }
}

impl fmt::Display for QueryPool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("query")
    }
}

impl MemoryPool for QueryPool {
    fn name(&self) -> &'static str {
        "query"
    }

    fn register(&self, consumer: &MemoryConsumer) {
        self.own.register(consumer);
    }

    fn unregister(&self, consumer: &MemoryConsumer) {
        self.own.unregister(consumer);
    }

    fn grow(&self, reservation: &MemoryReservation, additional: usize) {
        self.all.taken.fetch_add(additional, Ordering::Relaxed);
        self.own.grow(reservation, additional);
    }

    fn shrink(&self, reservation: &MemoryReservation, shrink: usize) {
        self.own.shrink(reservation, shrink);
        self.all.taken.fetch_sub(shrink, Ordering::Relaxed);
    }

    fn try_grow(&self, reservation: &MemoryReservation, additional: usize) -> Result<()> {
        if !self.all.try_take(additional) {
            return Err(DataFusionError::ResourcesExhausted("the memory of all queries together is taken".into()));
        }
        self.own.try_grow(reservation, additional).inspect_err(|_| {
            self.all.taken.fetch_sub(additional, Ordering::Relaxed);
        })
    }

    fn reserved(&self) -> usize {
        self.own.reserved()
    }

    fn memory_limit(&self) -> MemoryLimit {
        self.own.memory_limit()
    }
}
