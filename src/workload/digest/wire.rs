//! How types of other modules stand in a digest: 64-bit identities as 16 hexadecimal digits, enums by name. (JSON numbers
//! lose what does not fit a double in most readers.)

/// A module for `#[serde(with)]` that writes a type as text.
macro_rules! as_text {
    ($name:ident, $type:ty, $write:expr, $read:expr) => {
        pub mod $name {
            #[allow(unused_imports)]
            use super::*;

            pub fn serialize<S: serde::Serializer>(value: &$type, serializer: S) -> Result<S::Ok, S::Error> {
                let write: fn(&$type) -> String = $write;
                serializer.serialize_str(&write(value))
            }

            pub fn deserialize<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<$type, D::Error> {
                let text = <std::borrow::Cow<'_, str> as serde::Deserialize>::deserialize(deserializer)?;
                let read: fn(&str) -> Option<$type> = $read;
                read(&text)
                    .ok_or_else(|| serde::de::Error::custom(format!(concat!("`{}` is no ", stringify!($name)), text)))
            }
        }
    };
}

use crate::ingest::event::{PlanFormat, SessionId, Severity};
use crate::sql::{Fingerprint, StatementKind};

as_text!(fingerprint, Fingerprint, |value| value.to_string(), |text| text.parse().ok());
as_text!(session, SessionId, |value| format!("{:016x}", value.0), |text| u64::from_str_radix(text, 16)
    .ok()
    .map(SessionId));
as_text!(wide, u128, |value| value.to_string(), |text| text.parse().ok());
as_text!(kind, StatementKind, |value| name_of(&KINDS, value), |text| value_of(&KINDS, text));
as_text!(severity, Severity, |value| name_of(&SEVERITIES, value), |text| value_of(&SEVERITIES, text));
as_text!(format, PlanFormat, |value| name_of(&FORMATS, value), |text| value_of(&FORMATS, text));

/// Postgres's query identifiers, as text.
pub mod ids {
    use serde::{Deserialize, Deserializer, Serializer};

    pub fn serialize<S: Serializer>(ids: &[i64], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(ids.iter().map(i64::to_string))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<i64>, D::Error> {
        let texts = Vec::<String>::deserialize(deserializer)?;
        texts.iter().map(|text| text.parse().map_err(serde::de::Error::custom)).collect()
    }
}

const KINDS: [(StatementKind, &str); 11] = [
    (StatementKind::Select, "select"),
    (StatementKind::Insert, "insert"),
    (StatementKind::Update, "update"),
    (StatementKind::Delete, "delete"),
    (StatementKind::Merge, "merge"),
    (StatementKind::Copy, "copy"),
    (StatementKind::Transaction, "transaction"),
    (StatementKind::Session, "session"),
    (StatementKind::Cursor, "cursor"),
    (StatementKind::Utility, "utility"),
    (StatementKind::Other, "other"),
];

const SEVERITIES: [(Severity, &str); 8] = [
    (Severity::Debug, "debug"),
    (Severity::Log, "log"),
    (Severity::Info, "info"),
    (Severity::Notice, "notice"),
    (Severity::Warning, "warning"),
    (Severity::Error, "error"),
    (Severity::Fatal, "fatal"),
    (Severity::Panic, "panic"),
];

const FORMATS: [(PlanFormat, &str); 4] =
    [(PlanFormat::Text, "text"), (PlanFormat::Json, "json"), (PlanFormat::Yaml, "yaml"), (PlanFormat::Xml, "xml")];

fn name_of<T: PartialEq>(names: &[(T, &'static str)], value: &T) -> String {
    names.iter().find(|(known, _)| known == value).map_or("other", |(_, name)| name).to_owned()
}

fn value_of<T: Copy>(names: &[(T, &'static str)], name: &str) -> Option<T> {
    names.iter().find(|(_, known)| *known == name).map(|(value, _)| *value)
}
