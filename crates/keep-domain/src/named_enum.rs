//! Enums whose variants each have one text form.

/// Defines an enum with its text forms: `ALL`, `name`, `from_name`, and serde under the same names.
#[macro_export]
macro_rules! named_enum {
    ($(#[$meta:meta])* pub enum $type:ident { $($(#[$doc:meta])* $variant:ident = $name:literal,)* }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        pub enum $type { $($(#[$doc])* #[serde(rename = $name)] $variant,)* }

        impl $type {
            /// Every value, in the order of definition.
            pub const ALL: [Self; [$($name),*].len()] = [$(Self::$variant),*];

            /// The text form, in files, policies and on the wire.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// The inverse of `name`; `None` for an unknown name.
            #[must_use]
            pub fn from_name(name: &str) -> Option<Self> {
                Self::ALL.into_iter().find(|value| value.name() == name)
            }
        }
    };
}

#[cfg(test)]
mod tests {
    use crate::{ErrorCode, Role};

    #[test]
    fn names_read_back_and_are_the_serialized_names() {
        for code in ErrorCode::ALL {
            assert_eq!(ErrorCode::from_name(code.name()), Some(code));
            assert_eq!(serde_json::to_value(code).expect("json"), code.name());
        }
        assert_eq!(
            (ErrorCode::KeychainKeyMissing.name(), Role::FrontDesk.name()),
            ("keychain_key_missing", "front-desk")
        );
    }
}
