export const sql = `
INSERT INTO meta VALUES ('label', 'telltale-' || lower(hex(randomblob(5))));
ALTER TABLE tokens ADD COLUMN parent TEXT REFERENCES tokens (id);
CREATE INDEX tokens_by_parent ON tokens (parent) WHERE parent IS NOT NULL;
`
