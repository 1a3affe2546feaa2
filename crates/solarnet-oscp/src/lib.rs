//! SolarNetwork's OSCP.
