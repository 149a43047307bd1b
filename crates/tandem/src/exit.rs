//! How a command ends: the exit codes that a script can rely on.

use std::{
    io::{self, Write},
    process::ExitCode,
};

use tandem_core::{Error, ErrorClass, ErrorCode};

/// The exit codes, for `--help`.
pub(crate) const HELP: &str = "\
Results go to standard output, messages to standard error.

Exit codes:
  0    done
  1    a fault of ours
  2    the command was called in a wrong way
  3    the input or the data is wrong
  4    not signed in, or not allowed
  5    not found
  6    it clashes with what is there
  7    something needed is unavailable or full, or a limit was reached
  130  stopped by request";

/// Says what went wrong, and gives the exit code for it.
pub(crate) fn fail(error: &Error) -> ExitCode {
    // Whoever closed the pipe has seen enough: that is no error of ours.
    if is_closed_pipe(error) {
        return ExitCode::SUCCESS;
    }
    let mut stderr = io::stderr().lock();
    // Where standard error is gone there is nobody left to tell.
    let _ = writeln!(stderr, "error: {} [{}]", error.message(), error.code().as_str());
    if error.code() == ErrorCode::Internal {
        let mut cause = std::error::Error::source(error);
        while let Some(inner) = cause {
            let _ = writeln!(stderr, "  caused by: {inner}");
            cause = inner.source();
        }
    }
    ExitCode::from(code(error.code()))
}

/// The exit code of an error.
fn code(code: ErrorCode) -> u8 {
    match (code, code.class()) {
        (ErrorCode::InvalidRequest | ErrorCode::InvalidParameter, _) => 2,
        (_, ErrorClass::Invalid | ErrorClass::TooLarge) => 3,
        (_, ErrorClass::Unauthenticated | ErrorClass::Forbidden) => 4,
        (_, ErrorClass::NotFound) => 5,
        (_, ErrorClass::Conflict) => 6,
        (_, ErrorClass::Unavailable | ErrorClass::Limit) => 7,
        (_, ErrorClass::Cancelled) => 130,
        (_, ErrorClass::Internal) => 1,
    }
}

fn is_closed_pipe(error: &Error) -> bool {
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        if inner.downcast_ref::<io::Error>().is_some_and(|e| e.kind() == io::ErrorKind::BrokenPipe) {
            return true;
        }
        cause = inner.source();
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_a_documented_exit() {
        for &c in ErrorCode::ALL {
            let exit = code(c);
            let documented = HELP.lines().any(|l| l.split_whitespace().next() == Some(&exit.to_string()));
            assert!(documented && exit != 0, "{c:?} exits with {exit}");
        }
    }

    #[test]
    fn a_closed_pipe_is_told_from_other_trouble() {
        assert!(is_closed_pipe(&Error::from(io::Error::from(io::ErrorKind::BrokenPipe))));
        assert!(!is_closed_pipe(&Error::from(io::Error::from(io::ErrorKind::WriteZero))));
    }
}
