//! Who is signed in, as pages say it.

use bangfu_store::account::Post;
use bangfu_usecase::access::{self, Right};

use super::Who;

/// Who is signed in, as far as a page says it.
#[derive(Debug, Clone)]
pub(crate) struct Person {
    /// The name.
    pub(crate) name: String,
    /// The key of the role at which they work.
    pub(crate) role: &'static str,
    /// The post at which they work.
    post: Post,
    /// Whether they have yet to choose a password of their own, or to set a second factor up.
    must_begin: bool,
    /// What their forms carry.
    form_token: String,
}

impl Person {
    /// What a page says of who is signed in.
    pub(in crate::web) fn of(who: &Who) -> Person {
        Person {
            name: who.live.name.clone(),
            role: who.live.post.role.key(),
            post: who.live.post,
            must_begin: who.begins_with().is_some(),
            form_token: who.form_token(),
        }
    }

    /// Whether they may do something: nothing while they have no password of their own, or lack a second factor that they
    /// must have.
    pub(crate) fn may(&self, right: Right) -> bool {
        !self.must_begin && access::may(&self.post, right)
    }

    /// What their forms carry.
    pub(crate) fn form_token(&self) -> &str {
        &self.form_token
    }

    /// Somebody who sees everything and has a right to all that can be done with the book.
    #[cfg(test)]
    pub(in crate::web) fn sample() -> Person {
        let role = bangfu_domain::officer::Role::CentreClerk;
        let post = Post { post_id: 1, role, area: bangfu_store::Area::County };
        let form_token = "0f0f".to_owned();
        Person { name: "赵敏".to_owned(), role: role.key(), post, must_begin: false, form_token }
    }
}
