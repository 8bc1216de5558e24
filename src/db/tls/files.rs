//! PEM files in; certificates and keys out.

use std::path::Path;

use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use super::super::conninfo::open_to_others;
use super::super::error::DbError;

/// Certificates of those who sign for servers.
pub fn roots(path: &Path) -> Result<Vec<CertificateDer<'static>>, DbError> {
    certificates(path, "sslrootcert")
}

pub fn system_roots() -> Result<Vec<CertificateDer<'static>>, DbError> {
    let found = rustls_native_certs::load_native_certs();
    if found.certs.is_empty() {
        let why = found.errors.first().map_or_else(|| "none is installed".to_owned(), ToString::to_string);
        return Err(DbError::settings(format!("sslrootcert=system: no certificates of the operating system: {why}")));
    }
    Ok(found.certs)
}

/// Certificate chain and key of the client.
pub fn own(cert: &Path, key: &Path) -> Result<(Vec<CertificateDer<'static>>, PrivateKeyDer<'static>), DbError> {
    let chain = certificates(cert, "sslcert")?;
    let told = |why: String| DbError::settings(format!("sslkey {}: {why}", key.display()));
    // Read first: that it is missing says more than its permissions.
    let text = std::fs::read(key).map_err(|error| told(error.to_string()))?;
    if open_to_others(key) && !owned_by_root_for_a_group(key) {
        return Err(told("others may read it; chmod 600 makes it acceptable".into()));
    }
    let secret = PrivateKeyDer::from_pem_slice(&text).map_err(|error| match error {
        pem::Error::NoItemsFound => told("no key in PEM format without a passphrase".into()),
        other => told(other.to_string()),
    })?;
    Ok((chain, secret))
}

/// libpq-ssl, "Client Certificates": a key of root's may be readable by its group.
#[cfg(unix)]
fn owned_by_root_for_a_group(path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    std::fs::metadata(path).is_ok_and(|meta| meta.uid() == 0 && meta.mode() & 0o037 == 0)
}

#[cfg(not(unix))]
fn owned_by_root_for_a_group(_: &Path) -> bool {
    false
}

fn certificates(path: &Path, parameter: &str) -> Result<Vec<CertificateDer<'static>>, DbError> {
    let told = |why: String| DbError::settings(format!("{parameter} {}: {why}", path.display()));
    let text = std::fs::read(path).map_err(|error| told(error.to_string()))?;
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&text).collect();
    match found {
        Ok(found) if found.is_empty() => Err(told("no certificate in PEM format".into())),
        Ok(found) => Ok(found),
        Err(error) => Err(told(error.to_string())),
    }
}
