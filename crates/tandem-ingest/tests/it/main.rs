//! Files read from end to end.

#[cfg(test)]
mod bad;
#[cfg(test)]
mod database;
#[cfg(test)]
mod delimited;
#[cfg(test)]
mod json;
#[cfg(test)]
mod packed;
#[cfg(test)]
mod parquet;
#[cfg(test)]
mod real;
#[cfg(test)]
mod store;
#[cfg(test)]
mod support;
#[cfg(test)]
mod workbook;
