//! Changing one column of one table of a file, for tests that must notice it.
//!
//! Start at [`Spoiler::damage`].

use std::path::{Path, PathBuf};

use rusqlite::Connection;

/// Every column of every table of the file that people read, damaged one after the other.
pub(crate) struct Spoiler {
    path: PathBuf,
    columns: Vec<(String, String)>,
}

/// What is not shown: bookkeeping of the file itself.
const NOT_SHOWN: [&str; 3] = ["checkpoint", "files", "marks"];

impl Spoiler {
    /// Over the file at `path`; columns are read when the first damage is asked for.
    pub(crate) fn new(path: &Path) -> Self {
        Self { path: path.to_owned(), columns: Vec::new() }
    }

    /// Does the damage of that number to columns for which `shown` says yes.
    pub(crate) fn damage(
        &mut self,
        number: usize,
        shown: impl Fn(&str, &str) -> bool,
    ) -> Option<String> {
        let connection = Connection::open(&self.path).unwrap();
        if self.columns.is_empty() {
            let mut statement = connection
                .prepare(
                    "SELECT t.name, c.name FROM sqlite_schema t, pragma_table_info(t.name) c
                     WHERE t.type = 'table' AND t.sql NOT LIKE 'CREATE VIRTUAL%'",
                )
                .unwrap();
            let columns = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
            let columns: Vec<(String, String)> = columns.map(Result::unwrap).collect();
            let wanted = |(table, column): &(String, String)| {
                // `one` is the number of the only row.
                !NOT_SHOWN.contains(&table.as_str()) && column != "one" && shown(table, column)
            };
            self.columns = columns.into_iter().filter(wanted).collect();
        }
        let (table, column) = self.columns.get(number)?;
        let changed = connection
            .execute(
                &format!(
                    "UPDATE OR REPLACE {table} SET {column} = CASE typeof({column})
                     WHEN 'integer' THEN CASE WHEN {column} IN (0, 1) THEN 1 - {column}
                     ELSE {column} + 1 END WHEN 'text' THEN {column} || 'x'
                     ELSE zeroblob(length({column})) END
                     WHERE {column} = (SELECT max({column}) FROM {table})"
                ),
                [],
            )
            .unwrap();
        // Hardly any history has the same command twice: there a row too many is the damage.
        let changed = match (changed, table.as_str()) {
            (0, "commands_again") => connection
                .execute("INSERT INTO commands_again (key, content) VALUES (zeroblob(16), 1)", [])
                .unwrap(),
            _ => changed,
        };
        assert!(changed > 0, "there is nothing in {column} of {table}");
        Some(format!("{table}.{column}"))
    }
}
