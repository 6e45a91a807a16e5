-- What asks for the officer's eyes is found without what does not: commands under way, and the
-- many that were accepted, which the head figures never count.
DROP INDEX command_unseen;
CREATE INDEX command_unseen ON command(receipt, changed_at) WHERE NOT seen;
