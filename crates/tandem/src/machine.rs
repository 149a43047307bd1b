//! What the machine has.

use std::fs;

/// Used where the machine doesn't say what it has.
const UNKNOWN_MIB: u64 = 1024;

/// Half of the memory that this process may have, in MiB: of the machine, or of
/// its container where that has less.
pub(crate) fn half_of_memory_mib() -> u64 {
    let of_machine = fs::read_to_string("/proc/meminfo").ok().and_then(|text| total_kib(&text)).map(|kib| kib >> 10);
    let of_container = ["/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"]
        .iter()
        .filter_map(|path| fs::read_to_string(path).ok()?.trim().parse::<u64>().ok())
        .map(|bytes| bytes >> 20)
        .min();
    match (of_machine, of_container) {
        (Some(machine), Some(container)) => (machine.min(container) / 2).max(16),
        (Some(mib), None) | (None, Some(mib)) => (mib / 2).max(16),
        (None, None) => UNKNOWN_MIB,
    }
}

fn total_kib(meminfo: &str) -> Option<u64> {
    let line = meminfo.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
    line.trim().strip_suffix("kB")?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_read_as_the_kernel_writes_it() {
        assert_eq!(total_kib("MemTotal:       24684132 kB\nMemFree: 1 kB\n"), Some(24_684_132));
        assert_eq!(total_kib("MemFree: 1 kB\n"), None);
        assert!(half_of_memory_mib() >= 16);
    }
}
