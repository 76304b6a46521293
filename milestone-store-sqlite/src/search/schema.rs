//! The tables of `search.sqlite`.
//!
//! - **Invariant.** `texts` has the row of an item under the number that `items` gives it.

use crate::database::Form;

/// The full-text search.
pub(crate) const FORM: Form =
    Form { name: "search", application: *b"MSse", schema: 5, tables: TABLES, indices: INDICES };

const TABLES: &str = "
-- What is searched, by the names of streams. The later created, the greater the number.
CREATE TABLE items(id INTEGER PRIMARY KEY, stream TEXT NOT NULL);
-- Its texts. Of ASCII the tokenizer folds as queries do; what has other letters stands in the last
-- two columns as well, folded, so that here and in lists the same is found. Between characters of
-- scripts that have no spaces stands U+200B, so that each is a word of its own. Short beginnings of
-- words have lists of their own; those of longer ones are few enough to be put together when asked
-- for.
CREATE VIRTUAL TABLE texts USING fts5(
    title, description, notes, criteria, title_folded, rest_folded, prefix = '1 2 3',
    tokenize = 'unicode61 remove_diacritics 2'
);
";

/// One list of each word instead of one of each batch: a word is looked for in every one of them.
const INDICES: &str = "
CREATE UNIQUE INDEX items_stream ON items(stream);
INSERT INTO texts(texts) VALUES ('optimize');
";
