//! A server's certificate in; whether it is who we asked for out, as each sslmode means it (libpq-ssl, "Protection Provided
//! in Different Modes").

use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};

use super::super::error::DbError;
use super::name;

/// How far a certificate is checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Check {
    /// It is signed by a root: verify-ca.
    Chain,
    /// And it names the host: verify-full.
    Name,
}

#[derive(Debug)]
pub struct Verifier {
    provider: Arc<CryptoProvider>,
    /// `None`: any certificate will do.
    chain: Option<Chain>,
}

#[derive(Debug)]
struct Chain {
    webpki: Arc<WebPkiServerVerifier>,
    roots: Vec<CertificateDer<'static>>,
    check: Check,
}

impl Verifier {
    pub fn unchecked(provider: Arc<CryptoProvider>) -> Self {
        Verifier { provider, chain: None }
    }

    /// # Errors
    /// None of the roots can be used.
    pub fn new(
        provider: Arc<CryptoProvider>,
        roots: Vec<CertificateDer<'static>>,
        check: Check,
    ) -> Result<Self, DbError> {
        let mut store = RootCertStore::empty();
        store.add_parsable_certificates(roots.iter().cloned());
        let webpki = WebPkiServerVerifier::builder_with_provider(Arc::new(store), provider.clone())
            .build()
            .map_err(|error| DbError::settings(format!("sslrootcert: no certificate that can be used: {error}")))?;
        Ok(Verifier { provider, chain: Some(Chain { webpki, roots, check }) })
    }
}

impl Chain {
    fn verify(
        &self,
        end: &CertificateDer<'_>,
        between: &[CertificateDer<'_>],
        host: &ServerName<'_>,
        now: UnixTime,
    ) -> Result<(), Error> {
        use CertificateError::{NotValidForName, NotValidForNameContext};
        // The server's own certificate as its root, as the documentation's recipe makes it: webpki refuses it, because it
        // may sign others (`CaUsedAsEndEntity`). To be the very file that was given is proof enough; its dates still count.
        if self.roots.iter().any(|root| root.as_ref() == end.as_ref()) {
            name::in_date(end, now)?;
            return if self.check == Check::Chain { Ok(()) } else { name::fits(end, host) };
        }
        // webpki compares the name last, so whoever fails there has a good chain.
        match self.webpki.verify_server_cert(end, between, host, &[], now) {
            Ok(_) => Ok(()),
            Err(Error::InvalidCertificate(NotValidForName | NotValidForNameContext { .. })) => match self.check {
                Check::Chain => Ok(()),
                Check::Name => name::fits(end, host),
            },
            Err(error) => Err(error),
        }
    }
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        _ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        if let Some(chain) = &self.chain {
            chain.verify(end_entity, intermediates, server_name, now)?;
        }
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        match self.chain {
            Some(_) => verify_tls12_signature(message, cert, dss, &self.provider.signature_verification_algorithms),
            // Nobody vouches for the key, so its signature proves nothing.
            None => Ok(HandshakeSignatureValid::assertion()),
        }
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        match self.chain {
            Some(_) => verify_tls13_signature(message, cert, dss, &self.provider.signature_verification_algorithms),
            None => Ok(HandshakeSignatureValid::assertion()),
        }
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
