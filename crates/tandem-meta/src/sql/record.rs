//! Rows as structs.

/// A struct that is one row of a table: every field is the column of its name.
macro_rules! record {
    ($(#[$meta:meta])* pub struct $name:ident from $table:literal {
        $(#[$doc0:meta])* pub $field0:ident: $type0:ty,
        $($(#[$doc:meta])* pub $field:ident: $type:ty,)*
    }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub struct $name {
            $(#[$doc0])* pub $field0: $type0,
            $($(#[$doc])* pub $field: $type,)*
        }

        impl $name {
            /// The columns to select, named by their table.
            pub(crate) const COLUMNS: &'static str = concat!(
                $table, ".", stringify!($field0), " AS ", stringify!($field0),
                $(", ", $table, ".", stringify!($field), " AS ", stringify!($field),)*
            );

            /// The record in a row that was selected with these columns.
            pub(crate) fn read(row: &$crate::sql::Row) -> tandem_core::Result<Self> {
                Ok(Self { $field0: row.get(stringify!($field0))?, $($field: row.get(stringify!($field))?,)* })
            }
        }
    };
}
pub(crate) use record;
