// Made from the Rust types by `make bindings`; do not edit.

export type Role = "physician" | "nurse" | "pharmacist" | "laboratory" | "front-desk" | "billing" | "privacy-officer" | "it-administrator";

export type AllergiesDto = { "state": "known", 
/**
 * The list, most severe first.
 */
list: Array<AllergyDto>, 
/**
 * Whether there may be others that cannot be shown here.
 */
incomplete: boolean, } | { "state": "none_known", 
/**
 * When, RFC 3339 or empty.
 */
recorded: string, } | { "state": "not_recorded" } | { "state": "unavailable" };

export type AllergyDto = { 
/**
 * The resource id.
 */
id: string, 
/**
 * Substance.
 */
substance: string, 
/**
 * Reaction and severity as text.
 */
reaction: string, 
/**
 * Whether it is of high criticality or severe.
 */
severe: boolean, 
/**
 * Recorded, RFC 3339 or partial date.
 */
recorded: string, 
/**
 * Sync state.
 */
record: RecordStateDto, };

export type AuditAskDto = { 
/**
 * First row.
 */
offset: number, 
/**
 * Rows, at most 200.
 */
limit: number, 
/**
 * An event class, `open_alerts` for the alerts that nobody has signed off, or empty for all.
 */
class: string, 
/**
 * Only events before this sequence, as the first window named it: pages stay put while events are added.
 */
before: number | null, };

export type AuditPageDto = { 
/**
 * Rows.
 */
rows: Array<AuditRowDto>, 
/**
 * How many there are.
 */
total: number, 
/**
 * What the further windows of this list name as their `before`.
 */
before: number, 
/**
 * Failed sign-ins in the last 24 h, for the banner.
 */
failedUnlocks: number, 
/**
 * Alerts that nobody has signed off, for the banner.
 */
openAlerts: number, };

export type AuditRowDto = { 
/**
 * Ledger sequence.
 */
sequence: number, 
/**
 * When.
 */
recorded: string, 
/**
 * When it first happened, where it was noted and recorded later; else empty.
 */
happened: string, 
/**
 * The class, for example `chart_read`.
 */
class: string, 
/**
 * `success`, `minor`, `serious`.
 */
outcome: string, 
/**
 * The actor's display name, or "device".
 */
actor: string, 
/**
 * The actor's role, or empty.
 */
role: string, 
/**
 * How many patients it names; they are shown by unmasking only.
 */
patients: number, 
/**
 * What caused it, one of a closed set of words such as `idle`, or empty.
 */
cause: string, 
/**
 * The reason that somebody typed, or empty.
 */
reason: string, 
/**
 * Whether it is an alert that nobody has signed off.
 */
openAlert: boolean, };

export type BannerDto = { 
/**
 * The Patient id.
 */
patient: string, 
/**
 * FAMILY in capitals.
 */
family: string, 
/**
 * Given names.
 */
given: string, 
/**
 * Preferred name, if another.
 */
preferred: string, 
/**
 * Initials.
 */
initials: string, 
/**
 * Birth date, ISO, possibly partial; empty when unknown.
 */
birthDate: string, 
/**
 * Age as text.
 */
age: string, 
/**
 * `female`, `male`, `other`, `unknown`.
 */
sex: string, 
/**
 * What kind of number, for example "Clinic no.".
 */
numberLabel: string, 
/**
 * The number.
 */
number: string, 
/**
 * Phone.
 */
phone: string, 
/**
 * Language and interpreter, or empty.
 */
language: string, 
/**
 * Date of death, if known to have died.
 */
deceased: string | null, 
/**
 * What flags say that this role may read.
 */
flags: Array<string>, 
/**
 * Whether there is an alert whose text this role does not see.
 */
alert: boolean, 
/**
 * Address in one line.
 */
address: string, };

export type ChartDto = { 
/**
 * Who.
 */
banner: BannerDto, 
/**
 * Tabs that this role may open, in order: summary, timeline, notes, results, vitals, medicines, problems, allergies, immunisations.
 */
tabs: Array<string>, 
/**
 * Exactly one of the four allergy states.
 */
allergies: AllergiesDto, 
/**
 * Problems, active first.
 */
problems: Array<ProblemDto>, 
/**
 * Medicines, current first.
 */
medicines: Array<MedicineDto>, 
/**
 * One row per vital sign with its series.
 */
vitals: Array<VitalSeriesDto>, 
/**
 * The most recent results worth knowing.
 */
results: Array<ResultDto>, 
/**
 * The latest signed note.
 */
lastNote: NoteDto | null, 
/**
 * Immunisations.
 */
immunisations: Array<ImmunisationDto>, 
/**
 * What is complete as of when.
 */
completeness: CompletenessDto, 
/**
 * Records that could not be read, by type.
 */
unreadable: Array<UnreadableDto>, 
/**
 * This user's draft of this patient, if any.
 */
drafts: Array<DraftDto>, };

export type CheckInDto = { 
/**
 * The Appointment's id.
 */
appointment: string, 
/**
 * True to check in, false to take it back.
 */
arrived: boolean, };

export type ChoiceDto = { 
/**
 * The field's path.
 */
path: string, 
/**
 * `ours` or `theirs`.
 */
side: string, };

export type CompletenessDto = { 
/**
 * The oldest "complete as of" of the types shown, RFC 3339 or empty.
 */
asOf: string, 
/**
 * Types whose first download has not finished.
 */
missing: Array<string>, 
/**
 * Whether a part of the records is damaged, older than it should be or being downloaded again, so that no list
 * may say that there is nothing more.
 */
partial: boolean, };

export type ConflictDto = { 
/**
 * The conflict id.
 */
conflict: string, 
/**
 * Whose record.
 */
banner: BannerDto, 
/**
 * The record as Type/id.
 */
reference: string, 
/**
 * What it is.
 */
title: string, 
/**
 * Last shared version: when.
 */
baseWhen: string, 
/**
 * This device: who.
 */
oursWho: string, 
/**
 * This device: when.
 */
oursWhen: string, 
/**
 * Server: who, if known.
 */
theirsWho: string, 
/**
 * Server: when.
 */
theirsWhen: string, 
/**
 * Whether the server has deleted the record: then the only field is the record itself.
 */
theirsDeleted: boolean, 
/**
 * Field by field.
 */
fields: Array<ConflictFieldDto>, };

export type ConflictFieldDto = { 
/**
 * The path in the record, the key of the choice.
 */
path: string, 
/**
 * The path in plain words, where the interface has no better ones.
 */
label: string, 
/**
 * Last shared.
 */
base: Array<ConflictPartDto>, 
/**
 * This device.
 */
ours: Array<ConflictPartDto>, 
/**
 * Server.
 */
theirs: Array<ConflictPartDto>, 
/**
 * `ours`, `theirs` or empty: what is chosen beforehand, never for medicines and allergies.
 */
chosen: string, };

export type ConflictPartDto = { 
/**
 * What it is a value of: a vital sign's key or an element's name; empty where it stands for itself.
 */
key: string, 
/**
 * The same in the record's words, where the interface has none for the key.
 */
name: string, 
/**
 * The value: words, a number with its unit, a code, or a time as recorded.
 */
text: string, 
/**
 * Whether the text is a time.
 */
isTime: boolean, };

export type DecideDto = { 
/**
 * The conflict id.
 */
conflict: string, 
/**
 * A choice per field.
 */
choices: Array<ChoiceDto>, };

export type DeviceDto = { 
/**
 * Chartkeep, SQLCipher, SQLite, libcrypto and so on.
 */
versions: Array<NameValueDto>, 
/**
 * The keychain.
 */
keychain: KeychainStateDto, 
/**
 * People enrolled.
 */
slots: number, 
/**
 * The segments.
 */
segments: Array<SegmentDto>, 
/**
 * Events in the ledger.
 */
ledgerEvents: number, 
/**
 * Of these, not yet delivered.
 */
ledgerPending: number, 
/**
 * Findings in words of a closed list, for example `swap_unencrypted`, `auto_login`.
 */
findings: Array<string>, 
/**
 * The organisation, once the records have told it; else empty.
 */
site: string, 
/**
 * The workstation's own name.
 */
name: string, 
/**
 * The server's address without path or query.
 */
server: string, 
/**
 * The policy values in force.
 */
policy: Array<NameValueDto>, };

export type DraftDto = { 
/**
 * The draft id.
 */
draft: string, 
/**
 * `vitals` or `note`.
 */
kind: string, 
/**
 * The Patient id.
 */
patient: string, 
/**
 * The patient's name, for lists.
 */
patientName: string, 
/**
 * The form's content, a JSON object owned by the interface.
 */
content: string, 
/**
 * Last kept, RFC 3339.
 */
kept: string, };

export type DraftKeptDto = { 
/**
 * The draft id.
 */
draft: string, 
/**
 * When, RFC 3339.
 */
kept: string, };

export type EnrolBeginDto = { 
/**
 * The FHIR base address; empty = the profile's configured server.
 */
server: string, 
/**
 * The workstation's name, asked once per profile.
 */
workstation: string, };

export type EnrolCodeDto = { 
/**
 * A code from the new seed.
 */
code: string, 
/**
 * Date and time as the phone shows them, RFC 3339: where the code was refused because this computer's clock is off.
 */
phoneTime: string | null, };

export type EnrolPasswordDto = { 
/**
 * The new workstation password.
 */
password: string, };

export type EnrolStateDto = { "step": "idle", 
/**
 * The configured server, to be shown in the form.
 */
server: string, 
/**
 * The workstation's name, once it has one.
 */
workstation: string, } | { "step": "browser", 
/**
 * The address that was opened.
 */
address: string, } | { "step": "password", 
/**
 * The name the provider gave.
 */
name: string, 
/**
 * The role the provider gave.
 */
role: Role, 
/**
 * Lowest length.
 */
minChars: number, } | { "step": "code", 
/**
 * The otpauth address as an SVG path of dark modules, one unit each.
 */
qrPath: string, 
/**
 * The number of modules a side, quiet zone included.
 */
qrSize: number, 
/**
 * The key for typing, in groups of four.
 */
manualKey: string, 
/**
 * The account label.
 */
label: string, } | { "step": "done", 
/**
 * The new user id.
 */
user: string, 
/**
 * Whether a colleague has to unlock first.
 */
waitingForGrant: boolean, 
/**
 * The files of a damaged slot and its drafts, as they are called now that they are set aside.
 */
setAside: Array<string>, } | { "step": "failed", 
/**
 * Why.
 */
code: ErrorCode, };

export type ErrorCode = "unlock_refused" | "throttled" | "slot_held" | "code_used" | "not_enrolled" | "waiting_for_grant" | "lease_ended" | "locked" | "refused" | "keychain_locked" | "keychain_absent" | "keychain_key_missing" | "keychain_slow" | "slot_damaged" | "store_damaged" | "store_newer" | "store_stale" | "ledger_damaged" | "disk_full" | "profile_in_use" | "clock_wrong" | "server_unreachable" | "server_untrusted" | "server_garbled" | "server_failed" | "sign_in_needed" | "sign_in_failed" | "not_available" | "stale" | "invalid" | "import_broken" | "authority_file_changed" | "io" | "internal";

export type FailureDto = { 
/**
 * What went wrong.
 */
code: ErrorCode, 
/**
 * Links the screen to the local log.
 */
incident: IncidentId, 
/**
 * Seconds to wait before trying again, where that is known.
 */
waitSeconds: number | null, 
/**
 * Attempts left before the next wait or hold, for unlock.
 */
attemptsLeft: number | null, 
/**
 * Names of fields that were not acceptable, for forms.
 */
fields: Array<FieldProblemDto>, };

export type FieldProblemDto = { 
/**
 * The field's name in the request.
 */
field: string, 
/**
 * A closed word for the reason, for example `impossible`, `missing`, `not_a_number`, `too_short`.
 */
reason: string, };

export type ImmunisationDto = { 
/**
 * The resource id.
 */
id: string, 
/**
 * Vaccine.
 */
vaccine: string, 
/**
 * When.
 */
given: string, 
/**
 * Status code.
 */
status: string, 
/**
 * Sync state.
 */
record: RecordStateDto, };

export type IncidentId = string;

export type KeychainStateDto = "ready" | "locked" | "absent" | "key_missing";

export type ListCountDto = { 
/**
 * The list.
 */
list: string, 
/**
 * Rows in it.
 */
count: number, };

export type LockScreenDto = { 
/**
 * The workstation's name, for example "Room 3 workstation".
 */
workstation: string, 
/**
 * The site's name; empty before the first enrolment.
 */
site: string, 
/**
 * Now, as this device believes it.
 */
now: string, 
/**
 * Everyone enrolled on this profile.
 */
users: Array<LockUserDto>, 
/**
 * The person who was unlocked last in this window and locked it; gets the focus.
 */
lastUser: string | null, 
/**
 * The state of the operating system's keychain.
 */
keychain: KeychainStateDto, 
/**
 * What the last session left waiting; counts only.
 */
sync: SyncChipDto, 
/**
 * Whether this profile shows demo data.
 */
demo: boolean, 
/**
 * Minutes of inactivity before lock.
 */
lockMinutes: number, 
/**
 * Whether the last session left drafts (of anyone) behind.
 */
draftsKept: boolean, 
/**
 * Set when the profile cannot be used at all; the screen then explains it.
 */
blocked: ErrorCode | null, 
/**
 * With `blocked`: the number that links the screen to the local log; empty otherwise.
 */
incident: string, 
/**
 * Whether the wall clock disagrees with trusted time, so that date and time are asked for.
 */
clockWrong: boolean, };

export type LockUserDto = { 
/**
 * The user id, hexadecimal.
 */
user: string, 
/**
 * The display name.
 */
name: string, 
/**
 * Up to two letters.
 */
initials: string, 
/**
 * The role.
 */
role: Role, 
/**
 * Whether the password alone resumes.
 */
resume: boolean, 
/**
 * Where the slot stands.
 */
state: SlotStateDto, 
/**
 * Seconds until the next attempt is taken, when throttled.
 */
waitSeconds: number, 
/**
 * Seconds until a code comes that was not used yet; each opens once.
 */
codeSeconds: number, 
/**
 * Whether the time that the phone shows is asked for as well, after a failed attempt: the clocks may differ.
 */
asksPhoneTime: boolean, };

export type MedicineDto = { 
/**
 * The resource id.
 */
id: string, 
/**
 * Generic name with Tall Man letters.
 */
name: string, 
/**
 * Strength and form.
 */
product: string, 
/**
 * Dose and route as text.
 */
dosage: string, 
/**
 * Whether it is current.
 */
active: boolean, 
/**
 * The status code.
 */
status: string, 
/**
 * Started, ISO.
 */
since: string, 
/**
 * Its age as text.
 */
age: string, 
/**
 * Sync state.
 */
record: RecordStateDto, };

export type NameValueDto = { 
/**
 * Name.
 */
name: string, 
/**
 * Value.
 */
value: string, };

export type NoteDto = { 
/**
 * The resource id.
 */
id: string, 
/**
 * Kind, for example "Progress note".
 */
kind: string, 
/**
 * Author's display name; empty where nothing names them.
 */
author: string, 
/**
 * Signed or written, RFC 3339.
 */
written: string, 
/**
 * `draft`, `signed`, `amended`, `entered_in_error`.
 */
status: string, 
/**
 * The text.
 */
text: string, 
/**
 * Whether the signed-in person may mark it as entered in error.
 */
mayMarkEnteredInError: boolean, 
/**
 * Sync state.
 */
record: RecordStateDto, };

export type NotesDto = { 
/**
 * Rows, newest first.
 */
rows: Array<NoteDto>, 
/**
 * How many there are.
 */
total: number, };

export type NoticeDto = { "kind": "granted", 
/**
 * The colleague's display name.
 */
name: string, 
/**
 * The colleague's role.
 */
role: Role, 
/**
 * The highest segment granted.
 */
segment: string, } | { "kind": "grant_received", 
/**
 * The colleague's display name.
 */
name: string, } | { "kind": "failed_attempts", 
/**
 * How many.
 */
count: number, 
/**
 * The last one.
 */
last: string, } | { "kind": "segment", 
/**
 * The segment's name.
 */
segment: string, 
/**
 * `stale`, `disputed`, `rebuilding` or `unavailable`; `mended` for what was found and put right, `whole` when it
 * has been brought up to date.
 */
health: string, 
/**
 * Since when it is being brought up to date, RFC 3339; empty where it is not.
 */
since: string, 
/**
 * The name under which the file as it was found is kept, or empty.
 */
kept: string, } | { "kind": "unsent_carried_over", 
/**
 * The segment's name.
 */
segment: string, 
/**
 * Records that go on as they were.
 */
verified: number, 
/**
 * Records that wait for a person to look at them.
 */
unverified: number, 
/**
 * Records of which only the name could be read; they are in the file that is kept.
 */
lost: number, 
/**
 * Whether there may be more in the file.
 */
incomplete: boolean, } | { "kind": "personal_replaced", 
/**
 * The name under which the old file is kept.
 */
kept: string, } | { "kind": "personal_unavailable" };

export type PatientPageDto = { 
/**
 * The rows, "opened by me today" first.
 */
rows: Array<PatientRowDto>, 
/**
 * How many match; exact below 500.
 */
total: number, 
/**
 * Whether more than `total` match.
 */
more: boolean, 
/**
 * Whether patients may be missing because the directory is not whole, so that "nobody" may not be said.
 */
incomplete: boolean, };

export type PatientRowDto = { 
/**
 * The Patient id.
 */
patient: string, 
/**
 * FAMILY in capitals.
 */
family: string, 
/**
 * Given names.
 */
given: string, 
/**
 * Birth date, ISO, possibly only year or year and month; empty when unknown.
 */
birthDate: string, 
/**
 * Age as text.
 */
age: string, 
/**
 * `female`, `male`, `other`, `unknown`.
 */
sex: string, 
/**
 * The labelled identifier, for example "CH-004471".
 */
number: string, 
/**
 * Phone.
 */
phone: string, 
/**
 * Last seen, RFC 3339 or empty.
 */
lastSeen: string, 
/**
 * Whether an empty `last_seen` means that there was no visit: all that it could be in is here and whole.
 */
lastSeenKnown: boolean, 
/**
 * Opened by me today.
 */
openedToday: boolean, 
/**
 * Whether the chart can be opened, or is still downloading.
 */
ready: boolean, 
/**
 * Whether a safety flag is set.
 */
alert: boolean, 
/**
 * Whether the patient has died.
 */
deceased: boolean, };

export type ProblemDto = { 
/**
 * The resource id.
 */
id: string, 
/**
 * Text.
 */
text: string, 
/**
 * Active, or resolved and so on.
 */
active: boolean, 
/**
 * The clinical status code.
 */
status: string, 
/**
 * Onset, partial ISO date or empty.
 */
since: string, 
/**
 * End, partial ISO date or empty.
 */
until: string, 
/**
 * Sync state.
 */
record: RecordStateDto, };

export type RecordStateDto = "synced" | "pending" | "conflict" | "rejected";

export type ResultDto = { 
/**
 * The Observation's id.
 */
id: string, 
/**
 * Test name.
 */
name: string, 
/**
 * Value with unit as text, as precise as recorded up to four decimals.
 */
value: string, 
/**
 * The value as recorded, where that is not what is shown; else empty.
 */
recorded: string, 
/**
 * Flag.
 */
flag: string, 
/**
 * Reference range as text.
 */
range: string, 
/**
 * When, RFC 3339 or partial.
 */
taken: string, 
/**
 * The report or panel it belongs to, or empty.
 */
panel: string, 
/**
 * Status code.
 */
status: string, 
/**
 * Sync state.
 */
record: RecordStateDto, };

export type ResultsDto = { 
/**
 * Rows, newest first.
 */
rows: Array<ResultDto>, 
/**
 * How many there are.
 */
total: number, };

export type ResumePointDto = { 
/**
 * The route of the interface.
 */
route: string, 
/**
 * The draft whose form was open.
 */
draft: string | null, 
/**
 * The field that had the focus.
 */
field: string | null, 
/**
 * The caret in that field, UTF-16 units.
 */
caret: number, };

export type RetryDto = { 
/**
 * The change set.
 */
changeSet: number, };

export type SaveDraftDto = { 
/**
 * The draft id; empty makes one.
 */
draft: string, 
/**
 * `vitals` or `note`.
 */
kind: string, 
/**
 * The Patient id.
 */
patient: string, 
/**
 * The form's content, a JSON object owned by the interface; at most 64 kB.
 */
content: string, };

export type SavedDto = { 
/**
 * The change set's sequence, the acknowledgement.
 */
changeSet: number, 
/**
 * The resources, as Type/id.
 */
resources: Array<string>, 
/**
 * Whether a visit was opened for it.
 */
visitStarted: boolean, };

export type SearchDto = { 
/**
 * What was typed: any part of a name, birth date, number, phone.
 */
query: string, 
/**
 * First row wanted.
 */
offset: number, 
/**
 * Rows wanted, at most 100.
 */
limit: number, };

export type SegmentDto = { 
/**
 * Name.
 */
name: string, 
/**
 * Size on disk.
 */
bytes: number, 
/**
 * Generation.
 */
generation: number, 
/**
 * `ok`, `absent`, `locked`, `damaged`, `newer`, `aside`.
 */
state: string, };

export type SessionDto = { 
/**
 * The user id.
 */
user: string, 
/**
 * Display name.
 */
name: string, 
/**
 * The role.
 */
role: Role, 
/**
 * The site.
 */
site: string, 
/**
 * The workstation.
 */
workstation: string, 
/**
 * Actions that policy grants this role, by name; the interface hides the rest, Rust refuses it.
 */
permissions: Array<string>, 
/**
 * Inactivity before lock, seconds.
 */
lockSeconds: number, 
/**
 * Warning before that, seconds.
 */
warningSeconds: number, 
/**
 * Whether this is demo data.
 */
demo: boolean, 
/**
 * Whether the segment keys are still missing, so that nothing can be shown yet.
 */
waitingForGrant: boolean, 
/**
 * Lines to show once after this unlock, for example a grant that was given.
 */
notices: Array<NoticeDto>, 
/**
 * Where the same user left off, if a draft or caret was kept.
 */
resume: ResumePointDto | null, };

export type SignInAgainDto = { 
/**
 * The user id of a tile of the lock screen; empty = whoever is unlocked.
 */
user: string, };

export type SignInStateDto = { "step": "idle" } | { "step": "browser", 
/**
 * The address that was opened.
 */
address: string, } | { "step": "done" } | { "step": "failed", 
/**
 * Why.
 */
code: ErrorCode, };

export type SignNoteDto = { 
/**
 * The Patient id.
 */
patient: string, 
/**
 * The kind, for example `progress`, `nursing`.
 */
kind: string, 
/**
 * The text.
 */
text: string, 
/**
 * The draft that this ends, if any.
 */
draft: string | null, };

export type SignOffDto = { 
/**
 * Ledger sequences; without any, all alerts that are open.
 */
sequences: Array<number>, 
/**
 * What was found out: `backup_restored`, `hardware_fault`, `maintenance`, `incident`, `unexplained`.
 */
explanation: string, };

export type SignedOffDto = { 
/**
 * Ledger sequences.
 */
sequences: Array<number>, };

export type SlotStateDto = "ready" | "waiting_for_grant" | "held" | "lease_ended" | "damaged";

export type MarkEnteredInErrorDto = { 
/**
 * Type/id.
 */
reference: string, 
/**
 * The Patient id.
 */
patient: string, 
/**
 * Why, in words.
 */
reason: string, };

export type SyncChipDto = { 
/**
 * `idle`, `running`, `offline`, `sign_in`, `failed`, or `incomplete` where a part of the records is not whole.
 */
state: string, 
/**
 * Last complete sync, RFC 3339 or empty.
 */
complete: string, 
/**
 * Change sets waiting to be sent.
 */
pending: number, 
/**
 * Change sets that were rejected.
 */
failed: number, 
/**
 * Conflicts that need a decision.
 */
conflicts: number, };

export type SyncItemDto = { 
/**
 * The change set.
 */
changeSet: number, 
/**
 * `pending`, `waits_for_rank`, `waits_for_author`, `rejected`, `conflict`, `damaged`.
 */
state: string, 
/**
 * The author's display name.
 */
author: string, 
/**
 * Saved at, RFC 3339.
 */
saved: string, 
/**
 * What it is, for example "Vitals, note"; the patient's name only where the role may see it.
 */
title: string, 
/**
 * The patient, or empty.
 */
patientName: string, 
/**
 * The server's reason, for rejected ones.
 */
reason: string, 
/**
 * The conflict id, for conflicts.
 */
conflict: string | null, };

export type SyncPageDto = { 
/**
 * The chip.
 */
chip: SyncChipDto, 
/**
 * Progress while running.
 */
progress: SyncProgressDto | null, 
/**
 * One row per type.
 */
types: Array<SyncTypeDto>, 
/**
 * What waits, was rejected or conflicts.
 */
items: Array<SyncItemDto>, 
/**
 * Bytes sent in the last run.
 */
bytesUp: number, 
/**
 * Bytes received in the last run.
 */
bytesDown: number, 
/**
 * The server's address without path or query.
 */
server: string, 
/**
 * Audit events not yet delivered.
 */
auditPending: number, };

export type SyncProgressDto = { 
/**
 * `push`, `pull`, `audit`.
 */
phase: string, 
/**
 * The type being pulled.
 */
resourceType: string, 
/**
 * Records done in this run.
 */
done: number, 
/**
 * Records expected, when known.
 */
expected: number | null, };

export type SyncTypeDto = { 
/**
 * The FHIR type.
 */
resourceType: string, 
/**
 * Records on this device.
 */
count: number, 
/**
 * Complete as of, RFC 3339 or empty.
 */
complete: string, };

export type TimelineDto = { 
/**
 * Rows, newest first.
 */
rows: Array<TimelineRowDto>, 
/**
 * How many there are.
 */
total: number, };

export type TimelineRowDto = { 
/**
 * Type/id.
 */
reference: string, 
/**
 * `encounter`, `note`, `result`, `vitals`, `medicine`, `problem`, `allergy`, `procedure`, `immunisation`, `report`, `other`.
 */
kind: string, 
/**
 * When, RFC 3339 or partial.
 */
at: string, 
/**
 * What.
 */
title: string, 
/**
 * More, or empty.
 */
detail: string, 
/**
 * The values of the detail as recorded, where that is not what is shown; else empty.
 */
recorded: string, 
/**
 * Whether the record could not be read.
 */
unreadable: boolean, 
/**
 * Whether it was entered in error: shown struck through.
 */
struck: boolean, 
/**
 * Sync state.
 */
record: RecordStateDto, };

export type UnlockDto = { 
/**
 * The user id.
 */
user: string, 
/**
 * The workstation password.
 */
password: string, 
/**
 * The six-digit code; absent for resume.
 */
code: string | null, 
/**
 * Date and time as the phone shows them, RFC 3339: when the clock is wrong, and after a failed attempt.
 */
phoneTime: string | null, };

export type UnmaskDto = { 
/**
 * Ledger sequence.
 */
sequence: number, 
/**
 * Why, in words.
 */
reason: string, };

export type UnmaskedDto = { 
/**
 * Name and birth date of each.
 */
patients: Array<string>, 
/**
 * How many others the event names whose records are not on this workstation.
 */
unknown: number, };

export type UnreadableDto = { 
/**
 * The FHIR type, or "unknown".
 */
resourceType: string, 
/**
 * How many.
 */
count: number, };

export type VitalFindingDto = { 
/**
 * The field.
 */
field: string, 
/**
 * `impossible` blocks, `improbable` wants confirmation, `abnormal` informs, `not_a_number` blocks.
 */
grade: string, 
/**
 * Lowest acceptable or normal value, as text.
 */
low: string, 
/**
 * Highest acceptable or normal value, as text.
 */
high: string, };

export type VitalPointDto = { 
/**
 * The Observation's id.
 */
id: string, 
/**
 * When, milliseconds since the epoch, UTC.
 */
at: number, 
/**
 * The value, for drawing only; never rounded.
 */
value: number, 
/**
 * The value as text, for reading; rounded to what is worth reading.
 */
text: string, 
/**
 * The value with its unit as recorded, where that is not what is shown; else empty.
 */
recorded: string, 
/**
 * Flag as above.
 */
flag: string, 
/**
 * Whether the signed-in person may mark it as entered in error.
 */
mayMarkEnteredInError: boolean, 
/**
 * Sync state.
 */
record: RecordStateDto, };

export type VitalSeriesDto = { 
/**
 * The catalogue's key, for example `systolic`.
 */
key: string, 
/**
 * Label.
 */
label: string, 
/**
 * Unit as displayed.
 */
unit: string, 
/**
 * The latest value as text, rounded to what is worth reading.
 */
value: string, 
/**
 * The latest value with its unit as recorded, where that is not what is shown; else empty.
 */
recorded: string, 
/**
 * `""`, `L`, `H`, `LL`, `HH`.
 */
flag: string, 
/**
 * When the latest was taken.
 */
taken: string, 
/**
 * Its age as text, for example "today", "3 w".
 */
age: string, 
/**
 * Reference range, lowest normal.
 */
low: number | null, 
/**
 * Reference range, highest normal.
 */
high: number | null, 
/**
 * The points, oldest first, at most 200.
 */
points: Array<VitalPointDto>, };

export type VitalsCheckDto = { 
/**
 * Per field: what is wrong or unusual.
 */
findings: Array<VitalFindingDto>, 
/**
 * NEWS2 total, once all parts are there.
 */
news2: number | null, 
/**
 * `low`, `low_medium`, `medium`, `high`; empty without a total.
 */
news2Risk: string, 
/**
 * Field names that NEWS2 still needs.
 */
news2Missing: Array<string>, 
/**
 * BMI as text with unit, or empty.
 */
bmi: string, };

export type VitalsDto = { 
/**
 * The Patient id.
 */
patient: string, 
/**
 * When taken, RFC 3339; empty = now.
 */
taken: string, 
/**
 * mmHg.
 */
systolic: string, 
/**
 * mmHg.
 */
diastolic: string, 
/**
 * Per minute.
 */
pulse: string, 
/**
 * Degrees Celsius.
 */
temperature: string, 
/**
 * Per minute.
 */
respiration: string, 
/**
 * Per cent.
 */
spo2: string, 
/**
 * kg.
 */
weight: string, 
/**
 * cm.
 */
height: string, 
/**
 * On supplemental oxygen (NEWS2).
 */
oxygen: boolean, 
/**
 * Hypercapnic scale 2 (NEWS2).
 */
scale2: boolean, 
/**
 * `alert`, `confusion`, `voice`, `pain`, `unresponsive`, or empty.
 */
consciousness: string, 
/**
 * The user has confirmed improbable values.
 */
confirmed: boolean, 
/**
 * The draft that this ends, if any.
 */
draft: string | null, };

export type WindowDto = { 
/**
 * The Patient id.
 */
patient: string, 
/**
 * First row.
 */
offset: number, 
/**
 * Rows, at most 200.
 */
limit: number, };

export type WorkRowDto = { 
/**
 * Who.
 */
patient: PatientRowDto, 
/**
 * The Appointment's id, or empty.
 */
appointment: string, 
/**
 * Booked for, RFC 3339 or empty.
 */
booked: string, 
/**
 * `booked`, `arrived`, `checked-in`, `fulfilled`, `noshow`, `cancelled` or empty.
 */
status: string, 
/**
 * Minutes since arrival, when waiting.
 */
waitingMinutes: number | null, 
/**
 * Why they come, or what is to be done.
 */
reason: string, 
/**
 * The allergy line, or empty where this role may not see it.
 */
safety: string, 
/**
 * Whether that line names a known allergy.
 */
safetyKnown: boolean, 
/**
 * The vitals cell: empty, `due`, or the time taken, RFC 3339.
 */
vitals: string, 
/**
 * NEWS2, when it was medium or high.
 */
news2: number | null, 
/**
 * With whom.
 */
with: string, };

export type WorklistAskDto = { 
/**
 * `queue`, `vitals_due`, `my_patients`, `today`, `charges`, `dispensing`, `specimens`, `drafts`.
 */
list: string, 
/**
 * First row.
 */
offset: number, 
/**
 * Rows, at most 200.
 */
limit: number, };

export type WorklistDto = { 
/**
 * Rows.
 */
rows: Array<WorkRowDto>, 
/**
 * How many there are.
 */
total: number, 
/**
 * Counts by list, for the rail; a list that may lack rows has none.
 */
counts: Array<ListCountDto>, 
/**
 * Whether the first download has not finished.
 */
downloading: boolean, 
/**
 * The FHIR types of which some may not be here, so that rows may be missing and "none" may not be said.
 */
missing: Array<string>, };

