//! A child process with limits, whose whole group ends when it must.

use std::{
    io::{ErrorKind, Read, Write},
    os::unix::{
        fs::MetadataExt,
        process::{CommandExt, ExitStatusExt},
    },
    path::Path,
    process::{Child, Command, ExitStatus, Stdio},
    sync::{Arc, Mutex, PoisonError},
    thread::JoinHandle,
    time::{Duration, Instant},
};

use rustix::process::{Pid, Resource, Rlimit, Signal, kill_process_group, prlimit};
use tandem_core::{Cancel, Error, ErrorCode, Result};
use walkdir::WalkDir;

use crate::{Log, wall::THREADS};

/// How long the parent looks away from a child that works.
const LOOK: Duration = Duration::from_millis(10);
/// After how many looks it measures what a child behind the wall has written.
const MEASURED: u32 = 50;
/// Files that a child behind the wall may have at once.
const FILES: u64 = 10_000;

/// How much a component may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The longest that it may work.
    pub time: Duration,
    /// Bytes of address space, of each of its processes.
    pub memory: u64,
    /// Bytes of the largest file that it may write, and of all that it gives.
    pub output: u64,
    /// Bytes that it may print; the log keeps the beginning and the end.
    pub print: u64,
}

impl Default for Limits {
    /// Ten minutes, 4 GiB of memory, 2 GiB of output, 64 MiB of print.
    fn default() -> Self {
        Self { time: Duration::from_secs(600), memory: 4 << 30, output: 2 << 30, print: 64 << 20 }
    }
}

/// How a child ended by itself.
pub(crate) struct Ended {
    pub(crate) status: ExitStatus,
    pub(crate) log: Log,
}

/// Runs a command to its end. It waits for a line on its standard input, which
/// comes when its limits are set, and ends itself when its input ends. Of one
/// behind the wall, whose only folder is `walled`, the threads and what it
/// writes are bounded too.
///
/// # Errors
/// `time_limit`, `payload_too_large`, `compute_failed` and `cancelled`, with the group killed; `unavailable` where it
/// can't be started.
pub(crate) fn run(
    mut command: Command,
    limits: &Limits,
    walled: Option<&Path>,
    cancel: &Cancel,
) -> Result<Ended, (Error, Log)> {
    let nothing = |error: Error| (error, Log::default());
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).process_group(0);
    let child = command.spawn().map_err(|error| {
        nothing(
            Error::new(
                ErrorCode::Unavailable,
                "The environment of this component can't be started. Make it again: tandem component environment.",
            )
            .with_source(error),
        )
    })?;
    let mut group = Group { child, ended: false };
    let log = Arc::new(Mutex::new(Log::default()));
    let outputs: [Option<Box<dyn Read + Send>>; 2] = [
        group.child.stdout.take().map(|out| Box::new(out) as Box<dyn Read + Send>),
        group.child.stderr.take().map(|err| Box::new(err) as Box<dyn Read + Send>),
    ];
    let readers: Vec<JoinHandle<()>> = outputs.into_iter().flatten().map(|out| follow(out, Arc::clone(&log))).collect();
    group.limit(limits, walled.is_some()).map_err(nothing)?;
    let mut input = group.child.stdin.take();
    if let Some(input) = &mut input {
        // One that is gone already is found below.
        let _ = input.write_all(b"go\n").and_then(|()| input.flush());
    }
    let done = wait(&mut group, limits, walled, cancel, &log);
    // Whatever it left behind holds the pipes open.
    group.kill();
    for reader in readers {
        let _ = reader.join();
    }
    drop(input);
    let log = log.lock().unwrap_or_else(PoisonError::into_inner).clone();
    match done {
        Ok(status) => Ok(Ended { status, log }),
        Err(error) => Err((error, log)),
    }
}

fn wait(
    group: &mut Group,
    limits: &Limits,
    walled: Option<&Path>,
    cancel: &Cancel,
    log: &Mutex<Log>,
) -> Result<ExitStatus> {
    let begun = Instant::now();
    let most = walled.map_or(0, |folder| written(folder).unwrap_or(0)) + 2 * limits.output;
    let mut looks = 0_u32;
    loop {
        if let Some(status) = group.child.try_wait()? {
            group.ended = true;
            return Ok(status);
        }
        cancel.check()?;
        if begun.elapsed() > limits.time {
            return Err(Error::new(
                ErrorCode::TimeLimit,
                format!(
                    "The component took longer than the {} seconds that it may, and was stopped. Give it fewer rows, or let it do less.",
                    limits.time.as_secs()
                ),
            ));
        }
        if log.lock().unwrap_or_else(PoisonError::into_inner).printed() > limits.print {
            return Err(Error::new(
                ErrorCode::PayloadTooLarge,
                format!("The component printed more than {} MB, and was stopped. Print less.", limits.print >> 20),
            ));
        }
        if let Some(folder) = walled {
            looks = looks.wrapping_add(1);
            if threads(group.child.id()) > THREADS {
                let message = format!("The component began more than {THREADS} threads, and was stopped. Begin fewer.");
                return Err(Error::new(ErrorCode::ComputeFailed, message));
            }
            if looks.is_multiple_of(MEASURED) && written(folder).is_none_or(|bytes| bytes > most) {
                let message = format!(
                    "The component filled its folder with more than {} MB or {FILES} files, and was stopped. Write less.",
                    (2 * limits.output) >> 20
                );
                return Err(Error::new(ErrorCode::PayloadTooLarge, message));
            }
        }
        std::thread::sleep(LOOK);
    }
}

/// Threads that a process has.
fn threads(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("Threads:"));
    line.and_then(|number| number.trim().parse().ok()).unwrap_or(0)
}

/// Bytes that the files of a folder take; nothing where they are too many to
/// count, or lie where they can't be counted.
fn written(folder: &Path) -> Option<u64> {
    let (mut bytes, mut files) = (0, 0);
    for file in WalkDir::new(folder) {
        match file.and_then(|file| file.metadata()) {
            Ok(file) => (bytes, files) = (bytes + file.blocks() * 512, files + 1),
            // It was taken away in the meantime.
            Err(error) if error.io_error().is_some_and(|error| error.kind() == ErrorKind::NotFound) => {}
            Err(_) => return None,
        }
        if files > FILES {
            return None;
        }
    }
    Some(bytes)
}

/// A child and all that it starts.
struct Group {
    child: Child,
    ended: bool,
}

impl Group {
    fn pid(&self) -> Option<Pid> {
        Pid::from_raw(i32::try_from(self.child.id()).ok()?)
    }

    /// Sets the limits, which what it starts inherits; that of memory a child
    /// sets itself that has the wall to put up first.
    fn limit(&self, limits: &Limits, walled: bool) -> Result<()> {
        let hard = |most: u64| Rlimit { current: Some(most), maximum: Some(most) };
        let memory = (!walled).then_some((Resource::As, limits.memory));
        let all = [(Resource::Fsize, limits.output), (Resource::Core, 0)];
        for (resource, most) in memory.into_iter().chain(all) {
            prlimit(self.pid(), resource, hard(most)).map_err(Error::internal)?;
        }
        Ok(())
    }

    fn kill(&mut self) {
        if let Some(pid) = self.pid() {
            // A group in which nobody is left can't be killed, nor need it be.
            let _ = kill_process_group(pid, Signal::KILL);
        }
        if !self.ended {
            // It may have left its group.
            let _ = self.child.kill();
            let _ = self.child.wait();
            self.ended = true;
        }
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        if !self.ended {
            self.kill();
        }
    }
}

/// Reads to the end, so that nobody who prints ever waits.
fn follow(mut out: Box<dyn Read + Send>, log: Arc<Mutex<Log>>) -> JoinHandle<()> {
    std::thread::spawn(move || {
        let mut buffer = vec![0; 64 << 10];
        while let Ok(n @ 1..) = out.read(&mut buffer) {
            log.lock().unwrap_or_else(PoisonError::into_inner).add(&buffer[..n]);
        }
    })
}

/// Why a child that gave nothing ended.
pub(crate) fn why(status: ExitStatus) -> Error {
    let message = match (status.code(), status.signal()) {
        (Some(code), _) => format!("The component ended with exit code {code} and no result. Let its function return."),
        (None, Some(6 | 9 | 11)) => {
            return Error::new(
                ErrorCode::MemoryLimit,
                "The component broke off, most likely because it wanted more memory than it may have. Give it fewer rows or columns.",
            );
        }
        (None, signal) => {
            format!("The component was ended by the signal {} and gave no result.", signal.unwrap_or_default())
        }
    };
    Error::new(ErrorCode::ComputeFailed, message)
}
