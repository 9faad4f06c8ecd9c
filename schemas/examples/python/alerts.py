#!/usr/bin/env python3
"""Prints the alerts of the topic as JSON lines, with nothing of Lanner but the files in schemas/.

    pip install fastavro confluent-kafka
    alerts.py BOOTSTRAP [--topic lanner.alerts] [--registry URL] [--count N]

A record is the Avro single-object encoding: C3 01, CRC-64-AVRO fingerprint of the writer's schema (8 bytes, little-endian), body. With
kafka.schemaRegistry.url in lanner.yaml it is Confluent's framing instead: 00, schema id (4 bytes, big-endian), body.
"""
import argparse
import io
import json
import pathlib
import struct
import sys
import urllib.request

import confluent_kafka
import fastavro

SCHEMAS = pathlib.Path(__file__).parent.parent.parent / "alert"


def versions():
    """Every version of the alert schema by its fingerprint; the newest is what alerts are read as."""
    files = sorted(SCHEMAS.glob("v*.avsc"), key=lambda path: int(path.stem[1:]))
    schemas = [json.loads(path.read_text()) for path in files]
    by_fingerprint = {}
    for schema in schemas:
        canonical = fastavro.schema.to_parsing_canonical_form(schema)
        # fastavro gives the eight bytes in hexadecimal as they are in the message: little-endian.
        fingerprint = bytes.fromhex(fastavro.schema.fingerprint(canonical, "CRC-64-AVRO"))
        by_fingerprint[fingerprint] = fastavro.parse_schema(schema)
    return by_fingerprint, fastavro.parse_schema(schemas[-1])


class Decoder:
    def __init__(self, registry):
        self.by_fingerprint, self.newest = versions()
        self.registry = registry
        self.by_id = {}

    def writer(self, value):
        """Schema that the record was written with, and where its body begins."""
        if value[:2] == b"\xc3\x01":
            return self.by_fingerprint[value[2:10]], 10
        if value[:1] == b"\x00" and self.registry:
            (schema_id,) = struct.unpack(">I", value[1:5])
            if schema_id not in self.by_id:
                with urllib.request.urlopen(f"{self.registry}/schemas/ids/{schema_id}", timeout=10) as answer:
                    self.by_id[schema_id] = fastavro.parse_schema(json.loads(json.load(answer)["schema"]))
            return self.by_id[schema_id], 5
        raise ValueError("neither single-object encoding nor Confluent's framing (is --registry missing?)")

    def decode(self, value):
        schema, start = self.writer(value)
        return fastavro.schemaless_reader(io.BytesIO(value[start:]), schema, self.newest)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("bootstrap")
    parser.add_argument("--topic", default="lanner.alerts")
    parser.add_argument("--group", default="alerts-example")
    parser.add_argument("--registry")
    parser.add_argument("--count", type=int, help="end after so many")
    options = parser.parse_args()
    decoder = Decoder(options.registry)
    consumer = confluent_kafka.Consumer(
        {"bootstrap.servers": options.bootstrap, "group.id": options.group, "auto.offset.reset": "earliest"}
    )
    consumer.subscribe([options.topic])
    seen = 0
    try:
        while options.count is None or seen < options.count:
            message = consumer.poll(1.0)
            if message is None:
                continue
            if message.error():
                print(message.error(), file=sys.stderr)
                continue
            print(json.dumps({"key": message.key().decode(), **decoder.decode(message.value())}), flush=True)
            seen += 1
    finally:
        consumer.close()


if __name__ == "__main__":
    main()
