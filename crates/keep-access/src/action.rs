//! What someone may ask to do.

macro_rules! actions {
    ($($(#[$doc:meta])* $variant:ident $name:literal $on:ident;)*) => {
        /// Something that someone asks to do; the list is that of the policy schema.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Action { $($(#[$doc])* $variant,)* }

        impl Action {
            /// Every action.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The name in the policies.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// Whether it is done to a record, or to the program on this device.
            #[must_use]
            pub const fn applies_to(self) -> AppliesTo {
                match self { $(Self::$variant => AppliesTo::$on,)* }
            }
        }
    };
}

/// What kind of thing an action is done to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AppliesTo {
    /// One record.
    PolicyResource,
    /// The program on this device.
    Desk,
}

actions! {
    /// See a record; the answer may be [`Decision::Masked`](crate::Decision::Masked).
    Read "read" PolicyResource;
    /// Make a record.
    Create "create" PolicyResource;
    /// Change a record.
    Update "update" PolicyResource;
    /// Mark a record as entered in error.
    Strike "strike" PolicyResource;
    /// Sign a note.
    Sign "sign" PolicyResource;
    /// Sign a medicine order as prescriber.
    Prescribe "prescribe" PolicyResource;
    /// Acknowledge a result.
    Acknowledge "acknowledge" PolicyResource;
    /// Decide between two versions of a record.
    ResolveConflict "resolve_conflict" PolicyResource;
    /// Put a sensitivity label on a record.
    SetLabel "set_label" PolicyResource;
    /// Print a record.
    Print "print" PolicyResource;
    /// Look for patients.
    SearchPatients "search_patients" Desk;
    /// Open a patient's page, whatever of it the role sees.
    OpenPatient "open_patient" Desk;
    /// Open the clinical chart.
    OpenChart "open_chart" Desk;
    /// Check a patient in.
    CheckIn "check_in" Desk;
    /// Register a patient.
    Register "register" Desk;
    /// Grant segment keys to a colleague of the same or a lower rank.
    Grant "grant" Desk;
    /// Start a sync.
    RunSync "run_sync" Desk;
    /// Read everybody's audit events, patients masked.
    ReadAudit "read_audit" Desk;
    /// See the patient behind a masked event.
    Unmask "unmask" Desk;
    /// Sign off an alert of the audit log.
    SignOffAlert "sign_off_alert" Desk;
    /// Export the audit ledger.
    ExportAudit "export_audit" Desk;
    /// See the device's health, versions and counts.
    ReadDevice "read_device" Desk;
    /// Change the device's settings.
    ChangeDevice "change_device" Desk;
    /// Replace the site's policy.
    ChangePolicy "change_policy" Desk;
    /// Import records from a file.
    Import "import" Desk;
    /// Export records to a file.
    Export "export" Desk;
    /// Start break-glass access.
    BreakGlass "break_glass" Desk;
}
