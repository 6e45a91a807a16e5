"""One encrypted SQLite file: connections, the writer's thread, migrations, and who may open it."""
