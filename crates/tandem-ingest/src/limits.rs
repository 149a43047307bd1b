//! How much a source may ask of this machine.

/// Bounds that hold for one import. The defaults suit a server with 2 cores
/// and 1 GB for imports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Longest record of a text format, in bytes of UTF-8. A longer one is
    /// rejected and passed over without being held.
    pub record_bytes: usize,
    /// How much text is parsed at once by one thread, in bytes. A batch holds
    /// about as much.
    pub block_bytes: usize,
    /// Threads that parse.
    pub threads: usize,
    /// Largest size to which a compressed file may unpack, in bytes.
    pub unpacked_bytes: u64,
    /// How many times its own size a compressed file may unpack to, once it
    /// is past `ratio_grace_bytes`.
    pub unpacked_ratio: u64,
    /// Unpacked size up to which the ratio doesn't matter, in bytes.
    pub ratio_grace_bytes: u64,
    /// Largest workbook, in bytes as stored. Its shared texts, and an .xls as
    /// a whole, are held in memory.
    pub workbook_bytes: u64,
    /// Largest size to which a workbook may unpack, in bytes.
    pub workbook_unpacked_bytes: u64,
    /// Largest table of shared texts of a workbook, unpacked, in bytes.
    pub workbook_strings_bytes: u64,
    /// Most columns of a table.
    pub columns: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            record_bytes: 16 << 20,
            block_bytes: 2 << 20,
            threads: std::thread::available_parallelism().map_or(2, usize::from).min(16),
            unpacked_bytes: 1 << 40,
            unpacked_ratio: 200,
            ratio_grace_bytes: 256 << 20,
            workbook_bytes: 256 << 20,
            workbook_unpacked_bytes: 4 << 30,
            workbook_strings_bytes: 256 << 20,
            columns: 4096,
        }
    }
}
