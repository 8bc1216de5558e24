//! What a connection asks of TLS in; rustls's configuration out.

mod files;
mod name;
mod verify;

use std::sync::Arc;

use rustls::crypto::ring;
use rustls::{ClientConfig, SupportedProtocolVersion};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::conninfo::{Roots, SslMode, Tls};
use super::error::DbError;
use verify::{Check, Verifier};

/// # Errors
/// A file that cannot be read or holds nothing of use.
pub fn connector(tls: &Tls) -> Result<MakeRustlsConnect, DbError> {
    let provider = Arc::new(ring::default_provider());
    let versions: Vec<&SupportedProtocolVersion> =
        [(tls.versions.0, &rustls::version::TLS12), (tls.versions.1, &rustls::version::TLS13)]
            .into_iter()
            .filter_map(|(wanted, version)| wanted.then_some(version))
            .collect();
    let check = match tls.mode {
        SslMode::VerifyFull => Check::Name,
        _ => Check::Chain,
    };
    let verifier = match &tls.roots {
        Roots::Unchecked => Verifier::unchecked(provider.clone()),
        Roots::System => Verifier::new(provider.clone(), files::system_roots()?, check)?,
        Roots::File(path) => Verifier::new(provider.clone(), files::roots(path)?, check)?,
    };
    let builder = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&versions)
        .map_err(|error| DbError::settings(format!("TLS versions: {error}")))?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier));
    let mut config = match &tls.own {
        None => builder.with_no_client_auth(),
        Some((cert, key)) => {
            let (chain, secret) = files::own(cert, key)?;
            builder
                .with_client_auth_cert(chain, secret)
                .map_err(|error| DbError::settings(format!("{} and {}: {error}", cert.display(), key.display())))?
        }
    };
    config.enable_sni = tls.sni;
    if tls.direct {
        // protocol.html, "SSL Session Encryption": a direct handshake must name the protocol.
        config.alpn_protocols = vec![b"postgresql".to_vec()];
    }
    Ok(MakeRustlsConnect::new(config))
}

/// For connections without TLS, which ask for a connector all the same.
pub fn unused() -> MakeRustlsConnect {
    let provider = Arc::new(ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider.clone())
        .with_safe_default_protocol_versions()
        .expect("ring has the default versions")
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Verifier::unchecked(provider)))
        .with_no_client_auth();
    MakeRustlsConnect::new(config)
}
