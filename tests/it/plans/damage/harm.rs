//! Kinds of damage. A text and chance in; a damaged text out.

/// One kind of damage.
pub struct Harm {
    pub name: &'static str,
    pub apply: fn(&str, &mut Random) -> String,
    pub does: Does,
}

/// What the damage can do, and so what may stay unseen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Does {
    /// Takes away from one end.
    Cut,
    /// Breaks lines, loses nothing.
    Wrap,
    /// Whole lines are lost.
    Lose,
    Double,
    Swap,
    Move,
    /// Characters are lost within lines.
    Nibble,
}

pub const HARMS: [Harm; 14] = [
    Harm { name: "cut the end off", apply: cut_end, does: Does::Cut },
    Harm { name: "cut the end off at a line", apply: cut_end_line, does: Does::Cut },
    Harm { name: "cut the beginning off", apply: cut_start, does: Does::Cut },
    Harm { name: "cut the beginning off at a line", apply: cut_start_line, does: Does::Cut },
    Harm { name: "wrap one line", apply: wrap_one, does: Does::Wrap },
    Harm { name: "wrap three lines", apply: wrap_three, does: Does::Wrap },
    Harm { name: "lose a line", apply: lose_one, does: Does::Lose },
    Harm { name: "lose some lines", apply: lose_some, does: Does::Lose },
    Harm { name: "double a line", apply: double, does: Does::Double },
    Harm { name: "swap neighbours", apply: swap, does: Does::Swap },
    Harm { name: "swap two lines", apply: swap_far, does: Does::Swap },
    Harm { name: "indent a line otherwise", apply: move_one, does: Does::Move },
    Harm { name: "flatten", apply: flatten, does: Does::Move },
    Harm { name: "lose characters", apply: nibble, does: Does::Nibble },
];

/// xorshift64: the same damage on every run.
pub struct Random(pub u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        for shift in [13_i32, -7, 17] {
            self.0 ^= if shift > 0 { self.0 << shift } else { self.0 >> -shift };
        }
        usize::try_from(self.0 >> 11).unwrap_or(0) % end.max(1)
    }
}

fn lines(text: &str) -> Vec<String> {
    text.lines().map(str::to_owned).collect()
}

fn joined(lines: &[String]) -> String {
    lines.iter().map(|line| format!("{line}\n")).collect()
}

/// A place between two characters.
fn place(text: &str, random: &mut Random) -> usize {
    let mut at = random.below(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

fn cut_end(text: &str, random: &mut Random) -> String {
    text[..place(text, random)].to_owned()
}

fn cut_start(text: &str, random: &mut Random) -> String {
    text[place(text, random)..].to_owned()
}

fn cut_end_line(text: &str, random: &mut Random) -> String {
    let lines = lines(text);
    joined(&lines[..random.below(lines.len())])
}

fn cut_start_line(text: &str, random: &mut Random) -> String {
    let lines = lines(text);
    joined(&lines[random.below(lines.len())..])
}

fn wrap_one(text: &str, random: &mut Random) -> String {
    let mut text = text.to_owned();
    let at = place(&text, random);
    text.insert(at, '\n');
    text
}

fn wrap_three(text: &str, random: &mut Random) -> String {
    (0..3).fold(text.to_owned(), |text, _| wrap_one(&text, random))
}

fn lose_one(text: &str, random: &mut Random) -> String {
    let mut lines = lines(text);
    lines.remove(random.below(lines.len()));
    joined(&lines)
}

fn lose_some(text: &str, random: &mut Random) -> String {
    let mut lines = lines(text);
    let start = random.below(lines.len());
    let end = (start + 2 + random.below(3)).min(lines.len());
    lines.drain(start..end);
    joined(&lines)
}

fn double(text: &str, random: &mut Random) -> String {
    let mut lines = lines(text);
    let at = random.below(lines.len());
    lines.insert(at, lines[at].clone());
    joined(&lines)
}

fn swap(text: &str, random: &mut Random) -> String {
    let mut lines = lines(text);
    if lines.len() > 1 {
        let at = random.below(lines.len() - 1);
        lines.swap(at, at + 1);
    }
    joined(&lines)
}

fn swap_far(text: &str, random: &mut Random) -> String {
    let mut lines = lines(text);
    let (a, b) = (random.below(lines.len()), random.below(lines.len()));
    lines.swap(a, b);
    joined(&lines)
}

fn move_one(text: &str, random: &mut Random) -> String {
    let mut lines = lines(text);
    let at = random.below(lines.len());
    let rest = lines[at].trim_start().to_owned();
    let depth = lines[at].len() - rest.len();
    let by = 1 + random.below(8);
    let depth = if random.below(2) == 0 { depth + by } else { depth.saturating_sub(by) };
    lines[at] = " ".repeat(depth) + &rest;
    joined(&lines)
}

fn flatten(text: &str, random: &mut Random) -> String {
    let from = random.below(text.lines().count());
    text.lines()
        .enumerate()
        .map(|(n, line)| if n >= from { line.trim_start().to_owned() + "\n" } else { format!("{line}\n") })
        .collect()
}

fn nibble(text: &str, random: &mut Random) -> String {
    let start = place(text, random);
    let count = 1 + random.below(5);
    let end = text[start..].char_indices().nth(count).map_or(text.len(), |(at, _)| start + at);
    format!("{}{}", &text[..start], &text[end..])
}
