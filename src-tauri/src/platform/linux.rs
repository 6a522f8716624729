//! Linux: exec and memfd, X11, systemd-logind, Unix sockets, GTK and WebKitGTK.

mod exec;
mod idle;
mod logind;
mod remote_control;
mod sealed_memory;
mod second_start;
mod toolkit;
mod web_engine;

pub(crate) use exec::{exit_process, replace_process, take_inherited};
pub(crate) use idle::IdleTime;
pub(crate) use logind::{is_screen_locked, watch_os_session};
pub(crate) use remote_control::refuse_remote_control;
pub(crate) use sealed_memory::SealedMemory;
pub(crate) use second_start::{SecondStart, answer_second_starts, show_first_instance};
pub(crate) use toolkit::{disable_spelling, show_message, show_window, text_percent};
pub(crate) use web_engine::{kill_web_engine, reap};
