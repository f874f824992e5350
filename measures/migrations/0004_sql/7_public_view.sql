-- What the public may read of the memory: public versions, and that something public ended. Not who wrote it, nor what was
-- never public; a barrier, so that no error message of a query tells of rows that the view leaves out.
CREATE OR REPLACE VIEW measures_publicversion WITH (security_barrier) AS
    SELECT id, kind, key, number,
        CASE WHEN public THEN document END AS document,
        public, event, at,
        CASE WHEN public THEN note ELSE '' END AS note,
        data_version,
        CASE WHEN public THEN digest ELSE '' END AS digest
    FROM measures_version
    WHERE public OR event IN ('withdrawn', 'deleted');
