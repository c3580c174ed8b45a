//! Why somebody is shown a number whole (查看完整号码): the short list from which a reason is chosen.

/// What a number is needed for. What is written beside it says the rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// 联系借款人: to call or write to the borrower.
    Contact,
    /// 核对身份: somebody stands at the desk and says who they are.
    Desk,
    /// 与银行核对: bank and book are held against one another.
    Bank,
    /// 更正台账: what stands in the book is to be put right.
    Correct,
    /// 督查核实: what others did is looked into.
    Supervise,
    /// 其他: what is written says what.
    Other,
}

impl Why {
    /// Every one, in the order in which pages offer them.
    pub const ALL: [Why; 6] = [Why::Contact, Why::Desk, Why::Bank, Why::Correct, Why::Supervise, Why::Other];

    /// Its word in the database and in forms.
    pub const fn key(self) -> &'static str {
        match self {
            Why::Contact => "contact",
            Why::Desk => "desk",
            Why::Bank => "bank",
            Why::Correct => "correct",
            Why::Supervise => "supervise",
            Why::Other => "other",
        }
    }

    /// The one of that word.
    pub fn from_key(key: &str) -> Option<Why> {
        Why::ALL.into_iter().find(|why| why.key() == key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_word_names_one() {
        for why in Why::ALL {
            assert_eq!(Why::from_key(why.key()), Some(why));
        }
        assert_eq!(Why::from_key(""), None);
    }
}
