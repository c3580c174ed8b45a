//! Why something about an account cannot be done.

use bangfu_domain::account::{LOGIN_MAX, PASSWORD_MAX, PASSWORD_MIN, PasswordFault};
use bangfu_domain::officer::Role;

use crate::error::{Error, Refusal};

/// Why something about an account cannot be done. Doors render it in the user's language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AccountFault {
    /// A name for signing in that is none.
    LoginForm,
    /// Another account signs in under this name.
    LoginTaken {
        /// The name.
        login: String,
    },
    /// A person's name that is none.
    Name {
        /// The most characters.
        max: usize,
    },
    /// The account holds this post already.
    PostHeld,
    /// The role is not held in such an area.
    PostArea {
        /// The role.
        role: Role,
    },
    /// Nobody would be left who manages accounts.
    LastAdministrator,
    /// The password that was chosen will not do.
    Password(PasswordFault),
    /// The password before was typed wrong.
    PasswordBefore,
    /// The password that was chosen was typed differently the second time.
    PasswordTwice,
    /// No account has this name and password.
    Wrong,
    /// After wrong passwords, none is looked at for a while.
    Locked {
        /// How long.
        seconds: u32,
    },
    /// Too many sign in at this moment.
    Busy,
    /// The account is out of use.
    Disabled,
    /// The account holds no post.
    NoPost,
    /// The password is right, and a code is wanted besides.
    CodeWanted {
        /// What the browser brings with the code.
        ticket: String,
    },
    /// A code that is none, or was taken before.
    CodeWrong,
    /// The code came too late after the password, or something about the account changed between.
    CodeLate,
    /// A second factor is in use already.
    FactorOn,
    /// No second factor is in use, or none was begun.
    FactorOff,
    /// The role may not be without a second factor.
    FactorKept,
    /// Another house vouches for somebody who has no account here.
    OutsideUnknown {
        /// What it says that they sign in with.
        login: String,
    },
}

impl From<AccountFault> for Refusal {
    fn from(fault: AccountFault) -> Refusal {
        Refusal::Account(fault)
    }
}

impl From<AccountFault> for Error {
    fn from(fault: AccountFault) -> Error {
        Error::Refused(fault.into())
    }
}

impl AccountFault {
    /// The key of its text.
    pub const fn key(&self) -> &'static str {
        match self {
            AccountFault::LoginForm => "account-login-form",
            AccountFault::LoginTaken { .. } => "account-login-taken",
            AccountFault::Name { .. } => "account-name",
            AccountFault::PostHeld => "account-post-held",
            AccountFault::PostArea { .. } => "account-post-area",
            AccountFault::LastAdministrator => "account-last-administrator",
            AccountFault::Password(PasswordFault::Short) => "account-password-short",
            AccountFault::Password(PasswordFault::Long) => "account-password-long",
            AccountFault::Password(PasswordFault::Common) => "account-password-common",
            AccountFault::Password(PasswordFault::Name) => "account-password-name",
            AccountFault::Password(PasswordFault::Same) => "account-password-same",
            AccountFault::PasswordBefore => "account-password-before",
            AccountFault::PasswordTwice => "account-password-twice",
            AccountFault::Wrong => "account-wrong",
            AccountFault::Locked { .. } => "account-locked",
            AccountFault::Busy => "account-busy",
            AccountFault::Disabled => "account-disabled",
            AccountFault::NoPost => "account-no-post",
            AccountFault::CodeWanted { .. } => "account-code-wanted",
            AccountFault::CodeWrong => "account-code-wrong",
            AccountFault::CodeLate => "account-code-late",
            AccountFault::FactorOn => "account-factor-on",
            AccountFault::FactorOff => "account-factor-off",
            AccountFault::FactorKept => "account-factor-kept",
            AccountFault::OutsideUnknown { .. } => "account-outside-unknown",
        }
    }

    /// The parameters of its text.
    pub(crate) fn args(&self) -> Vec<(&'static str, String)> {
        match self {
            AccountFault::LoginForm => vec![("max", LOGIN_MAX.to_string())],
            AccountFault::LoginTaken { login } | AccountFault::OutsideUnknown { login } => {
                vec![("login", login.clone())]
            }
            AccountFault::Name { max } => vec![("max", max.to_string())],
            AccountFault::PostArea { role } => vec![("role", role.key().to_owned())],
            AccountFault::Password(PasswordFault::Short) => vec![("min", PASSWORD_MIN.to_string())],
            AccountFault::Password(PasswordFault::Long) => vec![("max", PASSWORD_MAX.to_string())],
            AccountFault::Locked { seconds } => {
                // A wait of minutes is told in minutes.
                let (unit, count) =
                    if *seconds < 120 { ("second", *seconds) } else { ("minute", seconds.div_ceil(60)) };
                vec![("unit", unit.to_owned()), ("count", count.to_string())]
            }
            _ => Vec::new(),
        }
    }
}
