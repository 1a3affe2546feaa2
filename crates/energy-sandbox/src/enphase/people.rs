//! The accounts of people.

use super::face::EnphasePerson;

/// What an account is known by.
#[derive(Clone, Copy, Debug)]
pub(super) struct Account {
    pub(super) person: EnphasePerson,
    pub(super) username: &'static str,
    pub(super) password: &'static str,
    /// `enl_uid` of the token.
    pub(super) number: &'static str,
    /// `enl_cid` of the token: the company, for those who have one.
    pub(super) company: &'static str,
    /// In API v2: the number in base 64 with a line feed, in hexadecimal digits.
    pub(super) v2_user_id: &'static str,
}

const ACCOUNTS: [Account; 2] = [
    Account {
        person: EnphasePerson::Owner,
        username: "owner@sandbox.example",
        password: "sandbox.owner.password.V3gT",
        number: "593",
        company: "",
        v2_user_id: "4e546b7a0a",
    },
    Account {
        person: EnphasePerson::Installer,
        username: "installer@sandbox.example",
        password: "sandbox.installer.password.B8wN",
        number: "864",
        company: "2207",
        v2_user_id: "4f4459300a",
    },
];

pub(super) fn account(person: EnphasePerson) -> &'static Account {
    match person {
        EnphasePerson::Owner => &ACCOUNTS[0],
        EnphasePerson::Installer => &ACCOUNTS[1],
    }
}

/// Every account, the owner first.
pub(super) fn accounts() -> &'static [Account] {
    &ACCOUNTS
}

/// The account of API v2's `user_id`.
pub(super) fn by_v2_user_id(user_id: &str) -> Option<&'static Account> {
    ACCOUNTS.iter().find(|account| account.v2_user_id == user_id)
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;

    use super::accounts;

    #[test]
    fn user_ids_are_the_numbers_in_disguise() {
        for account in accounts() {
            let text = format!("{}\n", STANDARD.encode(account.number));
            let digits: String = text.bytes().map(|byte| format!("{byte:02x}")).collect();
            assert_eq!(digits, account.v2_user_id);
        }
    }
}
