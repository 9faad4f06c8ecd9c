/** Recordings: EventBatches in an Avro object container file, for keeping, sending and replaying. */
export { isRecordingCodec, type RecordingCodec, recordingCodecs } from './container.ts';
export type { RecordingSource } from './input.ts';
export {
	openRecording,
	type ReadOptions,
	type RecordedBatch,
	type Recording,
	RecordingError,
} from './reader.ts';
export {
	createRecording,
	type RecordingInfo,
	type RecordingOptions,
	type RecordingWriter,
} from './writer.ts';
