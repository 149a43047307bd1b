//! What a child prints, bounded: the beginning, the end, and how much lay between.

use std::collections::VecDeque;

/// Bytes kept of the beginning, and as many of the end.
const KEPT: usize = 32 << 10;

/// What was printed.
#[derive(Debug, Default, Clone)]
pub struct Log {
    head: Vec<u8>,
    tail: VecDeque<u8>,
    printed: u64,
}

impl Log {
    /// Adds what was printed next.
    pub(crate) fn add(&mut self, bytes: &[u8]) {
        self.printed += bytes.len() as u64;
        let room = KEPT.saturating_sub(self.head.len()).min(bytes.len());
        let (first, rest) = bytes.split_at(room);
        self.head.extend_from_slice(first);
        let rest = &rest[rest.len().saturating_sub(KEPT)..];
        let over = (self.tail.len() + rest.len()).saturating_sub(KEPT);
        self.tail.drain(..over);
        self.tail.extend(rest);
    }

    /// How many bytes were printed, kept or not.
    pub const fn printed(&self) -> u64 {
        self.printed
    }

    /// What is kept, with a line that says how much is not.
    pub fn text(&self) -> String {
        let mut text = String::from_utf8_lossy(&self.head).into_owned();
        let kept = (self.head.len() + self.tail.len()) as u64;
        if self.printed > kept {
            text.push_str(&format!("\n… {} bytes …\n", self.printed - kept));
        }
        let tail: Vec<u8> = self.tail.iter().copied().collect();
        text.push_str(&String::from_utf8_lossy(&tail));
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_beginning_and_the_end_are_kept() {
        let mut log = Log::default();
        log.add(b"short\n");
        assert_eq!(log.text(), "short\n");
        for at in 0..100_000 {
            log.add(format!("line {at}\n").as_bytes());
        }
        let text = log.text();
        assert!(text.starts_with("short\nline 0\n") && text.ends_with("line 99999\n"), "{}", text.len());
        assert!(text.contains("bytes …") && text.len() < 2 * KEPT + 100);
        assert_eq!(log.printed(), 6 + (0..100_000).map(|at| format!("line {at}\n").len() as u64).sum::<u64>());
        let mut once = Log::default();
        once.add(&vec![b'x'; 1 << 20]);
        assert!(once.text().len() < 2 * KEPT + 100);
    }
}
