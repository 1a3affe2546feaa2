energy_core::open_enum! {
    /// What became of an event. The list of open events writes it in lower case.
    pub enum EventStatus ignoring case {
        /// It was over as soon as it came.
        Info = "Info",
        /// It goes on.
        Open = "Open",
        /// It is over.
        Closed = "Closed",
    }
}
