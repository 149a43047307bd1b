//! The repository contract, run on SQLite always and on PostgreSQL where
//! `TANDEM_TEST_POSTGRES_URL` names a server on which databases may be made.

#[cfg(test)]
mod assets;
#[cfg(test)]
mod backup;
#[cfg(test)]
mod crash;
#[cfg(test)]
mod drafts;
#[cfg(test)]
mod functions;
#[cfg(test)]
mod harness;
#[cfg(test)]
mod interruption;
#[cfg(test)]
mod job_model;
#[cfg(test)]
mod jobs;
#[cfg(test)]
mod logs;
#[cfg(test)]
mod migrate;
#[cfg(test)]
mod paging;
#[cfg(test)]
mod people;
#[cfg(test)]
mod rights;
#[cfg(test)]
mod runs;
#[cfg(test)]
mod schedules;
#[cfg(test)]
mod threads;
#[cfg(test)]
mod walls;
