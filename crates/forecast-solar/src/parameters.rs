//! The values that requests take beyond plain numbers and texts.

use energy_core::{BuildError, UrlSegments, UrlValue, check};

/// How the service writes stamps.
///
/// Requests ask for [`TimeFormat::Iso8601`] unless told otherwise, because it is exact and shows the local day as well.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum TimeFormat {
    /// `2017-09-18 01:00:00`, local time of the place without a zone: the service's own default, expressed by leaving
    /// the parameter out. At the end of summer time one hour comes twice, and the service loses the first of the two.
    Local,
    /// `2017-09-17T23:00:00+00:00`.
    Utc,
    /// `2017-09-18T01:00:00+02:00`, local time with its offset.
    #[default]
    Iso8601,
    /// `Mon, 18 Sep 2017 01:00:00 +0200`.
    Rfc2822,
    /// Seconds since 1970.
    Seconds,
    /// Milliseconds since 1970.
    Milliseconds,
    /// Nanoseconds since 1970.
    Nanoseconds,
}

impl UrlValue for TimeFormat {
    fn url_value(&self) -> Option<String> {
        let name = match self {
            Self::Local => return None,
            Self::Utc => "utc",
            Self::Iso8601 => "iso8601",
            Self::Rfc2822 => "rfc2822",
            Self::Seconds => "seconds",
            Self::Milliseconds => "milliseconds",
            Self::Nanoseconds => "nanoseconds",
        };
        Some(name.to_owned())
    }
}

/// Damping of morning and evening: 0 is none.
///
/// One page of the documentation gives factors from 0 to 1, a newer one from -0.25 to 5; the wider range is let
/// through.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Damping {
    morning: f64,
    evening: f64,
}

impl Damping {
    /// The same factor for morning and evening.
    ///
    /// # Errors
    ///
    /// For a factor outside -0.25 to 5.
    pub fn both(factor: f64) -> Result<Self, BuildError> {
        check::number("damping", factor, -0.25, 5.0)?;
        Self::new(factor, factor)
    }

    /// A factor for the morning and one for the evening.
    ///
    /// # Errors
    ///
    /// For a factor outside -0.25 to 5.
    pub fn new(morning: f64, evening: f64) -> Result<Self, BuildError> {
        check::number("damping_morning", morning, -0.25, 5.0)?;
        check::number("damping_evening", evening, -0.25, 5.0)?;
        Ok(Self { morning, evening })
    }
}

impl UrlValue for Damping {
    fn url_value(&self) -> Option<String> {
        let Self { morning, evening } = self;
        let (morning_text, evening_text) = (morning.url_value()?, evening.url_value()?);
        Some(if morning == evening {
            morning_text
        } else {
            format!("{morning_text},{evening_text}")
        })
    }
}

/// Heights of the horizon around the plant.
#[derive(Clone, Debug, PartialEq)]
pub struct Horizon(Vec<f64>);

impl Horizon {
    /// Heights in degrees from 0 to 90, clockwise from north in equal steps.
    ///
    /// # Errors
    ///
    /// For fewer than four heights, a number of them that does not divide 360, or a height out of range. The vendor
    /// says that fewer than twelve hardly matter; they are let through.
    pub fn new(heights: impl Into<Vec<f64>>) -> Result<Self, BuildError> {
        let heights = heights.into();
        check::items("horizon", heights.len(), 4, 360)?;
        if 360 % heights.len() != 0 {
            let reason = format!(
                "{} heights do not divide the circle into equal whole degrees",
                heights.len()
            );
            return Err(BuildError::new("horizon", reason));
        }
        for height in &heights {
            check::number("horizon", *height, 0.0, 90.0)?;
        }
        Ok(Self(heights))
    }

    /// No horizon at all: the service then does not use its own terrain data either.
    pub fn flat() -> Self {
        Self(vec![0.0])
    }
}

impl UrlValue for Horizon {
    fn url_value(&self) -> Option<String> {
        let heights: Vec<String> = self.0.iter().map(ToString::to_string).collect();
        Some(heights.join(","))
    }
}

/// Which chart script: the chart's token, with a mode and a day where they differ from the usual.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChartScript {
    token: String,
    mode: Option<&'static str>,
    day: Option<String>,
}

impl ChartScript {
    /// The chart with this token, for the estimate.
    pub fn new(token: impl Into<String>) -> Self {
        Self {
            token: token.into(),
            mode: None,
            day: None,
        }
    }

    /// For the average of all weather years.
    #[must_use]
    pub fn history(mut self) -> Self {
        self.mode = Some("history");
        self
    }

    /// For a clear sky.
    #[must_use]
    pub fn clear_sky(mut self) -> Self {
        self.mode = Some("clearsky");
        self
    }

    /// For a day. How the service writes days here is not documented, so it is passed on as it is.
    #[must_use]
    pub fn day(mut self, day: impl Into<String>) -> Self {
        self.day = Some(day.into());
        self
    }
}

impl UrlSegments for ChartScript {
    fn url_segments(&self) -> Result<Vec<String>, BuildError> {
        part_of_path("token", &self.token)?;
        if let Some(day) = &self.day {
            part_of_path("day", day)?;
        }
        let mode = self.mode.map(str::to_owned);
        Ok(mode
            .into_iter()
            .chain(self.day.clone())
            .chain([format!("{}.js", self.token)])
            .collect())
    }
}

/// Refuses what would lead to another path, should the service decode it.
fn part_of_path(name: &'static str, text: &str) -> Result<(), BuildError> {
    check::length(name, text, 1, usize::MAX)?;
    if text.contains(['/', '\\']) || matches!(text, "." | "..") {
        return Err(BuildError::new(name, format!("`{text}` cannot be a part of a path")));
    }
    Ok(())
}
