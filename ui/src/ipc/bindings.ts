// Made from the Rust types by `make bindings`; do not edit.

export type Role = "physician" | "nurse" | "pharmacist" | "laboratory" | "front-desk" | "billing" | "privacy-officer" | "it-administrator";

export type EventClass = "log_start" | "log_stop" | "sign_in" | "sign_in_failed" | "unlock" | "unlock_failed" | "lock" | "throttle" | "chart_read" | "search" | "create" | "update" | "strike" | "note_signed" | "unmask" | "audit_read" | "import" | "sync" | "sync_failed" | "conflict_found" | "conflict_decided" | "quarantine" | "server_untrusted" | "enrol" | "grant" | "grant_received" | "config_change" | "refused" | "integrity_finding" | "clock_correction" | "keychain_problem" | "disk_full" | "second_instance" | "alert_signed_off" | "draft_kept" | "draft_discarded";

export type Explanation = "backup_restored" | "hardware_fault" | "maintenance" | "incident" | "unexplained";

export type Segment = "directory" | "encounters" | "clinical" | "restricted";

export type ErrorCode = "unlock_refused" | "throttled" | "slot_held" | "code_used" | "not_enrolled" | "waiting_for_grant" | "lease_ended" | "locked" | "refused" | "keychain_locked" | "keychain_absent" | "keychain_key_missing" | "keychain_slow" | "slot_damaged" | "store_damaged" | "store_newer" | "store_stale" | "ledger_damaged" | "disk_full" | "profile_in_use" | "clock_wrong" | "server_unreachable" | "server_untrusted" | "server_garbled" | "server_failed" | "sign_in_needed" | "sign_in_failed" | "not_available" | "stale" | "invalid" | "import_broken" | "authority_file_changed" | "io" | "internal";

export type IncidentId = string;

export type LockScreenDto = { workstation: string, site: string | null, now: string, users: Array<LockUserDto>, lastUser: string | null, keychain: KeychainStateDto, sync: SyncChipDto, demo: boolean, lockMinutes: number, draftsKept: boolean, blocked: ErrorCode | null, incident: string | null, clockWrong: boolean };

export type LockUserDto = { user: string, name: string, initials: string, role: Role, resume: boolean, state: SlotStateDto, waitSeconds: number, codeSeconds: number, asksPhoneTime: boolean };

export type SlotStateDto = "ready" | "waiting_for_grant" | "held" | "lease_ended" | "damaged";

export type KeychainStateDto = "ready" | "locked" | "absent" | "key_missing";

export type UnlockDto = { user: string, password: string, code: string | null, phoneTime: string | null };

export type SessionDto = { user: string, name: string, role: Role, site: string | null, workstation: string, permissions: Array<PermissionDto>, lockSeconds: number, warningSeconds: number, demo: boolean, waitingForGrant: boolean, notices: Array<NoticeDto>, resume: ResumePointDto | null };

export type PermissionDto = "search_patients" | "open_patient" | "open_chart" | "check_in" | "run_sync" | "read_audit" | "unmask" | "sign_off_alert" | "read_device" | "import" | "read_notes" | "read_results" | "read_medicines" | "read_problems" | "read_allergies" | "read_vitals" | "read_immunisations" | "read_charges" | "view_worklist" | "record_vitals" | "write_note" | "resolve_conflict" | "sign_note" | "mark_entered_in_error";

export type NoticeDto = { "kind": "granted", name: string, role: Role, segment: Segment } | { "kind": "grant_received", name: string } | { "kind": "failed_attempts", count: number, last: string } | { "kind": "segment", segment: Segment, health: SegmentHealthDto, since: string | null, kept: string | null } | { "kind": "unsent_carried_over", segment: Segment, verified: number, unverified: number, lost: number, incomplete: boolean } | { "kind": "personal_replaced", kept: string | null } | { "kind": "personal_unavailable" };

export type SegmentHealthDto = "whole" | "mended" | "stale" | "disputed" | "rebuilding" | "unavailable";

export type ResumePointDto = { route: string, draft: string | null, field: string | null, caret: number };

export type SignInAgainDto = { user: string | null };

export type SignInStateDto = { "step": "idle" } | { "step": "browser", address: string } | { "step": "done" } | { "step": "failed", code: ErrorCode };

export type FailureDto = { code: ErrorCode, incident: IncidentId, waitSeconds: number | null, attemptsLeft: number | null, fields: Array<FieldProblemDto> };

export type FieldProblemDto = { field: string, reason: FieldReasonDto };

export type FieldReasonDto = "missing" | "unknown" | "too_short" | "too_long" | "not_a_number" | "not_a_time" | "in_future" | "before_birth" | "improbable" | "impossible" | "wrong" | "unknown_ending" | "not_an_address" | "not_readable" | "no_certificate" | "cannot_be_marked" | "another_record";

export type DraftKindDto = "vitals" | "note";

export type DraftDto = { draft: string, kind: DraftKindDto, patient: string, patientName: string | null, content: string, saved: string };

export type SaveDraftDto = { draft: string | null, kind: DraftKindDto, patient: string, content: string };

export type DraftSavedDto = { draft: string, saved: string };

export type RecordTitleDto = { "kind": "recorded", text: string } | { "kind": "visit" } | { "kind": "vital_signs" } | { "kind": "observations" } | { "kind": "appointment" } | { "kind": "untitled", resourceType: string };

export type SearchDto = { query: string, offset: number, limit: number };

export type PatientPageDto = { rows: Array<PatientRowDto>, total: number, more: boolean, incomplete: boolean };

export type PatientRowDto = { patient: string, family: string | null, given: string | null, birthDate: string | null, age: string | null, sex: SexDto, number: string | null, phone: string | null, lastSeen: string | null, lastSeenKnown: boolean, openedToday: boolean, ready: boolean, alert: boolean, deceased: boolean };

export type SyncChipDto = { state: SyncStateDto, complete: string | null, pending: number, failed: number, conflicts: number };

export type SyncStateDto = "idle" | "running" | "offline" | "sign_in" | "failed" | "incomplete";

export type SyncPageDto = { chip: SyncChipDto, progress: SyncProgressDto | null, types: Array<SyncTypeDto>, items: Array<SyncItemDto>, bytesUp: number, bytesDown: number, server: string | null, auditPending: number };

export type SyncProgressDto = { phase: SyncPhaseDto, resourceType: string | null, done: number, expected: number | null };

export type SyncPhaseDto = "push" | "pull" | "audit";

export type SyncTypeDto = { resourceType: string, count: number, complete: string | null };

export type SyncItemDto = { changeSet: number, state: SyncItemStateDto, author: string | null, saved: string, kinds: Array<string>, reason: string | null, conflict: string | null };

export type SyncItemStateDto = "pending" | "waits_for_rank" | "rejected" | "conflict" | "damaged";

export type RetryDto = { changeSet: number };

export type ElapsedDto = { unit: ElapsedUnitDto, count: number };

export type ElapsedUnitDto = "today" | "days" | "weeks" | "months" | "years";

export type EnrolBeginDto = { server: string | null, workstation: string | null };

export type EnrolStateDto = { "step": "idle", server: string | null, workstation: string | null } | { "step": "browser", address: string } | { "step": "password", name: string, role: Role, minChars: number } | { "step": "code", qrPath: string, qrSize: number, manualKey: string, label: string } | { "step": "done", user: string, waitingForGrant: boolean, setAside: Array<string> } | { "step": "failed", code: ErrorCode };

export type EnrolPasswordDto = { password: string };

export type EnrolCodeDto = { code: string, phoneTime: string | null };

export type AuditAskDto = { offset: number, limit: number, class: EventClass | null, openAlerts: boolean, before: number | null };

export type AuditPageDto = { rows: Array<AuditRowDto>, total: number, before: number, failedUnlocks: number, openAlerts: number };

export type AuditRowDto = { sequence: number, recorded: string | null, happened: string | null, class: EventClass | null, outcome: AuditOutcomeDto, actor: string | null, role: Role | null, patients: number, cause: string | null, reason: string | null, openAlert: boolean };

export type AuditOutcomeDto = "success" | "minor" | "serious";

export type SignOffDto = { sequences: Array<number>, explanation: Explanation };

export type SignedOffDto = { sequences: Array<number> };

export type UnmaskDto = { sequence: number, reason: string };

export type UnmaskedDto = { patients: Array<string>, unknown: number };

export type VitalsDto = { patient: string, taken: string | null, systolic: string, diastolic: string, pulse: string, temperature: string, respiration: string, spo2: string, weight: string, height: string, oxygen: boolean, scale2: boolean, consciousness: ConsciousnessDto | null, confirmed: boolean, draft: string | null };

export type VitalsCheckDto = { findings: Array<VitalFindingDto>, news2: number | null, news2Risk: News2RiskDto | null, news2Missing: Array<News2FieldDto>, bmi: string | null };

export type VitalFindingDto = { field: VitalsFieldDto, grade: FindingGradeDto, low: string | null, high: string | null };

export type VitalsFieldDto = "systolic" | "diastolic" | "pulse" | "temperature" | "respiration" | "spo2" | "weight" | "height";

export type FindingGradeDto = "not_a_number" | "impossible" | "improbable" | "abnormal";

export type ConsciousnessDto = "alert" | "confusion" | "voice" | "pain" | "unresponsive";

export type News2RiskDto = "low" | "low_medium" | "medium" | "high";

export type News2FieldDto = "respiration" | "spo2" | "oxygen" | "systolic" | "pulse" | "consciousness" | "temperature";

export type SavedDto = { changeSet: number, resources: Array<string>, visitStarted: boolean };

export type SignNoteDto = { patient: string, kind: NoteKindDto, text: string, draft: string | null };

export type NoteKindDto = "progress" | "nursing" | "consult" | "discharge" | "history";

export type MarkEnteredInErrorDto = { reference: string, patient: string, reason: string };

export type WorklistAskDto = { list: WorklistNameDto, offset: number, limit: number };

export type WorklistNameDto = "queue" | "vitals_due" | "my_patients" | "today" | "charges" | "dispensing" | "specimens" | "drafts";

export type WorklistDto = { rows: Array<WorkRowDto>, total: number, counts: Array<ListCountDto>, downloading: boolean, missing: Array<string> };

export type ListCountDto = { list: WorklistNameDto, count: number };

export type WorkRowDto = { patient: PatientRowDto, appointment: string | null, booked: string | null, status: string | null, waitingMinutes: number | null, reason: WorkReasonDto | null, safety: SafetyDto | null, vitals: VitalsTodayDto | null, news2: number | null, with: Array<string> };

export type WorkReasonDto = { "kind": "recorded", text: string } | { "kind": "to_dispense", count: number } | { "kind": "visit_to_review" };

export type VitalsTodayDto = { "state": "due" } | { "state": "taken", at: string };

export type CheckInDto = { appointment: string, arrived: boolean };

export type ConflictDto = { conflict: string, banner: BannerDto, reference: string, title: RecordTitleDto, baseWhen: string | null, oursWho: string | null, oursWhen: string | null, theirsWho: string | null, theirsWhen: string | null, theirsDeleted: boolean, fields: Array<ConflictFieldDto> };

export type ConflictFieldDto = { path: string, label: string, base: Array<ConflictPartDto>, ours: Array<ConflictPartDto>, theirs: Array<ConflictPartDto>, chosen: SideDto | null };

export type SideDto = "ours" | "theirs";

export type ConflictPartDto = { key: ConflictKeyDto | null, name: string | null, value: ConflictValueDto };

export type ConflictKeyDto = SignDto | string;

export type ConflictValueDto = { "kind": "text", text: string } | { "kind": "time", at: string } | { "kind": "boolean", value: boolean } | { "kind": "elsewhere", id: string } | { "kind": "record", title: RecordTitleDto } | { "kind": "deleted" } | { "kind": "unreadable" };

export type DecideDto = { conflict: string, choices: Array<ChoiceDto> };

export type ChoiceDto = { path: string, side: SideDto };

export type ChartDto = { banner: BannerDto, tabs: Array<ChartTabDto>, allergies: AllergiesDto, problems: Array<ProblemDto>, medicines: Array<MedicineDto>, vitals: Array<VitalSeriesDto>, results: Array<ResultDto>, lastNote: NoteDto | null, immunisations: Array<ImmunisationDto>, completeness: CompletenessDto, unreadable: Array<UnreadableDto>, drafts: Array<DraftDto> };

export type ChartTabDto = "summary" | "timeline" | "notes" | "results" | "vitals" | "medicines" | "problems" | "allergies" | "immunisations";

export type WindowDto = { patient: string, offset: number, limit: number };

export type CompletenessDto = { asOf: string | null, missing: Array<string>, partial: boolean };

export type UnreadableDto = { resourceType: string | null, count: number };

export type DeviceDto = { versions: Array<NameValueDto>, keychain: KeychainStateDto, slots: number, segments: Array<SegmentDto>, ledgerEvents: number, ledgerPending: number, findings: Array<DeviceFindingDto>, site: string | null, name: string | null, server: string | null, policy: Array<NameValueDto> };

export type DeviceFindingDto = DeviceCheckDto | ErrorCode;

export type DeviceCheckDto = "swap_unencrypted" | "ledger_nearly_full" | "slot_damaged" | "special_file" | "authority_file_changed" | "authority_file_unreadable";

export type NameValueDto = { name: string, value: string };

export type SegmentDto = { name: Segment, bytes: number, generation: number, state: SegmentStateDto };

export type SegmentStateDto = "ok" | "absent" | "locked" | "aside";

export type ProblemDto = { id: string, text: string | null, active: boolean, status: string, since: string | null, until: string | null, record: RecordStateDto };

export type MedicineDto = { id: string, name: string | null, product: string | null, dosage: string | null, active: boolean, status: string | null, since: string | null, age: ElapsedDto | null, record: RecordStateDto };

export type AllergiesDto = { "state": "known", list: Array<AllergyDto>, incomplete: boolean } | { "state": "none_known", recorded: string | null } | { "state": "not_recorded" } | { "state": "unavailable" };

export type AllergyDto = { id: string, substance: string | null, reaction: ReactionDto, severe: boolean, recorded: string | null, record: RecordStateDto };

export type ReactionDto = { manifestations: Array<string>, severity: string | null, highRisk: boolean };

export type SafetyDto = { "state": "known", substance: string | null, reaction: ReactionDto, more: number, incomplete: boolean } | { "state": "none_known" } | { "state": "not_recorded" } | { "state": "unavailable" };

export type SignDto = "systolic" | "diastolic" | "pulse" | "respiration" | "spo2" | "temperature" | "news2" | "weight" | "height" | "bmi" | "head_circumference";

export type VitalSeriesDto = { key: SignDto, unit: string | null, value: string, recorded: string | null, flag: FlagDto | null, taken: string, age: ElapsedDto | null, low: number | null, high: number | null, points: Array<VitalPointDto> };

export type VitalPointDto = { id: string, at: number, value: number, text: string, recorded: string | null, flag: FlagDto | null, mayMarkEnteredInError: boolean, record: RecordStateDto };

export type ImmunisationDto = { id: string, vaccine: string | null, given: string | null, status: string | null, record: RecordStateDto };

export type BannerDto = { patient: string, family: string | null, given: string | null, preferred: string | null, initials: string, birthDate: string | null, age: string | null, sex: SexDto, numberLabel: string | null, number: string | null, phone: string | null, language: string | null, needsInterpreter: boolean, deceased: boolean, died: string | null, flags: Array<string>, alert: boolean, address: string | null };

export type SexDto = "female" | "male" | "other" | "unknown";

export type TimelineDto = { rows: Array<TimelineRowDto>, total: number };

export type TimelineRowDto = { reference: string, kind: TimelineKindDto, at: string | null, title: RecordTitleDto, detail: TimelineDetailDto | null, recorded: string | null, unreadable: boolean, enteredInError: boolean, record: RecordStateDto };

export type TimelineKindDto = "encounter" | "note" | "result" | "vitals" | "medicine" | "problem" | "allergy" | "procedure" | "immunisation" | "report" | "other";

export type TimelineDetailDto = { "kind": "text", text: string } | { "kind": "reaction", reaction: ReactionDto } | { "kind": "results", count: number };

export type RecordStateDto = "synced" | "pending" | "conflict" | "rejected";

export type ResultDto = { id: string, name: string | null, value: string, recorded: string | null, flag: FlagDto | null, range: string | null, taken: string | null, panel: string | null, status: string | null, record: RecordStateDto };

export type ResultsDto = { rows: Array<ResultDto>, total: number };

export type NoteDto = { id: string, kind: string | null, author: string | null, written: string | null, status: NoteStatusDto, text: string | null, mayMarkEnteredInError: boolean, record: RecordStateDto };

export type NoteStatusDto = "draft" | "signed" | "amended" | "entered_in_error";

export type NotesDto = { rows: Array<NoteDto>, total: number };

export type FlagDto = "L" | "H" | "LL" | "HH" | "A" | "AA";

