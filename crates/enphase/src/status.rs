//! How a system or a device is doing.

energy_core::open_enum! {
    /// How a system is doing, or one of its devices. New values arrive without a new version of the API, so expect
    /// `Unknown`; upper and lower case are the same. Source: the table of statuses in the documentation of v4.
    pub enum SystemStatus ignoring case {
        /// Working.
        Normal = "normal",
        /// The gateway does not report.
        Communication = "comm",
        /// Microinverters do not report to the gateway.
        Microinverter = "micro",
        /// A problem of production.
        Power = "power",
        /// A meter does not report.
        Meter = "meter",
        /// A meter reports nonsense.
        MeterIssue = "meter_issue",
        /// A problem of a battery.
        Battery = "battery",
        /// A battery is idle.
        StorageIdle = "storage_idle",
        /// An Encharge battery does not report.
        Encharge = "encharge",
        /// A problem of an Encharge battery.
        EnchargeIssue = "encharge_issue",
        /// An Enpower system controller does not report.
        Enpower = "enpower",
        /// A problem of an Enpower system controller.
        EnpowerIssue = "enpower_issue",
        /// Switched off in Enlighten.
        Deactivated = "deactivated",
        /// Taken out of service.
        Retired = "retired",
        /// In service again or still.
        Active = "active",
        /// Running.
        On = "on",
        /// Not watched.
        NotMonitored = "not_monitored",
        /// Watched.
        Monitored = "monitored",
        /// Not in use.
        Unused = "unused",
        /// Switched off.
        Disabled = "disabled",
        /// Worth knowing for developers.
        Debug = "debug",
        /// Worth knowing.
        Info = "info",
        /// Told to be quiet.
        Muted = "muted",
        /// Worth looking into.
        Warning = "warning",
        /// Wrong.
        Error = "error",
        /// Without data.
        NoData = "no_data",
        /// On its way back to the manufacturer.
        ReturnToManufacturer = "rma",
        /// Not known to the service.
        NotKnown = "unknown",
        /// Does not report (NSR).
        NotReporting = "nsr",
        /// Any of them.
        Any = "any",
        /// Sends its data.
        DataUpload = "data_upload",
        /// Connected to the grid.
        OnGrid = "on_grid",
        /// Not connected to the grid.
        OffGrid = "off_grid",
        /// Nobody knows whether it is connected to the grid.
        GridUnknown = "grid_unknown",
        /// A meter collar.
        IqCollar = "iq_collar",
        /// An EV charger does not report.
        EvseNotReporting = "evse_not_reporting",
        /// An EV charger is broken.
        EvseFaulted = "evse_faulted",
    }
}

energy_core::open_enum! {
    /// How the gateway reaches the service. Over cellular it sends every six hours instead of every fifteen minutes.
    pub enum ConnectionType ignoring case {
        /// By cable.
        Ethernet = "ethernet",
        /// By wireless network.
        Wifi = "wifi",
        /// By mobile phone network.
        Cellular = "cellular",
    }
}

energy_core::open_enum! {
    /// What measured the energy.
    pub enum EnergySource ignoring case {
        /// The microinverters.
        Microinverters = "microinverters",
        /// A meter.
        Meter = "meter",
    }
}
