// Prints the alerts of the topic as JSON lines, with nothing of Lanner but the files in schemas/:
//
//	go run . BOOTSTRAP TOPIC SCHEMAFILE COUNT
//
// A record is the Avro single-object encoding: C3 01, CRC-64-AVRO fingerprint (8 bytes, little-endian), body. The fingerprint is
// compared with that of the schema file, so that a record of another version is told and not misread.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log"
	"os"
	"strconv"

	"github.com/hamba/avro/v2"
	"github.com/twmb/franz-go/pkg/kgo"
)

func main() {
	if len(os.Args) != 5 {
		log.Fatal("usage: alerts BOOTSTRAP TOPIC SCHEMAFILE COUNT (0 = without end)")
	}
	text, err := os.ReadFile(os.Args[3])
	if err != nil {
		log.Fatal(err)
	}
	schema, err := avro.ParseBytes(text)
	if err != nil {
		log.Fatal(err)
	}
	marker := append([]byte{0xc3, 0x01}, littleEndian(schema)...)
	count, err := strconv.Atoi(os.Args[4])
	if err != nil {
		log.Fatal(err)
	}
	client, err := kgo.NewClient(
		kgo.SeedBrokers(os.Args[1]),
		kgo.ConsumerGroup("alerts-example-go"),
		kgo.ConsumeTopics(os.Args[2]),
		kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()),
	)
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close()
	for seen := 0; count == 0 || seen < count; {
		fetches := client.PollFetches(context.Background())
		fetches.EachError(func(topic string, partition int32, err error) { log.Print(topic, partition, err) })
		fetches.EachRecord(func(record *kgo.Record) {
			if !bytes.HasPrefix(record.Value, marker) {
				log.Printf("offset %d is not of the schema in %s", record.Offset, os.Args[3])
				return
			}
			var alert map[string]any
			if err := avro.Unmarshal(schema, record.Value[len(marker):], &alert); err != nil {
				log.Printf("offset %d: %v", record.Offset, err)
				return
			}
			line, err := json.Marshal(alert)
			if err != nil {
				log.Fatal(err)
			}
			fmt.Println(string(line))
			seen++
		})
	}
}

func littleEndian(schema avro.Schema) []byte {
	print, err := schema.FingerprintUsing(avro.CRC64AvroLE)
	if err != nil {
		log.Fatal(err)
	}
	return print
}
