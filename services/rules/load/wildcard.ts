/**
 * Rule-name wildcards of `enable` / `disable`: `*` stands for any text, everything else for itself. Each literal piece is
 * taken at its first occurrence, without going back, as Falco does: `*a` does not match `banana`, because the first `a`
 * is not the end. The empty pattern matches the empty name only.
 */
export function matchesWildcard(pattern: string, text: string): boolean {
	const pieces = pattern.split('*');
	const first = pieces[0] as string;
	if (!text.startsWith(first)) return false;
	if (pieces.length === 1) return text.length === first.length;
	let at = first.length;
	for (const piece of pieces.slice(1)) {
		const found = text.indexOf(piece, at);
		if (found < 0) return false;
		at = found + piece.length;
	}
	return pieces.at(-1) === '' || at === text.length;
}
