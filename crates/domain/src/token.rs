//! What a program may ask for: the scopes of its token.

/// A kind of things that a token opens, to be read or to be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TokenScope {
    /// Places.
    DivisionsRead,
    /// Households.
    HouseholdsRead,
    /// Loans, their events, and colours on a day.
    LoansRead,
    /// Figures by place, branch and officer.
    BoardsRead,
    /// Which days are closed, and what each published.
    ClosesRead,
    /// Files that were read in.
    ImportsRead,
    /// Read files in and take them over.
    ImportsWrite,
    /// What bank and book disagree on.
    DifferencesRead,
    /// Say how such a difference was settled, or whose it is.
    DifferencesWrite,
    /// What is to be done about loans, and what was recorded of it.
    TasksRead,
    /// Record a contact about a loan.
    ContactsWrite,
    /// What the office of the token's post was told.
    NoticesRead,
}

impl TokenScope {
    /// Every scope.
    pub const ALL: [TokenScope; 12] = [
        TokenScope::DivisionsRead,
        TokenScope::HouseholdsRead,
        TokenScope::LoansRead,
        TokenScope::BoardsRead,
        TokenScope::ClosesRead,
        TokenScope::ImportsRead,
        TokenScope::ImportsWrite,
        TokenScope::DifferencesRead,
        TokenScope::DifferencesWrite,
        TokenScope::TasksRead,
        TokenScope::ContactsWrite,
        TokenScope::NoticesRead,
    ];

    /// Its word in the database, on the command line and in the document of the API.
    pub const fn key(self) -> &'static str {
        match self {
            TokenScope::DivisionsRead => "divisions:read",
            TokenScope::HouseholdsRead => "households:read",
            TokenScope::LoansRead => "loans:read",
            TokenScope::BoardsRead => "boards:read",
            TokenScope::ClosesRead => "closes:read",
            TokenScope::ImportsRead => "imports:read",
            TokenScope::ImportsWrite => "imports:write",
            TokenScope::DifferencesRead => "differences:read",
            TokenScope::DifferencesWrite => "differences:write",
            TokenScope::TasksRead => "tasks:read",
            TokenScope::ContactsWrite => "contacts:write",
            TokenScope::NoticesRead => "notices:read",
        }
    }

    /// The scope of that word.
    pub fn from_key(key: &str) -> Option<TokenScope> {
        Self::ALL.into_iter().find(|scope| scope.key() == key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scope_is_found_by_its_word_alone() {
        for scope in TokenScope::ALL {
            assert_eq!(TokenScope::from_key(scope.key()), Some(scope));
        }
        assert_eq!(TokenScope::from_key("loans:write"), None);
    }
}
