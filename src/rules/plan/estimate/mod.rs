//! Wrong estimates: where one is born, what it cost, and which rule speaks of it.
//!
//! | step | in | out |
//! |---|---|---|
//! | [`birth`] | a plan | the lowest nodes at which errors begin |
//! | [`victim`] | a birth | the nodes above that took time because of it |
//! | [`tested`] | a scan | the columns and expressions that its conditions test |
//! | [`cause`] | a plan | each birth that mattered, with the one rule that speaks of it |
//! | [`remedy`] | a birth | what makes the next estimate better |

pub mod birth;
pub mod cause;
pub mod remedy;
pub mod tested;
pub mod victim;
pub mod words;
