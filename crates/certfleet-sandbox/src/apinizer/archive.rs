//! The ZIP an export writes and an import reads.

use std::io::{Cursor, Read as _, Write as _};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use super::state::Certificate;

/// No certificate is larger than this.
const LARGEST_ENTRY: u64 = 1024 * 1024;
/// No archive has more entries than this.
const MOST_ENTRIES: usize = 1000;

/// One DER file for each environment; of several entries for one environment, the last.
pub(crate) fn write(certificate: &Certificate) -> Option<Vec<u8>> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    for (index, entry) in certificate.entries.iter().enumerate() {
        let later = certificate.entries.iter().skip(index + 1);
        if later
            .into_iter()
            .any(|other| other.environment == entry.environment)
        {
            continue;
        }
        archive
            .start_file(
                format!("{}-{}.cer", certificate.name, entry.environment),
                options,
            )
            .ok()?;
        archive.write_all(&entry.x509.der).ok()?;
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
