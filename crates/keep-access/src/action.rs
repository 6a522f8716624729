//! What a user may do.

keep_domain::named_enum! {
    /// An action that a user requests; the list matches the policy schema.
    pub enum Action {
        /// View a record; the decision may be [`Decision::Masked`](crate::Decision::Masked).
        Read = "read",
        /// Create a record.
        Create = "create",
        /// Change a record.
        Update = "update",
        /// Mark a record as entered in error.
        MarkEnteredInError = "strike",
        /// Sign a note.
        Sign = "sign",
        /// Sign a medicine order as prescriber.
        Prescribe = "prescribe",
        /// Acknowledge a result.
        Acknowledge = "acknowledge",
        /// Resolve a conflict between two versions of a record.
        ResolveConflict = "resolve_conflict",
        /// Set a sensitivity label on a record.
        SetLabel = "set_label",
        /// Print a record.
        Print = "print",
        /// Search for patients.
        SearchPatients = "search_patients",
        /// Open a patient's page, showing the parts that the role may see.
        OpenPatient = "open_patient",
        /// Open the clinical chart.
        OpenChart = "open_chart",
        /// Check a patient in.
        CheckIn = "check_in",
        /// Register a patient.
        Register = "register",
        /// Grant segment keys to a colleague of the same or a lower rank.
        Grant = "grant",
        /// Start a sync.
        RunSync = "run_sync",
        /// Read the audit events of all users, with patients masked.
        ReadAudit = "read_audit",
        /// Reveal the patient of a masked event.
        Unmask = "unmask",
        /// Sign off an alert of the audit log.
        SignOffAlert = "sign_off_alert",
        /// Export the audit ledger.
        ExportAudit = "export_audit",
        /// View the device's health, versions and counts.
        ReadDevice = "read_device",
        /// Change the device's settings.
        ChangeDevice = "change_device",
        /// Replace the site's policy.
        ChangePolicy = "change_policy",
        /// Import records from a file.
        Import = "import",
        /// Export records to a file.
        Export = "export",
        /// Start break-glass access.
        BreakGlass = "break_glass",
    }
}

/// What kind of resource an action applies to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AppliesTo {
    /// One record.
    Record,
    /// The program on this device.
    System,
}

impl Action {
    /// Whether the action applies to a record or to the program on this device.
    pub(crate) const fn applies_to(self) -> AppliesTo {
        match self {
            Self::Read | Self::Create | Self::Update | Self::MarkEnteredInError | Self::Sign | Self::Prescribe => {
                AppliesTo::Record
            }
            Self::Acknowledge | Self::ResolveConflict | Self::SetLabel | Self::Print => AppliesTo::Record,
            _ => AppliesTo::System,
        }
    }
}
