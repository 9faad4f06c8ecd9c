/**
 * Cases that cannot or shall not pass, each with the reason. They are printed, counted apart, and must really differ: a
 * listed case that agrees is a failure ("remove it from the list").
 */

export type KnownDifference = {
	readonly file: string;
	readonly id: string | RegExp;
	readonly reason: string;
};

export const knownDifferences: readonly KnownDifference[] = [];
