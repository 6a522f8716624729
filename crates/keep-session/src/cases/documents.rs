//! Opening the documents of a chart.

use crate::ctx::Ctx;
use crate::dto::chart::document::{DocumentChunkAskDto, DocumentChunkDto, OpenDocumentDto, OpenedDocumentDto};
use crate::dto::failure::FailureDto;
use crate::dto::index;
use crate::error::SessionError;
use crate::records::author;
use crate::records::chart::names_of;
use crate::records::patient_id;
use crate::state::acquire;
use crate::state::documents::{DocumentBytes, OpenDocument};
use crate::state::unlocked::Unlocked;
use crate::view::access_view::AccessView;
use crate::view::notes::{OpenedPart, PartAsk, binary_of, open_part, unnamed_in};
use crate::view::visible_record::VisibleRecord;
use crate::workstation::Workstation;
use keep_access::Action;
use keep_audit::{EventClass, EventDraft};
use keep_domain::{ErrorCode, PatientId, Phi, ResourceKey};
use keep_store::{ChartOwner, Page};
use keep_sync::{Credentials, FhirClient, ReadResponse, SyncStore};
use std::sync::Arc;

/// Opens one attachment of a record, or the text of a record that is a document itself; events say which.
///
/// An attachment that is a Binary of the clinic's own server is downloaded and stored if it is not here yet.
///
/// # Errors
/// `locked`, `refused`, `not_available`; for a Binary that is not here also those of the server.
pub fn open_document(workstation: &Workstation, request: OpenDocumentDto) -> Result<OpenedDocumentDto, FailureDto> {
    let found = workstation.authorize(Action::OpenChart, |unlocked| {
        let ctx = &Ctx::new(workstation, unlocked)?;
        match open(ctx, &request)? {
            Found::Opened(opened) => Ok(Ok(publish(unlocked, *opened))),
            Found::OnServer(binary) => Ok(Err(Download {
                binary,
                credentials: workstation.credentials(unlocked)?,
                store: workstation.sync_store(unlocked)?,
            })),
        }
    })?;
    let download = match found {
        Ok(opened) => return Ok(opened),
        Err(download) => download,
    };
    // INVARIANT: the session is not held while the server answers, so that a lock need not wait for it.
    download.run(workstation).map_err(SessionError::into_dto)?;
    workstation.authorize(Action::OpenChart, |unlocked| match open(&Ctx::new(workstation, unlocked)?, &request)? {
        Found::Opened(opened) => Ok(publish(unlocked, *opened)),
        Found::OnServer(_) => Err(ErrorCode::NotAvailable.into()),
    })
}

/// Where an attachment was found.
enum Found {
    Opened(Box<OpenedPart>),
    /// It is this Binary, which is not on this workstation.
    OnServer(ResourceKey),
}

/// What is needed to download a Binary.
struct Download {
    binary: ResourceKey,
    credentials: Credentials,
    store: Arc<dyn SyncStore>,
}

impl Download {
    /// Stores the Binary like any other record, under the event of a sync.
    fn run(self, workstation: &Workstation) -> Result<(), SessionError> {
        let client = FhirClient::open(self.credentials);
        let response = workstation.0.runtime.block_on(client.read(&self.binary, None))?;
        let ReadResponse::Resource { text, .. } = response else { return Err(ErrorCode::NotAvailable.into()) };
        let base = Some(workstation.settings().server.clone());
        self.store.apply_page(Page { base, records: vec![text], ..Page::default() })?;
        Ok(())
    }
}

fn publish(unlocked: &Unlocked, opened: OpenedPart) -> OpenedDocumentDto {
    let OpenedPart { form, content_type, size, faults, notices, is_preformatted, pieces, bytes } = opened;
    let count = u32::try_from(pieces.len()).unwrap_or(u32::MAX);
    let document = OpenDocument { pieces, content_type: content_type.clone(), bytes };
    OpenedDocumentDto {
        handle: acquire(&unlocked.memory.documents).insert(document),
        form,
        content_type,
        size: u32::try_from(size).unwrap_or(u32::MAX),
        faults,
        notices,
        preformatted: is_preformatted,
        pieces: count,
    }
}

fn open(ctx: &Ctx<'_>, request: &OpenDocumentDto) -> Result<Found, SessionError> {
    let patient = patient_id(&request.patient)?;
    let key: ResourceKey = request.reference.parse().map_err(|_| ErrorCode::NotAvailable)?;
    // INVARIANT: a document is opened in a chart of the person to whom it belongs; another one is not even read, so that
    // no event names it in a chart that does not have it.
    if owner_of(ctx, &patient, &key)? != Some(ChartOwner::SamePerson) {
        return Err(ErrorCode::NotAvailable.into());
    }
    let entry = read(ctx, request, &key)?;
    let raw = entry.raw.as_ref().ok_or(ErrorCode::NotAvailable)?;
    let server = ctx.workstation.settings().server.clone();
    let binary = match binary_of(raw, index(request.index), &server) {
        None => None,
        Some(binary) => match owner_of(ctx, &patient, &binary)? {
            None => return Ok(Found::OnServer(binary)),
            Some(ChartOwner::OtherPerson) => return Err(ErrorCode::NotAvailable.into()),
            Some(ChartOwner::SamePerson | ChartOwner::Unassigned) => read(ctx, request, &binary)?.raw,
        },
    };
    let names = names_of(ctx.store, &unnamed_in(raw))?.or_people(|| ctx.workstation.names());
    let ask = PartAsk { index: index(request.index), as_source: request.source, binary: binary.as_ref() };
    let opened = open_part(raw, ask, &names).ok_or(ErrorCode::NotAvailable)?;
    Ok(Found::Opened(Box::new(opened)))
}

fn owner_of(ctx: &Ctx<'_>, patient: &PatientId, key: &ResourceKey) -> Result<Option<ChartOwner>, SessionError> {
    ctx.store.chart_owner(patient, key).map_err(|error| ctx.damage(error))
}

/// Reads one record of a document under an event that names it, if the role may read it.
fn read(ctx: &Ctx<'_>, request: &OpenDocumentDto, key: &ResourceKey) -> Result<VisibleRecord, SessionError> {
    let event = EventDraft::new(EventClass::ChartRead)
        .by(ctx.actor())
        .about(Phi::new(patient_id(&request.patient)?))
        .with("part", "document")
        .with("attachment", request.index)
        .with_resources([key]);
    let record = ctx.read_audited(event, |store| store.record(key))?;
    let view = AccessView::of(ctx.session, author::known(ctx)?);
    Ok(VisibleRecord::of(record, &view).filter(|entry| !entry.masked).ok_or(ErrorCode::NotAvailable)?)
}

/// The next parts of the text of an open document.
///
/// # Errors
/// `locked`, `not_available` after it was closed.
pub fn document_chunk(
    workstation: &Workstation,
    request: &DocumentChunkAskDto,
) -> Result<DocumentChunkDto, FailureDto> {
    let found = workstation.with_session(|unlocked| {
        let chunk = acquire(&unlocked.memory.documents).chunk(&request.handle, index(request.offset));
        chunk.ok_or_else(|| ErrorCode::NotAvailable.into())
    });
    found.map_err(SessionError::into_dto)
}

/// The bytes of an open document, or of the picture that is one of its pieces, from `offset`, at most 256 kB.
///
/// # Errors
/// `locked`, `not_available` after it was closed.
pub fn document_bytes(
    workstation: &Workstation,
    handle: &str,
    picture: Option<u32>,
    offset: u32,
) -> Result<DocumentBytes, FailureDto> {
    let found = workstation.with_session(|unlocked| {
        let part = acquire(&unlocked.memory.documents).bytes(handle, picture.map(index), index(offset));
        part.ok_or_else(|| ErrorCode::NotAvailable.into())
    });
    found.map_err(SessionError::into_dto)
}

/// Closes a document; nothing of it stays in the session.
///
/// # Errors
/// `locked`.
pub fn close_document(workstation: &Workstation, handle: &str) -> Result<(), FailureDto> {
    let closed = workstation.with_session(|unlocked| {
        acquire(&unlocked.memory.documents).remove(handle);
        Ok(())
    });
    closed.map_err(SessionError::into_dto)
}
