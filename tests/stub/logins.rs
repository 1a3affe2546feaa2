//! A service that gives out tokens at an address of its own. The crate's support says which request asks for one:
//! `Sent::is_login`.

use std::sync::{Mutex, PoisonError};

use super::{Reply, Sent, Server};

impl Server {
    /// Answers logins and everything else in two orders of their own, the last answers again and again.
    pub(crate) async fn with_logins(
        logins: impl IntoIterator<Item = Reply>,
        replies: impl IntoIterator<Item = Reply>,
    ) -> Self {
        let (logins, replies): (Vec<Reply>, Vec<Reply>) = (logins.into_iter().collect(), replies.into_iter().collect());
        let counts = Mutex::new((0, 0));
        Self::by(move |sent, _| {
            let mut counts = counts.lock().unwrap_or_else(PoisonError::into_inner);
            let (list, count) = if sent.is_login() {
                (&logins, &mut counts.0)
            } else {
                (&replies, &mut counts.1)
            };
            let reply = list.get(*count).or(list.last()).unwrap().clone();
            *count += 1;
            reply
        })
        .await
    }

    /// The logins that arrived.
    pub(crate) fn logins(&self) -> Vec<Sent> {
        self.sent().into_iter().filter(Sent::is_login).collect()
    }

    /// Everything that arrived and is no login.
    pub(crate) fn calls(&self) -> Vec<Sent> {
        self.sent().into_iter().filter(|sent| !sent.is_login()).collect()
    }
}
