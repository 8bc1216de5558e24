//! Digits in, numbers out.

const POWERS: [f64; 16] = [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];

/// The number at the beginning and what stands behind it. `nan`, `inf` and exponents are none.
pub(super) fn leading(text: &str) -> Option<(f64, &str)> {
    let mut cursor = Cursor::new(text);
    let number = cursor.number()?;
    Some((number, cursor.rest()))
}

/// Takes numbers and known words off the beginning of a text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cursor<'a> {
    text: &'a str,
    at: usize,
    /// Of the last number.
    decimals: usize,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, at: 0, decimals: 0 }
    }

    pub(super) fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    pub(super) fn is_done(&self) -> bool {
        self.at == self.text.len()
    }

    /// Whether the last number was written with decimals.
    pub(super) fn is_fractional(&self) -> bool {
        self.decimals > 0
    }

    /// `None` if the text goes on with something else.
    #[inline]
    pub(super) fn skip(&mut self, word: &str) -> Option<()> {
        let here = self.text.as_bytes().get(self.at..self.at + word.len())?;
        (here == word.as_bytes()).then(|| self.at += word.len())
    }

    #[inline]
    pub(super) fn number(&mut self) -> Option<f64> {
        let bytes = &self.text.as_bytes()[self.at..];
        let negative = bytes.first() == Some(&b'-');
        let start = usize::from(negative);
        let mut mantissa = 0u64;
        let mut end = digits(bytes, start, &mut mantissa);
        self.decimals = 0;
        // `0.00..1.00` is two numbers.
        if let Some([b'.', b'0'..=b'9']) = bytes.get(end..end + 2) {
            let point = end;
            end = digits(bytes, point + 1, &mut mantissa);
            self.decimals = end - point - 1;
        }
        if end == start {
            return None;
        }
        let from = self.at;
        self.at += end;
        // Up to 15 digits both operands are exact, and the quotient is the nearest number to what is written.
        if end - start > 15 {
            return self.text[from..self.at].parse().ok();
        }
        let whole = mantissa.cast_signed() as f64;
        let value = if self.decimals == 0 { whole } else { whole / POWERS[self.decimals] };
        Some(if negative { -value } else { value })
    }
}

/// Where the digits from `at` on end.
#[inline]
fn digits(bytes: &[u8], at: usize, mantissa: &mut u64) -> usize {
    let mut at = at;
    while let Some(digit) = bytes.get(at).map(|byte| byte.wrapping_sub(b'0')).filter(|digit| *digit < 10) {
        *mantissa = mantissa.wrapping_mul(10).wrapping_add(u64::from(digit));
        at += 1;
    }
    at
}

/// The text is a number and nothing else.
pub(super) fn whole(text: &str) -> Option<f64> {
    leading(text).and_then(|(value, rest)| rest.is_empty().then_some(value))
}

/// `12` of `12kB`, `0.123` of `0.123 ms`.
pub(super) fn measure(text: &str, unit: &str) -> Option<f64> {
    let (value, rest) = leading(text)?;
    (rest.strip_prefix(' ') == Some(unit) || rest.trim() == unit).then_some(value)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn numbers_are_the_nearest_to_what_is_written(text in "-?[0-9]{0,20}(\\.[0-9]{1,20})?") {
            let parsed = text.parse::<f64>().ok();
            prop_assert_eq!(leading(&text).map(|(number, _)| number.to_bits()), parsed.map(f64::to_bits));
        }
    }

    #[test]
    fn what_stands_behind_a_number_is_left() {
        assert_eq!(leading("0.25..1.00"), Some((0.25, "..1.00")));
        assert_eq!(leading("12kB"), Some((12.0, "kB")));
        assert_eq!(leading("3."), Some((3.0, ".")));
        assert_eq!((leading("-"), leading("nan"), leading("")), (None, None, None));
    }
}
