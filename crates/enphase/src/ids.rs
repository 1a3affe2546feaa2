//! Ids, which do not mix.

energy_core::id_type! {
    /// A system, which Enphase calls a site as well: the number in the address of its Enlighten page.
    pub struct SystemId(u64);
}

energy_core::id_type! {
    /// A device's number at Enphase. Third-party devices have none: then it is an empty text.
    pub struct DeviceId(String);
}

energy_core::id_type! {
    /// The serial number on a device. Meters have that of their gateway with `EIM1`, `EIM2` and so on at its end.
    pub struct SerialNumber(String);
}

energy_core::id_type! {
    /// A kind of event.
    pub struct EventTypeId(i64);
}

energy_core::id_type! {
    /// An alarm; newer ones have dots in it.
    pub struct AlarmId(String);
}
