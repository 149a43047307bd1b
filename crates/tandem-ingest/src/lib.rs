//! Files and databases, turned into Arrow record batches and rejected rows.
