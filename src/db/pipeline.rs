//! Several messages in; their answers after one round trip, out.
//!
//! The client sends a request when its future is polled first, and the server answers in that order, so requests that are
//! polled one after the other and then awaited together cost one round trip.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::Poll;

use tokio_postgres::SimpleQueryMessage;

use super::error::DbError;
use super::session::Session;

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
    /// Sends all messages at once and waits for all answers, which stand in the order of the messages.
    pub(super) fn at_once(&mut self, messages: &[Message<'_>]) -> Vec<Answer> {
        let client = &self.client;
        let mut pending: Vec<Pending<'_>> = messages
            .iter()
            .map(|message| match message {
                Message::Ours(sql) => Box::pin(async move { Ok(rows(client.simple_query(sql).await?)) }) as Pending<'_>,
                Message::Outside(sql) => Box::pin(async move {
                    client.query_typed(sql, &[]).await?;
                    Ok(Vec::new())
                }),
            })
            .collect();
        let mut answers: Vec<Option<Answer>> = pending.iter().map(|_| None).collect();
        self.runtime.block_on(poll_fn(|cx| {
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
        }));
        answers.into_iter().flatten().collect()
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
