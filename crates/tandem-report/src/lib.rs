//! The report document, and its HTML and XLSX forms.
