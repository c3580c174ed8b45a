//! The door that takes encrypted connections. Hands are shaken beside one another and within a time, so that nobody who
//! is slow, or speaks no TLS, keeps others waiting.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::serve::Listener;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, mpsc};
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::server::TlsStream;

/// Within which hands must have been shaken.
const HANDSHAKE: Duration = Duration::from_secs(10);

/// Connections that may shake hands at once.
const HANDSHAKES_MAX: usize = 1024;

type Taken = (TlsStream<TcpStream>, SocketAddr);

/// Takes encrypted connections.
pub(crate) struct TlsListener {
    address: SocketAddr,
    taken: mpsc::Receiver<Taken>,
    taking: JoinHandle<()>,
}

impl TlsListener {
    /// Over a door that takes any connection.
    pub(crate) fn over(listener: TcpListener, config: Arc<ServerConfig>) -> io::Result<TlsListener> {
        let address = TcpListener::local_addr(&listener)?;
        let (hand_over, taken) = mpsc::channel(HANDSHAKES_MAX);
        let taking = tokio::spawn(take(listener, TlsAcceptor::from(config), hand_over));
        Ok(TlsListener { address, taken, taking })
    }
}

async fn take(mut listener: TcpListener, acceptor: TlsAcceptor, hand_over: mpsc::Sender<Taken>) {
    let turns = Arc::new(Semaphore::new(HANDSHAKES_MAX));
    loop {
        let Ok(turn) = turns.clone().acquire_owned().await else { return };
        let (stream, address) = Listener::accept(&mut listener).await;
        let (shaking, hand_over) = (acceptor.accept(stream), hand_over.clone());
        tokio::spawn(async move {
            let shaken = tokio::time::timeout(HANDSHAKE, shaking).await;
            drop(turn);
            match shaken {
                Ok(Ok(stream)) => drop(hand_over.send((stream, address)).await),
                // Whoever speaks plain HTTP, or does not trust the certificate: the connection is closed, no more.
                Ok(Err(error)) => tracing::debug!("no hands were shaken: {error}"),
                Err(_) => tracing::debug!("no hands were shaken in time"),
            }
        });
    }
}

impl Listener for TlsListener {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> Taken {
        match self.taken.recv().await {
            Some(taken) => taken,
            // What takes connections ends with this door, never before it.
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.address)
    }
}

impl Drop for TlsListener {
    fn drop(&mut self) {
        self.taking.abort();
    }
}
