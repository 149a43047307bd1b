//! Closed lists that are kept by name.

/// An enum whose values have a stable name, the same in the database, in JSON
/// and in the HTTP API.
macro_rules! text_enum {
    ($(#[$meta:meta])* pub enum $name:ident ($what:literal) {
        $($(#[$doc:meta])* $variant:ident = $text:literal,)+
    }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
        pub enum $name {
            $($(#[$doc])* #[serde(rename = $text)] $variant,)+
        }

        impl $name {
            /// Every value, in the order of the documentation.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The stable name.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)+ }
            }
        }

        impl std::str::FromStr for $name {
            type Err = tandem_core::Error;

            /// # Errors
            /// `invalid_parameter` where there is no value of this name.
            fn from_str(text: &str) -> tandem_core::Result<Self> {
                match text {
                    $($text => Ok(Self::$variant),)+
                    _ => Err(tandem_core::Error::new(
                        tandem_core::ErrorCode::InvalidParameter,
                        format!(concat!("“{}” is not a ", $what, "; it is one of: {}."), text, [$($text),+].join(", ")),
                    )),
                }
            }
        }

        impl $crate::sql::ToParam for $name {
            const NULL: $crate::sql::Param = $crate::sql::Param::Text(None);
            fn to_param(&self) -> $crate::sql::Param {
                $crate::sql::Param::Text(Some(self.as_str().to_owned()))
            }
        }

        impl $crate::sql::Column for $name {
            const KIND: $crate::sql::Kind = $crate::sql::Kind::Text;
            fn from_param(param: $crate::sql::Param) -> Option<Self> {
                match param {
                    $crate::sql::Param::Text(Some(text)) => text.parse().ok(),
                    _ => None,
                }
            }
        }
    };
}
pub(crate) use text_enum;
