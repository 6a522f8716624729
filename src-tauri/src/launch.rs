//! The command line: what a person may pass, and what one image of the program hands to the next.

use crate::error::ShellError;
use crate::place::Place;
use std::ffi::OsString;
use std::os::fd::RawFd;
use std::path::PathBuf;

/// How this image was started.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Launch {
    /// The profile folder.
    pub(crate) profile: PathBuf,
    /// Present when a previous image locked itself.
    pub(crate) handover: Option<Handover>,
}

/// What a locking image hands over. No secret is in it: those cross in a descriptor.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Handover {
    /// The descriptor that holds the profile lock.
    pub(crate) lock_fd: Option<RawFd>,
    /// The descriptor that holds the resume secret, if there is one.
    pub(crate) secret_fd: Option<RawFd>,
    /// Where the window stood.
    pub(crate) place: Option<Place>,
    /// Children of the old image, killed but not yet reaped.
    pub(crate) children: Vec<i32>,
}

impl Launch {
    /// Reads the arguments after the program's name.
    ///
    /// `default_profile` is used when no `--profile` is given.
    pub(crate) fn from_args(
        args: impl IntoIterator<Item = OsString>,
        default_profile: Option<PathBuf>,
    ) -> Result<Self, ShellError> {
        let mut args = args.into_iter();
        let mut profile = None;
        let mut locked = false;
        let mut handover = Handover::default();
        while let Some(arg) = args.next() {
            match arg.to_str() {
                Some("--profile") => profile = Some(PathBuf::from(value(&mut args, "--profile")?)),
                Some("--locked") => locked = true,
                Some("--lock-fd") => handover.lock_fd = Some(number(&mut args, "--lock-fd")?),
                Some("--secret-fd") => handover.secret_fd = Some(number(&mut args, "--secret-fd")?),
                Some("--place") => handover.place = text(&mut args, "--place")?.parse().ok(),
                Some("--children") => {
                    handover.children =
                        text(&mut args, "--children")?.split(',').filter_map(|p| p.parse().ok()).collect();
                }
                _ => return Err(ShellError::Argument("(unknown)")),
            }
        }
        let profile = profile.or(default_profile).ok_or(ShellError::NoProfileFolder)?;
        Ok(Self { profile, handover: locked.then_some(handover) })
    }
}

fn value(args: &mut impl Iterator<Item = OsString>, name: &'static str) -> Result<OsString, ShellError> {
    args.next().ok_or(ShellError::Argument(name))
}

fn text(args: &mut impl Iterator<Item = OsString>, name: &'static str) -> Result<String, ShellError> {
    value(args, name)?.into_string().map_err(|_| ShellError::Argument(name))
}

fn number(args: &mut impl Iterator<Item = OsString>, name: &'static str) -> Result<RawFd, ShellError> {
    // 0 to 2 are the standard streams: nothing of ours is handed over there.
    text(args, name)?.parse().ok().filter(|fd| *fd > 2).ok_or(ShellError::Argument(name))
}

#[cfg(test)]
mod tests {
    use super::{Handover, Launch};
    use std::path::PathBuf;

    fn parse(args: &[&str]) -> Option<Launch> {
        Launch::from_args(args.iter().map(Into::into), Some(PathBuf::from("/home/amara/data"))).ok()
    }

    #[test]
    fn a_plain_start_uses_the_default_profile() {
        let launch = parse(&[]).expect("launch");
        assert_eq!(launch, Launch { profile: PathBuf::from("/home/amara/data"), handover: None });
    }

    #[test]
    fn a_lock_hands_over() {
        let args = ["--profile", "/p", "--locked", "--lock-fd", "5", "--place", "1,2,3,4,1,0,0", "--children", "7,8"];
        let launch = parse(&args).expect("launch");
        let handover = launch.handover.expect("handover");
        assert_eq!((handover.lock_fd, handover.secret_fd), (Some(5), None));
        assert_eq!(handover.children, [7, 8]);
        assert!(handover.place.is_some_and(|p| p.focused));
    }

    #[test]
    fn hand_over_arguments_mean_nothing_without_a_lock() {
        assert_eq!(parse(&["--lock-fd", "5"]).and_then(|l| l.handover), None);
        assert_eq!(parse(&["--locked"]).and_then(|l| l.handover), Some(Handover::default()));
    }

    #[test]
    fn bad_arguments_are_refused() {
        for args in [&["--profil", "/p"][..], &["--profile"], &["--lock-fd", "0"], &["--lock-fd", "x"]] {
            assert_eq!(parse(args), None, "{args:?}");
        }
    }
}
