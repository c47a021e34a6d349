"""Debezium's engine with the JSON of every change handed to Python; prints after each batch how many have come so far."""

import os
import sys
from urllib.parse import unquote, urlparse

from pydbzengine import BasePythonChangeHandler, DebeziumJsonEngine


class Counting(BasePythonChangeHandler):
    def __init__(self):
        self.count = 0

    def handleJsonBatch(self, records):
        self.count += len(records)
        print(self.count, flush=True)


url = urlparse(os.environ["DATABASE_URL"])
DebeziumJsonEngine(
    properties={
        "name": "bench",
        "connector.class": "io.debezium.connector.postgresql.PostgresConnector",
        "database.hostname": url.hostname,
        "database.port": str(url.port),
        "database.user": unquote(url.username),
        "database.password": unquote(url.password or ""),
        "database.dbname": url.path.lstrip("/"),
        "topic.prefix": "bench",
        "plugin.name": "pgoutput",
        "slot.name": sys.argv[1],
        "publication.name": sys.argv[2],
        "publication.autocreate.mode": "disabled",
        "snapshot.mode": "no_data",
        "offset.storage": "org.apache.kafka.connect.storage.MemoryOffsetBackingStore",
        "key.converter.schemas.enable": "false",
        "value.converter.schemas.enable": "false",
    },
    handler=Counting(),
).run()
