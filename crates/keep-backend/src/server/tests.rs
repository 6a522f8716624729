//! Requests through the handler of the server.

mod fhir;
mod sign_in;
