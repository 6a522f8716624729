// Made from the Rust types by `make bindings`; do not edit.

export type EventClass = "log_start" | "log_stop" | "sign_in" | "sign_in_failed" | "unlock" | "unlock_failed" | "lock" | "throttle" | "chart_read" | "search" | "create" | "update" | "strike" | "marking_undone" | "note_signed" | "unmask" | "audit_read" | "import" | "export" | "sync" | "sync_failed" | "conflict_found" | "conflict_decided" | "quarantine" | "server_untrusted" | "enrol" | "grant" | "grant_received" | "config_change" | "refused" | "integrity_finding" | "clock_correction" | "keychain_problem" | "disk_full" | "second_instance" | "alert_signed_off" | "draft_kept" | "draft_discarded";

export type Explanation = "backup_restored" | "hardware_fault" | "maintenance" | "incident" | "unexplained";

export type Side = "ours" | "theirs";

export type AbsenceClassDto = "any" | "drug" | "food" | "environment" | "latex" | "insect" | "animal" | "substance" | "other" | "no_information";

export type AbsenceDto = { 
/**
 * What it is about.
 */
class: AbsenceClassDto, 
/**
 * The recorded words, where they say something else than the class.
 */
words: string | null, };

export type AlertCategoryDto = "advance_directive" | "safety" | "drug" | "behavioral" | "infection" | "clinical" | "lab" | "diet" | "research" | "contact" | "admin" | "other";

export type AlertDto = { 
/**
 * The text; `None` where it could not be read.
 */
text: string | null, 
/**
 * The category that most needs attention.
 */
category: AlertCategoryDto, 
/**
 * The categories as recorded.
 */
categories: Array<string>, 
/**
 * The last day or moment, RFC 3339 or partial.
 */
until: string | null, 
/**
 * What changes the meaning.
 */
marks: Array<MarkDto>, };

export type AllergiesDto = { 
/**
 * The statement as a whole.
 */
state: AllergyStateDto, 
/**
 * Known and current, most severe first.
 */
current: Array<AllergyDto>, 
/**
 * Current statements that there is none, by class, or that it is not known.
 */
statements: Array<AllergyDto>, 
/**
 * Inactive and resolved.
 */
past: Array<AllergyDto>, 
/**
 * Refuted and entered in error.
 */
void: Array<AllergyDto>, 
/**
 * Whether there may be others that cannot be shown here.
 */
incomplete: boolean, };

export type AllergyDto = { 
/**
 * The resource id.
 */
id: string, 
/**
 * Substance, or the recorded words of a statement; `None` where it could not be read.
 */
substance: string | null, 
/**
 * The statement that there is none; `None` for an allergy.
 */
absence: AbsenceDto | null, 
/**
 * What changes the meaning.
 */
marks: Array<MarkDto>, 
/**
 * What happens, and how badly.
 */
reaction: ReactionDto, 
/**
 * Each recorded reaction.
 */
reactions: Array<ReactionPartsDto>, 
/**
 * Whether it is of high criticality or severe.
 */
severe: boolean, 
/**
 * `low`, `high`, `unable-to-assess`, as recorded.
 */
criticality: string | null, 
/**
 * `allergy` or `intolerance`, as recorded.
 */
kind: string | null, 
/**
 * `food`, `medication`, ... as recorded.
 */
categories: Array<string>, 
/**
 * Onset.
 */
onset: ValueDto | null, 
/**
 * The last known reaction, RFC 3339 or partial.
 */
lastOccurrence: string | null, 
/**
 * Recorded, RFC 3339 or partial.
 */
recorded: string | null, 
/**
 * Notes as recorded.
 */
notes: Array<string>, 
/**
 * The recorded narrative, where it says more.
 */
narrative: string | null, 
/**
 * Sync state.
 */
record: RecordStateDto, };

export type AllergyStateDto = "known" | "none_known" | "partly_none_known" | "not_recorded" | "unavailable";

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
 * Only events of this class.
 */
class: EventClass | null, 
/**
 * Only alerts that are not signed off.
 */
openAlerts: boolean, 
/**
 * Only events before this sequence, as the first window named it: pages stay put while events are added.
 */
before: number | null, };

export type AuditOutcomeDto = "success" | "minor" | "serious";

export type AuditPageDto = { 
/**
 * Rows.
 */
rows: Array<AuditRowDto>, 
/**
 * Number of events in the whole list.
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
 * Alerts that are not signed off, for the banner.
 */
openAlerts: number, };

export type AuditRowDto = { 
/**
 * Ledger sequence.
 */
sequence: number, 
/**
 * When, RFC 3339; `None` where the entry could not be read.
 */
recorded: string | null, 
/**
 * When it first happened, where it was recorded later; RFC 3339.
 */
happened: string | null, 
/**
 * The class; `None` where the entry could not be read.
 */
class: EventClass | null, 
/**
 * The outcome.
 */
outcome: AuditOutcomeDto, 
/**
 * The actor's display name; `None` for the device itself.
 */
actor: string | null, 
/**
 * The actor's role.
 */
role: Role | null, 
/**
 * Number of patients that it names; they are shown by unmasking only.
 */
patients: number, 
/**
 * What caused it, or what was found: a word of the ledger such as `idle`.
 */
cause: string | null, 
/**
 * The reason that a user typed.
 */
reason: string | null, 
/**
 * Whether it is an alert that is not signed off.
 */
openAlert: boolean, };

export type BannerAllergiesDto = { 
/**
 * The statement as a whole.
 */
state: AllergyStateDto, 
/**
 * The known and current ones, most severe first.
 */
list: Array<BannerAllergyDto>, 
/**
 * What was recorded as absent.
 */
none: Array<AbsenceDto>, 
/**
 * Whether there may be others that cannot be shown here.
 */
incomplete: boolean, };

export type BannerAllergyDto = { 
/**
 * Substance; `None` where it could not be read.
 */
substance: string | null, 
/**
 * Whether it is of high criticality or severe.
 */
severe: boolean, 
/**
 * What changes the meaning.
 */
marks: Array<MarkDto>, };

export type BannerDto = { 
/**
 * The Patient id.
 */
patient: string, 
/**
 * FAMILY in capitals; `None` where the record could not be read, empty where it has only given names or none.
 */
family: string | null, 
/**
 * Given names.
 */
given: string | null, 
/**
 * Whether no name is recorded.
 */
unnamed: boolean, 
/**
 * What the shown name is, where it is not the ordinary one.
 */
nameUse: NameUseDto | null, 
/**
 * Preferred name, if another.
 */
preferred: string | null, 
/**
 * The other names.
 */
otherNames: Array<OtherNameDto>, 
/**
 * Initials, as far as there are names.
 */
initials: string, 
/**
 * Birth date as recorded: ISO, possibly partial.
 */
birthDate: string | null, 
/**
 * Age as text, now or at death.
 */
age: string | null, 
/**
 * Administrative gender.
 */
sex: SexDto, 
/**
 * Type of the number, for example "Clinic no.".
 */
numberLabel: string | null, 
/**
 * The number.
 */
number: string | null, 
/**
 * Phone.
 */
phone: string | null, 
/**
 * Preferred language, as recorded.
 */
language: string | null, 
/**
 * Whether an interpreter is needed.
 */
needsInterpreter: boolean, 
/**
 * Whether the patient has died.
 */
deceased: boolean, 
/**
 * Date of death, RFC 3339 or partial.
 */
died: string | null, 
/**
 * Whether the record is no longer in use.
 */
inactive: boolean, 
/**
 * The records that took the place of this one, which takes no new entries.
 */
replacedBy: Array<LinkedDto>, 
/**
 * The records whose place this one took.
 */
replaces: Array<LinkedDto>, 
/**
 * What else changes the meaning of the record.
 */
marks: Array<MarkDto>, 
/**
 * The flags in force that this role may read, by category.
 */
flags: Array<AlertDto>, 
/**
 * What must not be done.
 */
doNot: Array<DoNotDto>, 
/**
 * All known allergies; `None` where the role does not see them.
 */
allergies: BannerAllergiesDto | null, 
/**
 * Whether there is an alert whose text this role does not see.
 */
alert: boolean, 
/**
 * Address in one line.
 */
address: string | null, };

export type ChartDto = { 
/**
 * Patient identification.
 */
banner: BannerDto, 
/**
 * Tabs that this role may open, in order.
 */
tabs: Array<ChartTabDto>, 
/**
 * The number of records in each tab that has any, of all that this role may open and that carry no security label.
 */
counts: Array<TabCountDto>, 
/**
 * Exactly one of the five allergy states.
 */
allergies: AllergiesDto, 
/**
 * Problems by group.
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
 * Recent and abnormal results.
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
 * Those of the allergies, problems, medicines and immunisations that the user may correct or that were corrected.
 */
correctable: Array<CorrectableDto>, 
/**
 * The lists of this reply that are longer than what is shown of them.
 */
cut: Array<CutListDto>, 
/**
 * What was completely downloaded, and when.
 */
completeness: DownloadCompletenessDto, 
/**
 * Records that could not be read, by type.
 */
unreadable: Array<UnreadableDto>, 
/**
 * This user's drafts of this patient.
 */
drafts: Array<DraftDto>, };

export type ChartTabDto = "summary" | "timeline" | "notes" | "results" | "vitals" | "medicines" | "problems" | "allergies" | "immunisations" | "visits" | "reports" | "orders" | "procedures" | "care_plans" | "devices" | "family_history" | "other";

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
 * The side.
 */
side: Side, };

export type CodeDto = { 
/**
 * The code system's URI.
 */
system: string | null, 
/**
 * The code.
 */
code: string | null, 
/**
 * The display.
 */
display: string | null, };

export type ConflictDto = { 
/**
 * The conflict id.
 */
conflict: string, 
/**
 * The patient.
 */
banner: BannerDto, 
/**
 * The record as Type/id.
 */
reference: string, 
/**
 * What it is.
 */
title: RecordTitleDto, 
/**
 * Last shared version: when, RFC 3339.
 */
baseWhen: string | null, 
/**
 * This device: display name of the author.
 */
oursWho: string | null, 
/**
 * This device: when, RFC 3339.
 */
oursWhen: string | null, 
/**
 * Server: display name of the author.
 */
theirsWho: string | null, 
/**
 * Server: when, RFC 3339.
 */
theirsWhen: string | null, 
/**
 * Whether the server has deleted the record: then the only field is the record itself, at the path `record`.
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
 * The path in plain words, where the page has no better ones.
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
 * What is chosen beforehand; never for medicines and allergies.
 */
chosen: Side | null, };

export type ConflictKeyDto = SignDto | string;

export type ConflictPartDto = { 
/**
 * What it is a value of; `None` for the whole field.
 */
key: ConflictKeyDto | null, 
/**
 * The same in the record's words, where the page has none for the key.
 */
name: string | null, 
/**
 * The value.
 */
value: ConflictValueDto, };

export type ConflictValueDto = { "kind": "text", 
/**
 * The text.
 */
text: string, } | { "kind": "dosages", 
/**
 * The instructions.
 */
dosages: Array<DosageDto>, } | { "kind": "time", 
/**
 * RFC 3339 or partial, as recorded.
 */
at: string, } | { "kind": "boolean", 
/**
 * The value.
 */
value: boolean, } | { "kind": "elsewhere", 
/**
 * The id of that record.
 */
id: string, } | { "kind": "record", 
/**
 * What it is.
 */
title: RecordTitleDto, } | { "kind": "deleted" } | { "kind": "unreadable" };

export type Consciousness = "alert" | "confusion" | "voice" | "pain" | "unresponsive";

export type CorrectableDto = { 
/**
 * Type/id.
 */
reference: string, 
/**
 * Whether the user may mark it as entered in error.
 */
mayMark: boolean, 
/**
 * Of a record entered in error: who marked it, when and why.
 */
corrected: CorrectionDto | null, };

export type CorrectionDto = { 
/**
 * The person's display name.
 */
who: string | null, 
/**
 * When, RFC 3339 or partial.
 */
when: string | null, 
/**
 * The reason as recorded.
 */
why: string | null, 
/**
 * Whether this user can undo it: they marked it, and it was not sent yet.
 */
mayUndo: boolean, };

export type CutListDto = { 
/**
 * The tab of the list.
 */
tab: ChartTabDto, 
/**
 * Number of rows shown.
 */
shown: number, 
/**
 * Number of rows.
 */
total: number, };

export type DayEventDto = "morning" | "early_morning" | "late_morning" | "noon" | "afternoon" | "early_afternoon" | "late_afternoon" | "evening" | "early_evening" | "late_evening" | "night" | "after_sleep" | "bedtime" | "waking" | "with_meal" | "with_breakfast" | "with_lunch" | "with_dinner" | "before_meal" | "before_breakfast" | "before_lunch" | "before_dinner" | "after_meal" | "after_breakfast" | "after_lunch" | "after_dinner";

export type DecideDto = { 
/**
 * The conflict id.
 */
conflict: string, 
/**
 * A choice per field.
 */
choices: Array<ChoiceDto>, };

export type DetailDto = { 
/**
 * The name in R4 without the type of a choice: `value`, `onset`, `bodySite`.
 */
element: string, 
/**
 * The R4 type, such as `HumanName`; `None` where R4 does not have this element.
 */
dataType: string | null, 
/**
 * Its value; `None` where it consists of its parts.
 */
value: DetailValueDto | null, 
/**
 * Elements of this element.
 */
parts: Array<DetailDto>, 
/**
 * Whether it goes on from the part before.
 */
continued: boolean, };

export type DetailValueDto = { "kind": "value", 
/**
 * The value.
 */
value: ValueDto, } | { "kind": "markdown", 
/**
 * The text.
 */
text: string, } | { "kind": "code", 
/**
 * The code.
 */
code: string, } | { "kind": "concept", 
/**
 * The recorded text.
 */
text: string | null, 
/**
 * The codes.
 */
codes: Array<CodeDto>, } | { "kind": "reference", 
/**
 * The recorded words, or else the name of the target.
 */
name: string | null, 
/**
 * The reference as recorded.
 */
reference: string | null, } | { "kind": "bytes", 
/**
 * Their number.
 */
count: number, };

export type DeviceCheckDto = "swap_unencrypted" | "ledger_nearly_full" | "slot_damaged" | "special_file" | "authority_file_changed" | "authority_file_unreadable";

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
 * What is wrong with it.
 */
findings: Array<DeviceFindingDto>, 
/**
 * The organisation, once it is known from the records.
 */
site: string | null, 
/**
 * The workstation's own name.
 */
name: string | null, 
/**
 * The server's address without path or query.
 */
server: string | null, 
/**
 * The policy values in force.
 */
policy: Array<NameValueDto>, };

export type DeviceFindingDto = DeviceCheckDto | ErrorCode;

export type DirectionDto = "ltr" | "rtl" | "auto";

export type DoNotDto = { 
/**
 * Type/id of the record.
 */
reference: string, 
/**
 * How it is said.
 */
kind: DoNotKindDto, 
/**
 * The recorded words; `None` where they could not be read.
 */
text: string | null, 
/**
 * When it was decided, RFC 3339 or partial.
 */
at: string | null, 
/**
 * What changes the meaning.
 */
marks: Array<MarkDto>, };

export type DoNotKindDto = "perform" | "resuscitate";

export type DocumentBodyDto = { 
/**
 * Its parts in order. Where the text is cut, elements at the end are still open.
 */
pieces: Array<PieceDto>, 
/**
 * What the reader has to know about the way it is shown.
 */
notices: Array<DocumentNoticeDto>, 
/**
 * Whether spaces and line breaks of the text count.
 */
preformatted: boolean, 
/**
 * Whether this is all of it.
 */
complete: boolean, };

export type DocumentChunkAskDto = { 
/**
 * The handle of the opened attachment.
 */
handle: string, 
/**
 * The first part.
 */
offset: number, };

export type DocumentChunkDto = { 
/**
 * The parts.
 */
pieces: Array<PieceDto>, 
/**
 * The first part of the next chunk; `None` at the end.
 */
next: number | null, };

export type DocumentFaultDto = "wrong_size" | "wrong_hash";

export type DocumentFieldDto = "patient" | "birth_date" | "author" | "date" | "subject" | "mode" | "order" | "empty_reason" | "entry" | "summary" | "description" | "finding" | "basis" | "prognosis" | "investigation" | "problem" | "supporting" | "note" | "questionnaire";

export type DocumentFormDto = "text" | "pdf" | "image" | "large_image" | "other";

export type DocumentNoticeDto = { "kind": "guessed_charset", 
/**
 * The one that was taken.
 */
charset: string, } | { "kind": "unformatted" } | { "kind": "style_sheet_ignored" } | { "kind": "shown_as_source" };

export type DocumentPartDto = { 
/**
 * Its place in the record, for `open_document`.
 */
index: number, 
/**
 * Title as recorded.
 */
title: string | null, 
/**
 * Content type as recorded.
 */
contentType: string | null, 
/**
 * Format beyond the content type, as recorded.
 */
format: string | null, 
/**
 * Language as recorded.
 */
language: string | null, 
/**
 * When it was made, RFC 3339 or partial.
 */
created: string | null, 
/**
 * Size in bytes: that of the bytes where they are here, otherwise as recorded.
 */
size: number | null, 
/**
 * What it is: by its bytes where they are here, otherwise by its content type.
 */
form: DocumentFormDto, 
/**
 * Where its bytes are.
 */
place: DocumentPlaceDto, 
/**
 * What is wrong with its bytes.
 */
faults: Array<DocumentFaultDto>, 
/**
 * Its text, where it has one; the start of a long one.
 */
body: DocumentBodyDto | null, };

export type DocumentPlaceDto = { "kind": "here" } | { "kind": "server", 
/**
 * The address as recorded.
 */
address: string, } | { "kind": "elsewhere", 
/**
 * The address as recorded.
 */
address: string, } | { "kind": "empty" } | { "kind": "undecodable" };

export type DosageDto = { 
/**
 * The recorded text in full, where the parts say less than it or something else.
 */
words: string | null, 
/**
 * The place in a sequence of steps, as recorded.
 */
sequence: string | null, 
/**
 * Amounts and rates.
 */
doses: Array<DoseDto>, 
/**
 * When.
 */
timing: DoseTimingDto, 
/**
 * Whether it is taken as needed only.
 */
asNeeded: boolean, 
/**
 * The reason for taking it.
 */
asNeededFor: string | null, 
/**
 * The route, as recorded.
 */
route: string | null, 
/**
 * The place on the body, as recorded.
 */
site: string | null, 
/**
 * The technique, as recorded.
 */
method: string | null, 
/**
 * The most that may be given.
 */
maxima: Array<MaximumDoseDto>, 
/**
 * Additional instructions and those to the patient, as recorded.
 */
instructions: Array<string>, 
/**
 * Elements that could not be read.
 */
unread: Array<UnreadElementDto>, };

export type DoseDto = { 
/**
 * `ordered`, `calculated`, or the recorded words.
 */
kind: string | null, 
/**
 * The amount.
 */
dose: ValueDto | null, 
/**
 * The rate.
 */
rate: ValueDto | null, };

export type DoseTimingDto = { 
/**
 * Moments, RFC 3339 or partial.
 */
moments: Array<string>, 
/**
 * Times per period.
 */
frequency: LimitsDto | null, 
/**
 * The period.
 */
period: TimeSpanDto | null, 
/**
 * Number of doses in all.
 */
count: LimitsDto | null, 
/**
 * Length of one dose.
 */
duration: TimeSpanDto | null, 
/**
 * Weekdays.
 */
days: Array<WeekdayDto>, 
/**
 * Times of day, `08:00`.
 */
times: Array<string>, 
/**
 * Events of the day.
 */
events: Array<DayEventDto>, 
/**
 * Minutes from the event.
 */
offset: string | null, 
/**
 * How long: a quantity, a range or a period.
 */
bounds: ValueDto | null, 
/**
 * A timing in its own words, where the other parts do not say it.
 */
code: string | null, };

export type DownloadCompletenessDto = { 
/**
 * The oldest "complete as of" of the types shown, RFC 3339.
 */
asOf: string | null, 
/**
 * Types whose first download has not finished.
 */
missing: Array<string>, 
/**
 * Types that cannot be had: the server does not have them or refuses them to this user.
 */
unavailable: Array<string>, 
/**
 * Types that the server could not deliver so far, though it should.
 */
failed: Array<string>, 
/**
 * Whether a part of the records is damaged, older than it should be or being downloaded again, so that no list
 * may say that there is nothing more.
 */
partial: boolean, };

export type DraftDto = { 
/**
 * The draft id.
 */
draft: string, 
/**
 * The form.
 */
kind: DraftKindDto, 
/**
 * The Patient id.
 */
patient: string, 
/**
 * The patient's name, where it could be read.
 */
patientName: string | null, 
/**
 * The form's content, a JSON object owned by the page.
 */
content: string, 
/**
 * Last saved, RFC 3339.
 */
saved: string, };

export type DraftKindDto = "vitals" | "note";

export type DraftSavedDto = { 
/**
 * The draft id.
 */
draft: string, 
/**
 * When, RFC 3339.
 */
saved: string, };

export type ElapsedDto = { 
/**
 * The unit.
 */
unit: ElapsedUnitDto, 
/**
 * The number of units; 0 for today.
 */
count: number, };

export type ElapsedUnitDto = "minutes" | "hours" | "today" | "days" | "weeks" | "months" | "years";

export type ElementDto = { "name": "block" } | { "name": "paragraph" } | { "name": "heading", 
/**
 * 1 to 6.
 */
level: number, } | { "name": "list" } | { "name": "numbered_list", 
/**
 * The way of numbering.
 */
numbering: NumberingDto, 
/**
 * The number of the first item.
 */
start: number, } | { "name": "item", 
/**
 * Its number, where it is out of order.
 */
number: number | null, } | { "name": "terms" } | { "name": "term" } | { "name": "definition" } | { "name": "table" } | { "name": "caption" } | { "name": "row" } | { "name": "header_cell", 
/**
 * The columns that it spans.
 */
columns: number, 
/**
 * The rows that it spans.
 */
rows: number, } | { "name": "cell", 
/**
 * The columns that it spans.
 */
columns: number, 
/**
 * The rows that it spans.
 */
rows: number, } | { "name": "quote" } | { "name": "preformatted" } | { "name": "code" } | { "name": "strong" } | { "name": "emphasis" } | { "name": "underlined" } | { "name": "crossed_out" } | { "name": "inserted" } | { "name": "superscript" } | { "name": "subscript" } | { "name": "link", 
/**
 * The address as recorded.
 */
address: string, };

export type EndedByDto = "status" | "period" | "course" | "supply" | "given";

export type EndedDto = { 
/**
 * By what.
 */
by: EndedByDto, 
/**
 * When, RFC 3339 or partial, where that is recorded.
 */
at: string | null, };

export type EnrolBeginDto = { 
/**
 * The FHIR base address; `None` = the profile's configured server.
 */
server: string | null, 
/**
 * The workstation's name, asked once per profile.
 */
workstation: string | null, };

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
server: string | null, 
/**
 * The workstation's name, once it has one.
 */
workstation: string | null, } | { "step": "browser", 
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
 * Names of the files of a damaged slot and its drafts that were set aside.
 */
setAside: Array<string>, } | { "step": "failed", 
/**
 * Why.
 */
code: ErrorCode, 
/**
 * What came and what was expected, where IT can mend it.
 */
problem: SignInProblemDto | null, };

export type ErrorCode = "unlock_refused" | "throttled" | "slot_held" | "code_used" | "not_enrolled" | "waiting_for_grant" | "lease_ended" | "locked" | "refused" | "keychain_locked" | "keychain_absent" | "keychain_key_missing" | "keychain_slow" | "slot_damaged" | "store_damaged" | "store_newer" | "store_stale" | "ledger_damaged" | "disk_full" | "profile_in_use" | "clock_wrong" | "server_unreachable" | "server_untrusted" | "server_garbled" | "server_failed" | "sign_in_needed" | "sign_in_failed" | "not_available" | "stale" | "record_replaced" | "invalid" | "import_broken" | "authority_file_changed" | "io" | "internal";

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
fields: Array<FieldProblemDto>, 
/**
 * Of a patient whose record was merged: the records that took its place.
 */
replacedBy: Array<LinkedDto>, };

export type FieldProblemDto = { 
/**
 * The field's name in the request.
 */
field: string, 
/**
 * What is wrong with it.
 */
reason: FieldReasonDto, };

export type FieldReasonDto = "missing" | "unknown" | "too_short" | "too_long" | "not_a_number" | "not_a_time" | "in_future" | "before_birth" | "improbable" | "impossible" | "wrong" | "unknown_ending" | "not_an_address" | "no_sign_in_address" | "wrong_issuer" | "not_readable" | "no_certificate" | "cannot_be_marked" | "another_record";

export type FindingGradeDto = "not_a_number" | "impossible" | "improbable" | "abnormal";

export type FlagDto = "L" | "H" | "LL" | "HH" | "A" | "AA";

export type GiveUpDto = { 
/**
 * The change set.
 */
changeSet: number, 
/**
 * Why, as the user typed it.
 */
reason: string, };

export type ImmunisationDto = { 
/**
 * The resource id.
 */
id: string, 
/**
 * Vaccine; `None` where it could not be read.
 */
vaccine: string | null, 
/**
 * When, RFC 3339 or partial.
 */
given: string | null, 
/**
 * Status code as recorded.
 */
status: string | null, 
/**
 * Sync state.
 */
record: RecordStateDto, };

export type IncidentId = string;

export type KeychainStateDto = "ready" | "locked" | "absent" | "key_missing";

export type LimitsDto = { 
/**
 * The number, or the lower limit.
 */
low: string | null, 
/**
 * The upper limit.
 */
high: string | null, };

export type LinkedDto = { 
/**
 * The Patient id, where it is on this server.
 */
patient: string | null, 
/**
 * FAMILY, Given, or the words of the link.
 */
name: string | null, };

export type ListCountDto = { 
/**
 * The list.
 */
list: WorklistNameDto, 
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
 * The site's name, once it is known.
 */
site: string | null, 
/**
 * Now, as this device believes it.
 */
now: string, 
/**
 * Everyone enrolled on this profile.
 */
users: Array<LockUserDto>, 
/**
 * The user who last locked this window; gets the focus.
 */
lastUser: string | null, 
/**
 * The state of the operating system's keychain.
 */
keychain: KeychainStateDto, 
/**
 * What the last session left waiting; counts only.
 */
sync: SyncStatusDto, 
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
 * With `blocked`: the number that links the screen to the local log.
 */
incident: string | null, 
/**
 * Whether the wall clock disagrees with trusted time, so that the page asks for date and time.
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
 * State of the slot.
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
 * Whether the page also asks for the time shown on the phone, after a failed attempt: the clocks may differ.
 */
asksPhoneTime: boolean, };

export type MarkDto = { "kind": "status", 
/**
 * The code, or what was recorded instead of one.
 */
code: string, 
/**
 * The recorded reason.
 */
reason: string | null, } | { "kind": "intent", 
/**
 * The code as recorded.
 */
code: string, } | { "kind": "verification", 
/**
 * The code or the text as recorded.
 */
code: string, } | { "kind": "do_not" } | { "kind": "entered_in_error" } | { "kind": "unfounded" } | { "kind": "focus", 
/**
 * Who or what, as recorded.
 */
whom: string | null, } | { "kind": "superseded", 
/**
 * The record that replaces it, as recorded.
 */
by: string | null, 
/**
 * When that one was written, RFC 3339 or partial.
 */
at: string | null, } | { "kind": "in_future" } | { "kind": "missing", 
/**
 * The element: `status`, `intent`, ...
 */
element: string, } | { "kind": "inactive" } | { "kind": "deceased", 
/**
 * When, RFC 3339 or partial, where that was recorded.
 */
at: string | null, } | { "kind": "subpotent", 
/**
 * The recorded reason.
 */
reason: string | null, } | { "kind": "linked", 
/**
 * `replaces`, `refer` or `seealso`.
 */
code: string | null, 
/**
 * The other record, as recorded.
 */
other: string | null, } | { "kind": "element", 
/**
 * Its path: `activity.detail.doNotPerform`.
 */
element: string, 
/**
 * What was recorded: words and codes.
 */
recorded: Array<string>, } | { "kind": "unsafe", 
/**
 * The names of these elements.
 */
elements: Array<string>, };

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

export type MaximumDoseDto = { "per": "period", 
/**
 * The amount.
 */
amount: QuantityDto, 
/**
 * The period; `None` where only the amount is recorded.
 */
period: QuantityDto | null, } | { "per": "administration", 
/**
 * The amount.
 */
amount: QuantityDto, } | { "per": "lifetime", 
/**
 * The amount.
 */
amount: QuantityDto, };

export type MedicineDto = { 
/**
 * The record that leads, as Type/id.
 */
reference: string, 
/**
 * The kind of that record.
 */
kind: MedicineRecordDto, 
/**
 * Generic name with Tall Man letters; `None` where it is not recorded.
 */
name: string | null, 
/**
 * Strength and form.
 */
product: string | null, 
/**
 * The recorded words, where name and product do not say them letter by letter.
 */
recorded: Array<string>, 
/**
 * Where it is listed.
 */
group: MedicineGroupDto, 
/**
 * What changes its meaning.
 */
marks: Array<MarkDto>, 
/**
 * The status code as recorded.
 */
status: string | null, 
/**
 * Instructions; several are steps or alternatives.
 */
dosages: Array<DosageDto>, 
/**
 * Started, ordered, handed out or given, RFC 3339 or partial.
 */
since: string | null, 
/**
 * Time since then.
 */
age: ElapsedDto | null, 
/**
 * Why and when it is past.
 */
ended: EndedDto | null, 
/**
 * `urgent`, `stat`, ...; `None` for routine.
 */
priority: string | null, 
/**
 * Reasons, as recorded.
 */
reasons: Array<string>, 
/**
 * Kind of treatment and place of use, as recorded.
 */
categories: Array<string>, 
/**
 * Notes, as recorded.
 */
notes: Array<string>, 
/**
 * Who ordered, reported, handed out or gave it.
 */
requester: string | null, 
/**
 * What is to be handed out.
 */
supply: SupplyDto | null, 
/**
 * Records of the same medicine, newest first.
 */
history: Array<MedicineEventDto>, 
/**
 * Number of older records that are not in `history`.
 */
moreHistory: number, 
/**
 * Sync state.
 */
record: RecordStateDto, };

export type MedicineEventDto = { 
/**
 * Type/id.
 */
reference: string, 
/**
 * Its kind.
 */
kind: MedicineRecordDto, 
/**
 * When, RFC 3339 or partial.
 */
at: string | null, 
/**
 * The status code as recorded.
 */
status: string | null, 
/**
 * What changes its meaning.
 */
marks: Array<MarkDto>, 
/**
 * Its medicine, where it is called something else.
 */
name: string | null, 
/**
 * The recorded words of that name, where it does not say them letter by letter.
 */
recorded: Array<string>, 
/**
 * The amount that was handed out.
 */
quantity: QuantityDto | null, 
/**
 * Its instructions, where they are others.
 */
dosages: Array<DosageDto>, 
/**
 * Who wrote it or did it.
 */
who: string | null, 
/**
 * Notes, as recorded.
 */
notes: Array<string>, };

export type MedicineGroupDto = "do_not_give" | "current" | "on_hold" | "unknown" | "without_order" | "planned" | "past";

export type MedicineRecordDto = "order" | "statement" | "dispense" | "administration";

export type NameUseDto = "nickname" | "maiden" | "old" | "anonymous" | "temporary" | "other";

export type NameValueDto = { 
/**
 * Name.
 */
name: string, 
/**
 * Value.
 */
value: string, };

export type News2Parameter = "respiration" | "spo2" | "oxygen" | "systolic" | "pulse" | "consciousness" | "temperature";

export type News2PartDto = { 
/**
 * The parameter.
 */
field: News2Parameter, 
/**
 * 0 to 3.
 */
score: number, };

export type News2ResponseDto = "routine" | "assess" | "urgent_review" | "urgent" | "emergency";

export type News2RiskDto = "low" | "low_medium" | "medium" | "high";

export type News2UnavailableDto = "child" | "age_unknown" | "pregnant" | "scale2_reason";

export type NoteDetailDto = { 
/**
 * The label.
 */
field: NoteFieldDto, 
/**
 * The value.
 */
value: ValueDto, };

export type NoteDto = { 
/**
 * The resource id.
 */
id: string, 
/**
 * The record, for example `DocumentReference/n1`.
 */
reference: string, 
/**
 * Kind as recorded, for example "Progress note", or else the title.
 */
kind: string | null, 
/**
 * The first author's display name.
 */
author: string | null, 
/**
 * The display names of the other authors.
 */
moreAuthors: Array<string>, 
/**
 * Signed or written, RFC 3339 or partial.
 */
written: string | null, 
/**
 * How far it is.
 */
status: NoteStatusDto, 
/**
 * What changes its meaning.
 */
marks: Array<MarkDto>, 
/**
 * The documents that it replaces, changes or signs, and those that do so to it.
 */
relations: Array<NoteRelationDto>, 
/**
 * What else is recorded about it.
 */
details: Array<NoteDetailDto>, 
/**
 * Its attachments in order.
 */
parts: Array<DocumentPartDto>, 
/**
 * The narrative of the record, where it says more than the attachments.
 */
narrative: DocumentBodyDto | null, 
/**
 * Whether the user may mark it as entered in error.
 */
mayMarkEnteredInError: boolean, 
/**
 * Of a note entered in error: who marked it, when and why.
 */
corrected: CorrectionDto | null, 
/**
 * Sync state.
 */
record: RecordStateDto, };

export type NoteFieldDto = "title" | "description" | "conclusion" | "category" | "event" | "period" | "facility" | "practice" | "security_label" | "confidentiality" | "authenticator" | "attester_personal" | "attester_professional" | "attester_legal" | "attester_official" | "attested_at" | "custodian" | "source_patient" | "status_reason" | "source" | "media_kind" | "view" | "body_site" | "reason" | "device" | "issued" | "note";

export type NoteKindDto = "progress" | "nursing" | "consult" | "discharge" | "history";

export type NoteRelationDto = { 
/**
 * `replaces`, `transforms`, `signs`, `appends`, or another code as recorded.
 */
code: string, 
/**
 * Whether the other document does this to the shown one.
 */
incoming: boolean, 
/**
 * The other document, where it is a record.
 */
reference: string | null, 
/**
 * Its kind or title.
 */
title: string | null, 
/**
 * When it was written, RFC 3339 or partial.
 */
written: string | null, };

export type NoteStatusDto = "draft" | "final" | "signed" | "amended" | "unstated" | "unknown" | "entered_in_error";

export type NotesDto = { 
/**
 * Rows, newest first.
 */
rows: Array<NoteDto>, 
/**
 * Number of notes.
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
segment: Segment, } | { "kind": "grant_received", 
/**
 * The colleague's display name.
 */
name: string, } | { "kind": "segment", 
/**
 * The segment.
 */
segment: Segment, 
/**
 * Its health.
 */
health: SegmentHealthDto, 
/**
 * Since when it is being brought up to date, RFC 3339.
 */
since: string | null, 
/**
 * The name under which the file as it was found is stored.
 */
kept: string | null, } | { "kind": "unsent_carried_over", 
/**
 * The segment.
 */
segment: Segment, 
/**
 * Records that go on as they were.
 */
verified: number, 
/**
 * Records that wait for a user to check them.
 */
unverified: number, 
/**
 * Records of which only the name could be read; they are in the stored file.
 */
lost: number, 
/**
 * Whether there may be more in the file.
 */
incomplete: boolean, } | { "kind": "personal_replaced", 
/**
 * The name under which the old file is stored, if there was one.
 */
kept: string | null, } | { "kind": "personal_unavailable" };

export type NumberingDto = "decimal" | "lower_alpha" | "upper_alpha" | "lower_roman" | "upper_roman";

export type OmittedDto = "image" | "unopened_image" | "large_image" | "remote_image" | "embedded";

export type OpenDocumentDto = { 
/**
 * The Patient id.
 */
patient: string, 
/**
 * The record, for example `DocumentReference/n1`.
 */
reference: string, 
/**
 * The place of the attachment in the record.
 */
index: number, 
/**
 * Whether the text that it consists of is wanted instead of its readable form.
 */
source: boolean, };

export type OpenedDocumentDto = { 
/**
 * Names it in `document_chunk` and `close_document`; it cannot be guessed.
 */
handle: string, 
/**
 * What it is.
 */
form: DocumentFormDto, 
/**
 * The content type of its bytes.
 */
contentType: string, 
/**
 * Size in bytes.
 */
size: number, 
/**
 * What is wrong with its bytes.
 */
faults: Array<DocumentFaultDto>, 
/**
 * What the reader has to know about the way its text is shown.
 */
notices: Array<DocumentNoticeDto>, 
/**
 * Whether spaces and line breaks of the text count.
 */
preformatted: boolean, 
/**
 * Number of parts of its text.
 */
pieces: number, };

export type OtherNameDto = { 
/**
 * What it is.
 */
nameUse: NameUseDto, 
/**
 * FAMILY, Given.
 */
name: string, };

export type PatientPageDto = { 
/**
 * The rows, those opened by this user today first.
 */
rows: Array<PatientRowDto>, 
/**
 * Number of matches; exact below 500.
 */
total: number, 
/**
 * Whether more than `total` match.
 */
more: boolean, 
/**
 * Whether patients may be missing because the directory is not whole, so that the page may not say that none match.
 */
incomplete: boolean, 
/**
 * How many of `total` match as typed; the rows after them have similar names.
 */
exact: number, 
/**
 * Whether the query has no letter and no digit, so that no patient was looked for.
 */
unusable: boolean, };

export type PatientRowDto = { 
/**
 * The Patient id.
 */
patient: string, 
/**
 * FAMILY in capitals; `None` where the record could not be read.
 */
family: string | null, 
/**
 * Given names.
 */
given: string | null, 
/**
 * Whether no name is recorded.
 */
unnamed: boolean, 
/**
 * Birth date as recorded: ISO, possibly only year or year and month.
 */
birthDate: string | null, 
/**
 * Age as text, now or at death.
 */
age: string | null, 
/**
 * Administrative gender.
 */
sex: SexDto, 
/**
 * The labelled identifier, for example "CH-004471".
 */
number: string | null, 
/**
 * Phone.
 */
phone: string | null, 
/**
 * Last seen, RFC 3339.
 */
lastSeen: string | null, 
/**
 * Whether without `last_seen` there was no visit: all that it could be in is here and whole.
 */
lastSeenKnown: boolean, 
/**
 * Opened by this user today.
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
deceased: boolean, 
/**
 * Date of death, RFC 3339, partial, or as recorded.
 */
died: string | null, 
/**
 * Whether another record took the place of this one.
 */
replaced: boolean, 
/**
 * Whether the record is no longer in use.
 */
inactive: boolean, };

export type PermissionDto = "search_patients" | "open_patient" | "open_chart" | "check_in" | "run_sync" | "read_audit" | "unmask" | "sign_off_alert" | "read_device" | "import" | "read_notes" | "read_results" | "read_medicines" | "read_problems" | "read_allergies" | "read_vitals" | "read_immunisations" | "read_charges" | "view_worklist" | "record_vitals" | "write_note" | "resolve_conflict" | "sign_note" | "mark_entered_in_error";

export type PieceDto = { "kind": "open", 
/**
 * The element.
 */
element: ElementDto, 
/**
 * `ltr`, `rtl` or `auto`, where the document says so.
 */
direction: DirectionDto | null, } | { "kind": "close" } | { "kind": "text", 
/**
 * The text as recorded.
 */
text: string, } | { "kind": "break" } | { "kind": "rule" } | { "kind": "checkbox", 
/**
 * Whether it is.
 */
checked: boolean, } | { "kind": "picture", 
/**
 * The piece that it is.
 */
index: number, 
/**
 * The content type of its bytes.
 */
contentType: string, 
/**
 * Size in bytes.
 */
size: number, 
/**
 * The text that stands for it.
 */
label: string | null, } | { "kind": "omitted", 
/**
 * What it is.
 */
what: OmittedDto, 
/**
 * The text that stands for it.
 */
label: string | null, } | { "kind": "field", 
/**
 * The label.
 */
field: DocumentFieldDto, 
/**
 * The text as recorded.
 */
text: string, };

export type ProblemDto = { 
/**
 * The resource id.
 */
id: string, 
/**
 * Text; `None` where it could not be read.
 */
text: string | null, 
/**
 * Where it is listed.
 */
group: ProblemGroupDto, 
/**
 * The statement that there is none; `None` for a problem.
 */
absence: AbsenceDto | null, 
/**
 * What changes the meaning.
 */
marks: Array<MarkDto>, 
/**
 * The clinical status: R4's code, or else as recorded; `None` where none is recorded.
 */
status: string | null, 
/**
 * Onset.
 */
onset: ValueDto | null, 
/**
 * End.
 */
abatement: ValueDto | null, 
/**
 * Recorded, RFC 3339 or partial.
 */
recorded: string | null, 
/**
 * Severity.
 */
severity: string | null, 
/**
 * Parts of the body.
 */
bodySites: Array<string>, 
/**
 * Stages and grades.
 */
stages: Array<StageDto>, 
/**
 * Symptoms and findings that support it.
 */
evidence: Array<string>, 
/**
 * Categories as recorded: `problem-list-item`, `encounter-diagnosis`, ...
 */
categories: Array<string>, 
/**
 * Notes as recorded.
 */
notes: Array<string>, 
/**
 * The recorded narrative, where it says more.
 */
narrative: string | null, 
/**
 * Sync state.
 */
record: RecordStateDto, };

export type ProblemGroupDto = "active" | "unconfirmed" | "statement" | "past" | "void";

export type QuantityDto = { 
/**
 * `<`, `<=`, `>=` or `>`; `None` for an exact value.
 */
comparator: string | null, 
/**
 * The number as it is shown; `None` where it could not be read.
 */
number: string | null, 
/**
 * The unit in its safe spelling.
 */
unit: string | null, 
/**
 * Number and unit as recorded, where they differ from what is shown: rounded or converted.
 */
recorded: string | null, };

export type RangeDto = { 
/**
 * Lower limit.
 */
low: QuantityDto | null, 
/**
 * Upper limit.
 */
high: QuantityDto | null, 
/**
 * Its text.
 */
text: string | null, 
/**
 * What it is a range of, where that is not the normal one: `treatment`, `recommended`, ...
 */
meaning: string | null, 
/**
 * The populations that it applies to.
 */
appliesTo: Array<string>, 
/**
 * The lowest age.
 */
ageFrom: QuantityDto | null, 
/**
 * The highest age.
 */
ageTo: QuantityDto | null, };

export type ReactionDto = { 
/**
 * Manifestations as recorded.
 */
manifestations: Array<string>, 
/**
 * The worst severity, a code of FHIR's reaction-event-severity as recorded.
 */
severity: string | null, 
/**
 * Whether the criticality is high.
 */
highRisk: boolean, };

export type ReactionPartsDto = { 
/**
 * Its substance, where that is another than the allergy's.
 */
substance: string | null, 
/**
 * Manifestations as recorded.
 */
manifestations: Array<string>, 
/**
 * The event in words.
 */
description: string | null, 
/**
 * When it began, RFC 3339 or partial.
 */
onset: string | null, 
/**
 * Severity, as recorded.
 */
severity: string | null, 
/**
 * Route of exposure.
 */
route: string | null, 
/**
 * Notes as recorded.
 */
notes: Array<string>, };

export type RecordDto = { 
/**
 * Its line.
 */
row: TimelineRowDto, 
/**
 * The elements of the part that was requested; empty where the record could not be read or is masked.
 */
details: Array<DetailDto>, 
/**
 * The number of parts that its elements come in; more than one where it is too long for one reply.
 */
parts: number, };

export type RecordRequestDto = { 
/**
 * The Patient id.
 */
patient: string, 
/**
 * Type/id.
 */
reference: string, 
/**
 * Which part of its elements, from 0.
 */
part: number, };

export type RecordStateDto = "synced" | "pending" | "conflict" | "rejected";

export type RecordTitleDto = { "kind": "recorded", 
/**
 * The text.
 */
text: string, } | { "kind": "no_allergy", 
/**
 * What it is about.
 */
absence: AbsenceDto, } | { "kind": "visit" } | { "kind": "vital_signs" } | { "kind": "observations" } | { "kind": "appointment" } | { "kind": "untitled", 
/**
 * The FHIR type.
 */
resourceType: string, };

export type RejectedRecordDto = { 
/**
 * The record as Type/id.
 */
reference: string, 
/**
 * Its FHIR type.
 */
kind: string, 
/**
 * The server's words.
 */
words: string, 
/**
 * The elements that it named, as FHIRPath.
 */
fields: Array<string>, };

export type ResultDetailDto = { 
/**
 * What it is.
 */
kind: ResultDetailKindDto, 
/**
 * As recorded.
 */
text: string, };

export type ResultDetailKindDto = "conclusion" | "conclusion_code" | "text" | "file" | "narrative" | "note" | "image" | "absent" | "method" | "body_site" | "specimen" | "device" | "member" | "interpreter";

export type ResultDto = { 
/**
 * The id of the Observation or DiagnosticReport.
 */
id: string, 
/**
 * Whether it is a report, not a single result.
 */
isReport: boolean, 
/**
 * Test or report name; `None` where it could not be read.
 */
name: string | null, 
/**
 * The value, as precise as recorded up to four decimals; `None` where there is none or none that counts.
 */
value: ValueDto | null, 
/**
 * Flag.
 */
flag: FlagDto | null, 
/**
 * Interpretations as recorded, where the flag does not say them.
 */
interpretation: Array<string>, 
/**
 * Reference ranges.
 */
ranges: Array<RangeDto>, 
/**
 * The parts of a panel.
 */
parts: Array<ResultPartDto>, 
/**
 * When, RFC 3339 or partial.
 */
taken: string | null, 
/**
 * The end of the period, RFC 3339 or partial.
 */
until: string | null, 
/**
 * The report or panel it belongs to.
 */
panel: string | null, 
/**
 * Ids of other Observations of the same measurement, which have no row of their own.
 */
same: Array<string>, 
/**
 * What else the record says.
 */
details: Array<ResultDetailDto>, 
/**
 * What changes its meaning.
 */
marks: Array<MarkDto>, 
/**
 * Whether the user may mark it as entered in error; `false` in the summary.
 */
mayMarkEnteredInError: boolean, 
/**
 * Of a record entered in error: who marked it, when and why.
 */
corrected: CorrectionDto | null, 
/**
 * Sync state.
 */
record: RecordStateDto, };

export type ResultPartDto = { 
/**
 * Its name; `None` where it could not be read.
 */
name: string | null, 
/**
 * The value.
 */
value: ValueDto | null, 
/**
 * Flag.
 */
flag: FlagDto | null, 
/**
 * Interpretations as recorded, where the flag does not say them.
 */
interpretation: Array<string>, 
/**
 * Reference ranges.
 */
ranges: Array<RangeDto>, };

export type ResultsDto = { 
/**
 * Rows, newest first; fewer than requested where their texts are long.
 */
rows: Array<ResultDto>, 
/**
 * Number of results.
 */
total: number, };

export type RetryDto = { 
/**
 * The change set.
 */
changeSet: number, };

export type ReturnPointDto = { 
/**
 * The route of the page.
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

export type Role = "physician" | "nurse" | "pharmacist" | "laboratory" | "front-desk" | "billing" | "privacy-officer" | "it-administrator";

export type RolesFromDto = "id_token" | "access_token" | "userinfo";

export type RolesTokenFaultDto = "missing" | "not_signed" | "not_bound" | "other_token";

export type SafetyDto = { "state": "known", 
/**
 * The most severe; `None` where its substance could not be read.
 */
substance: string | null, 
/**
 * Its reactions.
 */
reaction: ReactionDto, 
/**
 * Number of further known allergies.
 */
more: number, 
/**
 * Whether there may be others that cannot be shown here.
 */
incomplete: boolean, } | { "state": "none_known" } | { "state": "partly_none_known", 
/**
 * Of which.
 */
none: Array<AbsenceDto>, } | { "state": "not_recorded" } | { "state": "unavailable" };

export type SaveDraftDto = { 
/**
 * The draft id; without one a new draft is made.
 */
draft: string | null, 
/**
 * The form.
 */
kind: DraftKindDto, 
/**
 * The Patient id.
 */
patient: string, 
/**
 * The form's content, a JSON object owned by the page; at most 64 kB.
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

export type Segment = "directory" | "encounters" | "clinical" | "restricted";

export type SegmentDto = { 
/**
 * Name.
 */
name: Segment, 
/**
 * Size on disk.
 */
bytes: number, 
/**
 * Generation.
 */
generation: number, 
/**
 * Whether it can be used.
 */
state: SegmentStateDto, };

export type SegmentHealthDto = "whole" | "mended" | "stale" | "disputed" | "rebuilding" | "unavailable";

export type SegmentStateDto = "ok" | "absent" | "locked" | "aside";

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
 * The site, or the workstation's name while the site is not known.
 */
site: string | null, 
/**
 * The workstation.
 */
workstation: string, 
/**
 * Actions that policy grants this role; the page hides the rest, Rust refuses it.
 */
permissions: Array<PermissionDto>, 
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
 * Whether keys without Ctrl are shortcuts; off where the user has switched them off (WCAG 2.2, 2.1.4).
 */
singleKeys: boolean, 
/**
 * Lines to show once after this unlock, for example a grant that was given.
 */
notices: Array<NoticeDto>, 
/**
 * Where the same user left off, if that was saved.
 */
resume: ReturnPointDto | null, };

export type SetTextSizeDto = { 
/**
 * Percent; the nearest size that can be chosen is used.
 */
percent: number, };

export type SexDto = "female" | "male" | "other" | "unknown" | "not_recorded";

export type SignDto = "blood_pressure" | "systolic" | "diastolic" | "pulse" | "respiration" | "spo2" | "temperature" | "news2" | "weight" | "height" | "bmi" | "head_circumference" | "other";

export type SignInAgainDto = { 
/**
 * The user id of a tile of the lock screen; `None` = the unlocked user.
 */
user: string | null, };

export type SignInProblemDto = { "kind": "no_role", 
/**
 * The claim that was looked for.
 */
claim: string, 
/**
 * The names in it, at most 32; `None` without the claim.
 */
named: Array<string> | null, 
/**
 * The names that count.
 */
expected: Array<string>, } | { "kind": "second_factor", 
/**
 * The `acr` values of which the site accepts one; empty = a method in `amr`.
 */
expected: Array<string>, } | { "kind": "roles_token", 
/**
 * The token that the site file names.
 */
from: RolesFromDto, 
/**
 * What is wrong with it.
 */
fault: RolesTokenFaultDto, };

export type SignInStateDto = { "step": "idle" } | { "step": "browser", 
/**
 * The address that was opened.
 */
address: string, } | { "step": "done" } | { "step": "failed", 
/**
 * Why.
 */
code: ErrorCode, 
/**
 * What came and what was expected, where IT can mend it.
 */
problem: SignInProblemDto | null, };

export type SignNoteDto = { 
/**
 * The Patient id.
 */
patient: string, 
/**
 * The kind.
 */
kind: NoteKindDto, 
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
 * What was found out.
 */
explanation: Explanation, };

export type SignedOffDto = { 
/**
 * Ledger sequences.
 */
sequences: Array<number>, };

export type SingleKeysDto = { 
/**
 * Whether they are.
 */
on: boolean, };

export type SlotStateDto = "ready" | "held" | "damaged";

export type StageDto = { 
/**
 * The stage.
 */
summary: string | null, 
/**
 * What kind of staging.
 */
kind: string | null, };

export type SupplyDto = { 
/**
 * The amount at a time.
 */
quantity: QuantityDto | null, 
/**
 * Number of refills, as recorded.
 */
repeats: string | null, 
/**
 * How long it lasts.
 */
duration: QuantityDto | null, 
/**
 * When the prescription may be used.
 */
validity: ValueDto | null, 
/**
 * Whether another product may be handed out.
 */
substitution: boolean | null, };

export type SyncItemDto = { 
/**
 * The change set.
 */
changeSet: number, 
/**
 * Its state.
 */
state: SyncItemStateDto, 
/**
 * The author's display name.
 */
author: string | null, 
/**
 * Saved at, RFC 3339.
 */
saved: string, 
/**
 * The FHIR types of its records, each once, in the order of the save.
 */
kinds: Array<string>, 
/**
 * The patient's id.
 */
patient: string | null, 
/**
 * The patient's name.
 */
patientName: string | null, 
/**
 * The server's reason, for rejected ones.
 */
reason: string | null, 
/**
 * The records that the server rejected.
 */
rejected: Array<RejectedRecordDto>, 
/**
 * What the server is waited for.
 */
waitsFor: WaitDto | null, 
/**
 * The conflict id, for conflicts.
 */
conflict: string | null, };

export type SyncItemStateDto = "pending" | "waits_for_rank" | "rejected" | "conflict" | "damaged";

export type SyncPageDto = { 
/**
 * The status.
 */
chip: SyncStatusDto, 
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
server: string | null, 
/**
 * Audit events not yet delivered.
 */
auditPending: number, 
/**
 * Why the last run ended early.
 */
stopped: SyncStoppedDto | null, 
/**
 * Scheme, host and port of the server's page links where they are not those of its configured address: its IT
 * should set them.
 */
linksElsewhere: string | null, };

export type SyncPhaseDto = "push" | "pull" | "audit";

export type SyncProgressDto = { 
/**
 * The phase.
 */
phase: SyncPhaseDto, 
/**
 * The type being pulled.
 */
resourceType: string | null, 
/**
 * Records done in this run.
 */
done: number, 
/**
 * Records expected, when known.
 */
expected: number | null, };

export type SyncStateDto = "idle" | "running" | "offline" | "sign_in" | "failed" | "incomplete";

export type SyncStatusDto = { 
/**
 * State of the sync.
 */
state: SyncStateDto, 
/**
 * Last complete sync, RFC 3339.
 */
complete: string | null, 
/**
 * Change sets waiting to be sent.
 */
pending: number, 
/**
 * Rejected change sets.
 */
failed: number, 
/**
 * Conflicts that need a decision.
 */
conflicts: number, };

export type SyncStoppedDto = { 
/**
 * The error.
 */
code: ErrorCode, 
/**
 * The HTTP status, where the server responded with an error.
 */
status: number | null, };

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
 * Complete as of, RFC 3339.
 */
complete: string | null, 
/**
 * As of when the server's own count or list agreed with this device, RFC 3339; none if it never did.
 */
compared: string | null, 
/**
 * How its last download ended.
 */
state: SyncTypeStateDto, 
/**
 * The HTTP status, for `failed`.
 */
status: number | null, };

export type SyncTypeStateDto = "complete" | "waiting" | "not_offered" | "refused" | "failed" | "invalid" | "too_large" | "interrupted" | "short";

export type TabCountDto = { 
/**
 * The tab.
 */
tab: ChartTabDto, 
/**
 * The number.
 */
count: number, };

export type TextSizeDto = { 
/**
 * The size in use, percent.
 */
percent: number, 
/**
 * The sizes that can be chosen, ascending.
 */
sizes: Array<number>, };

export type TimeSpanDto = { 
/**
 * How many.
 */
limits: LimitsDto, 
/**
 * Of what.
 */
unit: TimeUnitDto, };

export type TimeUnitDto = "second" | "minute" | "hour" | "day" | "week" | "month" | "year";

export type TimelineDetailDto = { "kind": "text", 
/**
 * The text.
 */
text: string, } | { "kind": "reaction", 
/**
 * The reactions.
 */
reaction: ReactionDto, } | { "kind": "dosages", 
/**
 * The instructions.
 */
dosages: Array<DosageDto>, } | { "kind": "results", 
/**
 * The number.
 */
count: number, };

export type TimelineDto = { 
/**
 * Rows, newest first.
 */
rows: Array<TimelineRowDto>, 
/**
 * Number of lines.
 */
total: number, };

export type TimelineKindDto = "encounter" | "note" | "result" | "vitals" | "medicine" | "problem" | "allergy" | "procedure" | "immunisation" | "report" | "other";

export type TimelineRowDto = { 
/**
 * Type/id.
 */
reference: string, 
/**
 * The other records of a line of several, Type/id.
 */
others: Array<string>, 
/**
 * Kind of entry.
 */
kind: TimelineKindDto, 
/**
 * When, RFC 3339 or partial.
 */
at: string | null, 
/**
 * What it is.
 */
title: RecordTitleDto, 
/**
 * What it says.
 */
detail: TimelineDetailDto | null, 
/**
 * The values of the detail as recorded, where these differ from what is shown.
 */
recorded: string | null, 
/**
 * Whether the record could not be read.
 */
unreadable: boolean, 
/**
 * What changes its meaning.
 */
marks: Array<MarkDto>, 
/**
 * Whether the user may mark it as entered in error; a line of several records is not marked as one.
 */
mayMarkEnteredInError: boolean, 
/**
 * Of a record entered in error: who marked it, when and why.
 */
corrected: CorrectionDto | null, 
/**
 * Sync state.
 */
record: RecordStateDto, };

export type TimelineWindowDto = { 
/**
 * The tab; `None` for the timeline.
 */
tab: ChartTabDto | null, 
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

export type UndoEnteredInErrorDto = { 
/**
 * Type/id.
 */
reference: string, 
/**
 * The Patient id.
 */
patient: string, };

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
 * Number of other patients the event names whose records are not on this workstation.
 */
unknown: number, };

export type UnreadElementDto = { 
/**
 * Its FHIR name.
 */
element: string, 
/**
 * Its JSON text.
 */
recorded: string, };

export type UnreadableDto = { 
/**
 * The FHIR type, where that much could be read.
 */
resourceType: string | null, 
/**
 * Number of records.
 */
count: number, };

export type ValueDto = { "kind": "quantity", 
/**
 * The quantity.
 */
quantity: QuantityDto, } | { "kind": "range", 
/**
 * The lower limit.
 */
low: QuantityDto | null, 
/**
 * The upper limit.
 */
high: QuantityDto | null, } | { "kind": "ratio", 
/**
 * The numerator.
 */
numerator: QuantityDto | null, 
/**
 * The denominator.
 */
denominator: QuantityDto | null, } | { "kind": "text", 
/**
 * The text as recorded.
 */
text: string, } | { "kind": "boolean", 
/**
 * Yes.
 */
value: boolean, } | { "kind": "date", 
/**
 * The date.
 */
at: string, } | { "kind": "period", 
/**
 * Its start, RFC 3339 or partial.
 */
start: string | null, 
/**
 * Its end, RFC 3339 or partial.
 */
end: string | null, } | { "kind": "samples", 
/**
 * The value that zero stands for.
 */
origin: QuantityDto | null, 
/**
 * Milliseconds between samples, as recorded.
 */
interval: string | null, 
/**
 * The factor of each sample, as recorded.
 */
factor: string | null, 
/**
 * The lowest value that could be detected, as recorded.
 */
lower_limit: string | null, 
/**
 * The highest value that could be detected, as recorded.
 */
upper_limit: string | null, 
/**
 * The samples as recorded.
 */
data: string | null, } | { "kind": "file", 
/**
 * Its title.
 */
title: string | null, 
/**
 * Its MIME type.
 */
content_type: string | null, } | { "kind": "absent", 
/**
 * The recorded reason.
 */
reason: string | null, } | { "kind": "unreadable", 
/**
 * The recorded characters, where there are any.
 */
text: string | null, };

export type VitalFindingDto = { 
/**
 * The field.
 */
field: VitalsFieldDto, 
/**
 * How serious it is.
 */
grade: FindingGradeDto, 
/**
 * Lowest acceptable or normal value, as text.
 */
low: string | null, 
/**
 * Highest acceptable or normal value, as text.
 */
high: string | null, 
/**
 * Where a normal range comes from, where it is not that of adults.
 */
source: string | null, };

export type VitalInErrorDto = { 
/**
 * The measurement; its values have neither number nor flag.
 */
point: VitalPointDto, 
/**
 * Who marked it, when and why.
 */
corrected: CorrectionDto, };

export type VitalPointDto = { 
/**
 * The Observation's id; of two single pressures the systolic one's.
 */
id: string, 
/**
 * When, milliseconds since the epoch, UTC; `None` where no time is recorded.
 */
at: number | null, 
/**
 * When, RFC 3339 or partial.
 */
taken: string | null, 
/**
 * The value; systolic and diastolic for a blood pressure; empty where the record has none that counts.
 */
values: Array<VitalValueDto>, 
/**
 * Ids of other Observations of the same measurement, which have no row of their own.
 */
same: Array<string>, 
/**
 * What changes its meaning.
 */
marks: Array<MarkDto>, 
/**
 * What else the record says.
 */
details: Array<ResultDetailDto>, 
/**
 * Whether the user may mark it as entered in error.
 */
mayMarkEnteredInError: boolean, 
/**
 * Sync state.
 */
record: RecordStateDto, };

export type VitalRangeDto = { 
/**
 * The sign.
 */
sign: SignDto, 
/**
 * Lowest normal.
 */
low: number, 
/**
 * Highest normal.
 */
high: number, 
/**
 * Where the range comes from, where it is not that of adults.
 */
source: string | null, };

export type VitalSeriesDto = { 
/**
 * The sign.
 */
key: SignDto, 
/**
 * The sign's recorded name, where the chart has none of its own.
 */
name: string | null, 
/**
 * Unit of the points that are drawn; a score has none.
 */
unit: string | null, 
/**
 * The latest measurement that counts; `None` where all are cancelled or in the future.
 */
latest: VitalPointDto | null, 
/**
 * Time since then; `None` from a day on, and where the record has no time of day.
 */
age: ElapsedDto | null, 
/**
 * Whether the newest set of vital signs is later than this one's latest.
 */
older: boolean, 
/**
 * Reference ranges of this patient's age.
 */
ranges: Array<VitalRangeDto>, 
/**
 * The measurements, oldest first, at most 200.
 */
points: Array<VitalPointDto>, 
/**
 * Measurements entered in error, oldest first: listed, and never drawn, counted or judged.
 */
enteredInError: Array<VitalInErrorDto>, };

export type VitalValueDto = { 
/**
 * The Observation's id.
 */
id: string, 
/**
 * The sign.
 */
sign: SignDto, 
/**
 * The number, for drawing only; never rounded. `None` for a value that is not drawn: its unit is unknown, it is
 * not exact, or it is no number.
 */
number: number | null, 
/**
 * The value, rounded for reading and in the unit of the chart where that is possible.
 */
value: ValueDto, 
/**
 * Flag.
 */
flag: FlagDto | null, 
/**
 * Interpretations as recorded, where the flag does not say them.
 */
interpretation: Array<string>, 
/**
 * The reference ranges of the record.
 */
ranges: Array<RangeDto>, };

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
 * Clinical risk of the total.
 */
news2Risk: News2RiskDto | null, 
/**
 * The scores of the parameters that were measured.
 */
news2Parts: Array<News2PartDto>, 
/**
 * The response that is asked for; of an incomplete set only where one is certain.
 */
news2Response: News2ResponseDto | null, 
/**
 * Fields that NEWS2 still needs.
 */
news2Missing: Array<News2Parameter>, 
/**
 * Why there is no NEWS2 for this patient.
 */
news2Unavailable: News2UnavailableDto | null, 
/**
 * BMI as text with unit.
 */
bmi: string | null, };

export type VitalsDto = { 
/**
 * The Patient id.
 */
patient: string, 
/**
 * When taken, RFC 3339; `None` = now.
 */
taken: string | null, 
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
 * On supplemental oxygen (NEWS2); `None` where that was not answered.
 */
oxygen: boolean | null, 
/**
 * Hypercapnic scale 2 (NEWS2).
 */
scale2: boolean, 
/**
 * Why scale 2 applies.
 */
scale2Reason: string | null, 
/**
 * Whether the patient is pregnant; `None` where that was not answered.
 */
pregnant: boolean | null, 
/**
 * Level of consciousness, if assessed.
 */
consciousness: Consciousness | null, 
/**
 * The user has confirmed improbable values.
 */
confirmed: boolean, 
/**
 * The draft that this ends, if any.
 */
draft: string | null, };

export type VitalsFieldDto = "systolic" | "diastolic" | "pulse" | "temperature" | "respiration" | "spo2" | "weight" | "height";

export type VitalsTodayDto = { "state": "due" } | { "state": "taken", 
/**
 * When, RFC 3339.
 */
at: string, };

export type WaitCauseDto = "busy" | "not_permitted" | "not_offered" | "too_large" | "server_error" | "not_fhir" | "changing";

export type WaitDto = { 
/**
 * The cause.
 */
cause: WaitCauseDto, 
/**
 * The server's HTTP status, where it answered.
 */
status: number | null, };

export type WeekdayDto = "monday" | "tuesday" | "wednesday" | "thursday" | "friday" | "saturday" | "sunday";

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

export type WorkReasonDto = { "kind": "recorded", 
/**
 * The text.
 */
text: string, } | { "kind": "to_dispense", 
/**
 * Number of medicines.
 */
count: number, } | { "kind": "visit_to_review" };

export type WorkRowDto = { 
/**
 * The patient.
 */
patient: PatientRowDto, 
/**
 * The Appointment's id.
 */
appointment: string | null, 
/**
 * Booked for, RFC 3339.
 */
booked: string | null, 
/**
 * The appointment's status code as recorded.
 */
status: string | null, 
/**
 * Minutes since arrival, when waiting.
 */
waitingMinutes: number | null, 
/**
 * Why they come, or what is to be done.
 */
reason: WorkReasonDto | null, 
/**
 * The allergies; `None` where this role may not see them.
 */
safety: SafetyDto | null, 
/**
 * Today's vital signs, in the lists that show them.
 */
vitals: VitalsTodayDto | null, 
/**
 * NEWS2, when it was medium or high.
 */
news2: number | null, 
/**
 * Display names of the staff of the appointment.
 */
with: Array<string>, };

export type WorklistAskDto = { 
/**
 * The list.
 */
list: WorklistNameDto, 
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
 * Number of rows in the whole list.
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
 * The FHIR types of which some may not be here, so that rows may be missing and the page may not say that there are none.
 */
missing: Array<string>, };

export type WorklistNameDto = "queue" | "vitals_due" | "my_patients" | "today" | "charges" | "dispensing" | "specimens" | "drafts";

