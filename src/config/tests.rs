//! What a person writes into `sqlsift.toml`, and what they are told about mistakes.

use super::*;

fn error(text: &str) -> String {
    match Config::parse("sqlsift.toml", text, Vec::new(), None) {
        Ok(_) => panic!("accepted: {text}"),
        Err(e) => e.to_string(),
    }
}

#[test]
fn a_group_is_overlaid_by_a_rule_wherever_it_stands() {
    let text =
        "[rules.\"query/deep_offset\"]\nseverity = \"error\"\nmin_rows = 5\n[rules.\"query/*\"]\nseverity = \"off\"\n";
    let config = Config::parse("sqlsift.toml", text, Vec::new(), None).unwrap();
    let rule = config.registry.get("query/deep_offset").unwrap();
    assert_eq!(rule.severity, Some(crate::report::model::Severity::Error));
    assert_eq!(rule.options["min_rows"].as_integer(), Some(5));
    assert_eq!(config.registry.get("query/select_star").unwrap().severity, None);
}

#[test]
fn mistakes_show_their_line_and_what_was_meant() {
    let found = error("[rules.\"query/deep_ofset\"]\nmin_rows = 5\n");
    assert!(found.starts_with("sqlsift.toml:1:8: unknown rule `query/deep_ofset`; did you mean `query/deep_offset`?"));
    assert!(found.ends_with("1 | [rules.\"query/deep_ofset\"]\n  |        ^^^^^^^^^^^^^^^^^^"), "{found}");
    let found = error("[rules.deep_offset]\nmin_rows = 5\n");
    assert!(found.contains("did you mean `query/deep_offset`?"), "{found}");
    let found = error("[rules.\"query/deep_offset\"]\nmin_row = 5\n");
    assert!(found.starts_with("sqlsift.toml:2:1: unknown option `min_row`; did you mean `min_rows`?"), "{found}");
    let found = error("[rules.\"query/deep_offset\"]\nmin_rows = \"many\"\n");
    assert!(found.contains("`min_rows` takes a whole number, 0 or more"), "{found}");
    assert!(error("rulez = 1").contains("did you mean `rules`?"));
    assert!(error("[rules.\"query/*\"]\nseverity = \"bad\"").contains("\"off\""));
    assert!(error("a = = 1").starts_with("sqlsift.toml:1:"));
}

#[test]
fn an_allow_needs_a_rule_one_target_and_a_reason() {
    let head = "[[allow]]\nrule = \"query/deep_offset\"\n";
    let whole = format!("{head}table = \"orders\"\nbecause = \"admin page\"\nuntil = 2026-06-30\n");
    let config = Config::parse("sqlsift.toml", &whole, Vec::new(), None).unwrap();
    // 2026-07-01T00:00:00Z is 1782864000 (20635 days of 86400 s).
    assert_eq!(config.allows[0].until, Some(1_782_864_000_000_000 - 1));
    assert_eq!((config.allows[0].line, config.allows[0].path.as_str()), (1, "sqlsift.toml"));
    assert!(error(&format!("{head}table = \"orders\"\n")).contains("needs a `because`"));
    assert!(error(&format!("{head}because = \"x\"\n")).contains("one of the two"));
    assert!(error(&format!("{head}because = \"x\"\nfingerprint = \"xyz\"\n")).contains("16 hexadecimal digits"));
    assert!(error("[[allow]]\nrule = \"query/nope\"\nbecause = \"x\"\ntable = \"t\"\n").contains("unknown rule"));
}

#[test]
fn a_page_of_the_user_is_a_rule_that_can_be_configured() {
    let page = "+++\nseverity = \"warning\"\nconfidence = \"high\"\nsummary = \"s\"\n[match]\nkind = \"select\"\n\
                table = \"audit_log\"\n+++\n# Reads the audit log\n";
    let page = crate::rules::page::Page::parse("user/audit", "audit.md", page).unwrap();
    let text = "[rules.\"user/audit\"]\nseverity = \"info\"\n";
    let config = Config::parse("sqlsift.toml", text, vec![page], None).unwrap();
    assert_eq!(config.registry.get("user/audit").unwrap().severity, Some(crate::report::model::Severity::Info));
}

#[test]
fn the_nearest_file_up_to_the_repository_counts() {
    let root = tempfile::tempdir().unwrap();
    let inner = root.path().join("repo/app");
    std::fs::create_dir_all(inner.join("deep")).unwrap();
    std::fs::write(root.path().join("sqlsift.toml"), "").unwrap();
    std::fs::create_dir(root.path().join("repo/.git")).unwrap();
    assert_eq!(discover::nearest(&inner.join("deep")), None);
    std::fs::write(inner.join("sqlsift.toml"), "").unwrap();
    assert_eq!(discover::nearest(&inner.join("deep")), Some(inner.join("sqlsift.toml")));
}

#[test]
fn the_folder_beside_the_file_holds_the_users_pages() {
    let root = tempfile::tempdir().unwrap();
    let file = root.path().join("sqlsift.toml");
    let folder = root.path().join("sqlsift.rules");
    std::fs::create_dir(&folder).unwrap();
    std::fs::write(&file, "[rules.\"user/audit\"]\nseverity = \"error\"\n").unwrap();
    let page =
        "+++\nseverity = \"info\"\nconfidence = \"high\"\nsummary = \"s\"\n[match]\ntable = \"audit\"\n+++\n# Audit\n";
    std::fs::write(folder.join("audit.md"), page).unwrap();
    let config = Config::read(&file, None).unwrap();
    assert_eq!(config.registry.get("user/audit").unwrap().severity, Some(crate::report::model::Severity::Error));
    std::fs::write(folder.join("audit.md"), page.replace("[match]\ntable", "[match]\ntabel")).unwrap();
    let error = Config::read(&file, None).err().unwrap().to_string();
    assert!(error.contains("audit.md") && error.contains("tabel"), "{error}");
}
