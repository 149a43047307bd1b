//! How a database is reached: by addresses that were looked up and allowed
//! once, whatever its name leads to a moment later.

use std::{io, net::SocketAddr, os::unix::fs::PermissionsExt as _, path::PathBuf};

use tandem_core::{Error, HostPolicy, Result};
use tempfile::TempDir;
use tokio::net::{TcpStream, UnixListener};

use crate::source::reach;

/// The way to a database.
pub(super) enum Route {
    /// Straight to this address.
    Direct(String),
    /// Through a socket of this machine, behind which a connection is there
    /// already. The driver looks names up by itself; so it can't, and still
    /// knows the name that the certificate must bear.
    Relay(Relay),
}

/// A socket for one connection, that nobody else may open.
pub(super) struct Relay {
    folder: TempDir,
    socket: PathBuf,
}

impl Relay {
    /// The folder of the socket.
    pub(super) fn folder(&self) -> PathBuf {
        self.folder.path().to_path_buf()
    }

    /// The socket.
    pub(super) fn socket(&self) -> PathBuf {
        self.socket.clone()
    }
}

/// Finds the way to `host`. `by_name` says that the driver has to know the
/// name, since it may speak TLS.
///
/// # Errors
/// `host_not_allowed`; `source_unavailable` where it can't be found.
pub(super) async fn find(policy: &HostPolicy, host: &str, port: u16, by_name: bool) -> Result<Route> {
    let addresses = reach::addresses(policy, host, port).await?;
    if reach::literal(host).is_some() {
        return Ok(Route::Direct(host.to_owned()));
    }
    if let (false, Some(first)) = (by_name, addresses.first()) {
        return Ok(Route::Direct(first.ip().to_string()));
    }
    relay(&addresses, port).await.map(Route::Relay)
}

async fn relay(addresses: &[SocketAddr], port: u16) -> Result<Relay> {
    let mut there = TcpStream::connect(addresses).await.map_err(super::connect::not_reached)?;
    there.set_nodelay(true).map_err(Error::internal)?;
    let folder =
        tempfile::Builder::new().prefix("tandem-").permissions(std::fs::Permissions::from_mode(0o700)).tempdir()?;
    let socket = folder.path().join(format!(".s.PGSQL.{port}"));
    let listener = UnixListener::bind(&socket)?;
    tokio::spawn(async move {
        let (mut here, _) = listener.accept().await?;
        drop(listener);
        tokio::io::copy_bidirectional(&mut here, &mut there).await?;
        io::Result::Ok(())
    });
    Ok(Relay { folder, socket })
}
