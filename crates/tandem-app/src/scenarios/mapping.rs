//! Which column plays which role.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use tandem_core::{Error, ErrorCode, Result};

use super::manifest::Input;

/// Role → column.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Mapping(pub BTreeMap<String, String>);

impl Mapping {
    /// The column of a role.
    pub fn get(&self, role: &str) -> Option<&str> {
        self.0.get(role).map(String::as_str)
    }

    /// Checks the mapping against an input's roles and the table's columns,
    /// and settles what was written short: a column may be named in another
    /// case where no other column is meant, and `amount=Quantity*UnitPrice`
    /// stands for a price and its quantity.
    ///
    /// # Errors
    /// `invalid_parameter` for a role there is not or one that is missing;
    /// `unknown_column` for a column that is not in the table.
    pub fn settle(&self, input: &Input, columns: &[String]) -> Result<Self> {
        let mut settled = BTreeMap::new();
        for (role, column) in &self.0 {
            if input.role(role).is_none() {
                let known: Vec<&str> = input.roles.iter().map(|r| r.name.as_str()).collect();
                return Err(Error::new(
                    ErrorCode::InvalidParameter,
                    format!("“{}” has no role “{role}”. Its roles are: {}.", input.name, known.join(", ")),
                ));
            }
            if column.trim().is_empty() {
                continue;
            }
            match resolve(column, columns) {
                Ok(name) => {
                    settled.insert(role.clone(), name);
                }
                Err(error) => {
                    let product =
                        column.split_once('*').filter(|_| role == "amount" && input.role("quantity").is_some());
                    let Some((quantity, price)) = product else { return Err(error) };
                    settled.insert("quantity".to_owned(), resolve(quantity.trim(), columns)?);
                    settled.insert(role.clone(), resolve(price.trim(), columns)?);
                }
            }
        }
        for role in input.roles.iter().filter(|r| r.required) {
            if !settled.contains_key(&role.name) {
                return Err(Error::new(
                    ErrorCode::InvalidParameter,
                    format!(
                        "No column was named for “{}” ({}). Name one with --map {}=COLUMN; the columns are: {}.",
                        role.name,
                        role.label.en,
                        role.name,
                        columns.join(", ")
                    ),
                ));
            }
        }
        Ok(Self(settled))
    }
}

/// The column that `name` means: exactly, or the only one that differs in case alone.
fn resolve(name: &str, columns: &[String]) -> Result<String> {
    if let Some(column) = columns.iter().find(|c| *c == name) {
        return Ok(column.clone());
    }
    let lower = name.trim().to_lowercase();
    let mut alike = columns.iter().filter(|c| c.trim().to_lowercase() == lower);
    match (alike.next(), alike.next()) {
        (Some(column), None) => Ok(column.clone()),
        _ => Err(Error::new(
            ErrorCode::UnknownColumn,
            format!("There is no column “{name}”. The columns are: {}.", columns.join(", ")),
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenarios::customer_value::manifest;

    fn settle(pairs: &[(&str, &str)], columns: &[&str]) -> Result<Mapping> {
        let manifest = manifest().unwrap();
        let columns: Vec<String> = columns.iter().map(|c| (*c).to_owned()).collect();
        let mapping = Mapping(pairs.iter().map(|(r, c)| ((*r).to_owned(), (*c).to_owned())).collect());
        mapping.settle(&manifest.inputs[0], &columns)
    }

    #[test]
    fn a_product_names_a_price_and_its_quantity() {
        let columns = ["CustomerID", "InvoiceDate", "Quantity", "UnitPrice", "a*b"];
        let base = [("customer", "customerid"), ("time", "InvoiceDate")];
        let m = settle(&[base[0], base[1], ("amount", "Quantity*UnitPrice")], &columns).unwrap();
        assert_eq!((m.get("customer"), m.get("amount")), (Some("CustomerID"), Some("UnitPrice")));
        assert_eq!(m.get("quantity"), Some("Quantity"));
        let m = settle(&[base[0], base[1], ("amount", "a*b")], &columns).unwrap();
        assert_eq!((m.get("amount"), m.get("quantity")), (Some("a*b"), None));
    }

    #[test]
    fn what_is_missing_or_unknown_is_said() {
        let code = |pairs: &[(&str, &str)]| settle(pairs, &["c", "t"]).unwrap_err().code();
        assert_eq!(code(&[("customer", "c")]), ErrorCode::InvalidParameter);
        assert_eq!(code(&[("customer", "c"), ("time", "x")]), ErrorCode::UnknownColumn);
        assert_eq!(code(&[("customer", "c"), ("time", "t"), ("price", "t")]), ErrorCode::InvalidParameter);
    }
}
