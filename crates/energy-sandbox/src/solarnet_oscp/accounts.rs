//! The tokens that every sandbox knows.

/// A security token of a user.
#[derive(Clone, Copy, Debug)]
pub(super) struct Token {
    pub(super) token: &'static str,
    pub(super) secret: &'static str,
    /// Of type User; the other type reads data and nothing else.
    pub(super) is_user: bool,
    /// Whether the account holds `ROLE_OSCP`.
    pub(super) has_role: bool,
    pub(super) is_expired: bool,
}

/// The account of all the tokens but [`UNPRIVILEGED`].
pub(super) const USER_ID: i64 = 147;

/// The nodes of that account.
pub(super) const NODE_IDS: [i64; 2] = [251, 252];

pub(super) const USER: Token = Token {
    token: "SandboxOscpUser00001",
    secret: "sandbox.user.secret.f3K9sLm2Qx7Z",
    is_user: true,
    has_role: true,
    is_expired: false,
};

pub(super) const EXPIRED: Token = Token {
    token: "SandboxOscpLapsed001",
    secret: "sandbox.gone.secret.Y5t8WcN4bV1d",
    is_expired: true,
    ..USER
};

pub(super) const DATA: Token = Token {
    token: "SandboxOscpData00001",
    secret: "sandbox.data.secret.R6h2PjE9uG3a",
    is_user: false,
    ..USER
};

pub(super) const UNPRIVILEGED: Token = Token {
    token: "SandboxNoOscpRole001",
    secret: "sandbox.norole.secret.B7k4TzM8n",
    has_role: false,
    ..USER
};

pub(super) fn find(token: &str) -> Option<Token> {
    let all = [USER, EXPIRED, DATA, UNPRIVILEGED];
    all.into_iter().find(|known| known.token == token)
}
