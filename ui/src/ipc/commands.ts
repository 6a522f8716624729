import type {
  AuditAskDto,
  AuditPageDto,
  ChartDto,
  CheckInDto,
  ConflictDto,
  DecideDto,
  DeviceDto,
  DocumentChunkAskDto,
  DocumentChunkDto,
  DraftDto,
  DraftSavedDto,
  EnrolBeginDto,
  EnrolCodeDto,
  EnrolPasswordDto,
  EnrolStateDto,
  GiveUpDto,
  LockScreenDto,
  MarkEnteredInErrorDto,
  NotesDto,
  NoticeDto,
  OpenDocumentDto,
  OpenedDocumentDto,
  PatientPageDto,
  RecordDto,
  RecordRequestDto,
  ResultsDto,
  RetryDto,
  ReturnPointDto,
  SaveDraftDto,
  SavedDto,
  SearchDto,
  SessionDto,
  SetTextSizeDto,
  SignedOffDto,
  SignInAgainDto,
  SignInStateDto,
  SignNoteDto,
  SignOffDto,
  SingleKeysDto,
  SyncPageDto,
  SyncProgressDto,
  SyncStatusDto,
  TextSizeDto,
  TimelineDto,
  TimelineWindowDto,
  UndoEnteredInErrorDto,
  UnlockDto,
  UnmaskDto,
  UnmaskedDto,
  VitalsCheckDto,
  VitalsDto,
  WindowDto,
  WorklistAskDto,
  WorklistDto,
} from "./bindings";

/** Every command: its request (`undefined` if it has none) and its reply. */
interface Commands {
  lock_screen: [undefined, LockScreenDto];
  unlock: [UnlockDto, SessionDto];
  enrol_state: [undefined, EnrolStateDto];
  enrol_cancel: [undefined, EnrolStateDto];
  enrol_begin: [EnrolBeginDto, EnrolStateDto];
  enrol_password: [EnrolPasswordDto, EnrolStateDto];
  enrol_code: [EnrolCodeDto, EnrolStateDto];
  sign_in_again: [SignInAgainDto, SignInStateDto];
  sign_in_state: [undefined, SignInStateDto];
  sign_in_cancel: [undefined, SignInStateDto];
  session: [undefined, SessionDto];
  lock: [{ cause: "user" | "close" }, null];
  touch: [undefined, null];
  set_single_keys: [SingleKeysDto, null];
  text_size: [undefined, TextSizeDto];
  set_text_size: [SetTextSizeDto, TextSizeDto];
  keep_place: [ReturnPointDto, null];
  search_patients: [SearchDto, PatientPageDto];
  open_chart: [{ patient: string }, ChartDto];
  close_chart: [{ patient: string }, null];
  chart_timeline: [TimelineWindowDto, TimelineDto];
  chart_record: [RecordRequestDto, RecordDto];
  chart_results: [WindowDto, ResultsDto];
  chart_notes: [WindowDto, NotesDto];
  open_document: [OpenDocumentDto, OpenedDocumentDto];
  document_chunk: [DocumentChunkAskDto, DocumentChunkDto];
  close_document: [{ handle: string }, null];
  check_vitals: [VitalsDto, VitalsCheckDto];
  save_vitals: [VitalsDto, SavedDto];
  save_draft: [SaveDraftDto, DraftSavedDto];
  discard_draft: [{ draft: string }, null];
  drafts: [undefined, DraftDto[]];
  sign_note: [SignNoteDto, SavedDto];
  mark_entered_in_error: [MarkEnteredInErrorDto, SavedDto];
  undo_entered_in_error: [UndoEnteredInErrorDto, null];
  worklist: [WorklistAskDto, WorklistDto];
  check_in: [CheckInDto, SavedDto];
  sync_chip: [undefined, SyncStatusDto];
  sync_page: [undefined, SyncPageDto];
  sync_now: [undefined, SyncPageDto];
  sync_cancel: [undefined, SyncPageDto];
  sync_retry: [RetryDto, SyncPageDto];
  sync_give_up: [GiveUpDto, SyncPageDto];
  conflict: [{ conflict: string }, ConflictDto];
  decide_conflict: [DecideDto, SavedDto];
  audit_events: [AuditAskDto, AuditPageDto];
  sign_off_alerts: [SignOffDto, SignedOffDto];
  unmask: [UnmaskDto, UnmaskedDto];
  device: [undefined, DeviceDto];
}

/** The name of a command. */
export type CommandName = keyof Commands;
/** The request of a command. */
export type RequestOf<K extends CommandName> = Commands[K][0];
/** The reply of a command. */
export type ReplyOf<K extends CommandName> = Commands[K][1];

/** Every event that Rust sends to the page, with its payload. */
export interface Events {
  locking: { cause: string };
  lock_warning: { seconds: number };
  sync_chip: SyncStatusDto;
  sync_progress: SyncProgressDto | null;
  notice: NoticeDto;
}

/** The name of an event. */
export type EventName = keyof Events;
