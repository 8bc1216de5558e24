//! The JSON Schema of a report: generated from the types of [`super::model`], committed, and only ever extended
//! within one `schema_version`.

use super::model::Report;

/// The committed schema, as `sqlsift schema` prints it.
pub const COMMITTED: &str = include_str!("schema/v1.json");

/// The schema as the types give it now. A test keeps it equal to [`COMMITTED`].
pub fn generate() -> String {
    let mut text = serde_json::to_string_pretty(&schemars::schema_for!(Report)).expect("a schema is plain JSON");
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::render::json;
    use crate::report::render::table::tests::example;

    #[test]
    fn a_report_fits_the_committed_schema() {
        let schema = serde_json::from_str(COMMITTED).unwrap();
        let validator = jsonschema::validator_for(&schema).unwrap();
        let report = serde_json::from_str(&json::render(&example())).unwrap();
        let errors: Vec<String> =
            validator.iter_errors(&report).map(|e| format!("{}: {e}", e.instance_path())).collect();
        assert_eq!(errors, Vec::<String>::new());
    }
}
