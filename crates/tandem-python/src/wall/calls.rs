//! Which system calls a component may make: those that an interpreter and
//! numeric libraries need, some with certain arguments only. Whatever is not
//! listed is refused, so that what a newer kernel brings is closed too.

use std::collections::BTreeMap;

use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen::Dword, SeccompCmpArgLen::Qword, SeccompCmpOp, SeccompCondition,
    SeccompFilter, SeccompRule, TargetArch,
};
use tandem_core::{Error, Result};

/// Allowed with any arguments. No way to the network, to another process, to
/// memory that no limit counts (memfd, System V), or to what Landlock doesn't
/// watch over (permissions, owners, times, attributes, watches on folders).
const ANY: &[i64] = &[
    // Memory.
    libc::SYS_brk,
    libc::SYS_mmap,
    libc::SYS_munmap,
    libc::SYS_mprotect,
    libc::SYS_mremap,
    libc::SYS_madvise,
    libc::SYS_mincore,
    libc::SYS_msync,
    libc::SYS_membarrier,
    // Threads, and itself.
    libc::SYS_futex,
    libc::SYS_set_robust_list,
    libc::SYS_get_robust_list,
    libc::SYS_set_tid_address,
    libc::SYS_rseq,
    libc::SYS_gettid,
    libc::SYS_getpid,
    libc::SYS_getppid,
    libc::SYS_getpgid,
    libc::SYS_getsid,
    libc::SYS_getuid,
    libc::SYS_geteuid,
    libc::SYS_getgid,
    libc::SYS_getegid,
    libc::SYS_getresuid,
    libc::SYS_getresgid,
    libc::SYS_getgroups,
    libc::SYS_capget,
    libc::SYS_exit,
    libc::SYS_exit_group,
    libc::SYS_sched_yield,
    libc::SYS_sched_getaffinity,
    libc::SYS_sched_getparam,
    libc::SYS_sched_getscheduler,
    libc::SYS_sched_get_priority_max,
    libc::SYS_sched_get_priority_min,
    libc::SYS_getcpu,
    libc::SYS_getpriority,
    libc::SYS_getrlimit,
    libc::SYS_setrlimit,
    libc::SYS_getrusage,
    libc::SYS_getrandom,
    libc::SYS_uname,
    libc::SYS_sysinfo,
    libc::SYS_umask,
    // The interpreter itself; what may be executed is Landlock's to say.
    libc::SYS_execve,
    // A process without children waits for nobody.
    libc::SYS_wait4,
    libc::SYS_waitid,
    // More of this can only narrow.
    libc::SYS_seccomp,
    // Time.
    libc::SYS_clock_gettime,
    libc::SYS_clock_getres,
    libc::SYS_clock_nanosleep,
    libc::SYS_nanosleep,
    libc::SYS_gettimeofday,
    libc::SYS_times,
    libc::SYS_setitimer,
    libc::SYS_getitimer,
    libc::SYS_timerfd_create,
    libc::SYS_timerfd_settime,
    libc::SYS_timerfd_gettime,
    // Signals that it handles.
    libc::SYS_rt_sigaction,
    libc::SYS_rt_sigprocmask,
    libc::SYS_rt_sigreturn,
    libc::SYS_rt_sigpending,
    libc::SYS_rt_sigsuspend,
    libc::SYS_rt_sigtimedwait,
    libc::SYS_sigaltstack,
    libc::SYS_restart_syscall,
    libc::SYS_signalfd4,
    // Files: which ones is Landlock's to say.
    libc::SYS_read,
    libc::SYS_write,
    libc::SYS_readv,
    libc::SYS_writev,
    libc::SYS_pread64,
    libc::SYS_pwrite64,
    libc::SYS_preadv,
    libc::SYS_pwritev,
    libc::SYS_preadv2,
    libc::SYS_pwritev2,
    libc::SYS_close,
    libc::SYS_close_range,
    libc::SYS_lseek,
    libc::SYS_fstat,
    libc::SYS_newfstatat,
    libc::SYS_statx,
    libc::SYS_statfs,
    libc::SYS_fstatfs,
    libc::SYS_faccessat,
    libc::SYS_faccessat2,
    libc::SYS_getdents64,
    libc::SYS_getcwd,
    libc::SYS_chdir,
    libc::SYS_fchdir,
    libc::SYS_readlinkat,
    libc::SYS_mkdirat,
    libc::SYS_unlinkat,
    libc::SYS_renameat,
    libc::SYS_renameat2,
    libc::SYS_ftruncate,
    libc::SYS_fallocate,
    libc::SYS_fadvise64,
    libc::SYS_fsync,
    libc::SYS_fdatasync,
    libc::SYS_flock,
    libc::SYS_sendfile,
    libc::SYS_copy_file_range,
    libc::SYS_dup,
    libc::SYS_dup3,
    libc::SYS_pipe2,
    libc::SYS_ppoll,
    libc::SYS_pselect6,
    libc::SYS_epoll_create1,
    libc::SYS_epoll_ctl,
    libc::SYS_epoll_pwait,
    libc::SYS_eventfd2,
];

/// The older forms of some of them, which only this architecture has.
#[cfg(target_arch = "x86_64")]
const OLD: &[i64] = &[
    libc::SYS_arch_prctl,
    libc::SYS_access,
    libc::SYS_alarm,
    libc::SYS_creat,
    libc::SYS_dup2,
    libc::SYS_epoll_create,
    libc::SYS_epoll_wait,
    libc::SYS_eventfd,
    libc::SYS_getdents,
    libc::SYS_getpgrp,
    libc::SYS_lstat,
    libc::SYS_mkdir,
    libc::SYS_pause,
    libc::SYS_pipe,
    libc::SYS_poll,
    libc::SYS_readlink,
    libc::SYS_rename,
    libc::SYS_rmdir,
    libc::SYS_select,
    libc::SYS_stat,
    libc::SYS_time,
    libc::SYS_unlink,
];
#[cfg(not(target_arch = "x86_64"))]
const OLD: &[i64] = &[];

/// Said not to exist, for libraries that then do without: a thread is begun by
/// `clone`, whose flags can be seen here, and a file opened by `openat`.
const UNKNOWN: std::ops::RangeInclusive<i64> = 442..=600;

/// What may be asked of a descriptor. Not who is told of its events: the kernel
/// would send that process any signal.
const FCNTL: [u64; 12] = [0, 1, 2, 3, 4, 5, 6, 7, 36, 37, 38, 1030];
/// Sizes, and whether it is a terminal.
const IOCTL: [u64; 6] = [0x5401, 0x5413, 0x541b, 0x5421, 0x5450, 0x5451];
/// Names of threads and of memory, and no new privileges.
const PRCTL: [u64; 6] = [3, 15, 16, 38, 39, 0x5356_4d41];

const NEW_NAMESPACES: u64 = 0x7e02_0080;

/// The filters for the process `own`, in the order in which they are to be
/// put up: what both refuse is answered by the later one.
///
/// # Errors
/// `internal` on an architecture that has no such filters.
pub(super) fn filters(own: u64) -> Result<[BpfProgram; 2]> {
    let mut allowed: BTreeMap<i64, Vec<SeccompRule>> = ANY.iter().chain(OLD).map(|call| (*call, Vec::new())).collect();
    let thread = libc::CLONE_THREAD as u64;
    let only_thread = SeccompCmpOp::MaskedEq(thread | NEW_NAMESPACES);
    allowed.insert(libc::SYS_clone, vec![rule(&[(0, Qword, only_thread, thread)])?]);
    // Signals to itself: its process, or its group, in which nobody else is.
    let itself = [own, 0, 0_u64.wrapping_sub(own) & u64::from(u32::MAX)];
    allowed.insert(libc::SYS_kill, equal(0, &itself)?);
    allowed.insert(libc::SYS_tgkill, equal(0, &[own])?);
    allowed.insert(libc::SYS_prlimit64, equal(0, &[0, own])?);
    allowed.insert(libc::SYS_sched_setaffinity, equal(0, &[0])?);
    allowed.insert(libc::SYS_fcntl, equal(1, &FCNTL)?);
    allowed.insert(libc::SYS_ioctl, equal(1, &IOCTL)?);
    allowed.insert(libc::SYS_prctl, equal(0, &PRCTL)?);
    allowed.insert(libc::SYS_openat, opened(2)?);
    #[cfg(target_arch = "x86_64")]
    allowed.insert(libc::SYS_open, opened(1)?);
    let unknown = UNKNOWN.chain([libc::SYS_clone3, libc::SYS_openat2]).map(|call| (call, Vec::new())).collect();
    let errno = |number: i32| SeccompAction::Errno(number.unsigned_abs());
    Ok([
        compiled(allowed, errno(libc::EPERM), SeccompAction::Allow)?,
        compiled(unknown, SeccompAction::Allow, errno(libc::ENOSYS))?,
    ])
}

/// Opening, but for reading what is then cut off: older kernels let Landlock
/// see the reading alone.
fn opened(flags: u8) -> Result<Vec<SeccompRule>> {
    let (access, cut) = (u64::from(libc::O_ACCMODE.unsigned_abs()), u64::from(libc::O_TRUNC.unsigned_abs()));
    let is = |mask, value: u64| rule(&[(flags, Dword, SeccompCmpOp::MaskedEq(mask), value)]);
    let write = |how: i32| is(access, u64::from(how.unsigned_abs()));
    Ok(vec![is(cut, 0)?, write(libc::O_WRONLY)?, write(libc::O_RDWR)?])
}

type Condition = (u8, seccompiler::SeccompCmpArgLen, SeccompCmpOp, u64);

fn rule(all: &[Condition]) -> Result<SeccompRule> {
    let one = |(at, length, operator, value): &Condition| {
        SeccompCondition::new(*at, length.clone(), operator.clone(), *value).map_err(Error::internal)
    };
    SeccompRule::new(all.iter().map(one).collect::<Result<_>>()?).map_err(Error::internal)
}

/// An argument of 32 bits is one of these.
fn equal(at: u8, values: &[u64]) -> Result<Vec<SeccompRule>> {
    values.iter().map(|value| rule(&[(at, Dword, SeccompCmpOp::Eq, *value)])).collect()
}

fn compiled(
    calls: BTreeMap<i64, Vec<SeccompRule>>,
    otherwise: SeccompAction,
    listed: SeccompAction,
) -> Result<BpfProgram> {
    let machine = TargetArch::try_from(std::env::consts::ARCH).map_err(Error::internal)?;
    let filter = SeccompFilter::new(calls, otherwise, listed, machine).map_err(Error::internal)?;
    filter.try_into().map_err(|error: seccompiler::BackendError| Error::internal(error))
}
