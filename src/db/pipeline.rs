//! Several messages in; their answers after one round trip, out.
//!
//! The client sends a request when its future is polled first, and the server answers in that order, so requests that are
//! polled one after the other and then awaited together cost one round trip.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::Poll;
use std::time::Duration;

use tokio_postgres::SimpleQueryMessage;

use super::error::{DbError, DbErrorKind};
use super::session::{Session, marked};

/// How long past what the server may take we wait before we take the line for dead.
pub(super) const GRACE: Duration = Duration::from_secs(20);

/// A message of the protocol.
pub(super) enum Message<'a> {
    /// Statements of our own, separated by `;`.
    Ours(&'a str),
    /// Exactly one statement, which the extended protocol holds the text to; it gives no rows.
    Outside(&'a str),
}

/// The rows of a message, each column as text.
pub(super) type Answer = Result<Vec<Vec<Option<String>>>, DbError>;

type Pending<'a> = Pin<Box<dyn Future<Output = Answer> + 'a>>;

impl Session {
    /// Sends all messages at once and waits for all answers, which stand in the order of the messages; what has no answer
    /// after `patience` has an error.
    pub(super) fn at_once(&mut self, patience: Duration, messages: &[Message<'_>]) -> Vec<Answer> {
        let client = match self.client() {
            Ok(client) => client,
            Err(error) => return messages.iter().map(|_| Err(error.clone())).collect(),
        };
        let mut pending: Vec<Pending<'_>> = messages
            .iter()
            .map(|message| match message {
                Message::Ours(sql) => {
                    let sql = marked(sql);
                    Box::pin(async move { Ok(rows(client.simple_query(&sql).await?)) }) as Pending<'_>
                }
                Message::Outside(sql) => Box::pin(async move {
                    client.query_typed(sql, &[]).await?;
                    Ok(Vec::new())
                }),
            })
            .collect();
        let mut answers: Vec<Option<Answer>> = pending.iter().map(|_| None).collect();
        let all = poll_fn(|cx| {
            let mut ready = true;
            for (future, answer) in pending.iter_mut().zip(&mut answers) {
                if answer.is_none() {
                    match future.as_mut().poll(cx) {
                        Poll::Ready(given) => *answer = Some(given),
                        Poll::Pending => ready = false,
                    }
                }
            }
            if ready { Poll::Ready(()) } else { Poll::Pending }
        });
        let waited = self.wait(patience, all);
        let lost = waited.err().unwrap_or_else(|| DbError::cut("the server gave no answer".into()));
        let told = |answer: Option<Answer>| match answer {
            Some(answer) if lost.kind != DbErrorKind::Stopped => answer.map_err(|error| self.explain(error)),
            _ => Err(lost.clone()),
        };
        answers.into_iter().map(told).collect()
    }
}

fn rows(messages: Vec<SimpleQueryMessage>) -> Vec<Vec<Option<String>>> {
    let mut rows = Vec::new();
    for message in messages {
        if let SimpleQueryMessage::Row(row) = message {
            rows.push((0..row.len()).map(|column| row.get(column).map(str::to_owned)).collect());
        }
    }
    rows
}
