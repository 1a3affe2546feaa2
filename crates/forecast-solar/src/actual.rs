use energy_core::{BuildError, DecodeError, Endpoint, HttpResponse, Operation, RequestParts, decode};

use crate::{ForecastSolar, GetEstimate, Planes};

/// Tells the service what the plant has really produced today so far, without asking for a forecast.
///
/// The same route as [`GetEstimate`], with `limit=0`: the service takes in `actual` and answers 204 with an empty body.
/// Needs the plan Personal. Zero resets.
#[derive(Clone, Debug, PartialEq)]
#[must_use = "a request does nothing until a client sends it"]
pub struct ReportActual(GetEstimate);

impl ReportActual {
    /// The plant, as for a forecast, and its production of today so far in kWh.
    pub fn new(latitude: f64, longitude: f64, planes: impl Into<Planes>, kilowatt_hours: f64) -> Self {
        Self(GetEstimate::new(latitude, longitude, planes).actual(kilowatt_hours))
    }
}

impl Endpoint for ReportActual {
    type Api = ForecastSolar;
    type Output = ();
    const OPERATION: &'static Operation = &GetEstimate::OPERATION;

    fn parts(&self) -> Result<RequestParts, BuildError> {
        let mut parts = self.0.parts()?;
        parts.query("limit", &0_u8);
        Ok(parts)
    }

    fn decode(&self, response: &HttpResponse) -> Result<(), DecodeError> {
        decode::empty(Self::OPERATION, response)
    }
}
