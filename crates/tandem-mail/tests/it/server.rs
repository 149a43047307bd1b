//! A real mail server beside a test.

use std::{
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use serde_json::Value;

/// A server that keeps the messages it is given, until it is dropped.
pub(crate) struct MailServer {
    child: Child,
    python: String,
    folder: tempfile::TempDir,
    pub(crate) port: u16,
}

impl MailServer {
    /// Starts one with options of `scripts/smtp.py`, where `TANDEM_TEST_PYTHON` names a Python that has what it needs.
    pub(crate) fn start(options: &[&str]) -> Option<Self> {
        let Some(python) = std::env::var("TANDEM_TEST_PYTHON").ok().filter(|python| !python.is_empty()) else {
            println!("skipped: TANDEM_TEST_PYTHON names no Python with aiosmtpd");
            return None;
        };
        let folder = tempfile::tempdir().unwrap();
        let mut child = Command::new(&python)
            .arg(script())
            .arg("serve")
            .arg(folder.path())
            .args(options)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let port = line.trim().parse().unwrap();
        Some(Self { child, python, folder, port })
    }

    /// Where it keeps messages, and its certificate as `ca.pem`.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The messages that it was given, in their order, as `scripts/smtp.py` reads them.
    pub(crate) fn messages(&self) -> Vec<Value> {
        let files: Vec<PathBuf> =
            (1..).map(|n| self.folder.path().join(format!("{n}.eml"))).take_while(|path| path.exists()).collect();
        files.iter().map(|path| self.read(path)).collect()
    }

    fn read(&self, path: &Path) -> Value {
        let done = Command::new(&self.python).arg(script()).arg("read").arg(path).output().unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        serde_json::from_slice(&done.stdout).unwrap()
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        // It is ours, and nothing of it is kept.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn script() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scripts/smtp.py")
}
