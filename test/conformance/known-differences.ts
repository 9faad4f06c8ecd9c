/**
 * Cases that cannot or shall not pass, each with the reason. They are printed, counted apart, and must really differ: a
 * listed case that agrees is a failure ("remove it from the list").
 */

import { knownEventsFields } from './known-events-fields.ts';

export type KnownDifference = {
	readonly file: string;
	readonly id: string | RegExp;
	readonly reason: string;
};

export const knownDifferences: readonly KnownDifference[] = [
	{
		file: 'operators.jsonl',
		id: /^op\/int_in\/(5388|5421)$/,
		reason: 'a signal cannot be compared at all; Falco refuses every constant and accepts only an empty list',
	},
	{
		file: 'operators.jsonl',
		id: 'op/transformer_getopt/7649',
		reason: 'len() of the list that getopt() gives is its length; Falco throws for every event',
	},
	{
		file: 'operators.jsonl',
		id: 'op/transformer_getopt/7657',
		reason: 'tolower() of a list gives every element in lower case; in Falco the result is in no set',
	},
	{
		file: 'format.jsonl',
		id: /^fmt\/mock\/(88|89|94|95|100|101)$/,
		reason:
			'types of event parameters (errno, mode, signal) that no field of ours has; Falco cannot print them',
	},
	{
		file: 'format.jsonl',
		id: 'fmt/mock/66',
		reason: 'a DOUBLE is a JSON number with its fraction; Falco cuts it to an integer',
	},
	{
		file: 'format.jsonl',
		id: 'fmt/upstream/217',
		reason:
			'the JSON of a transformer is the fields inside it, as in fmt/upstream/212 and fmt/mock/154 to 172',
	},
	{
		file: 'official_rules.jsonl',
		id: /^deprecated\//,
		reason: 'the file with the deprecated rules is not among the rules files beside the cases',
	},
	{
		file: 'rules_load.jsonl',
		id: 'probe/exc/ov_replace',
		reason:
			'`override: exceptions: replace` gets the same checks and defaults as a definition; Falco forgets them and then refuses exceptions without comps',
	},
	{
		file: 'util.jsonl',
		id: /^util\/sanitize\//,
		reason: 'names made of rule names for metrics: we have none',
	},
	// Scenarios (e2e_engine, e2e_official).
	{
		file: 'e2e_engine.jsonl',
		id: /^engine\/output\/all_fields_/,
		reason:
			'parameters of clone are facts of the process tree and of the child (vpid, args, cwd); the cases give empty ones',
	},
	{
		file: 'e2e_engine.jsonl',
		id: /^engine\/(static_fields\/output|output\/(json_include_(message_property_True|output_fields_property_False|tags_property_False|output_property_False)|time_format_iso_8601_True))$/,
		reason:
			'switches for the shape of alerts that Lanner does not have: the JSON always has the same members',
	},
	{
		file: 'e2e_engine.jsonl',
		id: /^engine\/suggested\/none_/,
		reason:
			'container fields always have a value (host); the case has no container plug-in, which for Lanner is no plug-in',
	},
	{
		file: 'e2e_engine.jsonl',
		id: /^engine\/output\/fmt_transformer_/,
		reason: '%len(x) prints the length; Falco prints <NA>, for it takes the print format of x',
	},
	{
		file: 'e2e_engine.jsonl',
		id: 'engine/output/fmt_json_text',
		reason: 'the text of an alert is text; only the JSON of an alert is escaped as JSON',
	},
	{
		file: 'e2e_engine.jsonl',
		id: 'engine/output/fmt_rawtime_json',
		reason: 'padded numbers are texts in JSON, as everywhere else in the format cases',
	},
	{
		file: 'e2e_official.jsonl',
		id: /^e2e\/dns\/(k8s_api\/container|miner_(25|80|443|3333|4444)\/host)$/,
		reason: 'fd.sip.name has no value: evaluation asks no name server',
	},
	{
		file: 'e2e_official.jsonl',
		id: /^e2e\/(recv_udp\/(perl|python3)|sendto_udp\/python)\/(host|container)$/,
		reason:
			'a datagram does not connect its socket, so the rules about datagrams fire; in Falco the tuple of the datagram marks the socket connected and they never can',
	},
	{
		file: 'e2e_official.jsonl',
		id: 'e2e/cstart/vpid1_cap0/mount_etc',
		reason: 'container.mounts follows from the mount that the case gives; the case left it without value',
	},

	// Field values after events (events_fields).
	...knownEventsFields,
];
