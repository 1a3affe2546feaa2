//! Enumerations that stay open, enumerations that do not, and ids that do not mix.

/// A value that the API description does not name, kept as it came.
///
/// It cannot be made by hand, so a value that has a name is never an unknown one.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct UnknownValue(Box<str>);

impl UnknownValue {
    #[doc(hidden)]
    pub fn __new(text: &str) -> Self {
        Self(text.into())
    }

    /// The value.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Makes an enumeration that keeps values it does not know: a service's new value never breaks an answer.
///
/// ```
/// energy_core::open_enum! {
///     /// What a meter is doing.
///     pub enum MeterStatus {
///         /// Counting.
///         Normal = "normal",
///         /// Not reachable.
///         Silent = "silent",
///     }
/// }
///
/// assert_eq!(MeterStatus::from("normal"), MeterStatus::Normal);
/// let new = MeterStatus::from("calibrating");
/// assert!(matches!(new, MeterStatus::Unknown(_)));
/// assert_eq!(new.as_str(), "calibrating");
/// ```
///
/// `enum Unit ignoring case { … }` reads the names in any case.
#[macro_export]
macro_rules! open_enum {
    ($(#[$meta:meta])* $vis:vis enum $name:ident ignoring case {
        $($(#[$variant_meta:meta])* $variant:ident = $wire:literal),+ $(,)?
    }) => {
        $crate::__open_enum! {
            $(#[$meta])* $vis enum $name { $($(#[$variant_meta])* $variant = $wire),+ }
        }

        impl ::std::convert::From<&str> for $name {
            fn from(text: &str) -> Self {
                $(if text.eq_ignore_ascii_case($wire) {
                    return Self::$variant;
                })+
                Self::Unknown($crate::wire::UnknownValue::__new(text))
            }
        }
    };
    ($(#[$meta:meta])* $vis:vis enum $name:ident {
        $($(#[$variant_meta:meta])* $variant:ident = $wire:literal),+ $(,)?
    }) => {
        $crate::__open_enum! {
            $(#[$meta])* $vis enum $name { $($(#[$variant_meta])* $variant = $wire),+ }
        }

        impl ::std::convert::From<&str> for $name {
            fn from(text: &str) -> Self {
                match text {
                    $($wire => Self::$variant,)+
                    other => Self::Unknown($crate::wire::UnknownValue::__new(other)),
                }
            }
        }
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __open_enum {
    ($(#[$meta:meta])* $vis:vis enum $name:ident {
        $($(#[$variant_meta:meta])* $variant:ident = $wire:literal),+
    }) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        $vis enum $name {
            $($(#[$variant_meta])* $variant,)+
            /// A value that this version does not know.
            Unknown($crate::wire::UnknownValue),
        }

        impl $name {
            /// The values that have a name.
            pub const KNOWN: &'static [&'static str] = &[$($wire),+];

            /// The value as the service writes it.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $wire,)+
                    Self::Unknown(value) => value.as_str(),
                }
            }
        }

        $crate::__named_enum!($name);

        impl<'de> $crate::__private::serde::Deserialize<'de> for $name {
            fn deserialize<D: $crate::__private::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::std::result::Result<Self, D::Error> {
                let text = <::std::string::String as $crate::__private::serde::Deserialize>::deserialize(deserializer)?;
                ::std::result::Result::Ok(Self::from(text.as_str()))
            }
        }
    };
}

/// Makes an enumeration of what may be asked for. It is never read from an answer, so it has no unknown values.
#[macro_export]
macro_rules! closed_enum {
    ($(#[$meta:meta])* $vis:vis enum $name:ident {
        $($(#[$variant_meta:meta])* $variant:ident = $wire:literal),+ $(,)?
    }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        $vis enum $name {
            $($(#[$variant_meta])* $variant,)+
        }

        impl $name {
            /// The value as the service writes it.
            pub fn as_str(&self) -> &'static str {
                match self {
                    $(Self::$variant => $wire,)+
                }
            }
        }

        $crate::__named_enum!($name);
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __named_enum {
    ($name:ident) => {
        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl $crate::UrlValue for $name {
            fn url_value(&self) -> ::std::option::Option<::std::string::String> {
                ::std::option::Option::Some(self.as_str().to_owned())
            }
        }

        impl $crate::__private::serde::Serialize for $name {
            fn serialize<S: $crate::__private::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::std::result::Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }
    };
}

/// Makes a type for one kind of id, so that ids of different kinds do not mix.
///
/// A text id is read from JSON text or a number, a numeric one from a number or numeric text.
///
/// ```
/// energy_core::id_type! {
///     /// A plant.
///     pub struct PlantId(u64);
/// }
/// energy_core::id_type! {
///     /// A tariff.
///     pub struct TariffId(String);
/// }
/// let plant: PlantId = serde_json::from_str("\"4711\"").unwrap();
/// assert_eq!(plant, PlantId::from(4711));
/// assert_eq!(TariffId::from("night").to_string(), "night");
/// ```
///
/// ```compile_fail
/// # energy_core::id_type! { #[doc = "a"] pub struct PlantId(u64); }
/// # energy_core::id_type! { #[doc = "b"] pub struct MeterId(u64); }
/// fn read(meter: MeterId) {}
/// read(PlantId::from(1));
/// ```
#[macro_export]
macro_rules! id_type {
    ($(#[$meta:meta])* $vis:vis struct $name:ident(String);) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        $vis struct $name(::std::string::String);

        impl $name {
            /// The id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl ::std::convert::AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl ::std::convert::From<&str> for $name {
            fn from(id: &str) -> Self {
                Self(id.to_owned())
            }
        }

        impl ::std::convert::From<&$name> for $name {
            fn from(id: &$name) -> Self {
                id.clone()
            }
        }

        $crate::__id_type!($name, ::std::string::String, |text: &str| {
            ::std::result::Result::<_, ::std::convert::Infallible>::Ok(text.to_owned())
        });
    };
    ($(#[$meta:meta])* $vis:vis struct $name:ident($number:ty);) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        $vis struct $name($number);

        impl $name {
            /// The id as a number.
            pub fn get(self) -> $number {
                self.0
            }
        }

        $crate::__id_type!($name, $number, |text: &str| text.parse::<$number>());
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __id_type {
    ($name:ident, $inner:ty, $parse:expr) => {
        impl ::std::convert::From<$inner> for $name {
            fn from(id: $inner) -> Self {
                Self(id)
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                ::std::fmt::Display::fmt(&self.0, f)
            }
        }

        impl $crate::UrlValue for $name {
            fn url_value(&self) -> ::std::option::Option<::std::string::String> {
                ::std::option::Option::Some(self.0.to_string())
            }
        }

        impl $crate::__private::serde::Serialize for $name {
            fn serialize<S: $crate::__private::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::std::result::Result<S::Ok, S::Error> {
                self.0.serialize(serializer)
            }
        }

        impl<'de> $crate::__private::serde::Deserialize<'de> for $name {
            fn deserialize<D: $crate::__private::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::std::result::Result<Self, D::Error> {
                let text = $crate::__private::number_or_text(deserializer)?;
                let parse = $parse;
                match parse(text.as_str()) {
                    ::std::result::Result::Ok(id) => ::std::result::Result::Ok(Self(id)),
                    ::std::result::Result::Err(_) => {
                        ::std::result::Result::Err(<D::Error as $crate::__private::serde::de::Error>::custom(
                            ::std::format!("expected a {}, found `{text}`", ::std::stringify!($name)),
                        ))
                    }
                }
            }
        }
    };
}
