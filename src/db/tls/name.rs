//! A certificate and a host in; whether the one names the other out, where webpki does not say.
//!
//! As libpq compares them (libpq-ssl, "Client Verification of Server Certificates"): the subject's common name counts where
//! there is no alternative name of the kind, and `*` stands for the leftmost label alone.

use rustls::client::verify_server_name;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, Error};
use x509_cert::Certificate;
use x509_cert::der::Decode;
use x509_cert::der::asn1::{Ia5StringRef, PrintableStringRef, Utf8StringRef};
use x509_cert::der::oid::AssociatedOid;
use x509_cert::ext::pkix::SubjectAltName;

fn parsed(end: &CertificateDer<'_>) -> Result<Certificate, Error> {
    Certificate::from_der(end.as_ref()).map_err(|_| CertificateError::BadEncoding.into())
}

pub fn in_date(end: &CertificateDer<'_>, now: UnixTime) -> Result<(), Error> {
    let validity = parsed(end)?.tbs_certificate.validity;
    let now = now.as_secs();
    if now < validity.not_before.to_unix_duration().as_secs() {
        return Err(CertificateError::NotValidYet.into());
    }
    if now > validity.not_after.to_unix_duration().as_secs() {
        return Err(CertificateError::Expired.into());
    }
    Ok(())
}

pub fn fits(end: &CertificateDer<'_>, host: &ServerName<'_>) -> Result<(), Error> {
    if ParsedCertificate::try_from(end).and_then(|cert| verify_server_name(&cert, host)).is_ok() {
        return Ok(());
    }
    let cert = parsed(end)?;
    let wanted = host.to_str();
    let common = common_names(&cert);
    if !has_alternative(&cert) && common.iter().any(|name| matches(name, &wanted)) {
        return Ok(());
    }
    Err(CertificateError::NotValidForName.into())
}

fn has_alternative(cert: &Certificate) -> bool {
    let extensions = cert.tbs_certificate.extensions.iter().flatten();
    extensions.into_iter().any(|extension| extension.extn_id == SubjectAltName::OID)
}

/// `2.5.4.3` of the subject.
fn common_names(cert: &Certificate) -> Vec<String> {
    let parts = cert.tbs_certificate.subject.0.iter().flat_map(|set| set.0.iter());
    let common = parts.filter(|part| part.oid == x509_cert::der::oid::db::rfc4519::CN);
    let text = |part: &x509_cert::attr::AttributeTypeAndValue| {
        let value = &part.value;
        let utf8 = value.decode_as::<Utf8StringRef<'_>>().map(|text| text.as_str().to_owned());
        let printable = || value.decode_as::<PrintableStringRef<'_>>().map(|text| text.as_str().to_owned());
        utf8.or_else(|_| printable())
            .or_else(|_| value.decode_as::<Ia5StringRef<'_>>().map(|text| text.as_str().to_owned()))
            .ok()
    };
    common.filter_map(text).collect()
}

fn matches(pattern: &str, host: &str) -> bool {
    if pattern.eq_ignore_ascii_case(host) {
        return true;
    }
    let (Some(rest), Some((label, domain))) = (pattern.strip_prefix("*."), host.split_once('.')) else { return false };
    !label.is_empty() && rest.contains('.') && rest.eq_ignore_ascii_case(domain)
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn a_star_stands_for_one_label() {
        assert!(matches("DB.example.com", "db.example.com"));
        assert!(matches("*.example.com", "db.example.com"));
        assert!(!matches("*.example.com", "a.b.example.com"));
        assert!(!matches("*.com", "example.com"));
        assert!(!matches("*", "example"));
        assert!(!matches("db.example.com", "example.com"));
    }
}
