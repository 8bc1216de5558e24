//! A name that is not known and the known ones in; the one that was meant out.

/// `; did you mean …?` when a known name is close, else nothing.
pub fn did_you_mean<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    let normal = word.replace('-', "_").to_lowercase();
    let mut best: Option<(usize, &str)> = None;
    for name in known {
        // The part after the group alone is a common slip: `deep_offset` for `query/deep_offset`.
        let bare = name.split_once('/').map_or(name, |(_, bare)| bare);
        let distance = strsim::damerau_levenshtein(&normal, name).min(strsim::damerau_levenshtein(&normal, bare));
        if distance <= (normal.len() / 3).max(1) && best.is_none_or(|(least, _)| distance < least) {
            best = Some((distance, name));
        }
    }
    best.map_or(String::new(), |(_, name)| format!("; did you mean `{name}`?"))
}
