//! A file as it is given: where it lies and what it says.

/// Borrowed from a [`super::Source`], or from whoever holds the text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Given<'t> {
    pub path: &'t str,
    pub text: &'t str,
}
