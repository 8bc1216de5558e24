use super::*;
use crate::ingest::event::SessionId;

fn part(texts: &[(&str, i64)]) -> Part {
    let mut builder = PartBuilder::new();
    for (line, (text, us)) in texts.iter().enumerate() {
        let statement = Statement {
            phase: Phase::Simple,
            duration_us: Some(*us),
            text: text.as_bytes(),
            parameters: b"",
            name: b"",
        };
        builder.event(&Event {
            at: 5,
            line: line as u64,
            session: SessionId(1),
            pid: 1,
            who: Who::default(),
            query_id: 0,
            kind: EventKind::Statement(statement),
        });
    }
    builder.finish(0)
}

#[test]
fn only_the_slowest_texts_are_kept() {
    let texts: Vec<(String, i64)> = (0..100).map(|id| (format!("SELECT {id} FROM t"), id)).collect();
    let borrowed: Vec<(&str, i64)> = texts.iter().map(|(text, us)| (text.as_str(), *us)).collect();
    let part = part(&borrowed);
    assert_eq!((part.len(), part.queries.len()), (100, 1));
    let kept: Vec<&str> = part.kept.iter().flatten().filter_map(|kept| kept.text.as_deref()).collect();
    assert_eq!(
        kept,
        ["SELECT 95 FROM t", "SELECT 96 FROM t", "SELECT 97 FROM t", "SELECT 98 FROM t", "SELECT 99 FROM t"]
    );
    assert_eq!(part.seen.statement_us, 99 * 100 / 2);
    assert_eq!(part.seen.smallest_us, Some(0));
}

#[test]
fn texts_are_cut_between_characters() {
    assert_eq!(&*text("aé".as_bytes(), 2), "a");
    assert_eq!(&*text(b"a\xff", 2), "a\u{fffd}");
    assert_eq!(&*text(b"abc", 2), "ab");
}

#[test]
fn kinds_of_lock_targets() {
    for (target, kind) in [
        ("relation 16384 of database 5", "relation"),
        ("tuple (0,1) of relation 16384 of database 5", "tuple"),
        ("advisory lock [5,0,1,1]", "advisory lock"),
        ("transaction 727", "transaction"),
    ] {
        assert_eq!(target_kind(target), kind);
    }
}
