//! Which lines of a text changed.

/// A line of two texts that are held against each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Line<'a> {
    /// In both.
    Same(&'a str),
    /// In the first alone.
    Old(&'a str),
    /// In the second alone.
    New(&'a str),
}

/// What leads from one text to another, line by line, with as many lines the same as there can be. Its cost grows with
/// the product of their lengths, so that it is for texts of some hundred lines.
pub fn difference<'a>(old: &'a str, new: &'a str) -> Vec<Line<'a>> {
    let (old, new): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
    // How many lines the rests have in common, from each pair of places on.
    let width = new.len() + 1;
    let mut common = vec![0_u32; (old.len() + 1) * width];
    for at in (0..old.len()).rev() {
        for to in (0..new.len()).rev() {
            common[at * width + to] = if old[at] == new[to] {
                common[(at + 1) * width + to + 1] + 1
            } else {
                common[(at + 1) * width + to].max(common[at * width + to + 1])
            };
        }
    }
    let (mut at, mut to) = (0, 0);
    let mut lines = Vec::new();
    loop {
        match (old.get(at), new.get(to)) {
            (Some(one), Some(other)) if one == other => {
                lines.push(Line::Same(one));
                (at, to) = (at + 1, to + 1);
            }
            (Some(one), other)
                if other.is_none() || common[(at + 1) * width + to] >= common[at * width + to + 1] =>
            {
                lines.push(Line::Old(one));
                at += 1;
            }
            (_, Some(other)) => {
                lines.push(Line::New(other));
                to += 1;
            }
            (_, None) => return lines,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_changed_stands_between_what_stayed() {
        let lines = difference("a\nb\nc\n", "a\nB\nc\nd\n");
        assert_eq!(lines, [Line::Same("a"), Line::Old("b"), Line::New("B"), Line::Same("c"), Line::New("d")]);
        assert_eq!(difference("", "x"), [Line::New("x")]);
        assert_eq!(difference("x", ""), [Line::Old("x")]);
        assert_eq!(difference("", ""), []);
    }

    proptest! {
        #[test]
        fn both_texts_can_be_told_from_their_difference(
            old in prop::collection::vec("[ab]", 0..9),
            new in prop::collection::vec("[ab]", 0..9),
        ) {
            let (old, new) = (old.join("\n"), new.join("\n"));
            let lines = difference(&old, &new);
            let told = |new: bool| {
                let of = lines.iter().filter_map(|line| match line {
                    Line::Same(text) => Some(*text),
                    Line::Old(text) => (!new).then_some(*text),
                    Line::New(text) => new.then_some(*text),
                });
                of.collect::<Vec<_>>().join("\n")
            };
            prop_assert_eq!(told(false), old.as_str());
            prop_assert_eq!(told(true), new.as_str());
        }
    }
}
