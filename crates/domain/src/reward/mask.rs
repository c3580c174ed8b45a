//! What of a contract's number is shown in public.

/// Characters at the end of a number that stay.
const SHOWN: usize = 4;

/// A contract's number of which the last four characters are told, if it has more than twice as many; of a shorter one, only
/// its last.
pub fn masked_number(number: &str) -> String {
    let characters: Vec<char> = number.chars().filter(|c| !c.is_whitespace()).collect();
    let shown = if characters.len() > SHOWN * 2 { SHOWN } else { characters.len().min(1) };
    let rest = characters.len() - shown;
    characters.iter().enumerate().map(|(place, c)| if place < rest { '*' } else { *c }).collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_end_of_a_number_is_told() {
        for (number, masked) in [("ZY20180001", "******0001"), ("A12", "**2"), ("7", "7"), ("", "")] {
            assert_eq!(super::masked_number(number), masked);
        }
    }
}
