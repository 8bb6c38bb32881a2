"""Migrations: they make what the models say, and nothing of what they do not own changes."""

import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy.orm import Session
from sqlmodel import SQLModel

from webapp import history
from webapp.config import Settings
from webapp.errors import Conflict, Unavailable
from webapp.events import Status
from webapp.migrate import SCRIPTS, alembic_config, migrate, require_migrated
from webapp.runs import Run
from webapp.videos import Video

OURS = {"video", "run", history.EventRow.__tablename__}


@pytest.fixture
def connection(settings: Settings) -> Iterator[sa.Connection]:
    engine = sa.create_engine(settings.database_url.replace("+aiosqlite", ""))
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def shape(connection: sa.Connection, table: str) -> dict[str, Any]:
    """Everything about a table that a query could notice."""
    inspector = sa.inspect(connection)
    return {
        "columns": {
            column["name"]: (str(column["type"]), column["nullable"])
            for column in inspector.get_columns(table)
        },
        "key": inspector.get_pk_constraint(table)["constrained_columns"],
        "indexes": {(index["name"], *index["column_names"]) for index in inspector.get_indexes(table)},
        "unique": {tuple(unique["column_names"]) for unique in inspector.get_unique_constraints(table)},
        "references": {
            (*key["constrained_columns"], key["referred_table"], *key["options"].items())
            for key in inspector.get_foreign_keys(table)
        },
    }


def contents(connection: sa.Connection) -> dict[str, list[Any]]:
    """Every table with its definition and its rows."""
    tables = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master ORDER BY name").all()
    return {
        name: [sql, *connection.exec_driver_sql(f'SELECT * FROM "{name}"')]
        for name, sql in tables
        if sql and sql.startswith("CREATE TABLE")
    }


def test_the_models_need_nothing_that_no_migration_brings(connection: sa.Connection) -> None:
    command.check(alembic_config(connection))


def test_migrations_make_exactly_what_the_models_describe(connection: sa.Connection) -> None:
    assert set(SQLModel.metadata.tables) == OURS
    engine = sa.create_engine("sqlite://")
    with engine.begin() as wanted:
        SQLModel.metadata.create_all(wanted)
        for table in OURS:
            assert shape(connection, table) == shape(wanted, table)
    engine.dispose()


def test_there_is_one_way_up() -> None:
    scripts = ScriptDirectory(str(SCRIPTS))
    assert len(scripts.get_heads()) == 1
    assert [script.revision for script in scripts.walk_revisions()][-1] == "0001"


def test_migrating_again_changes_nothing(settings: Settings, connection: sa.Connection) -> None:
    connection.exec_driver_sql("BEGIN")
    before = contents(connection)
    connection.rollback()
    migrate(settings)
    migrate(settings)
    assert contents(connection) == before
    assert before.keys() > OURS


def test_what_is_in_the_database_stays(settings: Settings, connection: sa.Connection) -> None:
    connection.execute(sa.insert(Video).values(Video(id="a", title="A title", filename="x").model_dump()))
    connection.commit()
    migrate(settings)
    assert connection.exec_driver_sql("SELECT id, title FROM video").all() == [("a", "A title")]


@pytest.mark.parametrize("revision", ["0001", "0002", "0003"])
def test_what_an_earlier_release_stored_comes_along(tmp_path: Path, revision: str) -> None:
    settings = Settings(data_dir=tmp_path)
    engine = sa.create_engine(settings.database_url.replace("+aiosqlite", ""))
    with engine.begin() as earlier:
        command.upgrade(alembic_config(earlier), revision)
        for statement in STORED.split(";"):
            earlier.exec_driver_sql(statement)
    migrate(settings)
    with Session(engine) as session:
        video = session.execute(sa.select(Video)).scalar_one()
        run = session.execute(sa.select(Run)).scalar_one()
        event = session.execute(sa.select(history.EventRow)).scalar_one()
        assert (video.title, video.status, video.seq) == ("A title", Status.READY, 1)
        assert (run.video_id, run.number, event.video_id, event.seq) == (video.id, 1, video.id, 1)
        command.check(alembic_config(session.connection()))
    engine.dispose()


STORED = """
INSERT INTO video (id, title, filename, status, seq, run, progress, published_run, poster, created_at)
VALUES ('a', 'A title', 'x.mp4', 'ready', 1, 1, 100, 1, 1, '2026-01-01 12:00:00.000000');
INSERT INTO run (video_id, number, status, attempts, progress, published_segments, replaces,
    stages_json, renditions_json, created_at)
VALUES ('a', 1, 'ready', 1, 100, 5, 0, '[]', '[]', '2026-01-01 12:00:00.000000');
INSERT INTO video_event (video_id, seq, run, milestone, status, data, created_at)
VALUES ('a', 1, 1, 1, 'ready', '{}', '2026-01-01 12:00:00.000000')
"""


def test_other_peoples_tables_are_left_alone(settings: Settings, connection: sa.Connection) -> None:
    connection.exec_driver_sql("CREATE TABLE somebody_elses (x TEXT)")
    connection.exec_driver_sql("INSERT INTO somebody_elses VALUES ('kept')")
    connection.commit()
    migrate(settings)
    command.check(alembic_config(connection))
    assert connection.exec_driver_sql("SELECT x FROM somebody_elses").scalar() == "kept"


def test_the_engine_has_its_tables_too(connection: sa.Connection) -> None:
    assert "workflow_status" in sa.inspect(connection).get_table_names()


def test_a_data_folder_is_made_where_there_is_none(tmp_path: Path) -> None:
    migrate(Settings(data_dir=tmp_path / "some" / "new folder"))
    with sqlite3.connect(tmp_path / "some" / "new folder" / "rushes.db") as connection:
        assert connection.execute("SELECT count(*) FROM video").fetchone() == (0,)
    connection.close()


def test_a_migration_that_fails_half_way_can_be_repeated(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    with sqlite3.connect(tmp_path / "rushes.db") as connection:
        connection.execute("CREATE TABLE video_event (in_the_way TEXT)")
    with pytest.raises(sa.exc.OperationalError, match="already exists"):
        migrate(settings)
    with sqlite3.connect(tmp_path / "rushes.db") as connection:
        connection.execute("DROP TABLE video_event")
    migrate(settings)
    assert connection.execute("SELECT count(*) FROM video_event").fetchone() == (0,)
    connection.close()


def test_a_database_of_a_newer_release_is_refused_and_left_alone(
    settings: Settings, connection: sa.Connection
) -> None:
    connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    connection.commit()
    before = contents(connection)
    connection.rollback()
    for use in (migrate, require_migrated):
        with pytest.raises(Conflict) as caught:
            use(settings)
        assert caught.value.code == "database_newer"
        assert "9999" in caught.value.message
    assert contents(connection) == before


def test_a_database_that_is_not_up_to_date_is_not_used(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "new")
    with pytest.raises(Conflict, match="not up to date") as caught:
        require_migrated(settings)
    assert "rushes migrate" in caught.value.hint
    migrate(settings)
    require_migrated(settings)


@pytest.mark.parametrize("use", [migrate, require_migrated])
def test_what_is_no_database_is_said_to_be_none(tmp_path: Path, use: Callable[[Settings], None]) -> None:
    (tmp_path / "rushes.db").write_bytes(b"something else" * 1000)
    with pytest.raises(Unavailable, match="Cannot use the database"):
        use(Settings(data_dir=tmp_path))
    assert (tmp_path / "rushes.db").read_bytes() == b"something else" * 1000


def test_several_that_migrate_at_once_do_not_disturb_each_other(tmp_path: Path) -> None:
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", MIGRATE, str(tmp_path)],
            cwd=SCRIPTS.parent,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    for process in processes:
        assert process.stdout and process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin
        process.stdin.write("go\n")
        process.stdin.flush()
    assert [process.communicate()[1][-300:] for process in processes] == [""] * 3
    with sqlite3.connect(tmp_path / "rushes.db") as connection:
        assert connection.execute("SELECT count(*) FROM alembic_version").fetchone() == (1,)
    connection.close()


MIGRATE = """
import sys
from pathlib import Path
from webapp.config import Settings
from webapp.migrate import migrate
print("ready", flush=True)
sys.stdin.readline()
migrate(Settings(data_dir=Path(sys.argv[1])))
"""
