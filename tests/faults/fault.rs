//! The faults, in the order of the table.

/// Something that goes wrong between a client and a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    Refused,
    ResetUnread,
    ResetRead,
    ResetInside,
    Silence,
    Busy,
    BusyUntil,
    Status(u16),
    Page(u16),
    Truncated,
    WrongType,
    TextForNumber,
    NumberForText,
    Fraction,
    NullForRequired,
    UnknownValue,
    UnknownField,
    Nested,
    Flood {
        announced: bool,
    },
    Bomb,
    Redirect,
    Drip,
    /// Of 20 minutes.
    Clock {
        ahead: bool,
    },
    Revoked,
}

impl Fault {
    pub(crate) const ALL: [Self; 30] = [
        Self::Refused,
        Self::ResetUnread,
        Self::ResetRead,
        Self::ResetInside,
        Self::Silence,
        Self::Busy,
        Self::BusyUntil,
        Self::Status(500),
        Self::Status(502),
        Self::Status(503),
        Self::Status(504),
        Self::Page(200),
        Self::Page(502),
        Self::Truncated,
        Self::WrongType,
        Self::TextForNumber,
        Self::NumberForText,
        Self::Fraction,
        Self::NullForRequired,
        Self::UnknownValue,
        Self::UnknownField,
        Self::Nested,
        Self::Flood { announced: true },
        Self::Flood { announced: false },
        Self::Bomb,
        Self::Redirect,
        Self::Drip,
        Self::Clock { ahead: true },
        Self::Clock { ahead: false },
        Self::Revoked,
    ];

    /// Whether the client finds out only when its timeout is over.
    pub(crate) fn takes_time(self) -> bool {
        matches!(self, Self::Silence | Self::Drip)
    }

    /// Whether the answer to a request says that nothing was done, so that it may be sent again whatever it is.
    pub(crate) fn is_turned_away(self) -> bool {
        matches!(self, Self::Busy | Self::BusyUntil | Self::Revoked)
    }

    /// The head of its column.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Refused => "refused",
            Self::ResetUnread => "reset unread",
            Self::ResetRead => "reset",
            Self::ResetInside => "cut",
            Self::Silence => "silence",
            Self::Busy => "429",
            Self::BusyUntil => "429 until",
            Self::Status(500) => "500",
            Self::Status(502) => "502",
            Self::Status(503) => "503",
            Self::Status(_) => "504",
            Self::Page(200) => "page 200",
            Self::Page(_) => "page 502",
            Self::Truncated => "truncated",
            Self::WrongType => "type",
            Self::TextForNumber => "text",
            Self::NumberForText => "number",
            Self::Fraction => "fraction",
            Self::NullForRequired => "null",
            Self::UnknownValue => "value",
            Self::UnknownField => "field",
            Self::Nested => "nested",
            Self::Flood { announced: true } => "100 MB",
            Self::Flood { announced: false } => "100 MB chunks",
            Self::Bomb => "gzip",
            Self::Redirect => "redirect",
            Self::Drip => "drip",
            Self::Clock { ahead: true } => "clock ahead",
            Self::Clock { ahead: false } => "clock behind",
            Self::Revoked => "token",
        }
    }

    /// What the service does.
    pub(crate) fn what(self) -> &'static str {
        match self {
            Self::Refused => "nobody listens",
            Self::ResetUnread => "the connection is reset before the request is read",
            Self::ResetRead => "the request is read, and the connection reset: the answer is lost",
            Self::ResetInside => "the connection is reset in the middle of the answer's body",
            Self::Silence => "the request is read, and never answered",
            Self::Busy => "too many calls, without a time to come back",
            Self::BusyUntil => "too many calls, with a time to come back: 20 seconds later, in the service's own words",
            Self::Status(500) => "500, in the service's own shape",
            Self::Status(502) => "502, in the service's own shape",
            Self::Status(503) => "503, in the service's own shape, without a time to come back",
            Self::Status(_) => "504, in the service's own shape",
            Self::Page(200) => "the page of a gateway, with 200",
            Self::Page(_) => "the page of a gateway, with 502",
            Self::Truncated => "half of the JSON",
            Self::WrongType => "an object for the first required value; a truth for a list, a text for an object",
            Self::TextForNumber => "a text for the first number that has no reader of its own",
            Self::NumberForText => "a number for the first text that has no reader of its own",
            Self::Fraction => "a fraction for the first integer that has no reader of its own",
            Self::NullForRequired => "null for the first required value",
            Self::UnknownValue => {
                "a word that the description does not know, for the first value that has a list of words"
            }
            Self::UnknownField => "a field that is not described, in every object",
            Self::Nested => "the same, with 64 lists and objects inside each other",
            Self::Flood { announced: true } => "a success of 100 MiB, announced",
            Self::Flood { announced: false } => "a success of 100 MiB, in chunks",
            Self::Bomb => "a success packed with gzip, which nobody asked for: 100 MiB in less than one",
            Self::Redirect => "307 to another host",
            Self::Drip => "a success of which a byte comes every 20 ms, without end",
            Self::Clock { ahead: true } => "the service's clock is 20 minutes ahead of the client's",
            Self::Clock { ahead: false } => "the service's clock is 20 minutes behind the client's",
            Self::Revoked => "the token is refused with 401; one that is got now is good",
        }
    }
}
