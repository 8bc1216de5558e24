//! What settings say of search_path in; the schemas that names of each role's queries are looked up in out.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::model::Catalog;
use crate::catalog::snapshot::ObservedQuery;
use crate::sql::lexer::{Lexer, TokenKind};

/// The schemas of a setting as written (`"$user", public`), without those that hold no table.
pub fn schemas(setting: &str, role: &str, known: &BTreeSet<&str>) -> Vec<String> {
    let mut path: Vec<String> = Vec::new();
    for token in Lexer::new(setting.as_bytes()) {
        let text = setting.get(token.start..token.end).unwrap_or_default();
        let name = match token.kind {
            TokenKind::Word => text.to_ascii_lowercase(),
            TokenKind::QuotedIdentifier => {
                let inner = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(text);
                inner.replace("\"\"", "\"")
            }
            _ => continue,
        };
        let name = if name == "$user" { role.to_owned() } else { name };
        if known.contains(name.as_str()) && !path.contains(&name) {
            path.push(name);
        }
    }
    path
}

/// The path of the role whose queries take the most time becomes that of the catalog; of the others those that differ stay.
pub fn choose(catalog: &mut Catalog, queries: &[ObservedQuery]) {
    let mut times: BTreeMap<&str, f64> = BTreeMap::new();
    for query in queries {
        if let Some(user) = &query.user {
            *times.entry(user).or_default() += query.total_ms;
        }
    }
    let dearest = times.iter().max_by(|a, b| a.1.total_cmp(b.1)).map(|(user, _)| *user);
    if let Some(path) = dearest.and_then(|user| catalog.role_search_paths.get(user)) {
        catalog.search_path = path.clone();
    }
    let main = catalog.search_path.clone();
    catalog.role_search_paths.retain(|_, path| *path != main);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_lists_of_names() {
        let known = BTreeSet::from(["public", "ada", "My \"own\""]);
        assert_eq!(schemas("\"$user\", public", "ada", &known), ["ada", "public"]);
        assert_eq!(schemas("PUBLIC, gone, \"My \"\"own\"\"\", public", "bob", &known), ["public", "My \"own\""]);
        assert_eq!(schemas("\"\"", "bob", &known), Vec::<String>::new());
    }

    #[test]
    fn the_dearest_role_is_the_rule() {
        let query =
            |user: &str, ms: f64| ObservedQuery { user: Some(user.into()), total_ms: ms, ..ObservedQuery::default() };
        let mut catalog = Catalog { search_path: vec!["public".into()], ..Catalog::default() };
        for (role, schema) in [("web", "app"), ("batch", "audit"), ("api", "app")] {
            catalog.role_search_paths.insert(role.into(), vec![schema.into()]);
        }
        choose(&mut catalog, &[query("web", 5.0), query("batch", 7.0), query("web", 5.0)]);
        assert_eq!(catalog.search_path, ["app"]);
        assert_eq!(catalog.role_search_paths, BTreeMap::from([("batch".to_owned(), vec!["audit".to_owned()])]));
    }
}
