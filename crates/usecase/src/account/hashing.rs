//! Passwords are hashed slowly on purpose. Few at once, and a queue with an end: however many sign in, or try to, the
//! machine has time for everybody else.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use bangfu_store::key::random;
use tokio::sync::Semaphore;

use super::fault::AccountFault;
use super::lock::Strangers;
use crate::error::Error;

/// Passwords that may wait for their turn; who comes later is told to try again in a moment.
const WAITING_MAX: usize = 200;

/// A hash of no password, against which one is held where there is no account: both take the same time.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$Ym9vay1vZi1ub2JvZHk$2YUDd9zX0nrn9aFzrUGCqmHHJUTnBLmNmlE3JdtGBWA";

/// Where passwords are hashed.
#[derive(Debug, Clone)]
pub struct Hashing {
    turns: Arc<Semaphore>,
    waiting: Arc<AtomicUsize>,
    /// For whom a password was hashed although there is none.
    pub(super) strangers: Strangers,
}

impl Default for Hashing {
    fn default() -> Hashing {
        // Half of the machine stays free for everything else.
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let turns = Arc::new(Semaphore::new((cores / 2).max(1)));
        Hashing { turns, waiting: Arc::default(), strangers: Strangers::default() }
    }
}

impl Hashing {
    /// The hash of a password: Argon2id with a salt of its own, 19 MiB and two passes, as OWASP recommends.
    pub async fn hash(&self, password: &str) -> Result<String, Error> {
        let (password, salt) = (password.to_owned(), random::<16>()?);
        self.in_turn(move || {
            let hash: PasswordHash =
                Argon2::default().hash_password_with_salt(password.as_bytes(), &salt).ok()?;
            Some(hash.to_string())
        })
        .await?
        .ok_or_else(|| Error::Packs("a password could not be hashed".to_owned()))
    }

    /// Whether a password is the one of a hash; never where there is no hash, after the same time.
    pub async fn verify(&self, password: &str, hash: Option<&str>) -> Result<bool, Error> {
        let (password, known) = (password.to_owned(), hash.is_some());
        let hash = hash.unwrap_or(NOBODY).to_owned();
        self.in_turn(move || {
            let right = PasswordHash::new(&hash)
                .is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok());
            right && known
        })
        .await
    }

    async fn in_turn<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Error> {
        let _place = Place::take(&self.waiting).ok_or(AccountFault::Busy)?;
        let turn = self.turns.clone().acquire_owned().await.map_err(|_| AccountFault::Busy)?;
        let work = tokio::task::spawn_blocking(move || {
            let done = work();
            drop(turn);
            done
        });
        work.await.map_err(|error| Error::Packs(error.to_string()))
    }
}

/// A place in the queue.
struct Place(Arc<AtomicUsize>);

impl Place {
    fn take(waiting: &Arc<AtomicUsize>) -> Option<Place> {
        let taken = waiting.fetch_add(1, Ordering::Relaxed);
        let place = Place(waiting.clone());
        (taken < WAITING_MAX).then_some(place)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Refusal;

    #[tokio::test(flavor = "multi_thread")]
    async fn a_password_is_known_again_and_another_is_not() {
        let hashing = Hashing::default();
        let hash = hashing.hash("玉溪河边三棵老樟树").await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(hashing.verify("玉溪河边三棵老樟树", Some(&hash)).await.unwrap());
        assert!(!hashing.verify("玉溪河边三棵老樟", Some(&hash)).await.unwrap());
        assert!(!hashing.verify("", None).await.unwrap());
        assert!(PasswordHash::new(NOBODY).is_ok(), "nobody's hash takes as long as anybody's");
        assert_ne!(hash, hashing.hash("玉溪河边三棵老樟树").await.unwrap(), "each hash has its own salt");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn the_queue_has_an_end_and_is_free_again_afterwards() {
        let hashing = Hashing::default();
        let all = (0..WAITING_MAX + 100).map(|_| {
            let hashing = hashing.clone();
            tokio::spawn(async move { hashing.in_turn(std::thread::yield_now).await })
        });
        let mut refused = 0;
        let holding = hashing
            .turns
            .clone()
            .acquire_many_owned(u32::try_from(hashing.turns.available_permits()).unwrap());
        let holding = holding.await.unwrap();
        let all: Vec<_> = all.collect();
        while hashing.waiting.load(Ordering::Relaxed) < WAITING_MAX {
            tokio::task::yield_now().await;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        drop(holding);
        for one in all {
            refused += usize::from(matches!(
                one.await.unwrap(),
                Err(Error::Refused(Refusal::Account(AccountFault::Busy)))
            ));
        }
        assert_eq!(refused, 100);
        assert!(hashing.in_turn(|| true).await.unwrap());
    }
}
