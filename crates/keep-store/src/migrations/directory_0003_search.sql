-- Patient search, in the directory only. ordinal is the patient's chart ordinal in the directory.

-- Sort keys and the folded words of all names, for ranking inside a bounded candidate set.
CREATE TABLE patient_key (
    ordinal INTEGER PRIMARY KEY,
    family  TEXT NOT NULL,
    given   TEXT NOT NULL,
    words   TEXT NOT NULL,
    born    TEXT NOT NULL
) STRICT;

CREATE INDEX patient_key_family ON patient_key (family, given);
CREATE INDEX patient_key_born ON patient_key (born);

-- Identifiers in upper case without separators; the digits that one ends in also reversed behind a small 'r'.
CREATE TABLE patient_number (
    value   TEXT NOT NULL,
    ordinal INTEGER NOT NULL,
    PRIMARY KEY (value, ordinal)
) STRICT, WITHOUT ROWID;
CREATE INDEX patient_number_ordinal ON patient_number (ordinal);

-- Digits of telephone numbers, behind 'f' as written and behind 'r' reversed, so that the first digits
-- and the last ones are both a prefix.
CREATE TABLE patient_phone (
    digits  TEXT NOT NULL,
    ordinal INTEGER NOT NULL,
    PRIMARY KEY (digits, ordinal)
) STRICT, WITHOUT ROWID;
CREATE INDEX patient_phone_ordinal ON patient_phone (ordinal);

-- Links between the Patient records of one person, from the record that says so.
CREATE TABLE patient_link (
    patient BLOB NOT NULL,
    other   BLOB NOT NULL,
    PRIMARY KEY (patient, other)
) STRICT, WITHOUT ROWID;
CREATE INDEX patient_link_other ON patient_link (other);

-- Names, and the birth date as one word. A beginning of up to eight letters has a list of its own, which a search
-- reads until it has enough; of any other length it would first put the list together from all words that begin so.
CREATE VIRTUAL TABLE patient_name USING fts5 (
    words, content = '', contentless_delete = 1, prefix = '1 2 3 4 5 6 7 8', detail = none,
    tokenize = 'unicode61 remove_diacritics 2'
);
