//! The statements of one section in order, and how the tool sends them, in; the transaction each stands in out.

use super::control::Control;
use super::model::{OpenedBy, Transaction, Wrapping};

/// Numbers transactions through a script.
#[derive(Debug, Default)]
pub(super) struct Transactions {
    next: u32,
}

impl Transactions {
    /// What each statement of a section stands in, itself counted to the transaction that it opens or ends.
    ///
    /// Several statements in one message are an implicit transaction, which BEGIN makes an explicit one of, with what was
    /// done before; after COMMIT the rest of the message is a new implicit one (documentation, "Multiple Statements in a
    /// Simple Query"; `exec_simple_query` in `src/backend/tcop/postgres.c`). BEGIN inside a transaction is a warning
    /// and no more; COMMIT ends it, whoever opened it.
    pub fn of_section(&mut self, wrapping: Wrapping, controls: &[Option<Control>]) -> Vec<Option<Transaction>> {
        let message = match wrapping {
            Wrapping::Message => controls.len() > 1,
            Wrapping::TransactionMessage => controls.len() > 1,
            Wrapping::Apart | Wrapping::Transaction => false,
        };
        let mut open = match wrapping {
            Wrapping::Transaction | Wrapping::TransactionMessage if !controls.is_empty() => {
                Some(self.open(OpenedBy::Tool))
            }
            _ => None,
        };
        let mut out = Vec::with_capacity(controls.len());
        for control in controls {
            if open.is_none() && message {
                open = Some(self.open(OpenedBy::Message));
            }
            if *control == Some(Control::Begin) {
                open = match open {
                    None => Some(self.open(OpenedBy::Script)),
                    Some(implicit) if implicit.by == OpenedBy::Message => {
                        Some(Transaction { by: OpenedBy::Script, ..implicit })
                    }
                    already => already,
                };
            }
            out.push(open);
            match control {
                Some(Control::End) => open = None,
                Some(Control::EndAndChain) if open.is_some() => open = Some(self.open(OpenedBy::Script)),
                _ => {}
            }
        }
        out
    }

    fn open(&mut self, by: OpenedBy) -> Transaction {
        let number = self.next;
        self.next += 1;
        Transaction { number, by }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::script::content::{Read, read};
    use crate::script::control::control;
    use crate::sql::Scratch;

    /// `T0` = the tool's transaction, number 0; `S` the script's, `M` a message's; `-` none.
    fn shown(wrapping: Wrapping, script: &str) -> String {
        let control = |text: &str| match read(text, &mut Scratch::default()) {
            Read::Done(content) => control(&content),
            Read::Query => None,
        };
        let controls: Vec<_> = script.split(';').map(control).collect();
        let found = Transactions::default().of_section(wrapping, &controls);
        let shown = found.iter().map(|transaction| match transaction {
            None => "-".to_owned(),
            Some(Transaction { number, by }) => {
                let by = match by {
                    OpenedBy::Tool => 'T',
                    OpenedBy::Script => 'S',
                    OpenedBy::Message => 'M',
                };
                format!("{by}{number}")
            }
        });
        shown.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn transactions_are_those_that_the_server_sees() {
        use Wrapping::*;
        for (wrapping, script, expected) in [
            (Apart, "a;begin;b;commit;c", "- S0 S0 S0 -"),
            (Apart, "begin;begin;b;end;c;commit", "S0 S0 S0 S0 - -"),
            (Apart, "begin;a;rollback and chain;b;commit", "S0 S0 S0 S1 S1"),
            (Apart, "begin;savepoint a;rollback to a;b", "S0 S0 S0 S0"),
            (Message, "a", "-"),
            (Message, "a;b", "M0 M0"),
            (Message, "begin;a;commit", "S0 S0 S0"),
            (Message, "a;begin;b;commit;c;d", "M0 S0 S0 S0 M1 M1"),
            (Transaction, "a;b", "T0 T0"),
            (Transaction, "a;commit;b;begin;c", "T0 T0 - S1 S1"),
            (Transaction, "begin;a;commit", "T0 T0 T0"),
            (TransactionMessage, "a;commit;b", "T0 T0 M1"),
        ] {
            assert_eq!(shown(wrapping, script), expected, "{wrapping:?} {script}");
        }
    }
}
