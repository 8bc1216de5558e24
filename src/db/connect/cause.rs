//! An error of a connection in; what it means for the person who asked out.

use std::error::Error as _;
use std::io;

use rustls::{CertificateError, Error as TlsError};

use super::super::conninfo::{Host, Place};
use super::super::error::chain;

/// Why there is no connection. Those that say most come first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cause {
    Stopped,
    /// The connection string or a file that it names.
    Settings,
    WrongPassword,
    /// The server asks for a password, and there is none.
    NoPassword,
    NoDatabase,
    /// No right to connect to the database.
    Denied,
    /// pg_hba.conf lets this connection in only with TLS, or only without.
    Encryption,
    /// pg_hba.conf, or the role does not exist or may not log in.
    NotLetIn,
    TooMany,
    /// The server starts, stops, or recovers.
    Starting,
    /// The certificate is not the one that was asked for.
    Certificate,
    /// The server does not speak TLS.
    NoTls,
    /// The handshake failed otherwise.
    Handshake,
    /// A server, but not of the kind asked for.
    Target,
    /// Any other answer.
    Answer,
    NoSocket,
    Refused,
    Timeout,
    UnknownHost,
    Unreachable,
}

impl Cause {
    /// Whether the same address may answer differently with, or without, TLS. A wrong password stays wrong, and is not sent
    /// again over a line that others can read.
    pub(super) fn may_be_the_encryption(self) -> bool {
        matches!(self, Cause::Encryption | Cause::NotLetIn | Cause::Certificate | Cause::Handshake | Cause::NoTls)
    }
}

pub(super) fn of(error: &tokio_postgres::Error, place: &Place) -> (Cause, String) {
    if let Some(told) = error.as_db_error() {
        let message = told.message();
        let cause = match told.code().code() {
            "28P01" => Cause::WrongPassword,
            // auth.c, ClientAuthentication: the words say whether the line was encrypted, the state does not.
            "28000" if message.contains("SSL") || message.contains("encryption") => Cause::Encryption,
            "28000" => Cause::NotLetIn,
            "3D000" => Cause::NoDatabase,
            "42501" => Cause::Denied,
            "53300" => Cause::TooMany,
            "57P03" | "57P01" | "57P02" => Cause::Starting,
            _ => Cause::Answer,
        };
        return (cause, message.to_owned());
    }
    let text = chain(error);
    let mut source = error.source();
    while let Some(inner) = source {
        if let Some(error) = inner.downcast_ref::<TlsError>() {
            return of_tls(error);
        }
        if let Some(error) = inner.downcast_ref::<io::Error>() {
            if let Some(error) = error.get_ref().and_then(|inner| inner.downcast_ref::<TlsError>()) {
                return of_tls(error);
            }
            if !text.starts_with("error performing TLS") {
                return of_io(error, place);
            }
        }
        source = inner.source();
    }
    // What tokio-postgres says of itself has no type.
    let known = [
        ("password missing", Cause::NoPassword, "the server asks for a password, and none was found"),
        ("does not support TLS", Cause::NoTls, "the server does not speak TLS"),
        ("error performing TLS", Cause::Handshake, ""),
        ("timeout", Cause::Timeout, ""),
        ("connection closed", Cause::Answer, "the server closed the connection without a word"),
    ];
    let known = known.iter().find(|(part, _, _)| text.contains(part));
    match known {
        Some((_, cause, "")) => (*cause, text),
        Some((_, cause, message)) => (*cause, (*message).to_owned()),
        None => (Cause::Answer, text),
    }
}

fn of_tls(error: &TlsError) -> (Cause, String) {
    let TlsError::InvalidCertificate(wrong) = error else {
        return (Cause::Handshake, format!("TLS: {error}"));
    };
    let why = match wrong {
        CertificateError::UnknownIssuer => "it is not signed by any of the certificates in sslrootcert".to_owned(),
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            "it is made out to another host".to_owned()
        }
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => "it has expired".to_owned(),
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => "it is not valid yet".to_owned(),
        other => other.to_string(),
    };
    (Cause::Certificate, format!("the server's certificate is not accepted: {why}"))
}

fn of_io(error: &io::Error, place: &Place) -> (Cause, String) {
    let socket = matches!(place.host, Host::Socket(_));
    match error.kind() {
        io::ErrorKind::NotFound if socket => (Cause::NoSocket, "there is no such socket".to_owned()),
        io::ErrorKind::ConnectionRefused if socket => (Cause::NoSocket, "nobody listens at this socket".to_owned()),
        io::ErrorKind::ConnectionRefused => (Cause::Refused, "connection refused".to_owned()),
        io::ErrorKind::TimedOut => (Cause::Timeout, "no answer".to_owned()),
        io::ErrorKind::UnexpectedEof | io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe => {
            (Cause::Answer, "the server closed the connection without a word".to_owned())
        }
        _ => (Cause::Unreachable, error.to_string()),
    }
}
