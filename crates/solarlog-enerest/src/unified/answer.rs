//! From the objects of an answer to series in vendor-neutral terms.

use energy_core::model::{
    ArithmeticError, Capability, DeviceId, IntervalReading, Point, Quality, Quantity, Scope, ScopeLevel, Series,
    SeriesError, TimeZone, WattHours,
};
use energy_core::source::AnySeries;
use time::OffsetDateTime;

use super::capabilities::FIVE_MINUTES;
use crate::{
    Assembly, AssemblyError, Channel, ChannelData, ChannelSeries, Component, ComponentClass, ComponentId,
    ComponentType, CrossEpochId, Period, Unit, UnitError,
};

/// An answer that makes no series.
#[derive(Debug, thiserror::Error)]
pub(super) enum AnswerError {
    #[error(transparent)]
    Assembly(#[from] AssemblyError),
    #[error(transparent)]
    Unit(#[from] UnitError),
    #[error(transparent)]
    Arithmetic(#[from] ArithmeticError),
    #[error(transparent)]
    Series(#[from] SeriesError),
    #[error("{count} devices answer for {channel} of the plant as a whole")]
    NotTheWhole { channel: Channel, count: usize },
    #[error("{channel} of a component comes without its id")]
    NoDevice { channel: Channel },
    #[error("the component {0} has no id that it keeps")]
    NoKeptId(ComponentId),
}

/// Energy of the whole plant by day, month or year: one series, be it empty.
pub(super) fn energy_by(
    data: &[ChannelData],
    capability: &Capability,
    period: Period,
    zone: &TimeZone,
    now: OffsetDateTime,
) -> Result<Vec<AnySeries>, AnswerError> {
    let whole = whole(Assembly::new().series(data)?, Channel::ProdEtotal, Unit::WattHour)?;
    let (info, readings) = whole.energy_by(period, zone)?.into_parts();
    let readings = readings.into_iter().map(|reading| so_far(reading, now));
    let series = described(Series::new(info, readings.collect())?, Scope::Pv, capability)?;
    Ok(vec![series])
}

/// A period that is not over has what came until now.
fn so_far(reading: IntervalReading<WattHours>, now: OffsetDateTime) -> IntervalReading<WattHours> {
    if reading.interval.end() <= now || reading.value.is_none() {
        return reading;
    }
    reading.with_quality(reading.quality | Quality::PARTIAL)
}

/// Power of the whole plant, or energy made of it: one series, be it empty.
pub(super) fn of_plant(data: &[ChannelData], capability: &Capability) -> Result<Vec<AnySeries>, AnswerError> {
    let whole = whole(Assembly::new().series(data)?, Channel::ProdPac, Unit::Watt)?;
    Ok(vec![measured(&whole, Scope::Pv, capability)?])
}

/// One series for each component and channel.
pub(super) fn of_components(
    data: &[ChannelData],
    assembly: &Assembly,
    capability: &Capability,
    channels: &[Channel],
) -> Result<Vec<AnySeries>, AnswerError> {
    let all = assembly.series(data)?;
    let asked_for = all.iter().filter(|series| channels.contains(&series.channel));
    let each = asked_for.map(|series| {
        let channel = || series.channel.clone();
        let id = series
            .device
            .as_deref()
            .ok_or_else(|| AnswerError::NoDevice { channel: channel() })?;
        let scope = match capability.level {
            ScopeLevel::Inverter => Scope::Inverter(DeviceId::new(id)),
            _ => Scope::Sensor(DeviceId::new(id)),
        };
        measured(series, scope, capability)
    });
    each.collect()
}

/// The ids that the inverters or the sensor boxes keep, of those that have one of these channels.
pub(super) fn kept_ids(
    components: &[Component],
    level: ScopeLevel,
    channels: &[Channel],
    devices: &[DeviceId],
) -> Result<Vec<CrossEpochId>, AnswerError> {
    let is_meant = |component: &&Component| match level {
        ScopeLevel::Inverter => component.kind == Some(ComponentType::Inverter),
        _ => (component.classes.iter().flatten()).any(|class| *class == ComponentClass::Sensors),
    };
    let measures = |component: &&Component| {
        let known = component.visualization_channels.as_deref();
        known.is_none_or(|known| known.iter().any(|channel| channels.contains(channel)))
    };
    let mut ids: Vec<CrossEpochId> = Vec::new();
    for component in components.iter().filter(is_meant).filter(measures) {
        let id = component.cross_epoch_id.as_ref();
        let id = id.ok_or_else(|| AnswerError::NoKeptId(component.id.clone()))?;
        let is_asked_for = devices.is_empty() || devices.iter().any(|device| device.as_str() == id.as_str());
        if is_asked_for && !ids.contains(id) {
            ids.push(id.clone());
        }
    }
    Ok(ids)
}

/// The one series that a call without components gives for a channel, without points where the answer has none. What its
/// device is called is not certain, so only that it is one is checked.
fn whole(series: Vec<ChannelSeries>, channel: Channel, unit: Unit) -> Result<ChannelSeries, AnswerError> {
    let mut of_channel: Vec<_> = series.into_iter().filter(|series| series.channel == channel).collect();
    match (of_channel.pop(), of_channel.len()) {
        (Some(only), 0) => Ok(only),
        (Some(_), others) => Err(AnswerError::NotTheWhole {
            channel,
            count: others + 1,
        }),
        (None, _) => Ok(ChannelSeries {
            device: None,
            device_type: None,
            channel,
            unit: Some(unit),
            points: Vec::new(),
        }),
    }
}

/// The values every five minutes, in the unit of the capability.
fn measured(series: &ChannelSeries, scope: Scope, capability: &Capability) -> Result<AnySeries, AnswerError> {
    match capability.quantity {
        Quantity::ActiveEnergy => described(series.watts()?.integrate(FIVE_MINUTES)?, scope, capability),
        Quantity::Irradiance => described(series.irradiance()?, scope, capability),
        Quantity::Insolation => described(series.insolation()?, scope, capability),
        Quantity::Temperature => described(series.temperature()?, scope, capability),
        Quantity::WindSpeed => described(series.wind_speed()?, scope, capability),
        _ => described(series.watts()?, scope, capability),
    }
}

fn described<P: Point>(series: Series<P>, scope: Scope, capability: &Capability) -> Result<AnySeries, AnswerError>
where
    AnySeries: From<Series<P>>,
{
    let (mut info, points) = series.into_parts();
    info.scope = scope;
    info.direction = capability.direction;
    info.step = capability.resolution;
    Ok(Series::new(info, points)?.into())
}
