//! Ctrl-C in; the running statement cancelled at the server, and no further one sent, out.

use tokio::sync::watch;

/// Whether the user wants to stop. Clones share it.
#[derive(Clone, Debug)]
pub struct Interrupt {
    sender: watch::Sender<bool>,
}

impl Default for Interrupt {
    fn default() -> Self {
        Interrupt { sender: watch::Sender::new(false) }
    }
}

impl Interrupt {
    /// Listens for Ctrl-C from now on, on a thread of its own: the first one stops, every later one calls `again`.
    pub fn on_ctrl_c(again: impl Fn() + Send + 'static) -> std::io::Result<Self> {
        let interrupt = Interrupt::default();
        let told = interrupt.clone();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build()?;
        std::thread::Builder::new().name("ctrl-c".into()).spawn(move || {
            runtime.block_on(async {
                while tokio::signal::ctrl_c().await.is_ok() {
                    if told.is_stopped() {
                        again();
                    }
                    told.stop();
                }
            });
        })?;
        Ok(interrupt)
    }

    pub fn stop(&self) {
        self.sender.send_replace(true);
    }

    pub fn is_stopped(&self) -> bool {
        *self.sender.borrow()
    }

    /// Returns once it is stopped.
    pub(super) async fn stopped(&self) {
        let mut receiver = self.sender.subscribe();
        // The sender lives as long as `self`, so waiting cannot fail.
        let _ = receiver.wait_for(|stopped| *stopped).await;
    }
}
