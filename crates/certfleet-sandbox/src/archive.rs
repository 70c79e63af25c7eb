//! ZIP archives, written and read.

use std::io::{Cursor, Read as _, Write as _};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

/// No certificate is larger than this.
const LARGEST_ENTRY: u64 = 1024 * 1024;
/// No archive has more entries than this.
const MOST_ENTRIES: usize = 1000;

/// An archive of these files.
pub(crate) fn write<'a>(files: impl IntoIterator<Item = (String, &'a [u8])>) -> Option<Vec<u8>> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    for (name, content) in files {
        archive.start_file(name, options).ok()?;
        archive.write_all(content).ok()?;
    }
    Some(archive.finish().ok()?.into_inner())
}

/// Whether these bytes begin like a ZIP.
pub(crate) fn is_archive(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06")
}

/// The name and content of every entry, in order.
pub(crate) fn read(bytes: &[u8]) -> Option<Vec<(String, Vec<u8>)>> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).ok()?;
    if archive.len() > MOST_ENTRIES {
        return None;
    }
    let mut entries = Vec::new();
    for index in 0..archive.len() {
        let entry = archive.by_index(index).ok()?;
        let name = entry.name().ok()?.into_owned();
        let mut content = Vec::new();
        entry.take(LARGEST_ENTRY).read_to_end(&mut content).ok()?;
        entries.push((name, content));
    }
    Some(entries)
}
