//! What a person at a terminal sees and a pipe doesn't: bars, prompts, and an
//! end when they ask for it.

use std::{
    io::{Read, Write},
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use crate::process::{EMAIL, PASSWORD, Server, init, tandem};

/// A command on a terminal of its own.
struct Terminal {
    child: Child,
    shown: Vec<u8>,
}

impl Terminal {
    /// Starts one; `None`, with a printed line, where there is no `script`.
    fn start(args: &[&str], home: &Path) -> Option<Self> {
        let program = tandem(&[]).get_program().to_string_lossy().into_owned();
        let line: Vec<String> =
            std::iter::once(program.as_str()).chain(args.iter().copied()).map(|a| format!("'{a}'")).collect();
        let mut command = Command::new("script");
        command.args(["--quiet", "--return", "--flush", "--command", &line.join(" "), "/dev/null"]);
        command.env("LANG", "C").env("TERM", "xterm").env("XDG_CONFIG_HOME", home);
        command.env_remove("LC_ALL").env_remove("LC_MESSAGES").env_remove("TANDEM_PASSWORD").env_remove("TANDEM_TOKEN");
        match command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn() {
            Ok(child) => Some(Self { child, shown: Vec::new() }),
            Err(error) => {
                println!("skipped: `script` can't be run ({error})");
                None
            }
        }
    }

    /// Waits until this is shown.
    fn until(&mut self, words: &str) {
        let mut byte = [0];
        while !self.text().contains(words) {
            let read = self.child.stdout.as_mut().unwrap().read(&mut byte).unwrap();
            assert!(read > 0, "it ended before it showed {words:?}: {:?}", self.text());
            self.shown.extend(byte);
        }
    }

    /// Waits until what is typed isn't shown: a prompt comes a moment before.
    fn until_hidden(&self) {
        let script = self.child.id();
        let hidden = || {
            let children = std::fs::read_to_string(format!("/proc/{script}/task/{script}/children")).ok()?;
            let input = format!("/proc/{}/fd/0", children.split_whitespace().next()?);
            let settings = Command::new("stty").args(["--all", "--file", &input]).output().ok()?;
            Some(String::from_utf8_lossy(&settings.stdout).split_whitespace().any(|word| word == "-echo"))
        };
        let late = Instant::now() + Duration::from_secs(60);
        while hidden() != Some(true) {
            assert!(Instant::now() < late, "what is typed is still shown");
            std::thread::yield_now();
        }
    }

    fn press(&mut self, keys: &str) {
        let stdin = self.child.stdin.as_mut().unwrap();
        stdin.write_all(keys.as_bytes()).and_then(|()| stdin.flush()).unwrap();
    }

    /// Waits for its end: how it ended, and all that was shown.
    fn end(mut self) -> (i32, String) {
        self.child.stdout.as_mut().unwrap().read_to_end(&mut self.shown).unwrap();
        (self.child.wait().unwrap().code().unwrap(), self.text())
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.shown).into_owned()
    }
}

fn sample(path: &str) -> String {
    format!("{}/../../samples/{path}", env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn a_bar_is_drawn_on_a_terminal_and_none_in_a_pipe() {
    let folder = tempfile::tempdir().unwrap();
    let file = sample("cdnow/CDNOW_master.txt.gz");
    let Some(mut terminal) = Terminal::start(&["profile", &file], folder.path()) else { return };
    terminal.until("Reading");
    let (exit, shown) = terminal.end();
    assert!(exit == 0 && shown.contains('\u{1b}'), "{shown:?}");
    let piped = tandem(&["profile", &file]).output().unwrap();
    let both = [piped.stdout, piped.stderr].concat();
    assert!(!both.contains(&0x1b) && !String::from_utf8(both).unwrap().contains("Reading"));
}

#[test]
fn work_stops_when_somebody_presses_ctrl_c() {
    let folder = tempfile::tempdir().unwrap();
    let input = format!("transactions={}", sample("online-retail/online_retail.parquet"));
    let report = folder.path().join("report.html");
    let args = ["scenario", "run", "customer-value", "--input", &input, "--report", report.to_str().unwrap()];
    let Some(mut terminal) = Terminal::start(&args, folder.path()) else { return };
    terminal.until("Reading");
    terminal.press("\u{3}");
    let (exit, shown) = terminal.end();
    assert_eq!(exit, 130, "{shown}");
    assert!(shown.contains("[cancelled]") && !report.exists(), "{shown}");
}

#[tokio::test]
async fn a_password_is_asked_for_and_not_shown() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    init(&data);
    let server = Server::start(&data, &[]).await;
    let login = ["login", &server.url];
    let Some(mut terminal) = Terminal::start(&login, folder.path()) else { return };
    terminal.until("E-mail: ");
    terminal.press(&format!("{EMAIL}\n"));
    terminal.until("Password: ");
    terminal.until_hidden();
    terminal.press(&format!("{PASSWORD}\n"));
    let (exit, shown) = terminal.end();
    assert!(exit == 0 && shown.contains("Signed in"), "{shown}");
    assert!(!shown.contains(PASSWORD), "{shown}");
    // An import shows how far it is.
    server.project().await;
    let file = sample("complete-journey/coupons.csv.gz");
    let Some(mut terminal) = Terminal::start(&["import", &file], folder.path()) else { return };
    terminal.until("Reading");
    let (exit, shown) = terminal.end();
    assert!(exit == 0 && shown.contains("coupons v1"), "{shown}");
}
