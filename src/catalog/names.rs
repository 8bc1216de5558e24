//! Guesses from names, for when there is no catalog: which table a column like `author_id` points at.

/// A table that a column may reference, most likely first. Always a guess: say so where it is shown.
///
/// `author_id` gives `author`, `authors`; `userId` gives `user`, `users`; `billing_address_id` also `address`,
/// `addresses`; `parent_id` also the table itself. Empty for a column whose name is no reference (`id`, `paid`).
/// Candidates are in lower case, without schema.
pub fn foreign_key_guess(child_table: &str, column: &str) -> Vec<String> {
    let Some(stem) = stem(column) else { return Vec::new() };
    let mut found = Vec::new();
    let mut add = |name: String| {
        if !name.is_empty() && !found.contains(&name) {
            found.push(name);
        }
    };
    let words: Vec<&str> = stem.split('_').filter(|word| !word.is_empty()).collect();
    // The whole stem first, then without what says the role: `billing_address` → `address`.
    for first in 0..words.len() {
        let name = words[first..].join("_");
        add(name.clone());
        add(plural(&name));
    }
    // `shop_order_items.order_id` points at `shop_orders` in schemas that prefix their tables.
    let child = child_table.to_ascii_lowercase();
    if let Some((prefix, _)) = child.split_once('_') {
        add(format!("{prefix}_{stem}"));
        add(format!("{prefix}_{}", plural(&stem)));
    }
    if ROLES_OF_ITSELF.contains(&stem.as_str()) {
        add(child);
    }
    found
}

/// Whether the column may reference that table, by their names alone.
pub fn may_reference(child_table: &str, column: &str, parent_table: &str) -> bool {
    let parent = snake(parent_table);
    foreign_key_guess(child_table, column).contains(&parent)
}

/// Stems that usually mean a row of the same table.
const ROLES_OF_ITSELF: &[&str] = &["parent", "root", "ancestor", "previous", "next", "original", "reply_to", "manager"];

/// What stands before `_id`, `Id`, `_uuid`, `_key`, `_fk` or after `id_`, `fk_`; in snake case.
fn stem(column: &str) -> Option<String> {
    let name = snake(column);
    let suffixed =
        ["_id", "_uuid", "_fk", "_pk", "_key", "_ref", "_guid"].iter().find_map(|end| name.strip_suffix(end));
    let stem = suffixed.or_else(|| ["id_", "fk_"].iter().find_map(|start| name.strip_prefix(start)))?;
    (!stem.is_empty()).then(|| stem.to_owned())
}

/// `userId`, `UserID` and `user_id` alike.
fn snake(name: &str) -> String {
    let letters: Vec<char> = name.chars().collect();
    let mut out = String::with_capacity(name.len() + 4);
    for (at, letter) in letters.iter().enumerate() {
        let after_lower = at > 0 && (letters[at - 1].is_lowercase() || letters[at - 1].is_ascii_digit());
        let starts_word =
            at > 0 && letters[at - 1].is_uppercase() && letters.get(at + 1).is_some_and(|next| next.is_lowercase());
        if letter.is_uppercase() && (after_lower || starts_word) {
            out.push('_');
        }
        out.extend(letter.to_lowercase());
    }
    out
}

const IRREGULAR: &[(&str, &str)] = &[
    ("person", "people"),
    ("child", "children"),
    ("man", "men"),
    ("woman", "women"),
    ("mouse", "mice"),
    ("datum", "data"),
    ("medium", "media"),
    ("analysis", "analyses"),
    ("criterion", "criteria"),
    ("index", "indices"),
    ("staff", "staff"),
    ("news", "news"),
    ("series", "series"),
    ("leaf", "leaves"),
    ("shelf", "shelves"),
];

/// The English plural of the last word.
fn plural(name: &str) -> String {
    let (before, last) = match name.rfind('_') {
        Some(at) => name.split_at(at + 1),
        None => ("", name),
    };
    if let Some((_, irregular)) = IRREGULAR.iter().find(|(singular, _)| *singular == last) {
        return format!("{before}{irregular}");
    }
    let sibilant = ["s", "x", "z", "ch", "sh"].iter().any(|end| last.ends_with(end));
    let consonant_y =
        last.ends_with('y') && last.len() > 1 && !["ay", "ey", "iy", "oy", "uy"].iter().any(|end| last.ends_with(end));
    let many = if consonant_y {
        format!("{}ies", &last[..last.len() - 1])
    } else if sibilant {
        format!("{last}es")
    } else {
        format!("{last}s")
    };
    format!("{before}{many}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_say_what_they_reference() {
        for (child, column, parent) in [
            ("books", "author_id", "author"),
            ("books", "author_id", "authors"),
            ("posts", "userId", "users"),
            ("posts", "UserID", "User"),
            ("orders", "billing_address_id", "addresses"),
            ("products", "category_id", "categories"),
            ("rows", "person_id", "people"),
            ("shop_order_items", "order_id", "shop_orders"),
            ("categories", "parent_id", "categories"),
            ("t", "id_customer", "customers"),
            ("t", "box_id", "boxes"),
            ("t", "day_id", "days"),
        ] {
            assert!(may_reference(child, column, parent), "{child}.{column} -> {parent}");
        }
    }

    #[test]
    fn names_that_say_nothing() {
        for column in ["id", "_id", "paid", "status", "uuid", "Id", ""] {
            assert_eq!(foreign_key_guess("t", column), Vec::<String>::new(), "{column}");
        }
        assert!(!may_reference("books", "author_id", "publishers"));
    }

    #[test]
    fn the_nearest_name_comes_first() {
        assert_eq!(
            foreign_key_guess("orders", "billing_address_id"),
            ["billing_address", "billing_addresses", "address", "addresses"]
        );
    }
}
