/** "Did you mean": the nearest of a closed list of names, for commands, options and configuration keys. */

/** Distances further than this are no suggestion but a guess. */
const distanceMax = 3;

/** Edits (insert, delete, replace, swap of neighbours) from `a` to `b`. */
export function editDistance(a: string, b: string): number {
	let beforePrevious: number[] = [];
	let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
	for (let i = 1; i <= a.length; i++) {
		const current = [i];
		for (let j = 1; j <= b.length; j++) {
			const replaced = previous[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
			let best = Math.min(replaced, previous[j]! + 1, current[j - 1]! + 1);
			if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
				best = Math.min(best, beforePrevious[j - 2]! + 1);
			current.push(best);
		}
		beforePrevious = previous;
		previous = current;
	}
	return previous[b.length]!;
}

/** The nearest of `names`, or null when none is near; a name that `wrong` begins or contains is near too. */
export function suggest(wrong: string, names: readonly string[]): string | null {
	const given = wrong.slice(0, 64).toLowerCase();
	let best: string | null = null;
	let bestDistance = Math.min(distanceMax, Math.max(1, Math.floor(given.length / 2))) + 1;
	for (const name of names) {
		const distance = editDistance(given, name.toLowerCase());
		if (distance < bestDistance) {
			best = name;
			bestDistance = distance;
		}
	}
	if (best !== null) return best;
	return names.find((name) => given.length > 2 && name.toLowerCase().includes(given)) ?? null;
}
