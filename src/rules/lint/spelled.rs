//! A draft about a script with placeholders in; the same with `<%= table %>` where a rule read `____table___`, out.

use crate::report::model::EvidenceValue;
use crate::rules::draft::{Ask, Draft};

/// `names`: what stands in for a placeholder, in lower case, and what is written there.
pub(super) fn as_written(draft: &mut Draft, names: &[(String, String)]) {
    let say = |text: &mut String| {
        for (name, written) in names {
            replace(text, name, written);
        }
    };
    say(&mut draft.title);
    say(draft.detail.to_mut());
    for evidence in &mut draft.evidence {
        if let EvidenceValue::Text(text) = &mut evidence.value {
            say(text.to_mut());
        }
    }
    for ask in &mut draft.asks {
        let Ask::Ready(advice) = ask else { continue };
        say(advice.title.to_mut());
        say(advice.detail.to_mut());
        say(&mut advice.sql);
        advice.more_sql.iter_mut().for_each(|part| say(&mut part.sql));
        advice.edits.iter_mut().for_each(|edit| say(&mut edit.text));
    }
}

/// Where it stands as a word.
fn replace(text: &mut String, name: &str, written: &str) {
    let of_a_word = |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
    let mut from = 0;
    while let Some(at) = text.get(from..).and_then(|rest| rest.to_ascii_lowercase().find(name)).map(|at| from + at) {
        let end = at + name.len();
        let bytes = text.as_bytes();
        if of_a_word(at.checked_sub(1).and_then(|before| bytes.get(before))) || of_a_word(bytes.get(end)) {
            from = end;
        } else {
            text.replace_range(at..end, written);
            from = at + written.len();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::replace;

    #[test]
    fn only_whole_words_are_written_back() {
        let mut text = "drop _a_ in my_a_ of _A_; _a_".to_owned();
        replace(&mut text, "_a_", "{a}");
        assert_eq!(text, "drop {a} in my_a_ of {a}; {a}");
    }
}
