//! The channels: what they are called, who has them, and what they are made of.

use time::OffsetDateTime;

use super::day::{CAPACITY, Slot};
use super::plant::{Kind, Site, TRACKERS};
use crate::nature::clouds;

/// A quantity that is recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Channel {
    ProdPac,
    ProdPdc,
    ProdPdcNorm,
    ProdUdc,
    ProdIdc,
    ProdEtotal,
    ConsPac,
    ConsEtotal,
    MeterPac,
    BatSoc,
    BatPac,
    Irradiation,
    Insolation,
    TempModule,
    TempAmbient,
    WindVelocity,
}

/// How a channel behaves in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Nature {
    /// So much an hour: becomes an energy, in this unit.
    Rate(&'static str),
    /// The energy of a rate since midnight.
    SinceMidnight(Channel),
    /// A state, which has a mean.
    Level,
}

/// Whose values they are; trackers are counted over the whole plant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Owner {
    Plant,
    Component(Kind),
    Tracker(usize),
}

use Channel::{
    BatPac, BatSoc, ConsEtotal, ConsPac, Insolation, Irradiation, MeterPac, ProdEtotal, ProdIdc, ProdPac, ProdPdc,
    ProdPdcNorm, ProdUdc, TempAmbient, TempModule, WindVelocity,
};

const ALL: [Channel; 16] = [
    ProdPac,
    ProdPdc,
    ProdPdcNorm,
    ProdUdc,
    ProdIdc,
    ProdEtotal,
    ConsPac,
    ConsEtotal,
    MeterPac,
    BatSoc,
    BatPac,
    Irradiation,
    Insolation,
    TempModule,
    TempAmbient,
    WindVelocity,
];

impl Channel {
    pub(super) fn named(name: &str) -> Option<Self> {
        ALL.into_iter().find(|channel| channel.name() == name)
    }

    pub(super) fn name(self) -> String {
        format!("{self:?}")
    }

    /// Of its values every five minutes.
    pub(super) fn unit(self) -> &'static str {
        match self {
            ProdPac | ProdPdc | ConsPac | MeterPac | BatPac => "W",
            ProdPdcNorm => "W/kWp",
            ProdUdc => "V",
            ProdIdc => "A",
            ProdEtotal | ConsEtotal => "Wh",
            BatSoc => "%",
            Irradiation => "W/m²",
            Insolation => "Wh/m²",
            TempModule | TempAmbient => "°C",
            WindVelocity => "m/s",
        }
    }

    pub(super) fn nature(self) -> Nature {
        match self {
            ProdPac | ProdPdc | ConsPac | MeterPac | BatPac => Nature::Rate("Wh"),
            ProdPdcNorm => Nature::Rate("Wh/kWp"),
            Irradiation => Nature::Rate("Wh/m²"),
            ProdEtotal => Nature::SinceMidnight(ProdPac),
            ConsEtotal => Nature::SinceMidnight(ConsPac),
            Insolation => Nature::SinceMidnight(Irradiation),
            ProdUdc | ProdIdc | BatSoc | TempModule | TempAmbient | WindVelocity => Nature::Level,
        }
    }

    /// Whether it is measured by day only.
    pub(super) fn sleeps(self) -> bool {
        !matches!(self, ConsPac | ConsEtotal | MeterPac | BatSoc | BatPac)
    }
}

impl Owner {
    /// The channels that there are.
    pub(super) fn channels(self, site: Site) -> &'static [Channel] {
        match self {
            Self::Plant if site.is_equipped() => &[ProdPac, ProdPdc, ProdEtotal, ConsPac, ConsEtotal, BatSoc, BatPac],
            Self::Plant => &[ProdPac, ProdPdc, ProdEtotal],
            Self::Component(Kind::Inverter(_)) => &[ProdPac, ProdPdc, ProdPdcNorm, ProdEtotal],
            Self::Component(Kind::GridMeter) => &[MeterPac],
            Self::Component(Kind::ConsumptionMeter) => &[ConsPac, ConsEtotal],
            Self::Component(Kind::Battery) => &[BatSoc, BatPac],
            Self::Component(Kind::SensorBox) => &[Irradiation, Insolation, TempModule, TempAmbient, WindVelocity],
            Self::Tracker(_) => &[ProdPdc, ProdPdcNorm, ProdUdc, ProdIdc],
        }
    }

    /// The value in the slot that begins then; of an energy since midnight, that of its rate.
    pub(super) fn value(self, channel: Channel, site: Site, begin: i64, slot: &Slot) -> f64 {
        let direct = || match self {
            Self::Plant => slot.trackers.iter().sum(),
            Self::Component(Kind::Inverter(number)) => trackers_of(number).map(|place| slot.trackers[place]).sum(),
            Self::Tracker(place) => slot.trackers[place],
            Self::Component(_) => 0_i64,
        } as f64;
        match channel {
            ProdPac | ProdEtotal => match self {
                Self::Component(Kind::Inverter(number)) => slot.inverters[number] as f64,
                _ => slot.production() as f64,
            },
            ProdPdc => direct(),
            ProdPdcNorm => rounded(direct() * 1000.0 / self.size(site) as f64, 1),
            ProdUdc => voltage(site, begin, slot),
            ProdIdc => rounded(direct() / voltage(site, begin, slot), 2),
            ConsPac | ConsEtotal => slot.consumption as f64,
            MeterPac => slot.meter() as f64,
            BatSoc => rounded(slot.stored as f64 * 100.0 / CAPACITY as f64, 1),
            BatPac => slot.battery as f64,
            Irradiation | Insolation => slot.irradiation as f64,
            TempModule => module_temperature(site, begin, slot),
            TempAmbient => at(begin, |at| clouds::temperature(at, site.location())),
            WindVelocity => at(begin, |at| clouds::wind(at, site.location()).0),
        }
    }

    /// Nominal power of the modules, in watts.
    pub(super) fn size(self, site: Site) -> i64 {
        let of = |place: usize| site.strings().get(place).map_or(0, |strings| strings.size);
        match self {
            Self::Plant => site.size(),
            Self::Component(Kind::Inverter(number)) => trackers_of(number).map(of).sum(),
            Self::Tracker(place) => of(place),
            Self::Component(_) => 0,
        }
    }
}

/// The trackers of an inverter, counted over the whole plant.
pub(super) fn trackers_of(inverter: usize) -> std::ops::Range<usize> {
    inverter * TRACKERS..(inverter + 1) * TRACKERS
}

fn at(begin: i64, value: impl Fn(OffsetDateTime) -> f64) -> f64 {
    OffsetDateTime::from_unix_timestamp(begin).map_or(0.0, value)
}

fn module_temperature(site: Site, begin: i64, slot: &Slot) -> f64 {
    let air = at(begin, |at| clouds::temperature(at, site.location()));
    rounded(air + 0.028 * slot.irradiation as f64, 1)
}

/// Of the modules in a string: warm ones have less.
fn voltage(site: Site, begin: i64, slot: &Slot) -> f64 {
    rounded(584.0 - 1.7 * (module_temperature(site, begin, slot) - 25.0), 1)
}

pub(super) fn rounded(value: f64, decimals: i32) -> f64 {
    let factor = 10_f64.powi(decimals);
    (value * factor).round() / factor
}
