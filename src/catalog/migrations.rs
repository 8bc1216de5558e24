//! Conventions of migration tools: which files and which parts of a file undo things, and in which order files run.

/// Whether a file takes a migration back: `7_x.down.sql` (golang-migrate), `2024…/down.sql` (diesel), `U7__x.sql`
/// (flyway undo).
pub fn is_down_file(path: &str) -> bool {
    let name = path.rsplit(['/', '\\']).next().unwrap_or(path).to_ascii_lowercase();
    let undo = name.strip_prefix('u').and_then(|rest| rest.split_once("__"));
    name == "down.sql"
        || name.ends_with(".down.sql")
        || name.ends_with("_down.sql")
        || undo.is_some_and(|(version, _)| {
            !version.is_empty() && version.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'_'))
        })
}

/// Lines that open the part of a file which undoes it, and those that open the part which does it.
const DOWN: &[&str] = &["+goose down", "migrate:down", "+migrate down", "down migration", "+micrate down"];
const UP: &[&str] = &["+goose up", "migrate:up", "+migrate up", "up migration", "+micrate up"];

/// The text with its down sections blanked; lines keep their numbers and offsets.
pub fn without_down_sections(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut down = false;
    for line in text.split_inclusive('\n') {
        if let Some(marker) = line.trim_start().strip_prefix("--") {
            let marker = marker.trim().to_ascii_lowercase();
            if DOWN.iter().any(|word| marker.starts_with(word)) {
                down = true;
            } else if UP.iter().any(|word| marker.starts_with(word)) {
                down = false;
            }
        }
        if down {
            out.extend(line.bytes().map(|byte| if matches!(byte, b'\n' | b'\r') { char::from(byte) } else { ' ' }));
        } else {
            out.push_str(line);
        }
    }
    out
}

/// Order in which migration files run: by path, numbers compared as numbers (`V2__a` before `V10__b`).
pub fn order(a: &str, b: &str) -> std::cmp::Ordering {
    let (mut left, mut right) = (a.as_bytes(), b.as_bytes());
    loop {
        match (left.first(), right.first()) {
            (Some(l), Some(r)) if l.is_ascii_digit() && r.is_ascii_digit() => {
                let (number_l, rest_l) = number(left);
                let (number_r, rest_r) = number(right);
                let by_value = number_l.len().cmp(&number_r.len()).then_with(|| number_l.cmp(number_r));
                if by_value.is_ne() {
                    return by_value;
                }
                (left, right) = (rest_l, rest_r);
            }
            (Some(l), Some(r)) if l == r => (left, right) = (&left[1..], &right[1..]),
            (l, r) => return l.cmp(&r).then_with(|| a.cmp(b)),
        }
    }
}

/// The digits at the start without leading zeros, and the rest.
fn number(text: &[u8]) -> (&[u8], &[u8]) {
    let end = text.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(text.len());
    let zeros = text[..end].iter().take_while(|byte| **byte == b'0').count();
    (&text[zeros..end], &text[end..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_that_undo_are_known_by_their_names() {
        for path in ["db/7_add.down.sql", "migrations/2024-01-01_x/down.sql", "U7__drop.sql", "U1.2__x.sql"] {
            assert!(is_down_file(path), "{path}");
        }
        for path in ["db/7_add.up.sql", "users.sql", "U__x.sql", "V7__x.sql", "count_down_to_zero.sql"] {
            assert!(!is_down_file(path), "{path}");
        }
    }

    #[test]
    fn down_sections_are_blank_and_lines_stay_where_they_were() {
        let text =
            "-- +goose Up\nCREATE TABLE a ();\n-- +goose Down\nDROP TABLE a;\n-- +goose Up\nCREATE TABLE b ();\n";
        let up = without_down_sections(text);
        assert_eq!(up.len(), text.len());
        assert!(up.contains("CREATE TABLE a") && up.contains("CREATE TABLE b") && !up.contains("DROP"));
        assert_eq!(up.lines().nth(5), Some("CREATE TABLE b ();"));
    }

    #[test]
    fn numbers_order_as_numbers() {
        let mut files = vec!["m/V10__b.sql", "m/V2__a.sql", "m/V1__z.sql", "m/0003.sql"];
        files.sort_by(|a, b| order(a, b));
        assert_eq!(files, ["m/0003.sql", "m/V1__z.sql", "m/V2__a.sql", "m/V10__b.sql"]);
    }
}
