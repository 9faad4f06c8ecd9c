/**
 * Cases that cannot or shall not pass, each with the reason. They are printed, counted apart, and must really differ: a
 * listed case that agrees is a failure ("remove it from the list").
 */

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
];
