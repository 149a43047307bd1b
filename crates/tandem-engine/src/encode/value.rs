//! One value as text, for JSON and CSV alike.

use std::io::Write;

use arrow::{
    array::{
        Array, ArrowPrimitiveType, AsArray, BooleanArray, FixedSizeListArray, GenericListArray, MapArray,
        OffsetSizeTrait, StructArray,
    },
    datatypes::{
        ArrowNativeType, DataType, Float16Type, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type,
        UInt8Type, UInt16Type, UInt32Type, UInt64Type,
    },
    util::display::{ArrayFormatter, FormatOptions},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use tandem_core::{Error, Result};

/// The largest whole number that every program reads from JSON exactly.
const EXACT: i128 = (1 << 53) - 1;

/// For whom a value is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    Json,
    Csv,
}

/// Writes the values of one array.
pub(super) type Column<'a> = Box<dyn Fn(usize, &mut Vec<u8>) + 'a>;

/// How the values of `array` are written. In CSV, null is nothing and the
/// quotes are put on by the caller.
pub(super) fn column<'a>(array: &'a dyn Array, style: Style) -> Result<Column<'a>> {
    let write = not_null(array, style)?;
    if array.logical_null_count() == 0 {
        return Ok(write);
    }
    let nulls = array.logical_nulls();
    Ok(Box::new(move |row, out| match &nulls {
        Some(nulls) if nulls.is_null(row) => {
            if style == Style::Json {
                out.extend_from_slice(b"null");
            }
        }
        _ => write(row, out),
    }))
}

fn not_null<'a>(array: &'a dyn Array, style: Style) -> Result<Column<'a>> {
    Ok(match array.data_type() {
        DataType::Null => Box::new(|_, _| {}),
        DataType::Boolean => {
            let array: &BooleanArray = array.as_boolean();
            Box::new(move |row, out| out.extend_from_slice(if array.value(row) { b"true" } else { b"false" }))
        }
        DataType::Int8 => whole::<Int8Type>(array, style),
        DataType::Int16 => whole::<Int16Type>(array, style),
        DataType::Int32 => whole::<Int32Type>(array, style),
        DataType::Int64 => whole::<Int64Type>(array, style),
        DataType::UInt8 => whole::<UInt8Type>(array, style),
        DataType::UInt16 => whole::<UInt16Type>(array, style),
        DataType::UInt32 => whole::<UInt32Type>(array, style),
        DataType::UInt64 => whole::<UInt64Type>(array, style),
        DataType::Float16 => float::<Float16Type>(array, style, |value| f64::from(f32::from(value)), true),
        DataType::Float32 => float::<Float32Type>(array, style, f64::from, true),
        DataType::Float64 => float::<Float64Type>(array, style, |value| value, false),
        DataType::Utf8 => {
            let array = array.as_string::<i32>();
            Box::new(move |row, out| text(array.value(row), style, out))
        }
        DataType::LargeUtf8 => {
            let array = array.as_string::<i64>();
            Box::new(move |row, out| text(array.value(row), style, out))
        }
        DataType::Utf8View => {
            let array = array.as_string_view();
            Box::new(move |row, out| text(array.value(row), style, out))
        }
        DataType::Binary => {
            let array = array.as_binary::<i32>();
            Box::new(move |row, out| text(&STANDARD.encode(array.value(row)), style, out))
        }
        DataType::LargeBinary => {
            let array = array.as_binary::<i64>();
            Box::new(move |row, out| text(&STANDARD.encode(array.value(row)), style, out))
        }
        DataType::BinaryView => {
            let array = array.as_binary_view();
            Box::new(move |row, out| text(&STANDARD.encode(array.value(row)), style, out))
        }
        DataType::FixedSizeBinary(_) => {
            let array = array.as_fixed_size_binary();
            Box::new(move |row, out| text(&STANDARD.encode(array.value(row)), style, out))
        }
        DataType::List(_) => list::<i32>(array.as_list(), style)?,
        DataType::LargeList(_) => list::<i64>(array.as_list(), style)?,
        DataType::FixedSizeList(..) => fixed_list(array.as_fixed_size_list(), style)?,
        DataType::Struct(_) => structure(array.as_struct(), style)?,
        DataType::Map(..) => map(array.as_map(), style)?,
        _ => other(array, style)?,
    })
}

fn whole<T>(array: &dyn Array, style: Style) -> Column<'_>
where
    T: ArrowPrimitiveType,
    T::Native: Into<i128>,
{
    let array = array.as_primitive::<T>();
    Box::new(move |row, out| {
        let value: i128 = array.value(row).into();
        let quoted = style == Style::Json && !(-EXACT..=EXACT).contains(&value);
        let _ = if quoted { write!(out, "\"{value}\"") } else { write!(out, "{value}") };
    })
}

/// `narrow` numbers are written with the digits that they have, not those that
/// a wider one would need.
fn float<T>(array: &dyn Array, style: Style, wide: fn(T::Native) -> f64, narrow: bool) -> Column<'_>
where
    T: ArrowPrimitiveType,
    T::Native: ArrowNativeType,
{
    let array = array.as_primitive::<T>();
    Box::new(move |row, out| {
        let value = wide(array.value(row));
        let special = if value.is_nan() {
            "NaN"
        } else if value == f64::INFINITY {
            "Infinity"
        } else if value == f64::NEG_INFINITY {
            "-Infinity"
        } else if narrow {
            let _ = serde_json::to_writer(&mut *out, &(value as f32));
            return;
        } else {
            let _ = serde_json::to_writer(&mut *out, &value);
            return;
        };
        text(special, style, out);
    })
}

fn text(value: &str, style: Style, out: &mut Vec<u8>) {
    match style {
        Style::Json => {
            let _ = serde_json::to_writer(out, value);
        }
        Style::Csv => out.extend_from_slice(value.as_bytes()),
    }
}

/// Dates, times, decimals, intervals and whatever else has one text.
fn other(array: &dyn Array, style: Style) -> Result<Column<'_>> {
    const OPTIONS: FormatOptions<'static> = FormatOptions::new().with_display_error(false);
    let formatter = ArrayFormatter::try_new(array, &OPTIONS).map_err(Error::internal)?;
    Ok(Box::new(move |row, out| {
        // A value out of the calendar has no text.
        match formatter.value(row).try_to_string() {
            Ok(value) => text(&value, style, out),
            Err(_) => text("", style, out),
        }
    }))
}

fn elements<'a>(write: Column<'a>, style: Style, range: impl Fn(usize) -> (usize, usize) + 'a) -> Column<'a> {
    debug_assert_eq!(style, Style::Json, "nested values are always JSON");
    Box::new(move |row, out| {
        let (from, to) = range(row);
        out.push(b'[');
        for at in from..to {
            if at > from {
                out.push(b',');
            }
            write(at, out);
        }
        out.push(b']');
    })
}

fn list<O: OffsetSizeTrait>(array: &GenericListArray<O>, _style: Style) -> Result<Column<'_>> {
    let write = column(array.values().as_ref(), Style::Json)?;
    let offsets = array.value_offsets();
    Ok(elements(write, Style::Json, move |row| {
        let at = |row: usize| offsets.get(row).map_or(0, |offset| offset.as_usize());
        (at(row), at(row + 1))
    }))
}

fn fixed_list(array: &FixedSizeListArray, _style: Style) -> Result<Column<'_>> {
    let write = column(array.values().as_ref(), Style::Json)?;
    let size = usize::try_from(array.value_length()).unwrap_or(0);
    Ok(elements(write, Style::Json, move |row| (row * size, (row + 1) * size)))
}

fn structure(array: &StructArray, _style: Style) -> Result<Column<'_>> {
    let columns = array.columns().iter().map(|child| column(child.as_ref(), Style::Json));
    let columns = columns.collect::<Result<Vec<_>>>()?;
    let names = array.fields().iter().map(|field| serde_json::to_string(field.name()).map_err(Error::internal));
    let names = names.collect::<Result<Vec<_>>>()?;
    Ok(Box::new(move |row, out| {
        out.push(b'{');
        for (at, (name, write)) in names.iter().zip(&columns).enumerate() {
            if at > 0 {
                out.push(b',');
            }
            out.extend_from_slice(name.as_bytes());
            out.push(b':');
            write(row, out);
        }
        out.push(b'}');
    }))
}

fn map(array: &MapArray, _style: Style) -> Result<Column<'_>> {
    let keys = column(array.keys().as_ref(), Style::Json)?;
    let values = column(array.values().as_ref(), Style::Json)?;
    let named = matches!(array.keys().data_type(), DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View);
    let (open, close) = if named { (b'{', b'}') } else { (b'[', b']') };
    let offsets = array.value_offsets();
    Ok(Box::new(move |row, out| {
        let at = |row: usize| offsets.get(row).map_or(0, |offset| offset.as_usize());
        out.push(open);
        for entry in at(row)..at(row + 1) {
            if entry > at(row) {
                out.push(b',');
            }
            if !named {
                out.push(b'[');
            }
            keys(entry, out);
            out.push(if named { b':' } else { b',' });
            values(entry, out);
            if !named {
                out.push(b']');
            }
        }
        out.push(close);
    }))
}
