//! The baseline: plain SQLite, raw JSON rows in a heap table with secondary indexes.

use rusqlite::{Connection, params};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::path::Path;

/// What the baseline's columns need of a resource.
#[derive(Deserialize)]
struct Head<'a> {
    #[serde(rename = "resourceType")]
    kind: String,
    id: String,
    subject: Option<Reference>,
    patient: Option<Reference>,
    #[serde(borrow)]
    name: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Reference {
    reference: Option<String>,
}

#[derive(Deserialize)]
struct Name {
    family: Option<String>,
    #[serde(default)]
    given: Vec<String>,
}

/// One plain file.
pub(crate) struct Plain(Connection);

impl Plain {
    /// Makes or opens the file, with the page size, the page cache and the durability of the product, and with the
    /// journal mode of the product's ledger.
    pub(crate) fn open(path: &Path) -> rusqlite::Result<Self> {
        let conn = Connection::open(path)?;
        conn.execute_batch(
            "PRAGMA page_size = 8192; PRAGMA journal_mode = PERSIST; PRAGMA synchronous = FULL;
             PRAGMA cache_size = -13000;
             CREATE TABLE IF NOT EXISTS resource (type TEXT, id TEXT, patient TEXT, family TEXT, given TEXT, json TEXT);
             CREATE TABLE IF NOT EXISTS log (who TEXT, patient TEXT, at INTEGER);
             CREATE UNIQUE INDEX IF NOT EXISTS by_id ON resource (type, id);
             CREATE INDEX IF NOT EXISTS by_patient ON resource (patient);
             CREATE INDEX IF NOT EXISTS by_name ON resource (family COLLATE NOCASE, given) WHERE family IS NOT NULL;",
        )?;
        Ok(Self(conn))
    }

    /// Loads texts in one transaction; answers how many.
    pub(crate) fn load(&mut self, texts: &mut dyn Iterator<Item = String>) -> rusqlite::Result<u64> {
        let tx = self.0.transaction()?;
        let mut count = 0;
        {
            let mut insert = tx.prepare("INSERT OR REPLACE INTO resource VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?;
            for text in texts {
                let Ok(head) = serde_json::from_str::<Head<'_>>(&text) else { continue };
                let reference = head.subject.or(head.patient).and_then(|r| r.reference);
                let patient = match &reference {
                    Some(reference) => reference.rsplit(['/', ':']).next().map(str::to_owned),
                    None => (head.kind == "Patient").then(|| head.id.clone()),
                };
                let name = if head.kind == "Patient" { head.name } else { None };
                let name = name.and_then(|n| serde_json::from_str::<Vec<Name>>(n.get()).ok()?.into_iter().next());
                let (family, given) = name.map_or((None, None), |n| (n.family, Some(n.given.join(" "))));
                insert.execute(params![head.kind, head.id, patient, family, given, text])?;
                count += 1;
            }
        }
        tx.commit()?;
        Ok(count)
    }

    /// Reads every row of a patient; nothing is parsed.
    pub(crate) fn chart(&self, patient: &str) -> rusqlite::Result<Vec<String>> {
        let mut rows = self.0.prepare_cached("SELECT type, id, json FROM resource WHERE patient = ?1")?;
        rows.query_map([patient], |r| r.get(2))?.collect()
    }

    /// Writes down that a chart was opened; durable when this returns.
    pub(crate) fn log(&self, patient: &str) -> rusqlite::Result<()> {
        let sql = "INSERT INTO log (who, patient, at) VALUES ('jonas', ?1, unixepoch())";
        self.0.prepare_cached(sql)?.execute([patient]).map(|_| ())
    }

    /// The patients with how many rows each has.
    pub(crate) fn patients(&self) -> rusqlite::Result<Vec<(String, u32)>> {
        let sql = "SELECT patient, count(*) FROM resource WHERE patient IS NOT NULL GROUP BY patient";
        let mut rows = self.0.prepare(sql)?;
        rows.query_map([], |r| Ok((r.get(0)?, r.get(1)?)))?.collect()
    }

    /// The first patients whose family name, and given name if there is one, has this prefix.
    pub(crate) fn search(&self, family: &str, given: &str, limit: u32) -> rusqlite::Result<usize> {
        let sql = "SELECT json FROM resource WHERE family LIKE ?1 AND given LIKE ?2 AND family IS NOT NULL
                   ORDER BY family COLLATE NOCASE, given LIMIT ?3";
        let mut rows = self.0.prepare_cached(sql)?;
        let texts: rusqlite::Result<Vec<String>> =
            rows.query_map(params![format!("{family}%"), format!("{given}%"), limit], |r| r.get(0))?.collect();
        Ok(texts?.len())
    }
}

/// Five plain files that save together: directory, encounters, clinical, restricted, ledger.
pub(crate) struct FivePlain(Connection);

impl FivePlain {
    /// Makes the files.
    pub(crate) fn open(folder: &Path) -> rusqlite::Result<Self> {
        let conn = Connection::open(folder.join("five-0.db"))?;
        for n in 1..5 {
            let path = folder.join(format!("five-{n}.db"));
            conn.execute("ATTACH DATABASE ?1 AS ?2", params![path.to_string_lossy(), format!("f{n}")])?;
        }
        for schema in ["main", "f1", "f2", "f3", "f4"] {
            conn.execute_batch(&format!(
                "PRAGMA {schema}.journal_mode = TRUNCATE; PRAGMA {schema}.synchronous = FULL;
                 CREATE TABLE {schema}.t (id INTEGER PRIMARY KEY, json TEXT);"
            ))?;
        }
        Ok(Self(conn))
    }

    /// One row of `text` into each file, in one transaction.
    pub(crate) fn save(&self, text: &str) -> rusqlite::Result<()> {
        self.0.execute_batch("BEGIN IMMEDIATE")?;
        for schema in ["main", "f1", "f2", "f3", "f4"] {
            self.0.prepare_cached(&format!("INSERT INTO {schema}.t (json) VALUES (?1)"))?.execute([text])?;
        }
        self.0.execute_batch("COMMIT")
    }
}
