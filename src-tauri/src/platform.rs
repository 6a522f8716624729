//! The operating system behind one interface; no other module of the shell names one.
//!
//! A port is one module next to `linux` that exports the same items; the compiler names those that are missing.
//!
//! | item | the rest of the shell relies on |
//! |---|---|
//! | [`refuse_remote_control`] | no WebDriver or inspector attaches to the page |
//! | [`replace_process`], [`exit_process`] | nothing that this process had in memory survives |
//! | [`take_inherited`] | the profile lock and the resume secret that the replaced process handed over |
//! | [`SealedMemory`] | secret bytes that survive the replacement in neither an argument, the environment nor a file |
//! | [`kill_web_engine`], [`reap`] | the web engine's processes, which hold what the page showed, end with the session |
//! | [`IdleTime`] | time since the last input anywhere on the screen, where the system measures it |
//! | [`watch_os_session`], [`is_screen_locked`] | a lock when the system locks its screen, switches users or sleeps |
//! | [`answer_second_starts`], [`SecondStart`], [`show_first_instance`] | a second start on a profile raises the window of the first |
//! | [`show_message`] | a message on the screen when there is no window |
//! | [`text_percent`] | the size of text that the user set for the whole system |
//! | [`show_window`], [`disable_spelling`] | window and web view settings that Tauri does not offer |

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "linux")]
use linux as os;

pub(crate) use os::{
    IdleTime, SealedMemory, SecondStart, answer_second_starts, disable_spelling, exit_process, is_screen_locked,
    kill_web_engine, reap, refuse_remote_control, replace_process, show_first_instance, show_message, show_window,
    take_inherited, text_percent, watch_os_session,
};
