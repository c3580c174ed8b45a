//! Accounts as plain data: what their templates show.

use jiff::civil::DateTime;

/// An account in the list.
#[derive(Debug, Clone)]
pub(crate) struct AccountRow {
    /// Its page.
    pub(crate) href: String,
    /// The person's name.
    pub(crate) name: String,
    /// What is typed to sign in.
    pub(crate) login: String,
    /// The posts in words.
    pub(crate) posts: Vec<String>,
    /// The key of the word for how it stands.
    pub(crate) state: &'static str,
}

/// A new account, as far as it was typed.
#[derive(Debug, Clone, Default)]
pub(crate) struct AccountForm {
    /// The person's name.
    pub(crate) name: String,
    /// What is to be typed to sign in.
    pub(crate) login: String,
    /// The key of the role.
    pub(crate) role: String,
    /// The area as the form sends it.
    pub(crate) area: String,
    /// What is wrong with it.
    pub(crate) fault: Option<String>,
}

/// An account on its own page.
#[derive(Debug, Clone)]
pub(crate) struct AccountView {
    /// Its id.
    pub(crate) account_id: i64,
    /// The person's name.
    pub(crate) name: String,
    /// What is typed to sign in.
    pub(crate) login: String,
    /// The key of the word for how it stands.
    pub(crate) state: &'static str,
    /// Whether it may not be signed in with.
    pub(crate) disabled: bool,
    /// Whether a second factor is asked for.
    pub(crate) has_totp: bool,
    /// When it was made.
    pub(crate) created_at: DateTime,
    /// The posts.
    pub(crate) posts: Vec<PostView>,
}

/// A post of an account.
#[derive(Debug, Clone)]
pub(crate) struct PostView {
    /// Its id.
    pub(crate) post_id: i64,
    /// What and where.
    pub(crate) text: String,
}
