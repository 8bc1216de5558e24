//! Digits in, numbers out.

const POWERS: [f64; 16] = [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];

/// The number at the beginning and what stands behind it. `nan`, `inf` and exponents are none.
pub(super) fn leading(text: &str) -> Option<(f64, &str)> {
    let bytes = text.as_bytes();
    let negative = bytes.first() == Some(&b'-');
    let start = usize::from(negative);
    let mut at = start;
    let (mut mantissa, mut decimals, mut point) = (0u64, 0usize, false);
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'0'..=b'9' => {
                mantissa = mantissa.wrapping_mul(10).wrapping_add(u64::from(byte - b'0'));
                decimals += usize::from(point);
            }
            // `0.00..1.00` is two numbers.
            b'.' if !point && bytes.get(at + 1).is_some_and(u8::is_ascii_digit) => point = true,
            _ => break,
        }
        at += 1;
    }
    let (number, rest) = text.split_at(at);
    if at == start {
        return None;
    }
    // Up to 15 digits both operands are exact, and the quotient is the nearest number to what is written.
    let value = if at - start <= 15 {
        let value = mantissa as f64 / POWERS[decimals];
        if negative { -value } else { value }
    } else {
        number.parse().ok()?
    };
    Some((value, rest))
}

/// The text is a number and nothing else.
pub(super) fn whole(text: &str) -> Option<f64> {
    leading(text).and_then(|(value, rest)| rest.is_empty().then_some(value))
}

/// `12` of `12kB`, `0.123` of `0.123 ms`.
pub(super) fn measure(text: &str, unit: &str) -> Option<f64> {
    let (value, rest) = leading(text)?;
    (rest.trim() == unit).then_some(value)
}
