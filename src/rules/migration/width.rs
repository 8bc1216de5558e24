//! Two types in; whether values of the first can be lost in the second out.

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loss {
    /// The statement stops at the first value that does not fit.
    Fails,
    Rounds,
    /// A part of the value goes, and nothing is said.
    Cuts,
}

/// A canonical type without its modifier, and the modifier.
fn parts(canonical: &str) -> (String, Vec<i64>) {
    let (Some(open), Some(close)) = (canonical.find('('), canonical.find(')')) else {
        let one = canonical == "character" || canonical == "bit";
        return (canonical.to_owned(), if one { vec![1] } else { Vec::new() });
    };
    let base = format!("{}{}", canonical[..open].trim_end(), canonical.get(close + 1..).unwrap_or_default());
    let inside = canonical.get(open + 1..close).unwrap_or_default();
    (base, inside.split(',').filter_map(|one| one.trim().parse().ok()).collect())
}

/// Bytes of an integer type.
fn bytes(base: &str) -> Option<u8> {
    Some(match base {
        "smallint" => 2,
        "integer" => 4,
        "bigint" => 8,
        _ => return None,
    })
}

/// `None` where every value of `from` has its like in `to`, and where nothing is known of the two.
pub fn loss(from: &str, to: &str) -> Option<Loss> {
    let ((from, had), (to, has)) = (parts(from), parts(to));
    let texts = ["text", "character varying", "character"];
    if texts.contains(&from.as_str()) && texts.contains(&to.as_str()) {
        let wanted = has.first()?;
        return had.first().is_none_or(|had| had > wanted).then_some(Loss::Fails);
    }
    if let (Some(had), Some(has)) = (bytes(&from), bytes(&to)) {
        return (has < had).then_some(Loss::Fails);
    }
    match (from.as_str(), to.as_str()) {
        ("numeric", "numeric") => numeric(&had, &has),
        ("numeric", "smallint" | "integer" | "bigint") => {
            let whole = !had.is_empty() && had.get(1).is_none_or(|scale| *scale == 0);
            (!whole).then_some(Loss::Rounds)
        }
        ("double precision" | "real", "smallint" | "integer" | "bigint") => Some(Loss::Rounds),
        ("double precision", "real") => Some(Loss::Rounds),
        ("timestamp with time zone" | "timestamp without time zone", "date") => Some(Loss::Cuts),
        ("timestamp with time zone" | "timestamp without time zone", to) if to.starts_with("time ") => Some(Loss::Cuts),
        (from, to) if from.starts_with("time") && to.starts_with("time") => {
            let wanted = has.first()?;
            (had.first().unwrap_or(&6) > wanted).then_some(Loss::Rounds)
        }
        ("bit varying" | "bit", "bit varying" | "bit") => {
            let wanted = has.first()?;
            had.first().is_none_or(|had| had > wanted).then_some(Loss::Fails)
        }
        _ => None,
    }
}

fn numeric(had: &[i64], has: &[i64]) -> Option<Loss> {
    let wanted = *has.first()?;
    let wanted_scale = has.get(1).copied().unwrap_or(0);
    let Some(&precision) = had.first() else { return Some(Loss::Rounds) };
    let scale = had.get(1).copied().unwrap_or(0);
    if wanted_scale < scale {
        Some(Loss::Rounds)
    } else {
        (wanted - wanted_scale < precision - scale).then_some(Loss::Fails)
    }
}

/// The condition that values of `name` fit into the type, where it can be said.
pub fn fits(name: &str, canonical: &str) -> Option<String> {
    let (base, modifiers) = parts(canonical);
    Some(match (base.as_str(), modifiers.as_slice()) {
        ("character varying" | "character", [length]) => format!("char_length({name}) <= {length}"),
        ("smallint", _) => format!("{name} BETWEEN -32768 AND 32767"),
        ("integer", _) => format!("{name} BETWEEN -2147483648 AND 2147483647"),
        ("numeric", [_, scale]) => format!("{name} = round({name}, {scale})"),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn losses() {
        for (from, to, expected) in [
            ("character varying(20)", "character varying(10)", Some(Loss::Fails)),
            ("text", "character varying(10)", Some(Loss::Fails)),
            ("character varying(10)", "character varying(20)", None),
            ("character varying(10)", "text", None),
            ("bigint", "integer", Some(Loss::Fails)),
            ("integer", "bigint", None),
            ("numeric(10,2)", "numeric(12,2)", None),
            ("numeric(10,2)", "numeric(10,4)", Some(Loss::Fails)),
            ("numeric(10,2)", "numeric(10,0)", Some(Loss::Rounds)),
            ("numeric(10,0)", "bigint", None),
            ("numeric", "numeric(10,2)", Some(Loss::Rounds)),
            ("timestamp with time zone", "date", Some(Loss::Cuts)),
            ("timestamp without time zone", "timestamp with time zone", None),
            ("timestamp(6) without time zone", "timestamp(3) without time zone", Some(Loss::Rounds)),
            ("double precision", "real", Some(Loss::Rounds)),
            ("double precision", "numeric", None),
            ("text", "integer", None),
        ] {
            assert_eq!(loss(from, to), expected, "{from} to {to}");
        }
    }
}
