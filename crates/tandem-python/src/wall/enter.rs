//! The other side of the wall: a process puts it up around itself, and becomes
//! the interpreter.

use std::{
    ffi::OsString,
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::Command,
};

use landlock::{
    ABI, Access, AccessFs, AccessNet, BitFlags, CompatLevel, Compatible, LandlockStatus, Ruleset, RulesetAttr,
    RulesetCreatedAttr, RulesetStatus, Scope, path_beneath_rules,
};
use rustix::process::{Resource, Rlimit, Signal, getpid, getppid, set_parent_process_death_signal, setrlimit};
use tandem_core::{Error, ErrorCode, Result};

use super::calls::filters;

/// What every program needs of a system, for reading and as libraries.
const SYSTEM: &[&str] = &[
    "/lib",
    "/lib32",
    "/lib64",
    "/usr/lib",
    "/usr/lib32",
    "/usr/lib64",
    "/usr/local/lib",
    "/etc/ld.so.cache",
    "/etc/localtime",
    "/etc/fonts",
    "/usr/share/fonts",
    "/usr/share/zoneinfo",
    // What numeric libraries ask to choose the number of their threads and the size of their pools.
    "/proc/cpuinfo",
    "/proc/meminfo",
    "/proc/sys/vm/overcommit_memory",
    "/sys/devices/system/cpu",
    "/dev/random",
    "/dev/urandom",
    "/dev/zero",
];

/// The newest rules that are asked for; what an older kernel doesn't have of
/// them is closed by the filter of system calls.
const NEWEST: ABI = ABI::V7;

/// What a process inside of the wall reaches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inside {
    /// The process that starts it, with which it ends.
    pub parent: i32,
    /// Bytes of address space that the program may have.
    pub memory: u64,
    /// The folder that it reads and writes.
    pub folder: PathBuf,
    /// What it reads beside that.
    pub read: Vec<PathBuf>,
    /// What it becomes, and its arguments.
    pub program: Vec<OsString>,
}

/// Puts up the wall around this process, which must have no other thread, and
/// becomes the program. Comes back only where that failed.
///
/// # Errors
/// `unavailable` where the kernel doesn't give all of it.
pub fn enter(inside: &Inside) -> Error {
    let Some((program, arguments)) = inside.program.split_first() else {
        return Error::new(ErrorCode::InvalidRequest, "There is no program to run behind the wall. Name one.");
    };
    match closed(inside) {
        Err(error) => error,
        Ok(()) => {
            unavailable("The interpreter can't be started").with_source(Command::new(program).args(arguments).exec())
        }
    }
}

fn closed(inside: &Inside) -> Result<()> {
    let no = |what: &str| unavailable(what);
    // What an administrator's server may do, a component may not.
    for set in [caps::CapSet::Ambient, caps::CapSet::Inheritable, caps::CapSet::Effective, caps::CapSet::Permitted] {
        caps::clear(None, set).map_err(|error| no("Privileges can't be given up").with_source(error))?;
    }
    set_parent_process_death_signal(Some(Signal::KILL)).map_err(Error::internal)?;
    // It may have ended before that was said.
    if getppid().map(|parent| parent.as_raw_nonzero().get()) != Some(inside.parent) {
        return Err(no("Whoever asked for this is gone"));
    }
    landlocked(inside)?;
    let own = u64::from(getpid().as_raw_nonzero().get().unsigned_abs());
    for filter in &filters(own)? {
        seccompiler::apply_filter(filter)
            .map_err(|error| no("The kernel filters no system calls (seccomp)").with_source(error))?;
    }
    // Last, because this process has its own before it becomes another.
    let memory = Rlimit { current: Some(inside.memory), maximum: Some(inside.memory) };
    setrlimit(Resource::As, memory).map_err(Error::internal)
}

/// Files: the folder for reading and writing, the rest for reading, and nothing
/// else; no port, no signal, no name of a socket.
fn landlocked(inside: &Inside) -> Result<()> {
    let refused = |error| unavailable("The kernel doesn't close off files (Landlock)").with_source(error);
    let read: BitFlags<AccessFs> = AccessFs::ReadFile | AccessFs::ReadDir;
    let run = read | AccessFs::Execute;
    let write = read
        | AccessFs::WriteFile
        | AccessFs::Truncate
        | AccessFs::Refer
        | AccessFs::MakeReg
        | AccessFs::MakeDir
        | AccessFs::RemoveFile
        | AccessFs::RemoveDir;
    let program = inside.program.first().map(PathBuf::from).unwrap_or_default();
    let (interpreter, libraries) = interpreter(&program);
    let status = Ruleset::default()
        .set_compatibility(CompatLevel::HardRequirement)
        .handle_access(AccessFs::from_all(ABI::V1))
        .and_then(|rules| {
            rules
                .set_compatibility(CompatLevel::BestEffort)
                .handle_access(AccessFs::from_all(NEWEST))?
                .handle_access(AccessNet::from_all(NEWEST))?
                .scope(Scope::from_all(NEWEST))?
                .create()?
                .add_rules(path_beneath_rules([&inside.folder], write))?
                .add_rules(path_beneath_rules(&inside.read, read))?
                .add_rules(path_beneath_rules(&libraries, run))?
                .add_rules(path_beneath_rules([&interpreter], run))?
                .add_rules(path_beneath_rules(SYSTEM, run))?
                .add_rules(path_beneath_rules(["/dev/null"], read | AccessFs::WriteFile))?
                .restrict_self()
        })
        .map_err(refused)?;
    let there = matches!(status.landlock, LandlockStatus::Available { .. });
    if there && status.no_new_privs && status.ruleset != RulesetStatus::NotEnforced {
        return Ok(());
    }
    Err(unavailable("The kernel doesn't close off files (Landlock)"))
}

/// The file behind an environment's interpreter, and where its own libraries are.
fn interpreter(python: &Path) -> (PathBuf, Vec<PathBuf>) {
    let real = python.canonicalize().unwrap_or_else(|_| python.to_owned());
    let installed = real.parent().and_then(Path::parent).map(|place| [place.join("lib"), place.join("lib64")]);
    let environment = python.parent().and_then(Path::parent).map(Path::to_owned);
    let libraries = installed.into_iter().flatten().chain(environment).collect();
    (real, libraries)
}

fn unavailable(what: &str) -> Error {
    Error::new(
        ErrorCode::Unavailable,
        format!(
            "{what}: Python components run on a server only behind a wall that this machine doesn't give. It takes Linux \
             5.13 or newer with Landlock and seccomp; containers must allow both."
        ),
    )
}
