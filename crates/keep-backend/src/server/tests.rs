//! Requests through the handler of the server.

mod behaviour;
mod fhir;
mod sign_in;
