//! Which operator classes an index gets when none is written.

/// Classes that are the default of their type for some method, and so say nothing when written out
/// (`src/include/catalog/pg_opclass.dat`, `opcdefault`).
const DEFAULTS: &[(&str, &[&str])] = &[
    (
        "btree",
        &[
            "array_ops",
            "bit_ops",
            "bool_ops",
            "bpchar_ops",
            "bytea_ops",
            "char_ops",
            "date_ops",
            "enum_ops",
            "float4_ops",
            "float8_ops",
            "inet_ops",
            "int2_ops",
            "int4_ops",
            "int8_ops",
            "interval_ops",
            "jsonb_ops",
            "macaddr_ops",
            "money_ops",
            "name_ops",
            "numeric_ops",
            "oid_ops",
            "range_ops",
            "record_ops",
            "text_ops",
            "time_ops",
            "timestamp_ops",
            "timestamptz_ops",
            "timetz_ops",
            "tsvector_ops",
            "uuid_ops",
            "varbit_ops",
            // Aliases of text_ops and inet_ops.
            "varchar_ops",
            "cidr_ops",
        ],
    ),
    ("gin", &["array_ops", "jsonb_ops", "tsvector_ops"]),
    ("gist", &["box_ops", "circle_ops", "point_ops", "poly_ops", "range_ops", "tsquery_ops", "tsvector_ops"]),
];

/// Whether writing this class out changes the index.
pub fn non_default(method: &str, opclass: &str) -> bool {
    let known = DEFAULTS.iter().find(|(name, _)| *name == method);
    !known.is_some_and(|(_, classes)| classes.contains(&opclass))
}
