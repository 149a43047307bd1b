//! Files of this machine as tables, for the command line: opened as they are,
//! read batch by batch.

mod component;
mod describe;
pub(crate) mod ipc;
mod notebook;
mod own;
mod sql;
mod workflow;

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use arrow::{array::RecordBatch, datatypes::SchemaRef};
use tandem_core::{Cancel, Error, ErrorCode, Progress, Result};
use tandem_ingest::{Chunk, Compression, Context, Format, Limits, Reject, ResolvedOptions};
pub use tandem_ingest::{Delimiter, ImportOptions};

use crate::scenarios::Rows;
use ipc::ArrowRows;

pub use component::{ComponentJob, ComponentRun, Printed, run_component};
pub use describe::describe;
pub(crate) use notebook::{Texts, parse_notebook};
pub use notebook::{read_notebook, read_text, write_notebook};
pub use sql::{Aside, FileQuery, query};
pub use workflow::{FileJob, FileRun, Shown, check_workflow, read_workflow, run_workflow, shipped};

/// Rejected rows that are kept to be shown.
const SHOWN_REJECTS: usize = 5;

/// A file that was looked at and can be read.
#[derive(Debug, Clone)]
pub struct LocalFile {
    path: PathBuf,
    form: Form,
    /// Its name without the folders.
    pub name: String,
    /// Its size.
    pub bytes: u64,
}

/// How it is read.
#[derive(Debug, Clone)]
enum Form {
    /// As an import would.
    Import(Box<ResolvedOptions>),
    /// As it stands.
    Arrow(SchemaRef),
}

impl LocalFile {
    /// Looks at the file at `path`: format, encoding, delimiter, columns.
    ///
    /// # Errors
    /// `not_found` where there is no such file; `forbidden` where it may not be read;
    /// those of [`tandem_ingest::sniff`].
    pub fn look(path: &Path) -> Result<Self> {
        Self::look_as(path, &ImportOptions::default())
    }

    /// The same, with what the person says of the file that would be found out otherwise. An Arrow file says it all
    /// itself.
    ///
    /// # Errors
    /// Those of [`LocalFile::look`]; `invalid_parameter` where the options don't fit the file.
    pub fn look_as(path: &Path, options: &ImportOptions) -> Result<Self> {
        let metadata = std::fs::metadata(path).map_err(|e| cannot_open(path, e))?;
        if metadata.is_dir() {
            return Err(Error::new(ErrorCode::InvalidRequest, format!("{} is a folder; name a file.", path.display())));
        }
        let name = path.file_name().map_or_else(|| path.display().to_string(), |n| n.to_string_lossy().into_owned());
        std::fs::File::open(path).map_err(|e| cannot_open(path, e))?;
        let form = match ipc::is_arrow(path) {
            true => Form::Arrow(ArrowRows::open(path)?.schema()),
            false => Form::Import(Box::new(tandem_ingest::settle(path, &name, options)?)),
        };
        Ok(Self { path: path.to_owned(), form, name, bytes: metadata.len() })
    }

    /// Its columns.
    pub fn schema(&self) -> SchemaRef {
        match &self.form {
            Form::Import(options) => options.schema(),
            Form::Arrow(schema) => schema.clone(),
        }
    }

    /// Where it is, if it is a Parquet file as it stands.
    fn plain_parquet(&self) -> Option<&Path> {
        let Form::Import(options) = &self.form else { return None };
        let plain = options.format == Format::Parquet && options.compression == Compression::None;
        plain.then_some(self.path.as_path())
    }

    /// The first rows, enough to tell what the columns hold.
    ///
    /// # Errors
    /// Those of [`tandem_ingest::open`].
    pub fn sample(&self) -> Result<Vec<RecordBatch>> {
        let mut batches = Vec::new();
        let mut rows = 0;
        for batch in self.rows(Arc::new(()), Cancel::new())? {
            let batch = batch?;
            rows += batch.num_rows();
            batches.push(batch);
            if rows >= crate::scenarios::facts::SAMPLE {
                break;
            }
        }
        Ok(batches)
    }

    /// Its rows. `progress` is told the phase `read` with bytes of the file.
    ///
    /// # Errors
    /// Those of [`tandem_ingest::open`].
    pub fn rows(&self, progress: Arc<dyn Progress>, cancel: Cancel) -> Result<FileRows> {
        let context = Context { cancel, progress, limits: Limits::default() };
        let reader: Chunks = match &self.form {
            Form::Import(options) => Box::new(tandem_ingest::open(&self.path, options, &context)?),
            Form::Arrow(_) => {
                let whole = |batch| Chunk { batch, rejects: Vec::new() };
                Box::new(ArrowRows::open(&self.path)?.map(move |batch| batch.map(whole)))
            }
        };
        Ok(FileRows { reader, rejected: 0, rejects: Vec::new() })
    }

    /// BLAKE3 of its bytes, as `blake3:…`.
    ///
    /// # Errors
    /// `internal` where it can't be read any more.
    pub fn digest(&self, cancel: &Cancel) -> Result<String> {
        use std::io::Read;

        let mut file = std::fs::File::open(&self.path).map_err(|e| cannot_open(&self.path, e))?;
        let mut hasher = blake3::Hasher::new();
        let mut buffer = vec![0; 1 << 20];
        loop {
            cancel.check()?;
            match file.read(&mut buffer)? {
                0 => break,
                n => hasher.update(&buffer[..n]),
            };
        }
        Ok(format!("blake3:{}", hasher.finalize().to_hex()))
    }
}

type Chunks = Box<dyn Iterator<Item = Result<Chunk>> + Send>;

/// The rows of a file, and what could not be read of it.
pub struct FileRows {
    reader: Chunks,
    rejected: u64,
    rejects: Vec<Reject>,
}

impl std::fmt::Debug for FileRows {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FileRows").field("rejected", &self.rejected).finish_non_exhaustive()
    }
}

impl FileRows {
    /// The first rows that could not be read.
    pub fn rejects(&self) -> &[Reject] {
        &self.rejects
    }
}

impl Iterator for FileRows {
    type Item = Result<RecordBatch>;

    fn next(&mut self) -> Option<Self::Item> {
        let chunk = match self.reader.next()? {
            Ok(chunk) => chunk,
            Err(error) => return Some(Err(error)),
        };
        self.rejected += chunk.rejects.len() as u64;
        let room = SHOWN_REJECTS.saturating_sub(self.rejects.len());
        self.rejects.extend(chunk.rejects.into_iter().take(room));
        Some(Ok(chunk.batch))
    }
}

impl Rows for FileRows {
    fn rejected(&self) -> u64 {
        self.rejected
    }
}

fn cannot_open(path: &Path, error: std::io::Error) -> Error {
    let path = path.display();
    match error.kind() {
        std::io::ErrorKind::NotFound => Error::new(ErrorCode::NotFound, format!("There is no file {path}.")),
        std::io::ErrorKind::PermissionDenied => {
            Error::new(ErrorCode::Forbidden, format!("{path} may not be read by this user."))
        }
        _ => Error::new(ErrorCode::MalformedFile, format!("{path} can't be read: {error}.")),
    }
    .with_source(error)
}
