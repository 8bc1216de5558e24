//! Every captured plan through the parsers: `fixtures/plans/` holds what servers of six majors printed, in four formats
//! and in the presentations of psql; what people and programs do to plans is done here, and so is damage.

mod arithmetic;
mod corpus;
mod damage;
mod formats;
mod logs;
mod made;
mod presentations;
mod same;
mod unverified;
