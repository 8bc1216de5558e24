//! Paths, folders, globs and stdin come in; decompressed byte streams go out.

use std::fmt;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use thiserror::Error;

/// How much of an input is looked at to detect its format.
pub const HEAD: usize = 256 << 10;

#[derive(Debug, Error)]
pub enum SourceError {
    #[error("cannot read {path}: {error}; {next_step}")]
    Unreadable { path: String, error: io::Error, next_step: &'static str },
    #[error("no file matches the pattern {pattern}; check it, and quote it so that the shell leaves it alone")]
    NoMatch { pattern: String },
    #[error("the pattern {pattern} is not a glob: {error}; [ and ] in a file name are written [[] and []]")]
    Pattern { pattern: String, error: glob::PatternError },
    #[error("no files in the folder {path}; files whose names begin with a point are not read")]
    EmptyFolder { path: String },
}

/// Where to read from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    Stdin,
    File(PathBuf),
}

/// What the command line names, in its order: `-` is stdin; a folder stands for its files (sorted by name, hidden ones
/// and subfolders left out), a glob for its matches (sorted). A file named twice is read once.
pub fn expand(arguments: &[String]) -> Result<Vec<Place>, SourceError> {
    let mut places = Vec::new();
    for argument in arguments {
        let path = Path::new(argument);
        let found = if argument == "-" {
            vec![Place::Stdin]
        } else if path.is_dir() {
            folder(path)?
        } else if !path.exists() && argument.contains(['*', '?', '[']) {
            matches(argument)?
        } else {
            vec![Place::File(path.to_owned())]
        };
        for place in found {
            if !places.contains(&place) {
                places.push(place);
            }
        }
    }
    Ok(places)
}

fn folder(path: &Path) -> Result<Vec<Place>, SourceError> {
    let unreadable = |error| SourceError::unreadable(path, error);
    let mut files = Vec::new();
    for entry in path.read_dir().map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        let hidden = entry.file_name().as_encoded_bytes().starts_with(b".");
        if !hidden && entry.path().is_file() {
            files.push(Place::File(entry.path()));
        }
    }
    files.sort();
    if files.is_empty() {
        return Err(SourceError::EmptyFolder { path: path.display().to_string() });
    }
    Ok(files)
}

fn matches(pattern: &str) -> Result<Vec<Place>, SourceError> {
    let paths = glob::glob(pattern).map_err(|error| SourceError::Pattern { pattern: pattern.to_owned(), error })?;
    let mut files: Vec<Place> = paths.flatten().filter(|path| path.is_file()).map(Place::File).collect();
    files.sort();
    if files.is_empty() {
        return Err(SourceError::NoMatch { pattern: pattern.to_owned() });
    }
    Ok(files)
}

impl SourceError {
    fn unreadable(path: &Path, error: io::Error) -> Self {
        let next_step = match error.kind() {
            io::ErrorKind::NotFound => "check the path; several logs are named one by one, as a folder, or as a glob",
            io::ErrorKind::PermissionDenied => {
                "Postgres keeps its logs readable for its own user: read them with sudo, or set log_file_mode = 0640"
            }
            _ => "check the file",
        };
        Self::Unreadable { path: path.display().to_string(), error, next_step }
    }
}

/// One opened input.
pub struct Input {
    /// The path as given, `-` for stdin.
    pub name: String,
    /// Size on disk, for progress; unknown for a pipe.
    pub size: Option<u64>,
    pub compression: Option<Compression>,
    pub(crate) reader: Box<dyn Read + Send>,
    taken: Arc<AtomicU64>,
    head: Vec<u8>,
}

impl fmt::Debug for Input {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Input").field("name", &self.name).field("size", &self.size).finish_non_exhaustive()
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compression {
    Gzip,
    Zstd,
    Xz,
    Bzip2,
}

impl Input {
    pub fn open(path: &Path) -> Result<Self, SourceError> {
        let unreadable = |error| SourceError::unreadable(path, error);
        let file = File::open(path).map_err(unreadable)?;
        let metadata = file.metadata().map_err(unreadable)?;
        if metadata.is_dir() {
            return Err(unreadable(io::Error::from(io::ErrorKind::IsADirectory)));
        }
        let size = metadata.is_file().then_some(metadata.len());
        Self::from_reader(path.display().to_string(), Box::new(file), size).map_err(unreadable)
    }

    pub fn open_place(place: &Place) -> Result<Self, SourceError> {
        match place {
            Place::File(path) => Self::open(path),
            Place::Stdin => Self::from_reader("-".to_owned(), Box::new(io::stdin()), None)
                .map_err(|error| SourceError::unreadable(Path::new("-"), error)),
        }
    }

    /// Any stream; the compression is told by its first bytes.
    pub fn from_reader(name: String, reader: Box<dyn Read + Send>, size: Option<u64>) -> io::Result<Self> {
        let taken = Arc::new(AtomicU64::new(0));
        let counting = Counting { reader, taken: Arc::clone(&taken) };
        let mut buffered = BufReader::with_capacity(64 << 10, counting);
        let compression = compression_of(buffered.fill_buf()?);
        let reader: Box<dyn Read + Send> = match compression {
            None => Box::new(buffered),
            Some(Compression::Gzip) => Box::new(flate2::bufread::MultiGzDecoder::new(buffered)),
            Some(Compression::Zstd) => Box::new(zstd::stream::read::Decoder::with_buffer(buffered)?),
            Some(Compression::Xz) => Box::new(liblzma::bufread::XzDecoder::new_multi_decoder(buffered)),
            Some(Compression::Bzip2) => Box::new(bzip2::bufread::MultiBzDecoder::new(buffered)),
        };
        Ok(Self { name, size, compression, reader, taken, head: Vec::new() })
    }

    /// The first [`HEAD`] bytes, decompressed. Reading goes on behind them only for [`super::chunk::Chunks`], which takes
    /// them over, and for [`Self::read_all`].
    pub fn head(&mut self) -> &[u8] {
        if self.head.is_empty() {
            // An archive that breaks off gives what it has; the break is met and reported again by the reading itself.
            let _ = (&mut self.reader).take(HEAD as u64).read_to_end(&mut self.head);
        }
        &self.head
    }

    pub(crate) fn take_head(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.head)
    }

    /// The whole input, for formats that are one document (digests, exports); at most `limit` bytes.
    pub fn read_all(&mut self, limit: u64) -> io::Result<Vec<u8>> {
        let mut bytes = self.take_head();
        (&mut self.reader).take(limit.saturating_sub(bytes.len() as u64)).read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    /// Bytes taken from the file or pipe so far (compressed ones of an archive); to be read while another thread works.
    pub fn progress(&self) -> Arc<AtomicU64> {
        Arc::clone(&self.taken)
    }
}

fn compression_of(start: &[u8]) -> Option<Compression> {
    const MAGIC: [(&[u8], Compression); 4] = [
        (b"\x1f\x8b", Compression::Gzip),
        (b"\x28\xb5\x2f\xfd", Compression::Zstd),
        (b"\xfd7zXZ\x00", Compression::Xz),
        (b"BZh", Compression::Bzip2),
    ];
    MAGIC.iter().find(|(magic, _)| start.starts_with(magic)).map(|(_, compression)| *compression)
}

struct Counting {
    reader: Box<dyn Read + Send>,
    taken: Arc<AtomicU64>,
}

impl Read for Counting {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let got = self.reader.read(buffer)?;
        self.taken.fetch_add(got as u64, Ordering::Relaxed);
        Ok(got)
    }
}
