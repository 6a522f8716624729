//! The command line: the user's options, and what one process hands to the one that replaces it.

use crate::error::ShellError;
use crate::window_geometry::WindowGeometry;
use clap::Parser;
use clap::error::{ContextKind, ContextValue};
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// How this process was started.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Launch {
    /// The profile folder.
    pub(crate) profile: PathBuf,
    /// Present if this process replaces one that locked itself.
    pub(crate) handover: Option<Handover>,
}

/// What a locking process hands over. It contains no secret: those cross in sealed memory.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Handover {
    /// The number of the open file that holds the profile lock.
    pub(crate) lock_fd: Option<i32>,
    /// The number of the sealed memory that holds the resume secret, if there is one.
    pub(crate) secret_fd: Option<i32>,
    /// The window's last geometry.
    pub(crate) geometry: Option<WindowGeometry>,
    /// Children of the replaced process, killed but not yet reaped.
    pub(crate) children: Vec<i32>,
}

/// The arguments as they are written; of one that is repeated the last counts.
#[derive(Debug, Parser)]
#[command(no_binary_name = true, disable_help_flag = true, args_override_self = true)]
struct Args {
    #[arg(long, allow_hyphen_values = true)]
    profile: Option<PathBuf>,
    #[arg(long)]
    locked: bool,
    // 0 to 2 are the standard streams, which are never handed over.
    #[arg(long, value_parser = clap::value_parser!(i32).range(3..))]
    lock_fd: Option<i32>,
    #[arg(long, value_parser = clap::value_parser!(i32).range(3..))]
    secret_fd: Option<i32>,
    #[arg(long, allow_hyphen_values = true)]
    place: Option<String>,
    #[arg(long, default_value = "")]
    children: String,
}

impl Launch {
    /// Parses the arguments after the program's name; `default_profile` is used without `--profile`.
    ///
    /// A geometry or child that cannot be read is ignored: it must not prevent a locked session from showing its window.
    pub(crate) fn from_args(
        args: impl IntoIterator<Item = OsString>,
        default_profile: Option<PathBuf>,
    ) -> Result<Self, ShellError> {
        let args = Args::try_parse_from(args).map_err(|error| ShellError::Argument(argument(&error)))?;
        let handover = Handover {
            lock_fd: args.lock_fd,
            secret_fd: args.secret_fd,
            geometry: args.place.and_then(|text| text.parse().ok()),
            children: args.children.split(',').filter_map(|pid| pid.parse().ok()).collect(),
        };
        let profile = args.profile.or(default_profile).ok_or(ShellError::NoProfileFolder)?;
        Ok(Self { profile, handover: args.locked.then_some(handover) })
    }
}

/// The argument that an error is about.
fn argument(error: &clap::Error) -> String {
    match error.get(ContextKind::InvalidArg) {
        Some(ContextValue::String(name)) => name.clone(),
        _ => String::from("(unknown)"),
    }
}

impl Handover {
    /// The arguments of the process that replaces this one; [`Launch::from_args`] reads them.
    pub(crate) fn to_args(&self, profile: &Path) -> Vec<OsString> {
        let mut args: Vec<OsString> = vec!["--profile".into(), profile.into(), "--locked".into()];
        let mut add = |name: &str, value: Option<String>| {
            args.extend(value.into_iter().flat_map(|value| [name.into(), value.into()]));
        };
        add("--lock-fd", self.lock_fd.map(|fd| fd.to_string()));
        add("--secret-fd", self.secret_fd.map(|fd| fd.to_string()));
        add("--place", self.geometry.map(WindowGeometry::to_argument));
        let children: Vec<_> = self.children.iter().map(ToString::to_string).collect();
        add("--children", (!children.is_empty()).then(|| children.join(",")));
        args
    }
}

#[cfg(test)]
mod tests {
    use super::{Handover, Launch};
    use crate::window_geometry::WindowGeometry;
    use std::path::{Path, PathBuf};

    fn parse(args: &[&str]) -> Option<Launch> {
        Launch::from_args(args.iter().map(Into::into), Some(PathBuf::from("/home/amara/data"))).ok()
    }

    #[test]
    fn a_plain_start_uses_the_default_profile() {
        let launch = parse(&[]).expect("launch");
        assert_eq!(launch, Launch { profile: PathBuf::from("/home/amara/data"), handover: None });
    }

    #[test]
    fn a_locked_start_reads_what_is_handed_over() {
        let args = ["--profile", "/p", "--locked", "--lock-fd", "5", "--place", "1,2,3,4,1,0,0", "--children", "7,8"];
        let launch = parse(&args).expect("launch");
        let handover = launch.handover.expect("handover");
        assert_eq!((handover.lock_fd, handover.secret_fd), (Some(5), None));
        assert_eq!(handover.children, [7, 8]);
        assert!(handover.geometry.is_some_and(|g| g.focused));
    }

    #[test]
    fn the_next_process_reads_what_this_one_writes() {
        let geometry =
            WindowGeometry { x: -4, y: 5, width: 60, height: 70, focused: false, maximized: true, minimized: false };
        let (geometry, children) = (Some(geometry), vec![7, 8]);
        let handover = Handover { lock_fd: Some(5), secret_fd: Some(6), geometry, children };
        let launch = Launch::from_args(handover.to_args(Path::new("/p")), None).expect("launch");
        assert_eq!(launch, Launch { profile: PathBuf::from("/p"), handover: Some(handover) });
        let bare = Launch::from_args(Handover::default().to_args(Path::new("/p")), None).expect("launch");
        assert_eq!(bare.handover, Some(Handover::default()));
    }

    #[test]
    fn handover_arguments_have_no_effect_without_a_lock() {
        assert_eq!(parse(&["--lock-fd", "5"]).and_then(|l| l.handover), None);
        assert_eq!(parse(&["--locked"]).and_then(|l| l.handover), Some(Handover::default()));
    }

    #[test]
    fn an_unreadable_geometry_or_child_is_ignored_and_the_last_of_two_values_counts() {
        let args = ["--locked", "--locked", "--place", "-1,x", "--children", "7,x", "--lock-fd", "4", "--lock-fd", "5"];
        let expected = Handover { lock_fd: Some(5), children: vec![7], ..Handover::default() };
        assert_eq!(parse(&args).and_then(|l| l.handover), Some(expected));
        assert_eq!(parse(&["--profile", "-p"]).map(|l| l.profile), Some(PathBuf::from("-p")));
    }

    #[test]
    fn bad_arguments_are_refused() {
        for args in [&["--profil", "/p"][..], &["--profile"], &["--lock-fd", "0"], &["--lock-fd", "x"], &["--help"]] {
            assert_eq!(parse(args), None, "{args:?}");
        }
    }
}
